//! What every command gets.

use std::path::Path;

use lab_ops::files::Notices;
use lab_ops::{By, Lab};

use crate::commands::recover_first;
use crate::environment::Environment;
use crate::failure::CommandError;
use crate::output::Output;
use crate::seen::Seen;

/// The surroundings of one command.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Variables, working folder, clock.
    pub(crate) environment: &'a Environment,
    /// What `--lab` names.
    pub(crate) lab_folder: Option<&'a Path>,
    /// Where answers go.
    pub(crate) output: &'a mut Output,
    /// What is to be told beside the answer.
    pub(crate) notices: Notices,
}

impl Context<'_> {
    /// The lab that the command is about. An update of its framework that was cut short is carried to its end first.
    pub(crate) fn lab(&self) -> Result<Lab, CommandError> {
        let lab = self.lab_as_it_is()?;
        recover_first(self, &lab);
        Ok(lab)
    }

    /// The same, for the commands that update it.
    pub(crate) fn lab_as_it_is(&self) -> Result<Lab, CommandError> {
        let lab = match self.lab_folder {
            Some(folder) => Lab::at(folder)?,
            None => Lab::find(self.environment.working_folder()?)?,
        };
        Ok(lab.telling(&self.notices))
    }

    /// Who acts, and when.
    pub(crate) fn by(&self) -> Result<By, CommandError> {
        Ok(By {
            actor: self.environment.actor()?,
            at: self.environment.now()?,
            seen_revision: None,
        })
    }

    /// The same at this very moment, for commands that last.
    pub(crate) fn by_now(&self) -> Result<By, CommandError> {
        Ok(By {
            at: self.environment.this_moment()?,
            ..self.by()?
        })
    }

    /// The same, where only what was read may be changed.
    pub(crate) fn by_seen(&self, seen: Seen) -> Result<By, CommandError> {
        Ok(By {
            seen_revision: seen.if_revision,
            ..self.by()?
        })
    }
}
