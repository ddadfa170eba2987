//! `profile validate`, `profile detect`, `profile hook`: which profile's rules a tool keeps, as seen by running it.

mod commands;
mod detect;
mod drill;
mod examples;
mod gather;
mod hook;
mod validate;

pub use detect::{Answers, detect_profile};
pub use hook::{HookChange, HookChanged, install_hook, remove_hook};
pub use validate::{Validation, validate_tool};
