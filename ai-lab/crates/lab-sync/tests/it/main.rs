//! A lab and its files, told as scenes.

mod alike;
mod brought;
mod clashes;
mod conflicts;
mod model;
mod scene;
mod troubles;
