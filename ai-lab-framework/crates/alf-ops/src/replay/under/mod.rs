//! `execution compare`: recorded calls made again under this release and under another, and what is different there.
//!
//! Only actions that read and may be repeated. Each call is made twice under this release: what differs between these two
//! differs from run to run, and is not the other release's doing. Both run in homes that are thrown away, each with a copy
//! of the record, so that the person's own has nothing of it.

mod outcome;
mod program;

use std::collections::HashSet;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId, Manifest, ToolName};
use alf_store::{Execution, ExecutionFilter, MOST_ROWS, Status, Store as _};
use serde::Serialize;

use super::compare::{Comparison, Likeness};
use super::marked;
use super::recorded::input_of;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::scratch_home::ScratchHome;
use outcome::judge;
use program::Program;

/// The most calls that are made again. Stops a rehearsal from taking the evening.
pub const MOST_COMPARED: u32 = 200;

/// How long a program may take beside the tool's own limits: its start, its record.
const MARGIN: Duration = Duration::from_secs(30);

/// Which calls, and under what.
#[derive(Clone, Debug)]
pub struct ComparisonRequest {
    /// The other release's program.
    pub under: PathBuf,
    /// At most so many calls, the newest first; within [`MOST_COMPARED`].
    pub last: u32,
    /// Only calls of so many days.
    pub days: u32,
}

/// One call under both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedExecution {
    /// The recorded execution.
    pub execution_id: ExecutionId,
    /// Its tool.
    pub tool: ToolName,
    /// Its action.
    pub action: ActionName,
    /// How the other release's answer is beside this one's.
    pub outcome: Likeness,
    /// Where they differ.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// The places that differ from run to run under this release, as JSON Pointers; `*` stands for any place of a list.
    pub varies: Vec<String>,
}

/// A recorded call that is not made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// The recorded execution.
    pub execution_id: ExecutionId,
    /// Its tool.
    pub tool: ToolName,
    /// Its action.
    pub action: ActionName,
    /// Why.
    pub why: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnderBoth {
    /// The form of this answer: 1.
    pub format: u32,
    /// The other release's program.
    pub under: PathBuf,
    /// The calls that were made again, the newest first.
    pub executions: Vec<ComparedExecution>,
    /// The newest call of each action that was not.
    pub passed_over: Vec<PassedOver>,
}

impl UnderBoth {
    /// How many calls came out so.
    pub fn count(&self, outcome: Likeness) -> usize {
        let calls = self.executions.iter();
        calls.filter(|call| call.outcome == outcome).count()
    }

    /// 0 where nothing but the cosmetic differs, or something works that did not; else that of `conflict`.
    pub fn exit_code(&self) -> u8 {
        let differs = [Likeness::Changed, Likeness::NewError]
            .iter()
            .any(|outcome| self.count(*outcome) > 0);
        if differs {
            ErrorClass::Conflict.exit_code()
        } else {
            0
        }
    }
}

/// Makes recorded calls again under both, in the lab of the working folder. `telling` is told before each call which one of
/// how many it is.
pub fn compare_under(
    framework: &Framework,
    request: &ComparisonRequest,
    cancel: Option<BorrowedFd<'_>>,
    telling: &mut dyn FnMut(usize, usize, &str),
) -> Result<UnderBoth, Failure> {
    let Chosen { calls, passed_over } = choose(framework, request)?;
    let mut executions = Vec::new();
    if !calls.is_empty() {
        let homes = Homes::make(framework)?;
        let own = Program::of(
            framework,
            &framework.surroundings.executable,
            homes.own.path(),
        );
        let other = Program::of(framework, &request.under, homes.other.path());
        other.migrate(cancel)?;
        for (number, call) in calls.iter().enumerate() {
            let start = &call.execution.start;
            telling(
                number + 1,
                calls.len(),
                &format!("{}.{}", start.tool, start.action),
            );
            let once = own.repeat(call, cancel)?;
            let again = own.repeat(call, cancel)?;
            let there = other.repeat(call, cancel)?;
            let judged = judge(&once, &again, &there, &call.volatile);
            executions.push(ComparedExecution {
                execution_id: start.execution_id.clone(),
                tool: start.tool.clone(),
                action: start.action.clone(),
                outcome: judged.comparison.likeness,
                comparison: judged.comparison,
                varies: judged.varies,
            });
        }
    }
    Ok(UnderBoth {
        format: 1,
        under: request.under.clone(),
        executions,
        passed_over,
    })
}

