//! The least a statically linked Rust program can be: what starting a command costs at least.

fn main() {}
