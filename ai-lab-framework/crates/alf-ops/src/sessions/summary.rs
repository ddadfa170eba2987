//! A session in facts, all of them from the record.

use std::collections::BTreeMap;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_store::{Execution, Session, Status};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::reading::SessionHead;

/// How many of a session's executions a summary is made of, the newest; more are counted and left out. Bounds the
/// memory that a summary takes.
pub const SUMMARISED: usize = 20_000;

/// How many executions without an end a summary names.
const NAMED: usize = 20;

/// What the record knows of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionSummary {
    /// The form of this answer: 1.
    pub format: u32,
    /// The session.
    pub session: SessionHead,
    /// The figures.
    #[serde(flatten)]
    pub facts: SessionFacts,
}

/// A session's figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SessionFacts {
    /// How many executions the session has.
    pub executions: u64,
    /// How many of them, the newest, the figures are made of.
    pub counted: u64,
    /// When the first of those began: milliseconds since 1970, UTC; `None` where there is none.
    pub first_at_ms: Option<i64>,
    /// When the last of those ended, or began if it has not: milliseconds since 1970, UTC.
    pub last_at_ms: Option<i64>,
    /// How long they ran together, in microseconds.
    pub run_us: u64,
    /// How many of them were further tries of one that failed.
    pub retries: u64,
    /// By action.
    pub actions: Vec<ActionCount>,
    /// By class and kind, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// Which execution brought about which, counted by action: hand-offs, fallbacks, replays.
    pub caused: Vec<CausedCount>,
    /// The keys of the context, by name.
    pub context: Vec<ContextKey>,
    /// What is not done: executions without an end, and actions whose last call failed.
    pub open: Vec<OpenEnd>,
}

/// One action in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionCount {
    /// Which: `tool.action`.
    pub action: String,
    /// How many were answered with data.
    pub succeeded: u64,
    /// How many failed, interrupted ones among them.
    pub failed: u64,
    /// How many have no end.
    pub unfinished: u64,
    /// How long they ran together, in microseconds.
    pub run_us: u64,
}

/// One kind of failure in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorCount {
    /// The row of the failure table.
    pub class: ErrorClass,
    /// The tool's own word for it.
    pub kind: String,
    /// How often.
    pub count: u64,
    /// What was said the last time.
    pub last_message: String,
    /// Which execution said so.
    pub last: ExecutionId,
}

/// How often one action brought about another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CausedCount {
    /// Which: `tool.action`; the execution's id where it lies outside what was counted.
    pub from: String,
    /// What came of it: `tool.action`.
    pub to: String,
    /// How often.
    pub count: u64,
}

/// One key of a session's context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextKey {
    /// The key.
    pub key: String,
    /// What it holds: `object`, `list`, `text`, `number`, `boolean` or `null`.
    pub holds: String,
    /// How long that is, in bytes of JSON.
    pub bytes: u64,
}

/// Something that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenEnd {
    /// Which action: `tool.action`.
    pub action: String,
    /// Which execution.
    pub execution: ExecutionId,
    /// Why it is open: `unfinished`, or the class of the failure that was the action's last word.
    pub why: String,
    /// When it began: milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// Adds a session up; `executions` are the newest of `total`, newest first.
pub(super) fn summarise(
    session: &Session,
    data: &Map<String, Value>,
    total: u64,
    executions: &[Execution],
) -> SessionSummary {
    let ended_ms = |execution: &Execution| {
        let ended = execution.ended.as_ref().map(|ended| ended.ended_at_ms);
        ended.unwrap_or(execution.start.started_at_ms)
    };
    let began = executions.iter().map(|e| e.start.started_at_ms).min();
    let run_us = executions.iter().map(run_us).sum();
    let retries = executions.iter().filter(|e| e.start.attempt > 1).count() as u64;
    SessionSummary {
        format: 1,
        session: SessionHead::from(session),
        facts: SessionFacts {
            executions: total,
            counted: executions.len() as u64,
            first_at_ms: began,
            last_at_ms: executions.iter().map(ended_ms).max(),
            run_us,
            retries,
            actions: actions(executions),
            errors: errors(executions),
            caused: caused(executions),
            context: data.iter().map(context_key).collect(),
            open: open_ends(executions),
        },
    }
}

