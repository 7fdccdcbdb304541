//! Fuzzes the reader `rest_refused`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("rest_refused", bytes));
