//! Writes an execution down: before it starts, when it has ended.

use std::time::Instant;

use ai_lab_contract::{Answer, CorrelationId, ErrorClass, ExecutionId, Metric, Profile, SessionId};
use alf_catalog::LoadedTool;
use alf_policy::{Digest, RunPlan, digest_of_json};
use alf_runtime::RunError;
use alf_secrets::Redactor;
use alf_store::{
    Answered, EndStatus, ExecutionEnd, ExecutionStart, LogLevel, LogLine, ROW_BYTES, RecordedError,
    Session, SqliteStore, Store as _,
};
use serde_json::{Map, Value, json};

use super::execution::{Cause, session_of};
use super::kept_context::end_in_session;
use super::ledger::Ledger;
use super::logs::cut;
use super::prepare::Prepared;
use super::{Call, Completed, Durations, ExecutionError, KeptArtifact, micros, redaction};
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};

/// One execution and everything its record needs.
pub(super) struct Recording<'a> {
    pub(super) framework: &'a Framework,
    pub(super) ledger: Ledger<'a>,
    pub(super) tool: &'a LoadedTool,
    pub(super) call: &'a Call,
    pub(super) cause: &'a Cause,
    pub(super) execution: &'a ExecutionId,
    /// The profile in force.
    profile: Profile,
    /// The session that the record names.
    pub(super) session_id: Option<&'a SessionId>,
    /// Its context; `None` until the call may run.
    pub(super) session: Option<Session>,
    /// What the caller and the log are told beside the answer.
    pub(super) warnings: Vec<String>,
    /// Takes the secrets out that were kept when it began: those that the tool can know.
    pub(super) redactor: Redactor,
}

/// What came of running it.
pub(super) struct Attempt {
    pub(super) judged: Result<Answer, ExecutionError>,
    pub(super) output_bytes: u64,
    pub(super) log_bytes: u64,
    pub(super) exit: String,
    pub(super) start_us: u64,
    pub(super) run_us: u64,
    pub(super) logs: Vec<LogLine>,
    pub(super) metrics: Vec<Metric>,
    /// The files it put out, already kept.
    pub(super) artifacts: Vec<KeptArtifact>,
    /// What the caller is given where that is not the execution's own answer.
    pub(super) answered: Option<Answered>,
}

impl Attempt {
    /// A call that was refused before anything ran.
    pub(super) fn refused(error: ExecutionError) -> Self {
        Self {
            judged: Err(error),
            output_bytes: 0,
            log_bytes: 0,
            exit: String::new(),
            start_us: 0,
            run_us: 0,
            logs: Vec::new(),
            metrics: Vec::new(),
            artifacts: Vec::new(),
            answered: None,
        }
    }

    /// A program that did not start, or that was lost hold of.
    pub(super) fn not_run(error: &RunError) -> Self {
        let why = std::error::Error::source(error).map_or(String::new(), |why| format!(": {why}"));
        Self::refused(ExecutionError::new(
            match error {
                RunError::Refused { .. } => ErrorClass::Refused,
                RunError::Start { .. } | RunError::Follow { .. } => ErrorClass::Environment,
            },
            format!("{error}{why}"),
        ))
    }
}

impl<'a> Recording<'a> {
    pub(super) fn new(
        prepared: &'a Prepared<'_>,
        cause: &'a Cause,
        execution: &'a ExecutionId,
    ) -> Result<Self, Failure> {
        Ok(Self {
            redactor: prepared.known.redactor.clone(),
            framework: prepared.framework,
            ledger: Ledger::open(prepared.framework, prepared.profile)?,
            tool: &prepared.tool,
            call: prepared.call,
            cause,
            execution,
            profile: prepared.profile,
            session_id: session_of(prepared),
            session: None,
            warnings: prepared.warning.iter().cloned().collect(),
        })
    }

    /// The piece of work the execution is part of: its own unless it was told another.
    pub(super) fn correlation(&self) -> CorrelationId {
        self.cause.correlation.clone().unwrap_or_else(|| {
            self.execution
                .as_str()
                .parse()
                .expect("because both ids keep the same rule")
        })
    }

    /// Records that the plan is about to be carried out, and says how long that took in microseconds.
    pub(super) fn start(
        &self,
        plan: &RunPlan,
        configuration: &Map<String, Value>,
        queue_us: u64,
    ) -> Result<u64, Failure> {
        let before = Instant::now();
        let configuration = digest_of_json(&Value::Object(configuration.clone()));
        let start = self.row(
            &plan.policy_digest,
            plan.sandbox.as_str(),
            &configuration,
            queue_us,
        )?;
        self.ledger.start(&start)?;
        self.tell_begun();
        Ok(micros(before.elapsed()))
    }

    fn tell_begun(&self) {
        if let Some(begun) = &self.cause.begun {
            begun.tell();
        }
    }

    /// Records a call that may not run, start and end.
    pub(super) fn refused(&self, attempt: Attempt, queue_us: u64) -> Result<Completed, Failure> {
        let nothing = digest_of_json(&Value::Null);
        let start = self.row(&nothing, "none", &nothing, queue_us)?;
        self.ledger.start(&start)?;
        self.tell_begun();
        self.end(
            attempt,
            Durations {
                queue_us,
                ..Durations::default()
            },
        )
    }

