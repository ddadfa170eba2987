//! How an operation fails, in the one form that every skin can show.

use std::error::Error;
use std::fmt;

use ai_lab_contract::ErrorClass;
use alf_store::{FindError, OpenError, RecordError, SessionError, StoreError};

/// Why an operation did not do what was asked.
///
/// `Display` says what failed; the chain of `source()` says why; `hint` names the next command.
#[derive(Debug)]
pub struct Failure {
    /// The row of the failure table: exit code, JSON-RPC code, HTTP status.
    pub class: ErrorClass,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure of this class with nothing behind it.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// A failure that another error caused.
    pub fn caused(
        class: ErrorClass,
        message: impl Into<String>,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            class,
            message: message.into(),
            hint: None,
            source: Some(Box::new(source)),
        }
    }

    /// The same for an error of any kind.
    pub(crate) fn caused_by(
        class: ErrorClass,
        message: impl Into<String>,
        source: Box<dyn Error + Send + Sync>,
    ) -> Self {
        Self {
            class,
            message: message.into(),
            hint: None,
            source: Some(source),
        }
    }

    /// The same with a sentence that names the next command.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// The sentence that names the next command.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What failed and why, from the outermost to the innermost.
    pub fn chain(&self) -> Vec<String> {
        let mut chain = vec![self.to_string()];
        let mut source = self.source();
        while let Some(error) = source {
            let text = error.to_string();
            // A transparent error repeats its source.
            if chain.last() != Some(&text) {
                chain.push(text);
            }
            source = error.source();
        }
        chain
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

const DOCTOR: &str = "`ai-lab-framework doctor` looks at the database and the disk.";

/// What to do about a database that does not serve.
const fn next_step(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy { .. } => {
            "Try again; `ps` shows which `ai-lab-framework` has been at work for so long."
        }
        StoreError::Full { .. } => {
            "Make room on that disk; `ai-lab-framework execution prune --dry-run` counts what may go."
        }
        StoreError::ReadOnly { .. } => {
            "Mount it for writing, or set AI_LAB_HOME to a folder you own."
        }
        StoreError::Replaced { .. } => {
            "Run the command again: it opens the file that is there now."
        }
        StoreError::Damaged { .. } | StoreError::Row { .. } | StoreError::Failed { .. } => DOCTOR,
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let hint = match &error {
            OpenError::Missing(_) => "Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.",
            OpenError::Older { .. } => "`ai-lab-framework migrate-db` brings it there.",
            OpenError::NotOurs { .. } => {
                "Move that file away, or set AI_LAB_HOME to another folder."
            }
            OpenError::Newer { .. } => {
                "Use that framework version, or set AI_LAB_HOME to another folder."
            }
            OpenError::NetworkFileSystem { .. } => "Set AI_LAB_HOME to a folder on a local disk.",
            OpenError::Unreachable { .. } => "Set AI_LAB_HOME to a folder you own.",
            OpenError::Store(error) => next_step(error),
        };
        Self::caused(error.class(), "cannot open the framework's database", error).with_hint(hint)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = next_step(&error);
        Self::caused(error.class(), "cannot use the framework's database", error).with_hint(hint)
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        let hint = match &error {
            RecordError::Store(error) => next_step(error),
            RecordError::AlreadyStarted(_)
            | RecordError::NotStarted(_)
            | RecordError::AlreadyEnded(_)
            | RecordError::NotFinite(_) => DOCTOR,
        };
        Self::caused(error.class(), "cannot record the execution", error).with_hint(hint)
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::caused(error.class(), "cannot keep the session", error)
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        Self::caused(error.class(), "cannot find that execution", error)
            .with_hint("`ai-lab-framework execution list` shows the newest.")
    }
}
