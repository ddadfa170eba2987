//! What a release promises, what a lab uses of it, and whether the two fit.
//!
//! Owns the form of `contract.json`, the comparison of two of them ([`breaking()`]), how uses are found in a lab's files
//! without running any of them, and what a finding says. Takes texts and returns values: which files there are, and how
//! they are written, is the business of others. Start reading at [`Contract`], then [`check_file`].

mod breaking;
mod check;
mod contract;
mod extract;
mod finding;
mod flatten;
mod grammar;
pub mod listing;
mod mend;
mod promises;
mod python_tree;
mod sarif;
mod symbols;
mod uses;

pub use breaking::{Change, breaking, changes};
pub use check::{Checked, SourceFile, check_file};
pub use contract::{Area, CONTRACT_BYTES, Contract, ContractError, Deprecation, Item, Side};
pub use extract::FileKind;
pub use finding::{Finding, Replacement, Rule, Severity, Usage, Verdict};
pub use flatten::flatten;
pub use grammar::Contracts;
pub use mend::mended;
pub use promises::{
    ALWAYS, DEPRECATIONS, Deprecated, EXIT_CODES, INNER_VARIABLES, Named, PROTOCOL, TOOL_VARIABLES,
    VARIABLES,
};
pub use sarif::sarif;
