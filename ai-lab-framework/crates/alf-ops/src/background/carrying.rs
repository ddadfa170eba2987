//! The process in the background: one call, from its errand to its last note.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use ai_lab_contract::ErrorClass;
use alf_runtime::ProcessIdentity;
use alf_secrets::Lock;

use super::errand::{Errand, Said};
use super::note::{EndNote, Note, Notes};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::{Begun, run_tool_telling};

/// Carries an errand out in this process, which must be the leader of its own session.
///
/// One line is said to `told`, which is closed then: that the start is in the record, or why nothing began. `Err` is
/// for nobody but this process's exit code. `cancel` becoming readable withdraws the call.
pub fn carry_out_errand(
    framework: &Framework,
    errand: &Errand,
    told: OwnedFd,
    cancel: BorrowedFd<'_>,
) -> Result<(), Failure> {
    let told = Speech::new(told);
    match begin(framework, errand) {
        Ok((notes, note, _place)) => carry_out(framework, errand, (&notes, note), &told, cancel),
        Err(failure) => {
            told.say(&Said::Failed((&failure).into()));
            Err(failure)
        }
    }
}

fn begin(framework: &Framework, errand: &Errand) -> Result<(Notes, Note, Lock), Failure> {
    let execution = errand.call.execution_id.as_ref().ok_or_else(|| {
        let told = "the errand names no execution";
        Failure::new(ErrorClass::Usage, told)
    })?;
    let notes = Notes::make(&framework.surroundings.home)?;
    let place = notes.take_place()?;
    let carrier = ProcessIdentity::of_this_process().map_err(|error| {
        let told = "cannot tell this process from others";
        Failure::caused(ErrorClass::Environment, told, error)
    })?;
    let note = Note::new(execution, carrier);
    notes.begin(&note)?;
    Ok((notes, note, place))
}

fn carry_out(
    framework: &Framework,
    errand: &Errand,
    (notes, note): (&Notes, Note),
    told: &Speech,
    cancel: BorrowedFd<'_>,
) -> Result<(), Failure> {
    let begun = {
        let told = told.clone();
        Begun::new(move || {
            let _said_before = told.say(&Said::Begun);
        })
    };
    let ended = run_tool_telling(framework, &errand.call, Some(cancel), &begun);
    match ended {
        Ok(completed) => {
            notes.end(note, EndNote::of(Ok(&completed)))?;
        }
        Err(failure) if told.say(&Said::Failed((&failure).into())) => {
            // Nothing began, and whoever asked knows it.
            notes.remove(&note.execution_id)?;
            return Err(failure);
        }
        Err(failure) => {
            notes.end(note, EndNote::of(Err(&failure)))?;
            return Err(failure);
        }
    }
    notes.prune();
    Ok(())
}

/// What can be said once.
#[derive(Clone, Debug)]
struct Speech(std::sync::Arc<Mutex<Option<File>>>);

impl Speech {
    fn new(told: OwnedFd) -> Self {
        Self(std::sync::Arc::new(Mutex::new(Some(told.into()))))
    }

    /// Says it and lets go; whether it was not too late.
    fn say(&self, said: &Said) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut told) = told.take() else {
            return false;
        };
        let line = serde_json::to_vec(said).expect("because it has text keys only");
        // Whoever asked may have gone: the call goes on.
        let _nobody_listens = told.write_all(&line);
        true
    }
}
