//! The importer's promises, each in a lab made for it.

mod again;
mod bench;
mod broken;
mod exported;
mod faults;
mod irregular;
mod merged;
mod predecessor;
mod real;