    /// Records the end and gives the answer.
    pub(super) fn end(
        &self,
        mut attempt: Attempt,
        durations: Durations,
    ) -> Result<Completed, Failure> {
        let at_ms = self.framework.surroundings.clock.now_ms();
        attempt
            .logs
            .extend(self.warnings.iter().map(|text| LogLine {
                at_ms,
                level: LogLevel::Warn,
                text: text.clone(),
            }));
        // The one way out: what is recorded and answered from here on holds no secret.
        let attempt = redaction::of_attempt(&self.redactor, attempt);
        let output = match &attempt.judged {
            Ok(answer) => answer
                .data
                .as_ref()
                .map(|data| kept(self.ledger.store(), data.to_string(), self.profile)),
            Err(_) => None,
        };
        let end = ExecutionEnd {
            execution_id: self.execution.clone(),
            status: if attempt.judged.is_ok() {
                EndStatus::Succeeded
            } else {
                EndStatus::Failed
            },
            error: attempt.judged.as_ref().err().map(recorded),
            output,
            output_bytes: attempt.output_bytes,
            log_bytes: attempt.log_bytes,
            exit: attempt.exit,
            ended_at_ms: self.framework.surroundings.clock.now_ms(),
            start_us: durations.start_us,
            run_us: durations.run_us,
            record_us: durations.record_us,
            logs: attempt.logs,
            metrics: attempt.metrics,
            answered: attempt.answered,
        };
        let not_kept = self.ledger.end(|store| {
            let patch = attempt
                .judged
                .as_ref()
                .ok()
                .and_then(|answer| answer.context_patch.as_ref());
            if let (Some(session), Some(patch)) = (&self.session, patch) {
                return end_in_session(store, end.clone(), session, patch);
            }
            store.end_execution(&end)?;
            Ok(None)
        })?;
        let judged = not_kept.flatten().map_or(attempt.judged, Err);
        Ok(Completed {
            artifacts: attempt.artifacts,
            ..self.completed(judged, durations)
        })
    }

    fn completed(&self, judged: Result<Answer, ExecutionError>, durations: Durations) -> Completed {
        let (data, handoff, error) = match judged {
            Ok(answer) => (answer.data, answer.handoff, None),
            Err(error) => (None, None, Some(error)),
        };
        Completed {
            format: 1,
            execution_id: self.execution.clone(),
            correlation_id: self.correlation(),
            session_id: self.session_id.cloned(),
            tool: self.call.tool.clone(),
            action: self.call.action.clone(),
            profile: self.profile,
            data,
            error,
            warnings: [self.warnings.clone(), self.ledger.warnings()].concat(),
            recorded: self.ledger.has_start(),
            handoff,
            attempts: self.cause.attempt,
            fallback: None,
            chain: Vec::new(),
            artifacts: Vec::new(),
            durations,
        }
    }

    fn row(
        &self,
        policy: &Digest,
        sandbox: &str,
        configuration: &Digest,
        queue_us: u64,
    ) -> Result<ExecutionStart, Failure> {
        let origin = self.framework.origin()?;
        let surroundings = &self.framework.surroundings;
        let client = self.call.client.as_ref().unwrap_or(&surroundings.client);
        Ok(ExecutionStart {
            execution_id: self.execution.clone(),
            correlation_id: self.correlation(),
            parent_id: self.cause.parent.clone(),
            session_id: self.session_id.cloned(),
            idempotency_key: None,
            tool: self.call.tool.clone(),
            tool_version: self.tool.found.manifest.version.clone(),
            tool_digest: self.tool.digest.to_string(),
            action: self.call.action.clone(),
            profile: self.profile,
            framework_version: FRAMEWORK_VERSION.to_owned(),
            framework_digest: origin.framework_digest.to_string(),
            policy_digest: policy.to_string(),
            configuration_digest: configuration.to_string(),
            sandbox: sandbox.to_owned(),
            client_name: client.name.clone(),
            client_version: client.version.clone(),
            protocol_version: client.protocol.clone(),
            host: surroundings.host.clone(),
            owner: origin.owner.clone(),
            attempt: self.cause.attempt,
            input: recorded_input(self.ledger.store(), self.call, self.profile, &self.redactor),
            started_at_ms: surroundings.clock.now_ms(),
            queue_us,
        })
    }
}

pub(super) fn recorded(error: &ExecutionError) -> RecordedError {
    RecordedError {
        class: error.class,
        kind: cut(error.kind.clone()),
        message: cut(error.message.clone()),
        retryable: error.retryable,
        detail: if error.detail.is_null() {
            String::new()
        } else {
            bounded(&error.detail.to_string())
        },
    }
}

/// A call's input as it is recorded.
pub(super) fn recorded_input(
    store: Option<&SqliteStore>,
    call: &Call,
    profile: Profile,
    redactor: &Redactor,
) -> String {
    if redactor.is_idle() {
        return kept(store, call.input.to_string(), profile);
    }
    let mut input = call.input.clone();
    redactor.value(&mut input);
    kept(store, input.to_string(), profile)
}

/// The text itself, or the reference to the file that keeps it.
fn kept(store: Option<&SqliteStore>, text: String, profile: Profile) -> String {
    if text.len() <= ROW_BYTES {
        return text;
    }
    match store.map(|store| store.keep_output(text.as_bytes(), profile)) {
        Some(Ok(kept)) => kept.to_string(),
        // No room for the file; the row may still have some.
        Some(Err(_)) | None => bounded(&text),
    }
}

/// The text itself, or what stands for one that is too long: its size and digest.
fn bounded(text: &str) -> String {
    if text.len() <= ROW_BYTES {
        return text.to_owned();
    }
    json!({ "not_kept": { "bytes": text.len(), "digest": Digest::of(text.as_bytes()) } })
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_kept_as_size_and_digest() {
        let long = "x".repeat(ROW_BYTES + 1);
        let kept: Value = serde_json::from_str(&bounded(&long)).expect("valid JSON");
        assert_eq!(kept["not_kept"]["bytes"], ROW_BYTES + 1);
        assert_eq!(bounded("short"), "short");
    }
}
