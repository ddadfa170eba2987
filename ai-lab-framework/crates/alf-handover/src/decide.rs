//! Which release runs.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, JournalHead};

use crate::lock_file::{LockFileError, parse_lock};

/// What is seen of a lab that has a lock.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The text of its `ai-lab.lock`.
    pub lock: &'a str,
    /// Where its link leads.
    pub in_force: InForce,
    /// The text of the journal of an update; `None` where none is under way.
    pub journal: Option<&'a str>,
    /// This machine's kind of processor, as Rust names it: `x86_64`.
    pub processor: &'a str,
}

/// Where a lab's link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InForce {
    /// There is none.
    Nothing,
    /// To a release that is not there, by the name of its folder.
    Missing(String),
    /// Out of the store.
    Elsewhere(PathBuf),
    /// To a release in the store, by the name of its folder.
    Release(String),
}

/// Why no release can be said to be the lab's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandOverError {
    /// The lock cannot be read.
    #[error("`ai-lab.lock` of this lab cannot be used")]
    Lock(#[from] LockFileError),
    /// The release has nothing for this machine.
    #[error("this lab is held to {version}, which has no archive for {processor} Linux")]
    Platform {
        /// The release's version.
        version: String,
        /// This machine's kind of processor.
        processor: String,
    },
    /// Nothing is in force.
    #[error("this lab is held to {version}, and nothing is in force here yet")]
    Nothing {
        /// The version in the lock.
        version: String,
    },
    /// What is in force was taken away.
    #[error("this lab is held to {version}, and the store has no `{place}` any more")]
    Missing {
        /// The version in the lock.
        version: String,
        /// The folder that the link leads to.
        place: String,
    },
    /// The link leads out of the store.
    #[error("this lab is held to {version}, and its `{}` leads out of the store, to {}", crate::LINK, link.display())]
    Elsewhere {
        /// The version in the lock.
        version: String,
        /// Where the link leads.
        link: PathBuf,
    },
    /// Another release is in force than the lock names, and no update is under way that would say why.
    #[error("this lab is held to `{held}`, and `{in_force}` is in force")]
    Other {
        /// The folder of the release in the lock.
        held: String,
        /// The folder that the link leads to.
        in_force: String,
    },
}

impl HandOverError {
    /// The row of the failure table.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Lock(LockFileError::Format(_)) | Self::Platform { .. } => {
                ErrorClass::Incompatible
            }
            Self::Lock(LockFileError::Conflict { .. } | LockFileError::Unreadable { .. }) => {
                ErrorClass::Config
            }
            Self::Nothing { .. } | Self::Missing { .. } => ErrorClass::Environment,
            Self::Elsewhere { .. } | Self::Other { .. } => ErrorClass::Conflict,
        }
    }

    /// The next command, as a sentence.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Lock(LockFileError::Conflict { .. }) => {
                "Take one side of it, then `ai-lab lock --check`."
            }
            Self::Lock(LockFileError::Unreadable { .. }) => {
                "Take it from git again, then `ai-lab lock --check`."
            }
            Self::Lock(LockFileError::Format(_)) => {
                "A newer `ai-lab` wrote it: install that version."
            }
            Self::Platform { .. } => {
                "`ai-lab framework pin VERSION` holds the lab to a release that has one."
            }
            Self::Nothing { .. } | Self::Missing { .. } | Self::Elsewhere { .. } => {
                "`ai-lab framework install` fetches what the lock names and puts it in force."
            }
            Self::Other { .. } => {
                "`ai-lab framework install` puts what the lock names in force; `ai-lab framework pin VERSION` holds the \
                 lab to another."
            }
        }
    }
}

/// The name in the store of the release that runs in the lab.
pub fn decide(seen: &Seen<'_>) -> Result<String, HandOverError> {
    let held = parse_lock(seen.lock)?.framework;
    let version = || held.version.to_string();
    let is_ours = |target: &str| {
        let mut parts = target.split('-');
        parts.next() == Some(seen.processor) && parts.any(|part| part == "linux")
    };
    let ours = held.archives.iter().map(|archive| archive.target.as_str());
    let places: Vec<String> = ours
        .filter(|target| is_ours(target))
        .filter_map(|target| held.place(target))
        .collect();
    let Some(first) = places.first() else {
        let processor = seen.processor.to_owned();
        return Err(HandOverError::Platform {
            version: version(),
            processor,
        });
    };
    match &seen.in_force {
        InForce::Nothing => Err(HandOverError::Nothing { version: version() }),
        InForce::Elsewhere(link) => Err(HandOverError::Elsewhere {
            version: version(),
            link: link.clone(),
        }),
        InForce::Missing(place) => Err(HandOverError::Missing {
            version: version(),
            place: place.clone(),
        }),
        InForce::Release(place) if places.contains(place) || lets_run(seen.journal, place) => {
            Ok(place.clone())
        }
        InForce::Release(place) => Err(HandOverError::Other {
            held: first.clone(),
            in_force: place.clone(),
        }),
    }
}

