//! What every operation's error can tell beside its message.

use ai_lab_contract::ErrorClass;
use lab_model::EntityKind;
use lab_store::{DatabaseFault, OpenError, StoreError};

/// An operation's error, as the skins need it: class for exit code and status, and what to do next.
pub trait Failure: std::error::Error + Send + Sync + 'static {
    /// Which row of the table of failures.
    fn class(&self) -> ErrorClass;

    /// A sentence naming the next command; `None` where there is none.
    fn hint(&self) -> Option<String> {
        None
    }
}

impl Failure for StoreError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NotFound { .. } => ErrorClass::NotFound,
            Self::Ambiguous { .. } => ErrorClass::InvalidInput,
            Self::Taken { .. } | Self::Stale { .. } | Self::Mint(_) => ErrorClass::Conflict,
            Self::Cycle { .. } => ErrorClass::Refused,
            Self::Dangling(_) => ErrorClass::Internal,
            Self::Database(fault) => fault.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { kind, .. } => Some(format!(
                "`ai-lab {kind} list{}` shows what there is",
                all(*kind)
            )),
            Self::Ambiguous { .. } => Some("give more of the label".to_owned()),
            Self::Taken { kind, .. } => Some(format!(
                "`ai-lab {kind} list{}` shows what is taken",
                all(*kind)
            )),
            Self::Stale { .. } => {
                Some("the same command again works on what is there now".to_owned())
            }
            Self::Database(fault) => fault.hint(),
            Self::Cycle { .. } | Self::Dangling(_) | Self::Mint(_) => None,
        }
    }
}

/// The flag that shows what a listing hides.
fn all(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Project | EntityKind::Idea | EntityKind::Item | EntityKind::Milestone => {
            " --all"
        }
        EntityKind::Repo => "",
    }
}

impl Failure for DatabaseFault {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Busy(_) | Self::Full(_) | Self::ReadOnly(_) | Self::Damaged(_) => {
                ErrorClass::Environment
            }
            Self::Unreadable(_) | Self::Failed(_) => ErrorClass::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Busy(_) => Some("the same command may work in a moment".to_owned()),
            Self::Full(_) => Some("make room on the disk; nothing was changed".to_owned()),
            Self::Damaged(_) | Self::Unreadable(_) => {
                Some("`ai-lab doctor` looks at the database".to_owned())
            }
            Self::ReadOnly(_) | Self::Failed(_) => None,
        }
    }
}

impl Failure for OpenError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Missing(_) => ErrorClass::NotFound,
            Self::NotOurs { .. } | Self::StrayLog(_) => ErrorClass::Config,
            Self::Newer { .. } | Self::Older { .. } => ErrorClass::Incompatible,
            Self::Unreachable { .. } => ErrorClass::Environment,
            Self::Database { source, .. } => source.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotOurs { .. } => {
                Some("move it away, and the next command makes a new database".to_owned())
            }
            Self::StrayLog(_) => Some(
                "put the database back beside it, or move it away if the database is gone for good"
                    .to_owned(),
            ),
            Self::Database { source, .. } => source.hint(),
            Self::Missing(_)
            | Self::Newer { .. }
            | Self::Older { .. }
            | Self::Unreachable { .. } => None,
        }
    }
}
