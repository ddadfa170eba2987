//! `session note`.

use alf_ops::{Framework, SessionNote, note_session};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{FAINT, GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
    /// The note, in the place of the one before
    text: Option<String>,
    /// What the work is for
    #[arg(long, value_name = "TEXT")]
    goal: Option<String>,
    /// What was decided
    #[arg(long, value_name = "TEXT")]
    decision: Vec<String>,
    /// What is still to be done
    #[arg(long, value_name = "TEXT")]
    open: Vec<String>,
    /// An open point that is done, or its beginning
    #[arg(long, value_name = "TEXT")]
    done: Vec<String>,
    /// A file that the work is about
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let note = SessionNote {
            text: self.text,
            goal: self.goal,
            decisions: self.decision,
            open: self.open,
            done: self.done,
            files: self.file,
        };
        let noted = note_session(framework, &self.id, &note)?;
        if output.is_json() {
            output.say_json(&noted)?;
            return Ok(0);
        }
        let id = &noted.session.id;
        output.say(format_args!("{} noted in {id}", styled(GOOD, "✓")))?;
        let next = format!("`ai-lab-framework session capsule {id}` shows what there is to know");
        output.note(styled(FAINT, next))?;
        Ok(0)
    }
}
