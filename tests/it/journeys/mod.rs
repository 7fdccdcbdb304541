//! Journeys: keys in, screens out, with a scripted world.

mod browse;
mod library;
mod look;
