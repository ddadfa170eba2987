#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alf_fuzz::check("schema", bytes));
