//! `session end`.

use alf_ops::{Framework, end_session};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let ended = end_session(framework, &self.id)?;
        if output.is_json() {
            output.say_json(&ended)?;
            return Ok(0);
        }
        let id = &ended.session.id;
        output.say(format_args!("{} {id} has ended", styled(GOOD, "✓")))?;
        let next = format!("`ai-lab-framework session summary {id}` adds it up.");
        output.note(styled(HINT, next))?;
        Ok(0)
    }
}
