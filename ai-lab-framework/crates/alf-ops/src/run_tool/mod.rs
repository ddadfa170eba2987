//! `tool run`: one execution from the call to the recorded answer.

mod logs;
mod record;
mod verdict;

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::{
    ActionName, Answer, CONTRACT, Context, CorrelationId, ErrorClass, ExecutionId, HandOff, Metric,
    Profile, Request, SessionId, ToolName,
};
use alf_catalog::{LoadedTool, Origin};
use alf_policy::{RunPlan, Wanted, plan_run};
use alf_runtime::RunReport;
use alf_store::{NewSession, Session, Store};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::framework::Framework;
use crate::surroundings::new_execution_id;
use record::{Attempt, Recording};

pub use verdict::{ExecutionError, read_result};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The action's input.
    pub input: Value,
    /// The session it belongs to; created where there is none.
    pub session: Option<SessionId>,
    /// The piece of work it is part of; its own unless said.
    pub correlation: Option<CorrelationId>,
    /// How long the caller is willing to wait; shortens the tool's limit, never lengthens it.
    pub patience: Option<Duration>,
}

/// An execution that has ended and is recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Completed {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// The piece of work it is part of.
    pub correlation_id: CorrelationId,
    /// The session it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The profile it ran under.
    pub profile: Profile,
    /// What it gave; exactly one of this and `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Why it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
    /// What the tool asks to be called next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandOff>,
    /// Where the time went, in microseconds.
    pub durations: Durations,
}

/// Where an execution's time went, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Durations {
    /// From the call until its start was to be recorded: loading, checking, planning.
    pub queue_us: u64,
    /// Recording the start.
    pub record_us: u64,
    /// Starting the process.
    pub start_us: u64,
    /// Running, until nothing of the tool was left.
    pub run_us: u64,
}

/// Runs one action and records it: its start before the tool starts, its end before anything is returned.
///
/// `Err` says that nothing ran and nothing was recorded, or that the record itself failed; a tool that failed is a
/// [`Completed`] with an `error`. `cancel` becoming readable withdraws the call.
pub fn run_tool(
    framework: &Framework,
    call: &Call,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Completed, Failure> {
    let called = Instant::now();
    let tool = framework.load(&call.tool)?;
    let Some(schemas) = tool.actions.get(&call.action) else {
        return Err(no_such_action(&tool, &call.action));
    };
    let store = framework.store()?;
    let execution = new_execution_id();
    let mut recording = Recording {
        framework,
        store,
        tool: &tool,
        call,
        execution: &execution,
        session_id: session_of(call, &tool),
        session: None,
    };
    let violations = schemas.input.check(&call.input);
    if !violations.is_empty() {
        let what = "the input does not fit";
        let error = ExecutionError::of_violations(ErrorClass::InvalidInput, what, &violations);
        return recording.refused(error, micros(called.elapsed()));
    }
    let wanted = Wanted {
        manifest: &tool.found.manifest,
        action: &call.action,
        execution: &execution,
        folder: &tool.folder,
        program: &tool.program.path,
        framework: &framework.origin()?.version,
        inherited: &framework.inherited,
        patience: call.patience,
    };
    let plan = match plan_run(&wanted) {
        Ok(plan) => plan,
        Err(refused) => {
            let error = ExecutionError::new(refused.class(), refused.to_string());
            return recording.refused(error, micros(called.elapsed()));
        }
    };
    // Only now: a call that may not run begins no session.
    recording.session = open_session(framework, store, recording.session_id)?;
    let configuration = configuration(store, &call.tool)?;
    let line = request_line(&recording, &plan, &configuration);
    let queue_us = micros(called.elapsed());
    let record_us = recording.start(&plan, &configuration, queue_us)?;
    let run = alf_runtime::run(&plan, &line, Framework::supervisor()?, cancel);
    let now = framework.surroundings.clock.now_ms();
    let attempt = match run {
        Ok(report) => attempt_of(&report, verdict::judge(&report, &schemas.output), now),
        Err(error) => Attempt::not_run(&error),
    };
    let durations = Durations {
        queue_us,
        record_us,
        start_us: attempt.start_us,
        run_us: attempt.run_us,
    };
    recording.end(attempt, durations)
}

fn attempt_of(report: &RunReport, judged: Result<Answer, ExecutionError>, now: i64) -> Attempt {
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
        logs: logs::log_lines(report, now),
        metrics,
    }
}

