//! Checks what keeps a tree readable: sizes, names, words, and settings that agree.

pub mod names;
pub mod settings;
pub mod sizes;
pub mod words;
