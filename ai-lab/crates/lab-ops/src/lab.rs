//! Finding a lab, and its database.

use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_model::{Actor, Head, Label, Moment};
use lab_store::{
    MigrateMode, MigrationPlan, OpenError, OpenMode, Opening, Reader, SqliteStore, Store,
    StoreError, Writer,
};

use crate::Failure;
use crate::backup::{finish, is_to_finish};
use crate::files::{Notices, mirror_after};
use crate::history::since;

/// The file that makes a folder a lab.
pub(crate) const MARKER: &str = "ai-lab.toml";

/// Who acts, and when: what an operation needs beside its arguments.
#[derive(Clone, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Moment,
    /// Which revision of what is to be changed the one who acts has read; a later one refuses the change. `None`
    /// changes whatever is there.
    pub seen_revision: Option<u64>,
}

/// A person's lab: a folder with `ai-lab.toml`.
#[derive(Clone, Debug)]
pub struct Lab {
    root: PathBuf,
    notices: Notices,
}

/// Why no lab was found.
#[derive(Debug, thiserror::Error)]
pub enum FindLabError {
    /// Neither the folder nor one above it has `ai-lab.toml`.
    #[error("no lab at {} or above it: no folder has {MARKER}", .0.display())]
    NoneAbove(PathBuf),
    /// The folder that was named has no `ai-lab.toml`.
    #[error("{} is no lab: it has no {MARKER}", .0.display())]
    NotThere(PathBuf),
}

impl Failure for FindLabError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoneAbove(_) | Self::NotThere(_) => ErrorClass::NotFound,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoneAbove(_) => {
                "`ai-lab init` makes one here; `--lab DIR` names another".to_owned()
            }
            Self::NotThere(folder) => format!("`ai-lab init {}` makes it one", folder.display()),
        })
    }
}

/// Why an operation that only reads or writes as it is told did not.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The database was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was to be changed is no longer what the one who acts has read.
    #[error("{label} was changed in the meantime: revision {stored} is stored, {seen} was read")]
    Stale {
        /// What it is called now.
        label: Label,
        /// The revision that was read.
        seen: u64,
        /// The revision that is stored.
        stored: u64,
        /// What came between.
        #[source]
        since: Since,
    },
}

/// What happened since, a sentence a fact.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Since(pub Vec<String>);

/// Refuses to change what is no longer what the one who acts has read.
pub(crate) fn check_seen<E: From<LabError>>(
    tx: &dyn Reader,
    by: &By,
    head: &Head,
) -> Result<(), Inner<E>> {
    match by.seen_revision {
        Some(seen) if seen != head.revision => Err(Inner::Own(E::from(LabError::Stale {
            label: head.label.clone(),
            seen,
            stored: head.revision,
            since: Since(since(tx, &head.uid, seen)?),
        }))),
        Some(_) | None => Ok(()),
    }
}

impl Failure for LabError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Open(error) => error.class(),
            Self::Store(error) => error.class(),
            Self::Stale { .. } => ErrorClass::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Stale { label, stored, .. } => {
                Some(format!("read {label} again, then give revision {stored}"))
            }
        }
    }
}

impl Lab {
    /// The nearest folder with `ai-lab.toml`, from `start` upwards.
    pub fn find(start: &Path) -> Result<Self, FindLabError> {
        start
            .ancestors()
            .find(|folder| folder.join(MARKER).is_file())
            .map(|folder| Self {
                root: folder.to_owned(),
                notices: Notices::default(),
            })
            .ok_or_else(|| FindLabError::NoneAbove(start.to_owned()))
    }

    /// The lab in exactly this folder.
    pub fn at(folder: &Path) -> Result<Self, FindLabError> {
        if folder.join(MARKER).is_file() {
            Ok(Self {
                root: folder.to_owned(),
                notices: Notices::default(),
            })
        } else {
            Err(FindLabError::NotThere(folder.to_owned()))
        }
    }