fn address(execution: &Execution) -> String {
    format!("{}.{}", execution.start.tool, execution.start.action)
}

fn run_us(execution: &Execution) -> u64 {
    execution.ended.as_ref().map_or(0, |ended| ended.run_us)
}

fn actions(executions: &[Execution]) -> Vec<ActionCount> {
    let mut counts: BTreeMap<String, ActionCount> = BTreeMap::new();
    for execution in executions {
        let action = address(execution);
        let count = counts.entry(action.clone()).or_insert(ActionCount {
            action,
            succeeded: 0,
            failed: 0,
            unfinished: 0,
            run_us: 0,
        });
        count.run_us += run_us(execution);
        match execution.status {
            Status::Succeeded => count.succeeded += 1,
            Status::Failed | Status::Interrupted => count.failed += 1,
            Status::Started => count.unfinished += 1,
        }
    }
    counts.into_values().collect()
}

fn errors(executions: &[Execution]) -> Vec<ErrorCount> {
    let mut counts: Vec<ErrorCount> = Vec::new();
    for execution in executions {
        let Some(error) = execution.ended.as_ref().and_then(|end| end.error.as_ref()) else {
            continue;
        };
        let known =
            |count: &&mut ErrorCount| count.class == error.class && count.kind == error.kind;
        match counts.iter_mut().find(known) {
            Some(count) => count.count += 1,
            // The newest is met first.
            None => counts.push(ErrorCount {
                class: error.class,
                kind: error.kind.clone(),
                count: 1,
                last_message: error.message.clone(),
                last: execution.start.execution_id.clone(),
            }),
        }
    }
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.kind.cmp(&b.kind)));
    counts
}

fn caused(executions: &[Execution]) -> Vec<CausedCount> {
    let known: BTreeMap<&ExecutionId, &Execution> = executions
        .iter()
        .map(|execution| (&execution.start.execution_id, execution))
        .collect();
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for execution in executions.iter().filter(|e| e.start.attempt == 1) {
        let Some(parent) = &execution.start.parent_id else {
            continue;
        };
        let from = known.get(parent);
        let from = from.map_or_else(|| parent.to_string(), |parent| address(parent));
        *counts.entry((from, address(execution))).or_default() += 1;
    }
    let counted = |((from, to), count)| CausedCount { from, to, count };
    counts.into_iter().map(counted).collect()
}

fn context_key((key, value): (&String, &Value)) -> ContextKey {
    let holds = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    ContextKey {
        key: key.clone(),
        holds: holds.to_owned(),
        bytes: value.to_string().len() as u64,
    }
}

/// Executions without an end, and what failed and was not done again since, newest first.
fn open_ends(executions: &[Execution]) -> Vec<OpenEnd> {
    let mut settled: Vec<String> = Vec::new();
    let mut open = Vec::new();
    for execution in executions {
        let action = address(execution);
        let why = match (execution.status, &execution.ended) {
            (Status::Started, _) => Some("unfinished".to_owned()),
            (Status::Succeeded, _) => None,
            (Status::Failed | Status::Interrupted, ended) => {
                let class = ended.as_ref().and_then(|ended| ended.error.as_ref());
                let class = class.map_or(ErrorClass::Interrupted, |error| error.class);
                Some(class.as_str().to_owned())
            }
        };
        let is_running = execution.status == Status::Started;
        if let Some(why) = why.filter(|_| is_running || !settled.contains(&action)) {
            open.push(OpenEnd {
                action: action.clone(),
                execution: execution.start.execution_id.clone(),
                why,
                at_ms: execution.start.started_at_ms,
            });
        }
        if !is_running && !settled.contains(&action) {
            settled.push(action);
        }
    }
    open.truncate(NAMED);
    open
}
