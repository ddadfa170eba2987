//! Labs of files in temporary folders: what is found in them, loaded and told.

mod check;
mod discover;
mod lab;
mod load;
mod program;
