//! Fuzzes the reader `soap_listing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("soap_listing", bytes));
