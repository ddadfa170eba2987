//! A whole session as one document that can be taken elsewhere.

use ai_lab_contract::{ActionName, CorrelationId, ErrorClass, ExecutionId, Profile, ToolName};
use alf_store::{Execution, RecordedError, Session, Store};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::finding::{context_of, find_session};
use super::reading::{of, summary_of};
use super::summary::SessionFacts;
use crate::executions::make_whole;
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};

/// The most bytes of inputs and outputs that one export gathers; a larger session is refused by name. The document is
/// made in memory.
pub const EXPORTED_BYTES: usize = 134_217_728;

/// How many rows are read at a time.
const PAGE: u32 = 100;

/// A session as it is taken elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SessionExport {
    /// The form of this document: 1.
    pub format: u32,
    /// The framework that wrote it.
    pub framework_version: String,
    /// When: milliseconds since 1970, UTC.
    pub exported_at_ms: i64,
    /// The session.
    pub session: ExportedSession,
    /// What the record knows of it.
    pub summary: SessionFacts,
    /// Its executions, oldest first.
    pub executions: Vec<ExportedExecution>,
}

/// A session with its context.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ExportedSession {
    /// Its id.
    pub id: ai_lab_contract::SessionId,
    /// What it is about.
    pub title: String,
    /// Where it stands: `active`, `paused` or `ended`.
    pub status: String,
    /// What was noted at the last pause.
    pub note: String,
    /// Counts the changes from 1.
    pub revision: u64,
    /// When it was created: milliseconds since 1970, UTC.
    pub created_at_ms: i64,
    /// When it was last changed: milliseconds since 1970, UTC.
    pub updated_at_ms: i64,
    /// Its context.
    pub data: Map<String, Value>,
}

/// One execution of a session, as it was recorded: bounded and without secrets.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ExportedExecution {
    /// Its id.
    pub execution_id: ExecutionId,
    /// The piece of work it is part of.
    pub correlation_id: CorrelationId,
    /// What brought it about.
    pub parent_id: Option<ExecutionId>,
    /// Which tool.
    pub tool: ToolName,
    /// The tool's version.
    pub tool_version: String,
    /// The digest of the tool's files.
    pub tool_digest: String,
    /// Which of its actions.
    pub action: ActionName,
    /// The profile it ran under.
    pub profile: Profile,
    /// The framework that ran it.
    pub framework_version: String,
    /// The sandbox level that was applied.
    pub sandbox: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// `started`, `succeeded`, `failed` or `interrupted`.
    pub status: String,
    /// When it began: milliseconds since 1970, UTC.
    pub started_at_ms: i64,
    /// When it ended: milliseconds since 1970, UTC.
    pub ended_at_ms: Option<i64>,
    /// How long it ran, in microseconds.
    pub run_us: Option<u64>,
    /// What it was given.
    pub input: Value,
    /// What it gave.
    pub output: Option<Value>,
    /// Why it gave nothing.
    pub error: Option<ExportedError>,
}

/// Why an execution failed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ExportedError {
    /// The row of the failure table.
    pub class: ErrorClass,
    /// The tool's own word for it.
    pub kind: String,
    /// What failed and why.
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What a program may branch on; `null` for nothing.
    pub detail: Value,
}

/// Gathers a session: its context, its figures and every execution.
pub fn export_session(framework: &Framework, id: &str) -> Result<SessionExport, Failure> {
    let store = framework.existing_store()?;
    let session = find_session(store, id)?;
    let summary = summary_of(store, &session)?.facts;
    let mut executions = all_executions(store, &session)?;
    executions.reverse();
    let exported_at_ms = framework.surroundings.clock.now_ms();
    Ok(SessionExport {
        format: 1,
        framework_version: FRAMEWORK_VERSION.to_owned(),
        exported_at_ms,
        session: ExportedSession {
            data: context_of(&session)?,
            id: session.id,
            title: session.title,
            status: session.status.as_str().to_owned(),
            note: session.note,
            revision: session.revision,
            created_at_ms: session.created_at_ms,
            updated_at_ms: session.updated_at_ms,
        },
        summary,
        executions,
    })
}

fn all_executions(store: &dyn Store, session: &Session) -> Result<Vec<ExportedExecution>, Failure> {
    let mut filter = of(&session.id, PAGE);
    let mut executions = Vec::new();
    let mut bytes = 0;
    loop {
        let page = store.executions(&filter)?;
        for mut execution in page.executions {
            make_whole(store, &mut execution);
            bytes += size(&execution);
            if bytes > EXPORTED_BYTES {
                let told = format!(
                    "the inputs and outputs of session {} are more than {EXPORTED_BYTES} bytes",
                    session.id
                );
                let hint = format!(
                    "`ai-lab-framework execution export --session {} -o FILE` writes them as they come.",
                    session.id
                );
                return Err(Failure::new(ErrorClass::OutputLimit, told).with_hint(hint));
            }
            executions.push(exported(execution));
        }
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return Ok(executions),
        }
    }
}

fn size(execution: &Execution) -> usize {
    let ended = execution.ended.as_ref();
    let output = ended.and_then(|ended| ended.output.as_ref());
    let detail = ended.and_then(|ended| ended.error.as_ref());
    execution.start.input.len()
        + output.map_or(0, String::len)
        + detail.map_or(0, |error| error.detail.len())
}

fn exported(execution: Execution) -> ExportedExecution {
    let Execution {
        start,
        status,
        ended,
        ..
    } = execution;
    let (ended_at_ms, run_us) = match &ended {
        Some(ended) => (Some(ended.ended_at_ms), Some(ended.run_us)),
        None => (None, None),
    };
    let (output, error) = ended.map_or((None, None), |ended| (ended.output, ended.error));
    ExportedExecution {
        execution_id: start.execution_id,
        correlation_id: start.correlation_id,
        parent_id: start.parent_id,
        tool: start.tool,
        tool_version: start.tool_version,
        tool_digest: start.tool_digest,
        action: start.action,
        profile: start.profile,
        framework_version: start.framework_version,
        sandbox: start.sandbox,
        attempt: start.attempt,
        status: status.as_str().to_owned(),
        started_at_ms: start.started_at_ms,
        ended_at_ms,
        run_us,
        input: parsed(start.input),
        output: output.map(parsed),
        error: error.map(exported_error),
    }
}

fn exported_error(error: RecordedError) -> ExportedError {
    ExportedError {
        class: error.class,
        kind: error.kind,
        message: error.message,
        retryable: error.retryable,
        detail: if error.detail.is_empty() {
            Value::Null
        } else {
            parsed(error.detail)
        },
    }
}

/// The JSON that was recorded; a text that is none stays a text.
fn parsed(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::generate::SchemaSettings;
    use std::path::Path;

    /// Compares with the committed file; `AI_LAB_BLESS=1` writes it anew.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "blessing the schema is this test's own door"
    )]
    fn the_committed_schema_is_the_generated_one() {
        let mut schema = SchemaSettings::draft2020_12()
            .into_generator()
            .into_root_schema_for::<SessionExport>();
        schema.insert(
            "$id".to_owned(),
            "urn:ai-lab:framework:session-export:1".into(),
        );
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs/reference/session-export.schema.json");
        let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            std::fs::write(&path, &generated).expect("the folder is writable");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == generated,
            "session-export.schema.json differs: run with AI_LAB_BLESS=1"
        );
    }
}
