//! A release's program that makes a recorded call again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ai_lab_contract::ErrorClass;
use alf_runtime::Detached;
use alf_secrets::sealed_file;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde::Deserialize;
use serde_json::Value;

use super::super::compare::Answered;
use super::Repeated;
use crate::failure::Failure;
use crate::framework::Framework;

/// The longest answer that is read of a program, in bytes. Stops a release that floods from filling the memory.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// How long the other release may take to migrate the copy of the record. Stops one that hangs.
const MIGRATING: Duration = Duration::from_mins(30);

/// One release's program, in a home of its own.
pub(super) struct Program {
    path: PathBuf,
    environment: BTreeMap<String, String>,
}

/// What of a replay's answer is read: that of the repetition, or why there is none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Replayed { new: NewAnswer },
    Refused { error: Refusal },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum NewAnswer {
    Data(Value),
    Error {
        class: String,
        kind: String,
        message: String,
    },
}

#[derive(Deserialize)]
struct Refusal {
    class: String,
    message: String,
}

impl Program {
    pub(super) fn of(framework: &Framework, path: &Path, home: &Path) -> Self {
        let mut environment = framework.surroundings.variables.clone();
        environment.insert("AI_LAB_HOME".to_owned(), home.display().to_string());
        Self {
            path: path.to_owned(),
            environment,
        }
    }

    /// What it answers to the call. A program that does not answer in time, or says nothing that can be read, has failed:
    /// that is an answer too.
    pub(super) fn repeat(
        &self,
        call: &Repeated,
        cancel: Option<BorrowedFd<'_>>,
    ) -> Result<Answered, Failure> {
        let id = call.execution.start.execution_id.as_str();
        self.answer(
            &["execution", "replay", id, "--dry", "--json"],
            call.longest,
            cancel,
        )
    }

    /// Brings the copy of the record to this release's schema. Where that fails, each call tells so in its turn.
    pub(super) fn migrate(&self, cancel: Option<BorrowedFd<'_>>) -> Result<(), Failure> {
        self.answer(&["migrate-db", "--json"], MIGRATING, cancel)
            .map(|_| ())
    }

    fn answer(
        &self,
        arguments: &[&str],
        longest: Duration,
        cancel: Option<BorrowedFd<'_>>,
    ) -> Result<Answered, Failure> {
        let until = Instant::now() + longest;
        let (output, input) = std::io::pipe().map_err(|error| self.unstarted(error))?;
        let process = Framework::supervisor()?
            .start_detached(Detached {
                program: &self.path,
                arguments,
                environment: &self.environment,
                input: sealed_file("ai-lab-nothing", b"").map_err(|error| self.unstarted(error))?,
                output: input.into(),
            })
            .map_err(|error| self.unstarted(error))?;
        let read = read_all(output.into(), cancel, until);
        if !matches!(read, Read::Whole(_)) {
            process.kill();
        }
        match read {
            Read::Whole(text) => Ok(answer_in(&text)),
            Read::Cancelled => {
                let told = "the comparison was withdrawn";
                Err(Failure::new(ErrorClass::Cancelled, told))
            }
            Read::Late => Ok(failed(ErrorClass::Timeout, "it did not answer in time")),
            Read::Flood => Ok(failed(ErrorClass::OutputLimit, "it answered without end")),
        }
    }

    fn unstarted(&self, error: std::io::Error) -> Failure {
        let told = format!("cannot start {}", self.path.display());
        Failure::caused(ErrorClass::Environment, told, error)
            .with_hint("`--under PROGRAM` names the program of the other release.")
    }
}

fn answer_in(text: &[u8]) -> Answered {
    let class = |name: &str| ErrorClass::from_name(name).unwrap_or(ErrorClass::Internal);
    match serde_json::from_slice(text) {
        Ok(Told::Replayed {
            new: NewAnswer::Data(data),
        }) => Answered::Data(data),
        Ok(Told::Replayed {
            new:
                NewAnswer::Error {
                    class: name,
                    kind,
                    message,
                },
        }) => Answered::Error {
            class: class(&name),
            kind,
            message,
        },
        Ok(Told::Refused { error }) => failed(class(&error.class), &error.message),
        Err(_) => failed(ErrorClass::Crashed, "the program ended without an answer"),
    }
}

fn failed(class: ErrorClass, message: &str) -> Answered {
    Answered::Error {
        class,
        kind: class.as_str().to_owned(),
        message: message.to_owned(),
    }
}

enum Read {
    Whole(Vec<u8>),
    Late,
    Flood,
    Cancelled,
}

/// Reads until the other end is closed.
fn read_all(from: OwnedFd, cancel: Option<BorrowedFd<'_>>, until: Instant) -> Read {
    let mut from = File::from(from);
    let mut text = Vec::new();
    let mut piece = vec![0; 65_536];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        let mut awaited = vec![PollFd::new(&from, PollFlags::IN)];
        awaited.extend(cancel.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        match poll(&mut awaited, timeout.as_ref()) {
            Ok(0) => return Read::Late,
            Err(Errno::INTR) => continue,
            Ok(_) | Err(_) => {}
        }
        if awaited.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
            return Read::Cancelled;
        }
        match from.read(&mut piece) {
            Ok(0) | Err(_) => return Read::Whole(text),
            Ok(bytes) if text.len() + bytes > ANSWER_BYTES => return Read::Flood,
            Ok(bytes) => text.extend_from_slice(&piece[..bytes]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_a_program_says_is_an_answer_to_compare() {
        let told = |value: Value| answer_in(value.to_string().as_bytes());
        assert_eq!(
            told(json!({ "format": 1, "new": { "data": { "n": 1 } }, "likeness": "same" })),
            Answered::Data(json!({ "n": 1 }))
        );
        assert_eq!(
            told(
                json!({ "new": { "error": { "class": "timeout", "kind": "slow", "message": "m" } } })
            ),
            Answered::Error {
                class: ErrorClass::Timeout,
                kind: "slow".to_owned(),
                message: "m".to_owned()
            }
        );
        assert_eq!(
            told(
                json!({ "format": 1, "error": { "class": "config", "message": "m", "causes": [] } })
            ),
            failed(ErrorClass::Config, "m")
        );
        let later =
            json!({ "format": 1, "error": { "class": "of_a_later_version", "message": "m" } });
        assert_eq!(told(later), failed(ErrorClass::Internal, "m"));
        for text in ["", "Segmentation fault\n", "{}", "[]"] {
            assert_eq!(
                answer_in(text.as_bytes()),
                failed(ErrorClass::Crashed, "the program ended without an answer"),
                "{text}"
            );
        }
    }
}
