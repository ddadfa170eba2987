//! The one writer: everything the command line says leaves here.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use ai_lab_contract::ErrorClass;
use alf_ops::Failure;
use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::commands::CommandError;
use crate::render::style::{BAD, HINT, harmless, is_command, styled};

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
        writeln!(
            self.stdout,
            "{}",
            escaped(&serde_json::to_string_pretty(value)?)
        )
    }

    /// Prints one line that a program reads: nothing in it is a command to a terminal.
    pub(crate) fn say_line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.stdout, "{}", escaped(line))
    }

    /// Prints beside what was asked for: progress, sums, hints.
    pub(crate) fn note(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self.stderr, "{text}")
    }

    /// Shows a failure, if there is one, and turns the end into an exit code.
    pub(crate) fn end(mut self, ended: Ended) -> ExitCode {
        let flushed = |output: &mut Self, code: u8| match output.stdout.flush() {
            Ok(()) => code,
            Err(error) => output.lost(&error, code),
        };
        let code = match ended {
            Ok(code) => flushed(&mut self, code),
            Err(CommandError::Output(error)) => self.lost(&error, 0),
            Err(CommandError::Failed(failure)) => {
                // Whether that could be said or not: what failed first is what is told.
                if let Err(error) = self.show(&failure).and_then(|()| self.stdout.flush()) {
                    self.lost(&error, failure.class.exit_code());
                }
                failure.class.exit_code()
            }
        };
        ExitCode::from(code)
    }

    /// A reader that has seen enough (`| head`) changes nothing about how it went; a full disk is a failure.
    fn lost(&mut self, error: &io::Error, code: u8) -> u8 {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return code;
        }
        // Standard error may be lost as well; then the exit code alone tells.
        let _lost = self.error(
            &["cannot write the output".to_owned(), error.to_string()],
            None,
        );
        ErrorClass::Environment.exit_code()
    }

    fn show(&mut self, failure: &Failure) -> io::Result<()> {
        if self.json {
            return self.failed_json(failure.class, &failure.chain(), failure.hint());
        }
        self.error(&failure.chain(), failure.hint())
    }

    /// The one form of a failure for programs.
    fn failed_json(
        &mut self,
        class: ErrorClass,
        chain: &[String],
        hint: Option<&str>,
    ) -> io::Result<()> {
        self.say_json(&FailedDocument {
            format: 1,
            error: FailedFields {
                class,
                message: chain.first(),
                causes: chain.get(1..),
                hint,
            },
        })
    }

    /// What failed, why, and what to do, on standard error.
    fn error(&mut self, chain: &[String], hint: Option<&str>) -> io::Result<()> {
        let mut lines = chain.iter();
        if let Some(first) = lines.next() {
            self.note(format_args!(
                "{} {}",
                styled(BAD, "error:"),
                harmless(first)
            ))?;
        }
        for cause in lines {
            self.note(format_args!("  because {}", harmless(cause)))?;
        }
        match hint {
            Some(hint) => self.note(format_args!("{} {}", styled(HINT, "hint:"), harmless(hint))),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct FailedDocument<'a> {
    format: u32,
    error: FailedFields<'a>,
}

#[derive(Serialize)]
struct FailedFields<'a> {
    class: ErrorClass,
    message: Option<&'a String>,
    causes: Option<&'a [String]>,
    hint: Option<&'a str>,
}

/// JSON text in which nothing is a command to a terminal; what it says is the same.
///
/// Also the way past the filter that drops colours: it would take a DEL out of a value.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // A line feed is layout: inside of a value it is escaped already.
        if c != '\n' && is_command(c) {
            // All of them lie below U+10000, where one escape is enough.
            let escape = format!("\\u{:04x}", u32::from(c));
            text.push_str(&escape);
        } else {
            text.push(c);
        }
    }
    text
}

/// Shows what clap has to say: help and version on standard output, mistakes on standard error, or as JSON for a
/// program.
pub(crate) fn usage(error: &clap::Error, json: bool) -> ExitCode {
    let mut output = Output::new(json);
    let code = if error.use_stderr() {
        ErrorClass::Usage.exit_code()
    } else {
        0
    };
    let said = if json && error.use_stderr() {
        let told = error.render().to_string();
        // The rest is the usage, laid out for a person; so is the list of commands.
        let told = told.split("\n\n").next().unwrap_or_default();
        let told = told.split("\n  [subcommands").next().unwrap_or_default();
        let told = told.strip_prefix("error: ").unwrap_or(told);
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let hint = "`ai-lab-framework help` names the commands and their arguments.";
        output.failed_json(ErrorClass::Usage, &[told], Some(hint))
    } else {
        error.print()
    };
    match said {
        Ok(()) => ExitCode::from(code),
        Err(lost) => ExitCode::from(output.lost(&lost, code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_says_the_same_and_commands_nothing() {
        let value = serde_json::json!({ "k\u{7f}": "a\u{9b}2J\u{202e}b\n\u{1b} ä 🌱" });
        let text = escaped(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(
            text,
            "{\n  \"k\\u007f\": \"a\\u009b2J\\u202eb\\n\\u001b ä 🌱\"\n}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON"),
            value
        );
    }
}