/// How many metrics of one execution are kept, as the contract says.
const METRICS: usize = 64;

fn finite(metrics: &[Metric]) -> Vec<Metric> {
    metrics
        .iter()
        .filter(|metric| metric.value.is_finite())
        .take(METRICS)
        .cloned()
        .collect()
}

fn no_such_action(tool: &LoadedTool, action: &ActionName) -> Failure {
    let name = &tool.found.manifest.name;
    let actions: Vec<&str> = tool
        .found
        .manifest
        .actions
        .keys()
        .map(ActionName::as_str)
        .collect();
    let hint = match alf_schema::nearest(action.as_str(), actions.iter().copied()) {
        Some(near) => format!("Did you mean `{name}.{near}`?"),
        None => format!("It has: {}.", actions.join(", ")),
    };
    Failure::new(
        ErrorClass::NotFound,
        format!("tool `{name}` has no action `{action}`"),
    )
    .with_hint(hint)
}

/// The session that the call belongs to; an experimental tool keeps no context.
fn session_of<'a>(call: &'a Call, tool: &LoadedTool) -> Option<&'a SessionId> {
    match tool.found.manifest.profile {
        Profile::Experimental => None,
        Profile::Standard | Profile::Production => call.session.as_ref(),
    }
}

/// The session as it is, created where there is none.
fn open_session(
    framework: &Framework,
    store: &dyn Store,
    id: Option<&SessionId>,
) -> Result<Option<Session>, Failure> {
    let Some(id) = id else {
        return Ok(None);
    };
    Ok(Some(store.open_session(&NewSession {
        id: id.clone(),
        title: String::new(),
        data: "{}".to_owned(),
        created_at_ms: framework.surroundings.clock.now_ms(),
    })?))
}

fn configuration(store: &dyn Store, tool: &ToolName) -> Result<Map<String, Value>, Failure> {
    let mut values = Map::new();
    for setting in store.settings(Some(tool))? {
        let value = serde_json::from_str(&setting.value).unwrap_or(Value::String(setting.value));
        values.insert(setting.key, value);
    }
    Ok(values)
}

fn request_line(recording: &Recording<'_>, plan: &RunPlan, config: &Map<String, Value>) -> Vec<u8> {
    let call = recording.call;
    let surroundings = &recording.framework.surroundings;
    let run_ms = i64::try_from(plan.limits.run.as_millis()).unwrap_or(i64::MAX);
    let deadline = surroundings.clock.now_ms().saturating_add(run_ms);
    let data = recording
        .session
        .as_ref()
        .and_then(|session| serde_json::from_str(&session.data).ok());
    let request = Request {
        contract: CONTRACT,
        execution_id: recording.execution.clone(),
        correlation_id: recording.correlation(),
        action: call.action.clone(),
        input: call.input.clone(),
        config: config.clone(),
        context: Context {
            session_id: recording.session_id.cloned(),
            user_id: surroundings.user.clone(),
            project_id: project_of(&recording.tool.found.origin),
            deadline: jiff::Timestamp::from_millisecond(deadline)
                .ok()
                .map(|at| at.to_string()),
            data: data.unwrap_or_default(),
        },
    };
    let mut line = serde_json::to_vec(&request).expect("because a request has text keys only");
    line.push(b'\n');
    line
}

fn project_of(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Project(name) => Some(name.clone()),
        Origin::Global | Origin::Home => None,
    }
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
