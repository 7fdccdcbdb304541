//! Fuzzes the reader `rest_definitions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("rest_definitions", bytes));