    /// The same lab, whose notices go there.
    #[must_use]
    pub fn telling(self, notices: &Notices) -> Self {
        Self {
            notices: notices.clone(),
            ..self
        }
    }

    /// What went otherwise than a person expects, beside answers that stand.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its database, there or not.
    pub fn database(&self) -> PathBuf {
        self.root.join("data").join("ai_lab.db")
    }

    /// Opens its database; the first time makes it. A restore that was cut short is carried to its end first.
    pub fn open(&self, at: Moment) -> Result<SqliteStore, OpenError> {
        self.finish_restore(at)?;
        self.open_as_it_is(at)
    }

    /// The same, whatever was to be restored.
    pub(crate) fn open_as_it_is(&self, at: Moment) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(&self.database(), &opening(at))
    }

    /// Tells what its database lacks, and brings it there as far as the mode says. What is only looked at is looked at as
    /// it is; before it is changed, a restore that was cut short is carried to its end.
    pub(crate) fn migrate(
        &self,
        at: Moment,
        mode: MigrateMode,
    ) -> Result<MigrationPlan, OpenError> {
        if mode == MigrateMode::Apply {
            self.finish_restore(at)?;
        }
        SqliteStore::migrate(&self.database(), &opening(at), mode)
    }

    fn finish_restore(&self, at: Moment) -> Result<(), OpenError> {
        if !is_to_finish(self) {
            return Ok(());
        }
        let finished = finish(self, at).map(drop);
        finished.map_err(|error| OpenError::Unreachable {
            doing: "finish the restore of",
            path: self.database(),
            source: std::io::Error::other(error),
        })
    }

    /// Reads, all of it from one moment's state.
    pub(crate) fn read<T, E: From<LabError>>(
        &self,
        at: Moment,
        body: impl FnOnce(&dyn Reader) -> Result<T, Inner<E>>,
    ) -> Result<T, E> {
        let store = self.open(at).map_err(LabError::from)?;
        store.read(body).map_err(Inner::into_outer)
    }

    /// Writes as one, in the name of a command and for its reason.
    pub(crate) fn write<T, E: From<LabError>>(
        &self,
        by: &By,
        verb: &str,
        reason: Option<&str>,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, Inner<E>>,
    ) -> Result<T, E> {
        let mut store = self.open(by.at).map_err(LabError::from)?;
        let answer = store
            .write(&by.actor, by.at, |tx| {
                tx.set_verb(verb, reason);
                body(tx)
            })
            .map_err(Inner::into_outer)?;
        let touched = store.take_touched();
        mirror_after(self, &mut store, by.at, &touched);
        Ok(answer)
    }
}

/// How its database is opened by every command.
fn opening(at: Moment) -> Opening {
    Opening {
        mode: OpenMode::Create,
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        at,
    }
}

/// What ends a transaction: the store's own error, or the operation's.
#[derive(Debug)]
pub(crate) enum Inner<E> {
    /// The store's.
    Store(StoreError),
    /// The operation's.
    Own(E),
}

impl<E> From<StoreError> for Inner<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> Inner<E> {
    /// The same as a larger operation's.
    pub(crate) fn widened<T: From<E>>(self) -> Inner<T> {
        match self {
            Self::Store(error) => Inner::Store(error),
            Self::Own(error) => Inner::Own(T::from(error)),
        }
    }
}

impl<E: From<LabError>> Inner<E> {
    fn into_outer(self) -> E {
        match self {
            Self::Store(error) => LabError::from(error).into(),
            Self::Own(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_found_from_below_and_named_exactly() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).expect("made");
        assert!(matches!(
            Lab::at(folder.path()),
            Err(FindLabError::NotThere(_))
        ));
        std::fs::File::create(folder.path().join(MARKER)).expect("made");
        assert_eq!(Lab::find(&deep).expect("found").root(), folder.path());
        assert_eq!(Lab::at(folder.path()).expect("found").root(), folder.path());
        assert!(matches!(Lab::at(&deep), Err(FindLabError::NotThere(_))));
    }
}
