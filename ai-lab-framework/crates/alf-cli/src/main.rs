//! The `ai-lab-framework` command line: parse, call one operation, show.
//!
//! A command's file mirrors the command: `commands/tool/run.rs` is `tool run`. The environment enters through
//! [`door`], everything that is printed leaves through [`output`].

mod commands;
mod door;
mod hand_over;
mod new_file;
mod output;
mod prompt;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    door::keep_own_rights();
    if let Err(failure) = hand_over::to_the_pinned() {
        // What was asked for is not parsed yet, and by another release; who asks for JSON gets JSON all the same.
        let json = std::env::args_os().any(|argument| argument == "--json");
        return output::Output::new(json).end(Err(failure.into()));
    }
    let arguments = match commands::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // What was understood is lost with the rest; who asks for JSON gets JSON all the same.
            let json = std::env::args_os().any(|argument| argument == "--json");
            return output::usage(&error, json);
        }
    };
    let mut output = output::Output::new(arguments.json());
    let ended = arguments.carry_out(door::surroundings, &mut output);
    output.end(ended)
}
