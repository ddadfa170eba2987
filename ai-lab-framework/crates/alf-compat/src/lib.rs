//! What a release promises, what a lab uses of it, and whether the two fit.
//!
//! Owns the form of `contract.json`, the comparison of two of them ([`breaking`]), how uses are found in a lab's files
//! without running any of them, and what a finding says. Takes texts and returns values: which files there are, and how
//! they are written, is the business of others. Start reading at [`Contract`], then [`changes`].

mod breaking;
mod contract;
mod flatten;
pub mod listing;
mod promises;
mod python_tree;

pub use breaking::{Change, breaking, changes};
pub use contract::{Area, CONTRACT_BYTES, Contract, ContractError, Deprecation, Item, Side};
pub use flatten::flatten;
pub use promises::{
    ALWAYS, DEPRECATIONS, Deprecated, EXIT_CODES, INNER_VARIABLES, Named, PROTOCOL, TOOL_VARIABLES,
    VARIABLES,
};
