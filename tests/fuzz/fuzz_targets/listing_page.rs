//! Fuzzes the reader `listing_page`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("listing_page", bytes));
