//! `session pause`.

use alf_ops::{Framework, pause_session};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
    /// What to know when it is taken up again
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    note: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let paused = pause_session(framework, &self.id, &self.note)?;
        if output.is_json() {
            output.say_json(&paused)?;
            return Ok(0);
        }
        let id = &paused.session.id;
        output.say(format_args!("{} {id} is paused", styled(GOOD, "✓")))?;
        let next = format!("`ai-lab-framework session resume {id}` takes it up again.");
        output.note(styled(HINT, next))?;
        Ok(0)
    }
}
