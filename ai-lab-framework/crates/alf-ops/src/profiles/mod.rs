//! `profile validate`, `profile detect`, `profile hook`, `profile promote`: which profile's rules a tool keeps, as seen by running it.

mod commands;
mod detect;
mod drill;
mod examples;
mod gather;
mod hook;
mod promote;
mod staging;
mod validate;
mod written;

pub use detect::{Answers, detect_profile};
pub use hook::{HookChange, HookChanged, install_hook, remove_hook};
pub use promote::{EditedFile, TriedPromotion, carry_out_promotion, try_promotion};
pub use validate::{Validation, validate_tool};
