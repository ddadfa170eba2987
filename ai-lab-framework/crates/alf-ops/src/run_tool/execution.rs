//! One execution: decided, recorded, run, judged, recorded.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::{
    Answer, CorrelationId, ErrorClass, ExecutionId, Metric, Profile, Request, SessionId,
};
use alf_policy::{Link, RunPlan, check_hand_off};
use alf_runtime::{Order, RunReport};
use alf_secrets::HandOverPlan;
use alf_store::{Answered, NewSession, RecordError, Session, Store as _};
use serde_json::Value;

use super::begun::Begun;
use super::prepare::Prepared;
use super::record::{Attempt, Recording};
use super::request::request;
use super::{Completed, Durations, ExecutionError, artifacts, logs, micros, redaction, verdict};
use crate::configuration::of_call;
use crate::failure::Failure;
use crate::own_files::{OwnFiles, look_at_own_files};
use crate::sessions::check_open;
use crate::surroundings::new_execution_id;

/// How many metrics of one execution are kept, as the contract says.
const METRICS: usize = 64;

/// Why an execution happens, beside the call itself.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    /// Its id, where that was given beforehand: only for the first execution of a call.
    pub(super) execution: Option<ExecutionId>,
    /// Told when a start is in the record.
    pub(super) begun: Option<Begun>,
    /// The execution that led to it by retry, fallback or hand-off.
    pub(super) parent: Option<ExecutionId>,
    /// The piece of work it is part of; its own for the first execution of a call that named none.
    pub(super) correlation: Option<CorrelationId>,
    /// 1 for the first try.
    pub(super) attempt: u32,
    /// When its answer must be out; `None` leaves the manifest's limit.
    pub(super) deadline: Option<Instant>,
    /// The calls that handed over to it, itself the last.
    pub(super) chain: Vec<Link>,
    /// The execution in whose place it answers.
    pub(super) in_place_of: Option<ExecutionId>,
}

/// An earlier answer that is given in place of none.
#[derive(Clone, Debug)]
pub(super) struct Stale {
    /// The execution that gave it.
    pub(super) execution: ExecutionId,
    /// What it gave.
    pub(super) data: Value,
    /// How long ago, in seconds.
    pub(super) age_s: u64,
}

/// Finds what is given in place of a failed execution's answer, so that the record of the failure says it.
pub(super) type Otherwise<'a> =
    &'a dyn Fn(&ExecutionError, &ExecutionId) -> Result<Option<Stale>, Failure>;

/// An execution that has ended.
pub(super) struct Ended {
    pub(super) completed: Completed,
    /// When its answer had to be out; `None` where nothing ran.
    pub(super) deadline: Option<Instant>,
    /// What is given in place of its answer.
    pub(super) stale: Option<Stale>,
}

/// Carries one execution out.
///
/// `Err` says that nothing ran and nothing was recorded, or that the record itself failed.
pub(super) fn execute(
    prepared: &Prepared<'_>,
    cause: &Cause,
    otherwise: Otherwise<'_>,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Ended, Failure> {
    let called = Instant::now();
    let execution = id_of(prepared, cause)?;
    let mut recording = Recording::new(prepared, cause, &execution)?;
    let own_files = look_at_own_files(prepared.framework, prepared.profile);
    if let OwnFiles::Refused(error) = own_files {
        return turn_away(prepared, cause, error, otherwise);
    }
    if let OwnFiles::Changed(told) = own_files {
        recording.warnings.push(told);
    }
    let (plan, secrets) = match decide(prepared, cause, &execution, called)? {
        Ok(decided) => decided,
        Err(error) => {
            let (attempt, stale) = answered(Attempt::refused(error), &recording, otherwise)?;
            return Ok(Ended {
                completed: recording.refused(attempt, micros(called.elapsed()))?,
                deadline: None,
                stale,
            });
        }
    };
    let call = prepared.call;
    let store = recording.ledger.store();
    let configuration = match of_call(prepared.framework, &prepared.tool, store, &call.config)? {
        Ok(configuration) => configuration,
        Err(error) => return turn_away(prepared, cause, error, otherwise),
    };
    let changed = logs::of_changed_grants(&secrets, &prepared.call.tool);
    recording.warnings.extend(changed);
    // Only now: a call that may not run begins no session.
    recording.session = open_session(&recording)?;
    if let Some(Err(closed)) = recording.session.as_ref().map(check_open) {
        return turn_away(prepared, cause, closed.into(), otherwise);
    }
    let request = request(&recording, &plan, &configuration);
    let queue_us = micros(called.elapsed());
    let record_us = recording.start(&plan, &configuration, queue_us)?;
    let started = Instant::now();
    let attempt = run(&recording, prepared, (&plan, &secrets), &request, cancel)?;
    let (attempt, stale) = answered(attempt, &recording, otherwise)?;
    let durations = Durations {
        queue_us,
        record_us,
        start_us: attempt.start_us,
        run_us: attempt.run_us,
    };
    Ok(Ended {
        completed: recording.end(attempt, durations)?,
        deadline: Some(started + plan.limits.run),
        stale,
    })
}

