//! Fuzzes the reader `soap_written`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("soap_written", bytes));
