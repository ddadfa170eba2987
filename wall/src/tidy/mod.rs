//! Checks what keeps a tree readable: sizes, names, words, links, and settings that agree.

pub mod links;
pub mod names;
pub mod settings;
pub mod sizes;
pub mod words;
