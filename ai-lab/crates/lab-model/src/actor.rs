//! Who changed what, when: the operation log's rows.

use crate::words::words;
use crate::{EntityKind, Moment, Uid};

words! {
    /// What kind of hand made a change.
    ActorKind, "actor kind", {
        /// A person at the command line or in the browser.
        Person = "person",
        /// A program that works for a person.
        Agent = "agent",
        /// The exchange with files or GitHub.
        Sync = "sync",
        /// The taking over of another lab.
        Import = "import",
    }
}

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What kind of hand.
    pub kind: ActorKind,
    /// Whose; not empty.
    pub name: String,
}

/// A text that names no actor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no actor such as person:jo or agent:reviewer", given.escape_debug())]
pub struct ActorError {
    /// What was given.
    pub given: String,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

impl std::str::FromStr for Actor {
    type Err = ActorError;

    /// Takes `KIND:NAME` with a printable name of 1 to 100 characters.
    fn from_str(text: &str) -> Result<Self, ActorError> {
        let wrong = || ActorError {
            given: text.to_owned(),
        };
        let (kind, name) = text.split_once(':').ok_or_else(wrong)?;
        let fits = (1..=100).contains(&name.chars().count()) && name.trim() == name;
        if !fits || !name.chars().all(crate::label::is_printable) {
            return Err(wrong());
        }
        Ok(Self {
            kind: kind.parse().map_err(|_| wrong())?,
            name: name.to_owned(),
        })
    }
}

/// One changed fact, as recorded. State is the fold of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The write that it was part of: all of it happened or nothing.
    pub write: Uid,
    /// Its place within the write; both together are the operation's identity.
    pub ordinal: u64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub actor: Actor,
    /// By which command, such as `item.start`.
    pub verb: String,
    /// Why, where the command asked for a reason.
    pub reason: Option<String>,
    /// Of what kind the changed entity is.
    pub kind: EntityKind,
    /// The changed entity.
    pub entity: Uid,
    /// Which revision of the entity it made, counted from 1.
    pub revision: u64,
    /// Field and part, such as `status` or `criteria.done`; see [`Fact::name`](crate::Fact::name).
    pub field: String,
    /// The member of a set or list; empty for a single field.
    pub member: String,
    /// What it was; `None` where it was not there.
    pub before: Option<String>,
    /// What it is; `None` where it is no longer there.
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back_what_it_shows() {
        for text in ["person:jo", "agent:a:b", "import:old lab"] {
            assert_eq!(
                text.parse::<Actor>().map(|a| a.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in ["", "jo", "person:", "person: jo", "robot:jo", "person:a\nb"] {
            assert_eq!(
                text.parse::<Actor>(),
                Err(ActorError { given: text.into() })
            );
        }
    }
}
