//! Fuzzes the reader `query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("query", bytes));
