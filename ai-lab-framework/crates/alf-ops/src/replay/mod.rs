//! `execution replay`: a recorded call once more, and what is different now.

mod compare;
mod recorded;
mod under;

use std::os::fd::BorrowedFd;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_catalog::LoadedTool;
use alf_store::{Execution, ExecutionStart, Status};
use serde::Serialize;
use serde_json::{Map, Value};

pub use compare::{Answered, Comparison, Difference, Likeness, compare};
pub use under::{
    ComparedExecution, ComparisonRequest, MOST_COMPARED, PassedOver, UnderBoth, compare_under,
};

use crate::executions::show_execution;
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};
use crate::run_tool::{Call, run_tool};
use recorded::{answered, input_of, judged_today};

/// How a call is made once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplayMode {
    /// Nothing runs: the recorded input and answer are judged by today's schemas.
    Mock,
    /// It runs again, if its action only reads.
    Dry,
    /// It runs again, whatever it does.
    Live,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ReplayRequest {
    /// Which execution: its id, or the beginning of it.
    pub id: String,
    /// How.
    pub mode: ReplayMode,
    /// For a destructive action: the execution's whole id once more.
    pub repeated_id: Option<String>,
    /// Places of the answer that differ from run to run, beside those that the schema marks with `x-volatile`.
    pub volatile: Vec<String>,
}

/// A replay and what it showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// The form of this answer: 1.
    pub format: u32,
    /// The recorded execution.
    pub execution_id: ExecutionId,
    /// The execution that repeated it; `None` where nothing ran.
    pub replayed_as: Option<ExecutionId>,
    /// How.
    pub mode: ReplayMode,
    /// What it answered then.
    pub old: Answered,
    /// What it answers now.
    pub new: Answered,
    /// How these differ.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// What it rests on that is not what it was.
    pub moved: Vec<Moved>,
}

/// Something that an execution rests on and that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// What, such as `tool_version`.
    pub what: &'static str,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

impl Replay {
    /// What a replay exits with: 0 for the same and the cosmetic, the class of a new failure, else `conflict`.
    pub fn exit_code(&self) -> u8 {
        match (self.comparison.likeness, &self.new) {
            (Likeness::Same | Likeness::Cosmetic, _) => 0,
            (Likeness::NewError, Answered::Error { class, .. }) => class.exit_code(),
            (Likeness::NewError, Answered::Data(_)) | (Likeness::Fixed | Likeness::Changed, _) => {
                ErrorClass::Conflict.exit_code()
            }
        }
    }
}

/// Makes a recorded call once more and compares.
///
/// A run is an execution of its own whose parent is the recorded one. It is given no session, and a hand-off that it
/// asks for is not followed: what is compared is this one execution.
pub fn replay_execution(
    framework: &Framework,
    request: &ReplayRequest,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Replay, Failure> {
    let recorded = show_execution(framework, &request.id)?.execution;
    let start = &recorded.start;
    if recorded.status == Status::Started {
        let told = format!("execution {} has no end yet", start.execution_id);
        return Err(Failure::new(ErrorClass::Conflict, told)
            .with_hint("Wait for it; the next run closes it if its framework is gone."));
    }
    let input = input_of(&recorded)?;
    let old = answered(&recorded)?;
    let tool = framework.load(&start.tool)?;
    let volatile = volatile_places(&tool, start, &request.volatile);
    let (new, replayed) = match request.mode {
        ReplayMode::Mock => (judged_today(&tool, &recorded, &input, &old)?, None),
        ReplayMode::Dry | ReplayMode::Live => {
            check_allowed(&tool, start, request)?;
            let replayed = run_again(framework, start, input, cancel)?;
            (answered(&replayed)?, Some(replayed))
        }
    };
    Ok(Replay {
        format: 1,
        execution_id: start.execution_id.clone(),
        replayed_as: replayed.as_ref().map(|row| row.start.execution_id.clone()),
        mode: request.mode,
        comparison: compare(&old, &new, &volatile),
        moved: match &replayed {
            Some(replayed) => moved(&rests_on(start), &rests_on(&replayed.start)),
            None => moved(&known_today(start), &today(framework, &tool)?),
        },
        old,
        new,
    })
}

fn check_allowed(
    tool: &LoadedTool,
    start: &ExecutionStart,
    request: &ReplayRequest,
) -> Result<(), Failure> {
    let (id, address) = (
        &start.execution_id,
        format!("{}.{}", start.tool, start.action),
    );
    let Some(action) = tool.found.manifest.actions.get(&start.action) else {
        let told = format!("`{address}` is no longer there");
        return Err(Failure::new(ErrorClass::NotFound, told));
    };
    if request.mode == ReplayMode::Dry && !action.read_only {
        let told = format!("`{address}` may change something: it is not read-only");
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("--mock judges the recorded answer; --live --yes runs it for real."));
    }
    if action.destructive && request.repeated_id.as_deref() != Some(id.as_str()) {
        let told = format!("`{address}` may destroy something");
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint(format!("Say that you mean it: --live --yes --repeat {id}")));
    }
    Ok(())
}

