//! The record as one execution uses it, and what happens when it cannot be written.

use std::cell::{Cell, RefCell};

use ai_lab_contract::Profile;
use alf_store::{ExecutionStart, RecordError, SqliteStore, Store as _};

use crate::failure::Failure;
use crate::framework::Framework;

/// When the record could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Before the tool ran.
    Start,
    /// When it had ended.
    End,
}

/// Whether an execution goes on without its record.
///
/// A prototype does. What others rely on does not begin unrecorded; when only the end is missing, the work is done and
/// its start is recorded, so that the person is given the answer with a warning. Production withholds it: what it
/// answers is in the record.
const fn goes_on(profile: Profile, moment: Moment) -> bool {
    match (profile, moment) {
        (Profile::Experimental, Moment::Start | Moment::End) | (Profile::Standard, Moment::End) => {
            true
        }
        (Profile::Standard, Moment::Start) | (Profile::Production, Moment::Start | Moment::End) => {
            false
        }
    }
}

/// The record, or what stands in for it where it cannot be written.
pub(super) struct Ledger<'a> {
    profile: Profile,
    store: Option<&'a SqliteStore>,
    has_start: Cell<bool>,
    warnings: RefCell<Vec<String>>,
}

impl<'a> Ledger<'a> {
    pub(super) fn open(framework: &'a Framework, profile: Profile) -> Result<Self, Failure> {
        let ledger = |store, warnings| Self {
            profile,
            store,
            has_start: Cell::new(false),
            warnings: RefCell::new(warnings),
        };
        match framework.store() {
            Ok(store) => Ok(ledger(Some(store), Vec::new())),
            Err(failure) if goes_on(profile, Moment::Start) => {
                Ok(ledger(None, vec![unwritten(&failure)]))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The database; `None` for an execution that goes on without.
    pub(super) fn store(&self) -> Option<&'a SqliteStore> {
        self.store
    }

    /// Records the start.
    pub(super) fn start(&self, start: &ExecutionStart) -> Result<(), Failure> {
        let Some(store) = self.store else {
            return Ok(());
        };
        let written = store.start_execution(start);
        if let Err(RecordError::AlreadyStarted(_)) = &written {
            // Whatever the profile: of two calls under one id, one runs.
            return Ok(written?);
        }
        let written = written.map_err(Failure::from);
        self.has_start.set(written.is_ok());
        self.tolerate(written, Moment::Start)?;
        Ok(())
    }

    /// Records the end of what has a recorded start; `None` where it is not recorded and the execution goes on.
    pub(super) fn end<T>(
        &self,
        write: impl FnOnce(&SqliteStore) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        match self.store {
            Some(store) if self.has_start.get() => self.tolerate(write(store), Moment::End),
            Some(_) | None => Ok(None),
        }
    }

    /// Whether the execution is in the record, by its start.
    pub(super) fn has_start(&self) -> bool {
        self.has_start.get()
    }

    /// What the person must know of the record.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().clone()
    }

    fn tolerate<T>(
        &self,
        written: Result<T, Failure>,
        moment: Moment,
    ) -> Result<Option<T>, Failure> {
        match written {
            Ok(done) => Ok(Some(done)),
            Err(failure) if goes_on(self.profile, moment) => {
                self.warnings.borrow_mut().push(match moment {
                    Moment::Start => unwritten(&failure),
                    Moment::End => format!(
                        "the end is not recorded, and the next start will call it interrupted: {}",
                        why(&failure)
                    ),
                });
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

fn unwritten(failure: &Failure) -> String {
    format!("not recorded: {}", why(failure))
}

fn why(failure: &Failure) -> String {
    let mut told = failure.chain().join(": ");
    if let Some(hint) = failure.hint() {
        told.push_str(". ");
        told.push_str(hint);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_prototype_begins_unrecorded_and_only_production_withholds_an_answer() {
        let told = Profile::ALL
            .map(|profile| [Moment::Start, Moment::End].map(|moment| goes_on(profile, moment)));
        assert_eq!(told, [[true, true], [false, true], [false, false]]);
    }
}
