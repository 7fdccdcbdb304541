//! Fuzzes the reader `fault_rules`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| armarius_fuzz::read("fault_rules", bytes));
