//! Fuzzes the reader `soap_account`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("soap_account", bytes));
