//! What every entity has: identity, label, revision, times.

use crate::facts::Facts;
use crate::words::words;
use crate::{Label, Moment, Uid};

words! {
    /// The five kinds of things that a lab keeps.
    EntityKind, "kind", {
        /// A [`Project`](crate::Project).
        Project = "project",
        /// An [`Idea`](crate::Idea).
        Idea = "idea",
        /// A [`WorkItem`](crate::WorkItem).
        Item = "item",
        /// A [`Milestone`](crate::Milestone).
        Milestone = "milestone",
        /// A [`GithubRepo`](crate::GithubRepo).
        Repo = "repo",
    }
}

/// The part that every entity has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Identity; never changes.
    pub uid: Uid,
    /// What people call it; unique within its kind, whatever the case of ASCII letters.
    pub label: Label,
    /// How often it was written: 1 after the first time. A write names the revision it has seen.
    pub revision: u64,
    /// When it came to be; `None` where the source of an import did not say.
    pub created_at: Option<Moment>,
    /// When it was last changed; `None` where the source of an import did not say.
    pub updated_at: Option<Moment>,
    /// Put away: hidden from every listing that does not ask for all.
    pub archived: bool,
}

impl Head {
    /// The head of something new, not yet written.
    pub fn new(uid: Uid, label: Label, at: Moment) -> Self {
        Self {
            uid,
            label,
            revision: 0,
            created_at: Some(at),
            updated_at: Some(at),
            archived: false,
        }
    }
}

/// What the five kinds have in common, for the code that treats them alike.
pub trait Entity {
    /// Which of the five.
    const KIND: EntityKind;

    /// The common part.
    fn head(&self) -> &Head;

    /// The common part, to be changed.
    fn head_mut(&mut self) -> &mut Head;

    /// Everything it holds but uid, revision and `updated_at`, as single facts; see [`Facts`].
    fn facts(&self) -> Facts;
}

/// Writes the two accessors of [`Entity`].
macro_rules! heads {
    () => {
        fn head(&self) -> &$crate::Head {
            &self.head
        }

        fn head_mut(&mut self) -> &mut $crate::Head {
            &mut self.head
        }
    };
}

pub(crate) use heads;
