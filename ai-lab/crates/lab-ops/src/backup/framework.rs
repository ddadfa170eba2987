//! What the framework does for a backup, asked at its command line.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ai_lab_client::{Places, locate};
use ai_lab_contract::ErrorClass;

use crate::Lab;
use crate::framework::program_of;

/// How much of what it said is told, in characters.
const SAID: usize = 400;

/// The variable that moves the framework's home.
const HOME: &str = "AI_LAB_HOME";

/// The framework's part of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It is copied; by which version.
    Copied(String),
    /// There is none, and why.
    None(String),
}

/// Why the framework's part is not there although there is one.
#[derive(Debug, thiserror::Error)]
pub enum FrameworkError {
    /// It could not be started.
    #[error("cannot start {}", .0.display())]
    Start(PathBuf, #[source] io::Error),
    /// It refused.
    #[error("the framework refused: {0}")]
    Refused(String),
}

/// Asks the framework for a copy of its database.
pub(super) fn copy(lab: &Lab, places: &Places<'_>, to: &Path) -> Result<Part, FrameworkError> {
    let Ok(program) = program_of(lab, places) else {
        return Ok(Part::None("the framework is not found".to_owned()));
    };
    let greeting = called(&program, None, &["version".as_ref(), "--json".as_ref()])?;
    let greeting: serde_json::Value = serde_json::from_slice(&greeting.stdout).unwrap_or_default();
    let version = greeting["version"].as_str().unwrap_or("unknown").to_owned();
    let output = called(
        &program,
        None,
        &["backup".as_ref(), to.as_os_str(), "--json".as_ref()],
    )?;
    match output.status.code() {
        Some(0) => Ok(Part::Copied(version)),
        Some(code) if code == i32::from(ErrorClass::NotFound.exit_code()) => {
            Ok(Part::None("the framework has no record yet".to_owned()))
        }
        Some(_) | None => Err(FrameworkError::Refused(said(&output))),
    }
}

/// Lets the framework walk the chain of a copied record, in a home of its own; `None` where there is no framework.
pub(super) fn verify(places: &Places<'_>, home: &Path) -> Result<Option<String>, FrameworkError> {
    let Ok(program) = locate(places) else {
        return Ok(None);
    };
    let output = called(
        &program,
        Some(home),
        &["execution".as_ref(), "verify".as_ref()],
    )?;
    if output.status.success() {
        Ok(Some(one_line(&output.stdout)))
    } else {
        Err(FrameworkError::Refused(said(&output)))
    }
}

fn called(
    program: &Path,
    home: Option<&Path>,
    arguments: &[&std::ffi::OsStr],
) -> Result<Output, FrameworkError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the framework's half is the framework's to copy"
    )]
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    if let Some(home) = home {
        command.env(HOME, home);
    }
    let output = command.output();
    output.map_err(|error| FrameworkError::Start(program.to_owned(), error))
}

fn said(output: &Output) -> String {
    let (out, err) = (one_line(&output.stdout), one_line(&output.stderr));
    if err.is_empty() { out } else { err }
}

fn one_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.split_whitespace().collect();
    crate::harmless(&words.join(" "))
        .chars()
        .take(SAID)
        .collect()
}
