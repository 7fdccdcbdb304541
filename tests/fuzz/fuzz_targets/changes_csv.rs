//! Fuzzes the reader `changes_csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("changes_csv", bytes));
