//! Keeps the two halves of this checkout apart, and each of them tidy.
//!
//! `ai-lab-framework/` and `ai-lab/` will part into two repositories. Until then this crate holds what
//! a repository boundary would: [`rules`] says who may link what, [`doors`] checks it, [`split`]
//! rehearses the parting. [`tidy`] and [`map`] keep sizes, names, words, settings and the maps in the
//! `ARCHITECTURE.md` files true; [`promises`] those of the tests that pages name.
//!
//! Every check takes values and returns [`Finding`]s, so that the tests also feed it a violation: a
//! check that cannot fail guards nothing. Only [`checkout`] and [`split`] touch the machine.
//!
//! Start reading at [`rules`].

pub mod checkout;
pub mod doors;
mod finding;
pub mod map;
pub mod packages;
pub mod promises;
pub mod rules;
pub mod split;
pub mod tidy;

pub use finding::{Finding, report};
