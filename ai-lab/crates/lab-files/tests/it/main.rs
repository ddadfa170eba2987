//! Documents from outside: what is written reads back, what is merged loses nothing.

mod format;
mod merging;
mod samples;
