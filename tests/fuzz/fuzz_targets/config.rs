//! Fuzzes the reader `config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("config", bytes));
