//! `session start`.

use ai_lab_contract::SessionId;
use alf_ops::{Framework, start_session};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What it is about
    #[arg(default_value = "", hide_default_value = true)]
    title: String,
    /// Its id; made of the title unless said
    #[arg(long, value_name = "ID")]
    id: Option<SessionId>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let begun = start_session(framework, &self.title, self.id.as_ref())?;
        if output.is_json() {
            output.say_json(&begun)?;
            return Ok(0);
        }
        let id = &begun.session.id;
        // The id alone on standard output: `id=$(ai-lab-framework session start)`.
        output.say(id)?;
        let next = format!("`ai-lab-framework tool run TOOL.ACTION --session {id}` works in it.");
        output.note(format_args!("{} {}", styled(GOOD, "✓"), styled(HINT, next)))?;
        Ok(0)
    }
}
