//! The program that makes releases: each command takes files and writes files.

mod commands;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let done = commands::Command::parse().carry_out();
    match done {
        Ok(told) => match std::io::stdout().write_all(told.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            // Where even that cannot be said, the exit code tells.
            let _lost = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
