//! Fuzzes the reader `changes_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("changes_json", bytes));