/// Records a call that was turned away before anything ran.
pub(super) fn turn_away(
    prepared: &Prepared<'_>,
    cause: &Cause,
    error: ExecutionError,
    otherwise: Otherwise<'_>,
) -> Result<Ended, Failure> {
    let execution = id_of(prepared, cause)?;
    let recording = Recording::new(prepared, cause, &execution)?;
    let (attempt, stale) = answered(Attempt::refused(error), &recording, otherwise)?;
    Ok(Ended {
        completed: recording.refused(attempt, 0)?,
        deadline: None,
        stale,
    })
}

/// The id that was given beforehand, which nothing in the record may have, or a new one.
fn id_of(prepared: &Prepared<'_>, cause: &Cause) -> Result<ExecutionId, Failure> {
    let Some(given) = &cause.execution else {
        return Ok(new_execution_id());
    };
    // Before anything runs: under the experimental profile a start that cannot be recorded holds nothing up.
    if let Ok(store) = prepared.framework.store()
        && store.execution(given)?.is_some()
    {
        return Err(RecordError::AlreadyStarted(given.clone()).into());
    }
    Ok(given.clone())
}

/// The plan, or why the call may not run.
fn decide(
    prepared: &Prepared<'_>,
    cause: &Cause,
    execution: &ExecutionId,
    now: Instant,
) -> Result<Result<(RunPlan, HandOverPlan), ExecutionError>, Failure> {
    if let Err(error) = prepared.check_lock().and_then(|()| prepared.check_input()) {
        return Ok(Err(error));
    }
    let patience = cause.deadline.map(|at| at.saturating_duration_since(now));
    if patience.is_some_and(|left| left.is_zero()) {
        let told = "no time was left to run it";
        return Ok(Err(ExecutionError::new(ErrorClass::Timeout, told)));
    }
    let planned = prepared.plan_run(execution, patience)?;
    let plan = match planned {
        Ok(plan) => plan,
        Err(no) => {
            let remedy = no
                .remedy()
                .map_or(String::new(), |text| format!(". {text}"));
            let told = format!("{no}{remedy}");
            return Ok(Err(ExecutionError::new(no.class(), told)));
        }
    };
    // A tool without the secret it needs would fail in its own words, and misleadingly.
    Ok(match prepared.plan_secrets() {
        Ok(secrets) => Ok((plan, secrets)),
        Err(no) => Err(ExecutionError::of_secret(&no)),
    })
}

/// The attempt with what its record says of the answer that the caller is given.
fn answered(
    attempt: Attempt,
    recording: &Recording<'_>,
    otherwise: Otherwise<'_>,
) -> Result<(Attempt, Option<Stale>), Failure> {
    let stale = match &attempt.judged {
        Ok(_) => None,
        Err(error) => otherwise(error, recording.execution)?,
    };
    let answered = match &stale {
        Some(stale) => Some(Answered::Stale(stale.execution.clone())),
        None => recording.cause.in_place_of.clone().map(Answered::InPlaceOf),
    };
    Ok((
        Attempt {
            answered,
            ..attempt
        },
        stale,
    ))
}

