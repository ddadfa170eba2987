//! `profile …`.

mod detect;
mod hook;
mod promote;
mod rules;
mod validate;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a tool's probe, tests and drills, and hold it against its profile's rules
    Validate(validate::Arguments),
    /// List the rules of the profiles
    Rules(rules::Arguments),
    /// Say which profile fits how a tool is used
    Detect(detect::Arguments),
    /// Mend what can be mended for the next profile, try it on a copy, and claim the profile when that keeps its rules
    Promote(promote::Arguments),
    /// Validate tools before each commit of the lab
    #[command(subcommand)]
    Hook(hook::Command),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Validate(arguments) => arguments.carry_out(framework, output),
            Self::Rules(arguments) => arguments.carry_out(output),
            Self::Detect(arguments) => arguments.carry_out(framework, output),
            Self::Promote(arguments) => arguments.carry_out(framework, output),
            Self::Hook(command) => command.carry_out(framework, output),
        }
    }
}
