//! `ai-lab completions`

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::Cli;
use crate::commands::with_short_verbs;
use crate::context::Context;
use crate::failure::CommandError;

/// Print the completions of a shell
///
/// For bash: `ai-lab completions bash > ~/.local/share/bash-completion/completions/ai-lab`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    generate(
        args.shell,
        &mut with_short_verbs(Cli::command()),
        "ai-lab",
        &mut script,
    );
    context.output.raw(&script)
}