fn run(
    recording: &Recording<'_>,
    prepared: &Prepared<'_>,
    (plan, secrets): (&RunPlan, &HandOverPlan),
    request: &Request,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Attempt, Failure> {
    let origin = prepared.process_origin(secrets);
    let order = Order {
        plan,
        request,
        secrets,
        origin: &origin,
    };
    let run = prepared.framework.runner()?.run(order, cancel);
    let now = prepared.framework.surroundings.clock.now_ms();
    Ok(match run {
        Ok(mut report) => {
            let taken = std::mem::take(&mut report.artifacts);
            let log_bytes = report.log_bytes;
            let report = redaction::of_log(&recording.redactor, report);
            let judged = verdict::judge(&report, &prepared.schemas().output);
            let judged = judged.and_then(|answer| granted(prepared, recording.cause, answer));
            let mut attempt = attempt_of(plan, &report, judged, now);
            let kept = artifacts::keep(recording, prepared.profile, taken);
            attempt.logs.extend(kept.log_lines(now));
            Attempt {
                log_bytes,
                artifacts: kept.artifacts,
                ..attempt
            }
        }
        Err(error) => Attempt::not_run(&error),
    })
}

/// An answer whose hand-off, if it has one, may be followed.
fn granted(
    prepared: &Prepared<'_>,
    cause: &Cause,
    answer: Answer,
) -> Result<Answer, ExecutionError> {
    let manifest = &prepared.tool.found.manifest;
    match &answer.handoff {
        Some(wanted) => match check_hand_off(manifest, wanted, &cause.chain) {
            Ok(()) => Ok(answer),
            Err(no) => Err(ExecutionError::new(no.class(), no.to_string())),
        },
        None => Ok(answer),
    }
}

fn attempt_of(
    plan: &RunPlan,
    report: &RunReport,
    judged: Result<Answer, ExecutionError>,
    now: i64,
) -> Attempt {
    let (metrics, judged) = match judged {
        Ok(answer) => (finite(&answer.metrics), Ok(answer)),
        Err(error) => (Vec::new(), Err(error)),
    };
    Attempt {
        judged,
        output_bytes: report.output.len() as u64,
        log_bytes: report.log_bytes,
        exit: report.exit.to_string(),
        start_us: report.start_us,
        run_us: report.run_us,
        logs: logs::log_lines(report, &plan.confinement.sandboxing.warnings, now),
        metrics,
        artifacts: Vec::new(),
        answered: None,
    }
}

fn finite(metrics: &[Metric]) -> Vec<Metric> {
    metrics
        .iter()
        .filter(|metric| metric.value.is_finite())
        .take(METRICS)
        .cloned()
        .collect()
}

/// The session that the call belongs to; an experimental tool keeps no context.
pub(super) fn session_of<'a>(prepared: &Prepared<'a>) -> Option<&'a SessionId> {
    match prepared.profile {
        Profile::Experimental => None,
        Profile::Standard | Profile::Production => prepared.call.session.as_ref(),
    }
}

/// The session as it is, created where there is none.
fn open_session(recording: &Recording<'_>) -> Result<Option<Session>, Failure> {
    let (Some(id), Some(store)) = (recording.session_id, recording.ledger.store()) else {
        return Ok(None);
    };
    Ok(Some(store.open_session(&NewSession {
        id: id.clone(),
        title: String::new(),
        data: "{}".to_owned(),
        created_at_ms: recording.framework.surroundings.clock.now_ms(),
    })?))
}

/// What is left of a deadline is the patience of what comes after.
pub(super) fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The instant so far from now; `None` for one that no clock reaches.
pub(super) fn deadline_after(patience: Option<Duration>) -> Option<Instant> {
    Instant::now().checked_add(patience?)
}
