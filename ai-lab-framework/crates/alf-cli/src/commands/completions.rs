//! `completions`.

use std::io::Write as _;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// For which shell
    shell: Shell,
}

impl Arguments {
    pub(crate) fn carry_out(&self, output: &mut Output) -> Ended {
        let mut script = Vec::new();
        let mut command = super::Arguments::command();
        clap_complete::generate(self.shell, &mut command, "ai-lab-framework", &mut script);
        script.flush()?;
        output.say(String::from_utf8_lossy(&script).trim_end())?;
        Ok(0)
    }
}
