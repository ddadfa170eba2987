//! `mcp token revoke`.

use alf_ops::{Framework, revoke_token};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its name
    name: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let revoked = revoke_token(framework, &self.name)?;
        if output.is_json() {
            output.say_json(&revoked)?;
            return Ok(0);
        }
        let mark = styled(GOOD, "✓");
        output.say(format_args!(
            "{mark} `{}` opens nothing any more",
            revoked.name
        ))?;
        Ok(0)
    }
}
