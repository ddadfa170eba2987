//! The helper program; all it does is in the library.

#![no_main]

use std::ffi::{c_char, c_int};

/// Where the C runtime begins: the Rust runtime's own start (signal stack, polling of descriptors) costs a third of
/// the helper's life and is of no use to it.
#[expect(unsafe_code, reason = "the name is the C runtime's entry point")]
#[unsafe(no_mangle)]
extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    alf_confine::obey()
}
