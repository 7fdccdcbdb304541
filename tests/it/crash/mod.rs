//! Killed at every step, on failing disks and from damaged files: the real program, and the
//! library's own log as the witness.
//!
//! `ARMARIUS_CRASH=all` goes through every step; otherwise each story takes an even spread.

mod damaged;
mod disk;
mod killed;
mod points;
mod scene;
mod steps;