/// Whether an update says why another release is in force. A journal that cannot be read says nothing.
fn lets_run(journal: Option<&str>, place: &str) -> bool {
    let head = journal.and_then(|text| serde_json::from_str::<JournalHead>(text).ok());
    head.is_some_and(|head| head.format == JournalHead::FORMAT && head.lets_run(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: &str = "1.4.2-aaaaaaaaaaaaaaaa";
    const NEXT: &str = "1.5.0-bbbbbbbbbbbbbbbb";

    fn lock() -> String {
        let (tree, other) = ("a".repeat(64), "c".repeat(64));
        let archive = |target: &str, tree: &str| {
            format!(
                "[[framework.archive]]\ntarget = \"{target}\"\nfile = \"{target}.tar.gz\"\nbytes = 1\n\
                 sha256 = \"{other}\"\ntree = \"{tree}\"\n"
            )
        };
        format!(
            "format = 1\n[framework]\nversion = \"1.4.2\"\nrelease_sha256 = \"{other}\"\n\
             contract = {{ major = 1, minor = 0 }}\nschemas = {{}}\n{}{}",
            archive("aarch64-unknown-linux-musl", &other),
            archive("x86_64-unknown-linux-musl", &tree),
        )
    }

    fn told(in_force: InForce, journal: Option<&str>) -> Result<String, HandOverError> {
        let lock = lock();
        decide(&Seen {
            lock: &lock,
            in_force,
            journal,
            processor: "x86_64",
        })
    }

    fn release(place: &str) -> InForce {
        InForce::Release(place.to_owned())
    }

    #[test]
    fn the_release_of_the_lock_runs_and_on_trial_the_one_of_the_journal() {
        assert_eq!(told(release(HELD), None), Ok(HELD.to_owned()));
        let other = HandOverError::Other {
            held: HELD.to_owned(),
            in_force: NEXT.to_owned(),
        };
        assert_eq!(told(release(NEXT), None), Err(other.clone()));
        let journal = |phase: &str, format: u32| {
            format!(
                "{{\"format\":{format},\"phase\":\"{phase}\",\"from\":\"{HELD}\",\"to\":\"{NEXT}\",\"tries\":1}}"
            )
        };
        let with = |text: &str| told(release(NEXT), Some(text));
        assert_eq!(with(&journal("trial", 1)), Ok(NEXT.to_owned()));
        assert_eq!(with(&journal("rehearsed", 1)), Err(other.clone()));
        assert_eq!(with(&journal("trial", 2)), Err(other.clone()));
        assert_eq!(with(&journal("dancing", 1)), Err(other.clone()));
        assert_eq!(with("{\"format\":1,"), Err(other));
    }

    #[test]
    fn whatever_else_is_in_force_is_named_with_the_next_command() {
        let version = || "1.4.2".to_owned();
        let install =
            "`ai-lab framework install` fetches what the lock names and puts it in force.";
        let cases = [
            (
                InForce::Nothing,
                HandOverError::Nothing { version: version() },
                (ErrorClass::Environment, install),
            ),
            (
                InForce::Missing(NEXT.to_owned()),
                HandOverError::Missing {
                    version: version(),
                    place: NEXT.to_owned(),
                },
                (ErrorClass::Environment, install),
            ),
            (
                InForce::Elsewhere(PathBuf::from("/tmp/evil")),
                HandOverError::Elsewhere {
                    version: version(),
                    link: PathBuf::from("/tmp/evil"),
                },
                (ErrorClass::Conflict, install),
            ),
        ];
        for (in_force, expected, (class, hint)) in cases {
            assert_eq!(told(in_force, None), Err(expected.clone()));
            assert_eq!((expected.class(), expected.hint()), (class, hint));
        }
    }

    #[test]
    fn a_machine_that_the_release_has_nothing_for_is_named() {
        let lock = lock();
        let refused = decide(&Seen {
            lock: &lock,
            in_force: release(HELD),
            journal: None,
            processor: "riscv64",
        })
        .expect_err("nothing for it");
        assert_eq!(
            (refused.to_string(), refused.class()),
            (
                "this lab is held to 1.4.2, which has no archive for riscv64 Linux".to_owned(),
                ErrorClass::Incompatible
            )
        );
    }

    #[test]
    fn a_lock_that_cannot_be_read_stops_everything_by_name() {
        let of = |lock: &str| {
            let seen = Seen {
                lock,
                in_force: release(HELD),
                journal: None,
                processor: "x86_64",
            };
            let error = decide(&seen).expect_err("no lock");
            let because = std::error::Error::source(&error).map(ToString::to_string);
            assert_eq!(
                error.to_string(),
                "`ai-lab.lock` of this lab cannot be used"
            );
            (because.unwrap_or_default(), error.class())
        };
        assert_eq!(
            of(&lock().replace("format = 1", "format = 9")),
            (
                "it has the form 9, and this version reads 1".to_owned(),
                ErrorClass::Incompatible
            )
        );
        assert_eq!(
            of("<<<<<<< ours\n"),
            (
                "line 1: a merge left both sides of a conflict in it".to_owned(),
                ErrorClass::Config
            )
        );
    }
}
