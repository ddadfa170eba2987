//! The `ai-lab` command line.
//!
//! Owns arguments, output and exit codes. Refuses to know rules and databases: a command file parses, calls
//! one operation of `lab-ops` and shows the answer. Start reading at [`commands`]: one file a command, in
//! the shape of the command line.

mod commands;
mod context;
mod environment;
mod failure;
mod output;
mod paging;
mod seen;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use lab_ops::files::Notices;

use crate::commands::{Command, with_short_verbs};
use crate::context::Context;
use crate::environment::Environment;
use crate::failure::CommandError;
use crate::output::Output;

/// A lab of projects, ideas and work items, with a pinned framework to run tools.
#[derive(Debug, Parser)]
#[command(
    name = "ai-lab",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Cli {
    /// The lab's folder, instead of the nearest one above the working folder that has `ai-lab.toml`.
    #[arg(long, global = true, value_name = "DIR")]
    lab: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let environment = Environment::of_this_process();
    run(std::env::args_os().collect(), &environment)
}

fn run(arguments: Vec<OsString>, environment: &Environment) -> ExitCode {
    let parsed = with_short_verbs(Cli::command()).try_get_matches_from(arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(refusal) => {
            // Help asked for through a closed pipe is nobody's loss.
            let _ = refusal.print();
            return exit_code(refusal.exit_code());
        }
    };
    let mut output = Output::of_this_process(environment.columns(), environment.lines());
    let mut context = Context {
        environment,
        lab_folder: cli.lab.as_deref(),
        output: &mut output,
        notices: Notices::default(),
    };
    let ended = cli
        .command
        .run(&mut context)
        .and_then(|()| context.output.flush());
    let notices = context.notices.take();
    output.show_notices(&notices);
    match ended {
        // `ai-lab item list | head` has seen enough.
        Ok(()) | Err(CommandError::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            output.show_error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn exit_code(code: i32) -> ExitCode {
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
