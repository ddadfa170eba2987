//! The one writer: everything the command line says leaves here.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use ai_lab_contract::ErrorClass;
use alf_ops::Failure;
use anstream::{AutoStream, ColorChoice};
use serde::Serialize;
use serde_json::json;

use crate::commands::CommandError;
use crate::render::style;

/// How wide a text is laid out where no terminal says.
const USUAL_WIDTH: u16 = 100;
/// The narrowest width that a table is laid out for.
const LEAST_WIDTH: u16 = 40;

/// Standard output and standard error, with colours where they are wanted.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    stdout: AutoStream<io::StdoutLock<'static>>,
    stderr: AutoStream<io::StderrLock<'static>>,
}

/// How a command ended: the exit code.
pub(crate) type Ended = Result<u8, CommandError>;

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            stdout: AutoStream::auto(io::stdout().lock()),
            stderr: AutoStream::auto(io::stderr().lock()),
        }
    }

    /// Whether a program reads this.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether standard output shows colours.
    pub(crate) fn is_coloured(&self) -> bool {
        self.stdout.current_choice() != ColorChoice::Never
    }

    /// How many columns a table may take.
    pub(crate) fn width() -> u16 {
        terminal_size::terminal_size()
            .map_or(USUAL_WIDTH, |(width, _)| width.0)
            .max(LEAST_WIDTH)
    }

    /// Prints what was asked for.
    pub(crate) fn say(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self.stdout, "{text}")
    }

    /// Prints one JSON document.
    pub(crate) fn say_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.stdout, value)?;
        writeln!(self.stdout)
    }

    /// Prints beside what was asked for: progress, sums, hints.
    pub(crate) fn note(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self.stderr, "{text}")
    }

    /// Shows a failure, if there is one, and turns the end into an exit code.
    pub(crate) fn end(mut self, ended: Ended) -> ExitCode {
        let flushed = |output: &mut Self, code: u8| match output.stdout.flush() {
            Ok(()) => code,
            Err(error) => output_lost(&error),
        };
        let code = match ended {
            Ok(code) => flushed(&mut self, code),
            Err(CommandError::Output(error)) => output_lost(&error),
            Err(CommandError::Failed(failure)) => {
                let code = failure.class.exit_code();
                match self.show(&failure) {
                    Ok(()) => flushed(&mut self, code),
                    Err(error) => output_lost(&error),
                }
            }
        };
        ExitCode::from(code)
    }

    fn show(&mut self, failure: &Failure) -> io::Result<()> {
        let chain = failure.chain();
        if self.json {
            return self.say_json(&json!({
                "format": 1,
                "error": {
                    "class": failure.class,
                    "message": chain.first(),
                    "causes": chain.get(1..),
                    "hint": failure.hint(),
                },
            }));
        }
        let mut lines = chain.iter();
        if let Some(first) = lines.next() {
            self.note(format_args!(
                "{}error:{} {first}",
                style::BAD.render(),
                style::BAD.render_reset()
            ))?;
        }
        for cause in lines {
            self.note(format_args!("  because {cause}"))?;
        }
        match failure.hint() {
            Some(hint) => self.note(format_args!(
                "{}hint:{} {hint}",
                style::HINT.render(),
                style::HINT.render_reset()
            )),
            None => Ok(()),
        }
    }
}

/// A reader that has seen enough (`| head`) is no failure; a full disk is.
fn output_lost(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::BrokenPipe => 0,
        _ => ErrorClass::Environment.exit_code(),
    }
}

/// Shows what clap has to say: help and version on standard output, mistakes on standard error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() {
        ErrorClass::Usage.exit_code()
    } else {
        0
    };
    match error.print() {
        Ok(()) => ExitCode::from(code),
        Err(lost) => ExitCode::from(output_lost(&lost)),
    }
}