fn run_again(
    framework: &Framework,
    start: &ExecutionStart,
    input: Value,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Execution, Failure> {
    let call = Call {
        tool: start.tool.clone(),
        action: start.action.clone(),
        input,
        session: None,
        correlation: Some(start.correlation_id.clone()),
        patience: None,
        config: Map::new(),
        repeats: Some(start.execution_id.clone()),
        client: None,
        execution_id: None,
    };
    let completed = run_tool(framework, &call, cancel)?;
    // A stand-in answers for the caller's sake; compared is what the action itself did.
    let ran = completed
        .fallback
        .map_or(completed.execution_id, |stood_in| stood_in.failed);
    Ok(show_execution(framework, ran.as_str())?.execution)
}

/// What was said, and each place of the output schema that is marked `"x-volatile": true`.
fn volatile_places(tool: &LoadedTool, start: &ExecutionStart, said: &[String]) -> Vec<String> {
    let mut places = said.to_vec();
    if let Some(action) = tool.actions.get(&start.action) {
        marked(action.output.schema(), "", &mut places);
    }
    places
}

fn marked(schema: &Value, pointer: &str, places: &mut Vec<String>) {
    if schema.get("x-volatile") == Some(&Value::Bool(true)) {
        places.push(pointer.to_owned());
        return;
    }
    if let Some(Value::Object(named)) = schema.get("properties") {
        for (key, inner) in named {
            let key = key.replace('~', "~0").replace('/', "~1");
            marked(inner, &format!("{pointer}/{key}"), places);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner @ Value::Object(_)) = schema.get(keyword) {
            marked(inner, &format!("{pointer}/*"), places);
        }
    }
}

type Grounds = Vec<(&'static str, String)>;

fn rests_on(start: &ExecutionStart) -> Grounds {
    let mut grounds = known_today(start);
    grounds.extend([
        ("profile", start.profile.to_string()),
        ("policy_digest", start.policy_digest.clone()),
        ("configuration_digest", start.configuration_digest.clone()),
        ("sandbox", start.sandbox.clone()),
        (
            "session",
            start
                .session_id
                .as_ref()
                .map_or("none".to_owned(), ToString::to_string),
        ),
    ]);
    grounds
}

/// What can be compared where nothing runs.
fn known_today(start: &ExecutionStart) -> Grounds {
    vec![
        ("tool_version", start.tool_version.clone()),
        ("tool_digest", start.tool_digest.clone()),
        ("framework_version", start.framework_version.clone()),
        ("framework_digest", start.framework_digest.clone()),
    ]
}

fn today(framework: &Framework, tool: &LoadedTool) -> Result<Grounds, Failure> {
    Ok(vec![
        ("tool_version", tool.found.manifest.version.clone()),
        ("tool_digest", tool.digest.to_string()),
        ("framework_version", FRAMEWORK_VERSION.to_owned()),
        (
            "framework_digest",
            framework.origin()?.framework_digest.to_string(),
        ),
    ])
}

fn moved(old: &Grounds, new: &Grounds) -> Vec<Moved> {
    old.iter()
        .zip(new)
        .filter(|((_, old), (_, new))| old != new)
        .map(|((what, old), (_, new))| Moved {
            what,
            old: old.clone(),
            new: new.clone(),
        })
        .collect()
}
