//! The `ai-lab-framework` command line: parse, call one operation, show.
//!
//! A command's file mirrors the command: `commands/tool/run.rs` is `tool run`. The environment enters through
//! [`door`], everything that is printed leaves through [`output`].

mod commands;
mod door;
mod output;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = match commands::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    let mut output = output::Output::new(arguments.json());
    let ended = door::surroundings()
        .map_err(commands::CommandError::from)
        .and_then(|surroundings| arguments.carry_out(surroundings, &mut output));
    output.end(ended)
}
