//! `tool run`: from a call to the recorded answer.
//!
//! From the outside in: [`chain`] follows hand-offs, [`resilience`] tries again and stands in, [`execution`] carries
//! one execution out, [`record`] writes it down, [`artifacts`] keeps its files.

mod artifacts;
mod begun;
mod breaker;
mod budget;
mod call;
mod chain;
mod execution;
mod kept_context;
mod ledger;
mod logs;
mod prepare;
mod record;
mod redaction;
mod request;
mod resilience;
mod verdict;

use std::os::fd::BorrowedFd;
use std::time::Duration;

use crate::failure::Failure;
use crate::framework::Framework;

pub(crate) use artifacts::ARTIFACTS;
pub use artifacts::KeptArtifact;
pub(crate) use begun::Begun;
pub use budget::call_budget;
pub use call::{Call, Completed, Durations, StandIn, Step, StoodIn};
pub use prepare::{CallPlan, Resilience, plan_tool};
pub use verdict::{ExecutionError, read_result};

/// Runs one action and records it: its start before the tool starts, its end before anything is returned.
///
/// What the manifest asks for is done around it: retries, a breaker, a stand-in, hand-offs. `Err` says that nothing
/// ran and nothing was recorded, or that the record itself failed; a tool that failed is a [`Completed`] with an
/// `error`. `cancel` becoming readable withdraws the call.
pub fn run_tool(
    framework: &Framework,
    call: &Call,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Completed, Failure> {
    chain::call_through(framework, call, cancel, None)
}

/// Records a call that is not carried out although its tool could be called: a client may not, or nobody confirmed it.
///
/// Nothing runs. `why` is the answer's message; say in it what comes next.
pub fn refuse_call(framework: &Framework, call: &Call, why: &str) -> Result<Completed, Failure> {
    chain::refuse(framework, call, why)
}

/// [`run_tool`], which tells as soon as its start is in the record.
pub(crate) fn run_tool_telling(
    framework: &Framework,
    call: &Call,
    cancel: Option<BorrowedFd<'_>>,
    begun: &Begun,
) -> Result<Completed, Failure> {
    chain::call_through(framework, call, cancel, Some(begun))
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
