//! The log of a call, told to a client that asked for such lines, when the call has ended.
//!
//! What is told is what the record has: bounded and without secrets. A client that never asked is told nothing.

use std::sync::{Arc, Mutex, PoisonError};

use ai_lab_contract::ExecutionId;
use alf_ops::{Failure, Framework, show_execution};
use alf_store::{LogEntry, LogLevel};
use rmcp::RoleServer;
use rmcp::model::{CallToolResponse, LoggingLevel, LoggingMessageNotificationParam};
use rmcp::service::RequestContext;
use serde_json::json;

use crate::answer::execution_of;
use crate::limits::LOG_LINES;

/// From which level on a session is told, in the era that has sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(Arc<Mutex<Option<LogLevel>>>);

impl Asked {
    pub(crate) fn set(&self, level: LoggingLevel) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept(level));
    }

    /// From which level on this request's client is told, if at all: by its own word, else by its session's.
    pub(crate) fn of(&self, context: &RequestContext<RoleServer>) -> Option<LogLevel> {
        let own = context.meta.log_level().map(kept);
        own.or_else(|| *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The least of our levels that is not below one of the protocol's.
const fn kept(level: LoggingLevel) -> LogLevel {
    match level {
        LoggingLevel::Debug => LogLevel::Debug,
        LoggingLevel::Info => LogLevel::Info,
        LoggingLevel::Notice | LoggingLevel::Warning => LogLevel::Warn,
        LoggingLevel::Error
        | LoggingLevel::Critical
        | LoggingLevel::Alert
        | LoggingLevel::Emergency => LogLevel::Error,
    }
}

const fn told(level: LogLevel) -> LoggingLevel {
    match level {
        LogLevel::Debug => LoggingLevel::Debug,
        LogLevel::Info => LoggingLevel::Info,
        LogLevel::Warn => LoggingLevel::Warning,
        LogLevel::Error => LoggingLevel::Error,
    }
}

/// The execution behind an answer that is one.
pub(crate) fn behind(response: &CallToolResponse) -> Option<ExecutionId> {
    // A question and a task are answers that no run is behind yet.
    match response {
        CallToolResponse::Complete(result) => execution_of(result),
        _ => None,
    }
}

/// An execution's last lines from a level on, oldest first.
pub(crate) fn lines(
    framework: &Framework,
    id: &ExecutionId,
    from: LogLevel,
) -> Result<Vec<LoggingMessageNotificationParam>, Failure> {
    let mut logs = show_execution(framework, id.as_str())?.logs;
    logs.retain(|entry| entry.line.level >= from);
    let last = logs.len().saturating_sub(LOG_LINES);
    Ok(logs
        .split_off(last)
        .iter()
        .map(|entry| message(entry, id))
        .collect())
}

fn message(entry: &LogEntry, id: &ExecutionId) -> LoggingMessageNotificationParam {
    let data = json!({ "message": entry.line.text, "execution_id": id, "at_ms": entry.line.at_ms });
    let message = LoggingMessageNotificationParam::new(told(entry.line.level), data);
    match &entry.tool {
        Some(tool) => message.with_logger(tool.as_str()),
        None => message.with_logger("ai-lab"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_told_below_the_level_that_was_asked_for() {
        let asked = [
            LoggingLevel::Debug,
            LoggingLevel::Info,
            LoggingLevel::Notice,
            LoggingLevel::Warning,
            LoggingLevel::Error,
            LoggingLevel::Emergency,
        ];
        assert_eq!(
            asked.map(|level| told(kept(level))),
            [
                LoggingLevel::Debug,
                LoggingLevel::Info,
                LoggingLevel::Warning,
                LoggingLevel::Warning,
                LoggingLevel::Error,
                LoggingLevel::Error,
            ]
        );
    }
}
