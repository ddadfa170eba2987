//! `session capsule`.

use alf_ops::{Framework, capsule_markdown, session_capsule};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::harmless;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let capsule = session_capsule(framework, &self.id)?;
        if output.is_json() {
            output.say_json(&capsule)?;
            return Ok(0);
        }
        for line in capsule_markdown(&capsule).lines() {
            output.say(harmless(line))?;
        }
        Ok(0)
    }
}
