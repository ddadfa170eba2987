//! `secret …`: keeping, granting, lending, listing and renewing. No operation gives a value back but to a program.

mod granting;
mod health;
mod importing;
mod keeping;
mod known;
mod lending;
mod listing;
mod rescan;

use ai_lab_contract::ErrorClass;
use alf_policy::EXECUTION_MARKER;

use crate::failure::Failure;
use crate::framework::Framework;

/// Refuses a call from within a tool's execution: a tool that could call this would grant itself what it wants.
///
/// The sandbox keeps the files of the secrets from a tool; this keeps them from one that runs without.
fn by_a_person(framework: &Framework) -> Result<(), Failure> {
    let variables = &framework.surroundings.variables;
    if !variables.contains_key(EXECUTION_MARKER) {
        return Ok(());
    }
    let told = "a tool may not change secrets or who gets them";
    Err(Failure::new(ErrorClass::Refused, told)
        .with_hint("A person keeps and grants secrets, at a shell of their own."))
}

pub(crate) use health::secrets_check;
pub(crate) use known::KnownSecrets;

pub use granting::{GrantChange, grant_secret, revoke_secret};
pub use importing::{ImportFrom, Imported, NotImported, import_secrets};
pub use keeping::{Rotated, SecretChange, remove_secret, rotate_secret, secret_value, set_secret};
pub use lending::lend_secret;
pub use listing::{GrantRow, GrantState, SecretList, SecretRow, UnusableCredential, list_secrets};
pub use rescan::{StillThere, Where};
