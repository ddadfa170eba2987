//! `secret lend`.

use std::ffi::OsString;

use ai_lab_contract::SecretName;
use alf_ops::{Framework, lend_secret};
use clap::Args;

use crate::door::become_program;
use crate::output::Ended;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret's name
    name: SecretName,
    /// The program and its arguments, behind `--`
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework) -> Ended {
        let (program, arguments) = self.program.split_first().expect("because it is required");
        let value = lend_secret(framework, &self.name, &program.to_string_lossy())?;
        Err(become_program(program, arguments, value).into())
    }
}
