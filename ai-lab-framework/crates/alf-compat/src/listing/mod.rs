//! What a package offers to name, read from its sources.

mod python;
mod rust;

pub use python::{PythonModule, python_symbols};
pub use rust::{RustSources, rust_symbols};
