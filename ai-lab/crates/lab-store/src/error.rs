//! How reading and writing fail.

use lab_model::{EntityKind, Label, MintError};

/// Why a read or write did not happen. A failed write leaves nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No label, alias or uid of the kind begins like that.
    #[error("no {kind} is called `{}`", given.escape_debug())]
    NotFound {
        /// What was looked for.
        kind: EntityKind,
        /// The name given.
        given: String,
    },
    /// More than one label begins like that: the first few.
    #[error("`{}` could be {}", given.escape_debug(), candidates.join(", "))]
    Ambiguous {
        /// What was looked for.
        kind: EntityKind,
        /// The name given.
        given: String,
        /// At most [`MOST_CANDIDATES`](crate::MOST_CANDIDATES) labels.
        candidates: Vec<String>,
    },
    /// Another entity of the kind has or had this label, prefix or repository name.
    #[error("the {kind} name `{name}` is taken")]
    Taken {
        /// Within which kind.
        kind: EntityKind,
        /// The label, prefix or name.
        name: String,
    },
    /// The entity was changed since the writer read it.
    #[error("{label} was changed in the meantime: revision {stored} is stored, {seen} was read")]
    Stale {
        /// Its stored label.
        label: Label,
        /// The revision that the writer has read.
        seen: u64,
        /// The revision that is stored.
        stored: u64,
    },
    /// The write would have entities wait for themselves, or be part of themselves.
    #[error("this would go round in a circle: {}", path.join(" → "))]
    Cycle {
        /// Labels along the way, the first again at the end.
        path: Vec<String>,
    },
    /// No label is left to mint.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The database holds a value that no version of this software writes.
    #[error("the database holds an unreadable value: {0}")]
    Unreadable(String),
    /// The database itself failed.
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
}
