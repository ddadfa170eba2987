//! `session resume`.

use alf_ops::{Framework, resume_session};
use clap::Args;

use super::show::show;
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let resumed = resume_session(framework, &self.id)?;
        show(&resumed, framework, output)
    }
}
