//! What this framework promises, and whether a lab fits what another promises.

mod against;
mod check;
mod files;
mod ledger;
mod mending;
mod own;

pub use against::against;
pub use check::{CheckedLab, check_compatibility};
pub use mending::{Mended, MendedFile, mend_lab};
pub use own::own_contract;
