//! Journeys: keys in, screens out, with a scripted world.

mod browse;
mod elsewhere;
mod facets;
mod keys;
mod library;
mod pictures;
mod results;
mod scripts;
mod terminals;
mod trouble;
