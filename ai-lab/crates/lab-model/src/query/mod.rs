//! Which items someone asks for, in words: `status:todo,review prio:high.. due:<14d pump`.
//!
//! One line a word of the language is in [`KEYS`] and [`BARE_WORDS`]; the reference for people is made of them.

mod parse;
mod values;
mod words;

pub use parse::{QueryError, Said, parse_query};
pub use words::{BARE_WORDS, BareWord, KEYS, Key, KeyWord};

use crate::ready::Stand;
use crate::{Day, ItemStatus, ItemType, Priority, Tag};

/// Which items: names as people say them, not yet looked up.
///
/// An empty list lets everything through. `None` among names is an item without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// Of these statuses; empty means all but done and cancelled.
    pub statuses: Vec<ItemStatus>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Of these types.
    pub types: Vec<ItemType>,
    /// Standing there, everything considered.
    pub stands: Vec<Stand>,
    /// Of these projects.
    pub projects: Vec<Option<String>>,
    /// Of these milestones.
    pub milestones: Vec<Option<String>>,
    /// Parts of these items.
    pub parents: Vec<Option<String>>,
    /// Of these people.
    pub assignees: Vec<Option<String>>,
    /// With every one of these labels, in the sense of tags.
    pub labels: Vec<Tag>,
    /// With none of these.
    pub without_labels: Vec<Tag>,
    /// Due then.
    pub due: Option<Due>,
    /// With every one of these words, or what they begin.
    pub text: Option<String>,
    /// Settled and put-away ones too.
    pub all: bool,
}

/// When an item is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nobody said when.
    Never,
    /// From this day on, up to that one, both included; `None` is open on that side.
    Between(Option<Day>, Option<Day>),
}

#[cfg(test)]
mod tests;
