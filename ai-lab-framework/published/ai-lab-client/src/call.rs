//! One call of one action.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use ai_lab_contract::{ActionName, CorrelationId, SessionId, ToolName};
use serde_json::Value;

use crate::answer::{Answered, Completed, Refusal, parse_answer};
use crate::child::{ChildError, Question, ask};
use crate::limits::Limits;

/// What is called, with what.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The action's input.
    pub input: Value,
    /// The session that keeps the context; none unless said.
    pub session: Option<SessionId>,
    /// The piece of work it is part of; its own unless said.
    pub correlation: Option<CorrelationId>,
    /// How long the caller is willing to wait; shortens the tool's own limit, never lengthens it.
    pub patience: Option<Duration>,
}

impl Call {
    /// A call on its own, with the tool's own limit.
    pub const fn new(tool: ToolName, action: ActionName, input: Value) -> Self {
        Self {
            tool,
            action,
            input,
            session: None,
            correlation: None,
            patience: None,
        }
    }

    /// The command line; the input goes by standard input, where its length has no bound and no other
    /// process sees it.
    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = ["tool", "run"].map(str::to_owned).to_vec();
        arguments.push(format!("{}.{}", self.tool, self.action));
        arguments.extend(["--json", "--input", "-"].map(str::to_owned));
        if let Some(session) = &self.session {
            arguments.push(format!("--session={session}"));
        }
        if let Some(correlation) = &self.correlation {
            arguments.push(format!("--correlation={correlation}"));
        }
        if let Some(patience) = self.patience {
            arguments.push(format!("--timeout={}", patience.as_secs_f64()));
        }
        arguments
    }
}

/// Why there is no execution to tell of.
#[derive(Debug)]
pub enum CallError {
    /// The framework's program gave no answer. Whether the action ran is in the record, not here.
    Silent(ChildError),
    /// It gave an answer that is none. Whether the action ran is in the record, not here.
    NotUnderstood {
        /// How it ended; `None` if by a signal.
        code: Option<i32>,
        /// What is wrong with the answer.
        source: serde_json::Error,
    },
    /// It said no: nothing ran.
    Refused(Refusal),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(_) => f.write_str("the framework gave no answer"),
            Self::NotUnderstood {
                code: Some(code), ..
            } => {
                write!(
                    f,
                    "the framework's answer is not understood, it ended with {code}"
                )
            }
            Self::NotUnderstood { code: None, .. } => {
                f.write_str("the framework was ended by a signal before it answered")
            }
            Self::Refused(refusal) => f.write_str(&refusal.message),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Silent(error) => Some(error),
            Self::NotUnderstood { source, .. } => Some(source),
            Self::Refused(_) => None,
        }
    }
}

pub(crate) fn run(
    program: &Path,
    limits: &Limits,
    folder: &Path,
    call: &Call,
) -> Result<Completed, CallError> {
    let arguments = call.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let reply = ask(Question {
        program,
        folder: Some(folder),
        arguments: &arguments,
        input: call.input.to_string().into_bytes(),
        most: limits.answer_bytes,
        patience: None,
    })
    .map_err(CallError::Silent)?;
    let code = reply.code;
    match parse_answer(&reply.stdout) {
        Ok(Answered::Completed(completed)) => Ok(*completed),
        Ok(Answered::Refused(refusal)) => Err(CallError::Refused(refusal)),
        Err(source) => Err(CallError::NotUnderstood { code, source }),
    }
}
