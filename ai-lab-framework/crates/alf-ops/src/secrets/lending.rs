//! `secret lend`: a program that a person starts gets a secret on its standard input.

use std::os::fd::OwnedFd;

use ai_lab_contract::{ErrorClass, SecretName};
use alf_secrets::{SecretsError, sealed_file};
use alf_store::{LogLevel, LogLine, Store as _};

use super::by_a_person;
use crate::failure::Failure;
use crate::framework::Framework;

/// The longest name of a program that the log keeps, in characters. Stops a line that nobody reads.
const LOGGED_CHARACTERS: usize = 120;

/// A secret's value in a sealed file in memory, read from its beginning, for `program`.
///
/// That it was lent, and to which program, is in the framework's log before this answers. Refused within a tool's
/// execution.
pub fn lend_secret(
    framework: &Framework,
    name: &SecretName,
    program: &str,
) -> Result<OwnedFd, Failure> {
    by_a_person(framework)?;
    let known = framework.known_secrets()?;
    let value = known.secrets.value(name);
    let value = value.ok_or_else(|| SecretsError::NotThere(name.clone()))?;
    let to: String = program.chars().take(LOGGED_CHARACTERS).collect();
    framework.store()?.add_logs(&[LogLine {
        at_ms: framework.surroundings.clock.now_ms(),
        level: LogLevel::Info,
        text: known
            .redactor
            .text(&format!("the secret `{name}` was lent to `{to}`"))
            .into_owned(),
    }])?;
    let file = sealed_file("ai-lab-secret", value.expose().as_bytes());
    file.map_err(|error| {
        let what = "the kernel gives no file in memory for the secret";
        Failure::caused(ErrorClass::Environment, what, error)
    })
}
