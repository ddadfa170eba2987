//! Log lines: JSON objects on standard error, one a line.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever is looking into the tool itself.
    Debug,
    /// What happened.
    Info,
    /// What may become a failure.
    Warn,
    /// What failed.
    Error,
}

/// Where log lines go; clones share one sink.
#[derive(Clone)]
pub struct Log(Arc<Mutex<dyn Write + Send>>);

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// One line of the log.
#[derive(Serialize)]
struct Line<'a> {
    level: Level,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
}

impl Log {
    /// A log into any sink; a tool's own is standard error.
    pub fn new(sink: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(sink)))
    }

    /// A log on standard error.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// Writes one line in one write, so that lines of threads and children do not mix.
    ///
    /// A sink that is gone loses the line: a call does not fail for its log.
    pub(crate) fn write(&self, level: Level, message: &str, ids: Option<(&str, &str)>) {
        let line = Line {
            level,
            message,
            execution_id: ids.map(|(execution, _)| execution),
            correlation_id: ids.map(|(_, correlation)| correlation),
        };
        let mut text = serde_json::to_string(&line).expect("because a line is plain text");
        text.push('\n');
        let mut sink = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _gone = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    }
}
