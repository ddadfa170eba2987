//! The tool's `main`: what the arguments ask for.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use ai_lab_contract::{ActionName, ErrorClass, IdError};
use serde::Serialize;
use serde_json::Value;

use crate::{AiTool, Level, Log, panics, serve, stdout};

/// What the arguments ask for.
#[derive(Debug, PartialEq)]
enum Wish {
    /// Answer request lines.
    Serve,
    /// Print name, actions and schemas.
    Describe,
    /// Run one action.
    Call {
        /// Which.
        action: ActionName,
        /// Its input.
        input: Value,
    },
}

/// Does what the arguments ask for.
pub(crate) fn run<T: AiTool>(tool: T) -> ExitCode {
    let log = Log::stderr();
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    match parse(&arguments) {
        Ok(Wish::Serve) if io::stdin().is_terminal() => refuse(&log, usage::<T>()),
        Ok(wish) => carry_out(tool, wish, &log).unwrap_or_else(|error| {
            log.write(Level::Error, &error.to_string(), None);
            ErrorClass::Environment.exit_code().into()
        }),
        Err(why) => refuse(&log, format!("{why}; {}", usage::<T>())),
    }
}

fn carry_out<T: AiTool>(tool: T, wish: Wish, log: &Log) -> io::Result<ExitCode> {
    let output = Arc::new(Mutex::new(stdout::take()?));
    let for_hook = Arc::clone(&output);
    let code = match wish {
        Wish::Call { .. } => ErrorClass::ToolFailed.exit_code(),
        Wish::Serve | Wish::Describe => 0,
    };
    panics::answer_from_hook(code, move |answer| {
        let mut output = for_hook.lock().unwrap_or_else(PoisonError::into_inner);
        let _gone = serve::write_answer(&mut *output, answer);
    });
    let actions = tool.actions();
    match wish {
        Wish::Serve => {
            serve::serve_lines(&actions, &mut io::stdin().lock(), &mut Shared(output), log)?;
            Ok(ExitCode::SUCCESS)
        }
        Wish::Describe => {
            write_pretty(&mut Shared(output), &actions.describe::<T>())?;
            Ok(ExitCode::SUCCESS)
        }
        Wish::Call { action, input } => {
            let answer = actions.call(action.as_str(), input);
            write_pretty(&mut Shared(output), &answer)?;
            Ok(match answer.error {
                None => ExitCode::SUCCESS,
                Some(_) => ErrorClass::ToolFailed.exit_code().into(),
            })
        }
    }
}

/// The answers' file, shared with the panic hook; locked for one write at a time.
struct Shared<W>(Arc<Mutex<W>>);

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

fn parse(arguments: &[String]) -> Result<Wish, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(Wish::Serve),
        ["--describe"] => Ok(Wish::Describe),
        ["--call", action] => by_hand(action, "{}"),
        ["--call", action, input] => by_hand(action, input),
        _ => Err("these arguments are not understood".to_owned()),
    }
}

/// A call by hand.
fn by_hand(action: &str, input: &str) -> Result<Wish, String> {
    Ok(Wish::Call {
        action: action.parse().map_err(|e: IdError| e.to_string())?,
        input: serde_json::from_str(input).map_err(|e| format!("the input is no JSON: {e}"))?,
    })
}

fn usage<T: AiTool>() -> String {
    format!(
        "{name} answers request lines on standard input; by hand: {name} --describe, or \
         {name} --call ACTION [JSON]",
        name = T::NAME
    )
}

fn refuse(log: &Log, why: impl AsRef<str>) -> ExitCode {
    log.write(Level::Error, why.as_ref(), None);
    ErrorClass::Usage.exit_code().into()
}

fn write_pretty(output: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    output.write_all(&text)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str]) -> Result<Wish, String> {
        parse(
            &arguments
                .iter()
                .map(|a| (*a).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn arguments_that_make_no_sense_are_told_why() {
        let cases = [
            (&["--help"][..], "these arguments are not understood"),
            (&["--call"], "these arguments are not understood"),
            (
                &["--call", "hello", "{}", "more"],
                "these arguments are not understood",
            ),
            (
                &["--call", "Hello"],
                "`Hello` is no action name: 1 to 24 of a-z, 0-9, `_`, `-`, a letter first",
            ),
            (
                &["--call", "hello", "{"],
                "the input is no JSON: EOF while parsing an object at line 1 column 1",
            ),
        ];
        for (arguments, why) in cases {
            assert_eq!(told(arguments), Err(why.to_owned()), "{arguments:?}");
        }
    }

    #[test]
    fn no_argument_means_to_serve() {
        assert_eq!(told(&[]), Ok(Wish::Serve));
        assert_eq!(told(&["--describe"]), Ok(Wish::Describe));
    }
}