/// A call that is made again.
struct Repeated {
    execution: Execution,
    /// The places that the action's schema marks as different from run to run.
    volatile: Vec<String>,
    /// How long one run of it may take, with its program's start.
    longest: Duration,
}

struct Chosen {
    calls: Vec<Repeated>,
    passed_over: Vec<PassedOver>,
}

/// The newest calls of different inputs, and the newest of each action that may not be made again.
fn choose(framework: &Framework, request: &ComparisonRequest) -> Result<Chosen, Failure> {
    let now_ms = framework.surroundings.clock.now_ms();
    let page = framework.existing_store()?.executions(&ExecutionFilter {
        since_ms: Some(now_ms.saturating_sub(i64::from(request.days) * 86_400_000)),
        limit: MOST_ROWS,
        ..ExecutionFilter::default()
    })?;
    let last = request.last.min(MOST_COMPARED) as usize;
    let (mut calls, mut passed_over) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for execution in page.executions {
        let start = &execution.start;
        let address = (start.tool.clone(), start.action.clone());
        match repeatable(framework, &execution) {
            Ok((volatile, longest)) => {
                if calls.len() < last && seen.insert((address, start.input.clone())) {
                    calls.push(Repeated {
                        execution,
                        volatile,
                        longest,
                    });
                }
            }
            Err(why) => {
                if seen.insert((address.clone(), String::new())) {
                    passed_over.push(PassedOver {
                        execution_id: start.execution_id.clone(),
                        tool: address.0,
                        action: address.1,
                        why,
                    });
                }
            }
        }
    }
    Ok(Chosen { calls, passed_over })
}

/// What a repetition needs to know; else why there is none.
fn repeatable(
    framework: &Framework,
    execution: &Execution,
) -> Result<(Vec<String>, Duration), String> {
    let start = &execution.start;
    if execution.status == Status::Started {
        return Err("it has no end yet".to_owned());
    }
    let tool = framework
        .load(&start.tool)
        .map_err(|failure| failure.to_string())?;
    let manifest = &tool.found.manifest;
    may_repeat(manifest, &start.action)?;
    input_of(execution).map_err(|failure| failure.to_string())?;
    let mut volatile = Vec::new();
    if let Some(action) = tool.actions.get(&start.action) {
        marked(action.output.schema(), "", &mut volatile);
    }
    let limits = &manifest.limits;
    let longest = Duration::from_millis(limits.run_ms.get() + limits.grace_ms.get()) + MARGIN;
    Ok((volatile, longest))
}

/// Whether an action may be carried out again without anybody asking: its manifest says so, twice.
fn may_repeat(manifest: &Manifest, action: &ActionName) -> Result<(), String> {
    let Some(action) = manifest.actions.get(action) else {
        return Err("the action is no longer there".to_owned());
    };
    if !action.read_only || action.destructive {
        return Err("it may change something: its action is not `read_only`".to_owned());
    }
    if !action.idempotent {
        return Err("its action is not `idempotent`".to_owned());
    }
    if manifest.grants.secrets.is_empty() {
        return Ok(());
    }
    Err("it needs secrets, which a rehearsal has not".to_owned())
}

/// A home for each, with a copy of the record in it.
struct Homes {
    own: ScratchHome,
    other: ScratchHome,
}

impl Homes {
    fn make(framework: &Framework) -> Result<Self, Failure> {
        Ok(Self {
            own: home_with_record(framework)?,
            other: home_with_record(framework)?,
        })
    }
}

fn home_with_record(framework: &Framework) -> Result<ScratchHome, Failure> {
    let no_room = |error: io::Error| {
        let told = "there is no folder for a rehearsal";
        Failure::caused(ErrorClass::Environment, told, error)
    };
    let real = &framework.surroundings.home;
    let scratch = ScratchHome::with_tools(real, "rehearsal").map_err(no_room)?;
    copy_record(framework, &scratch.path().join("framework.db"))?;
    Ok(scratch)
}

fn copy_record(framework: &Framework, to: &Path) -> Result<(), Failure> {
    let copied = framework.existing_store()?.snapshot(to);
    copied.map_err(|error| {
        let class = error.class();
        Failure::caused(
            class,
            "there is no copy of the record to rehearse on",
            error,
        )
    })?;
    Ok(())
}
