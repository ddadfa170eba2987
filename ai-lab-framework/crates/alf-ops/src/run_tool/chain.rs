//! Hand-offs: a tool passes its work on, and what the last one answers is the answer.

use std::os::fd::BorrowedFd;

use ai_lab_contract::{ErrorClass, HandOff};
use alf_policy::Link;

use super::begun::Begun;
use super::execution::{Cause, Ended, deadline_after, sooner, turn_away};
use super::prepare::Prepared;
use super::resilience::call_resiliently;
use super::{Call, Completed, ExecutionError, Step};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::gate::{Passage, enter};

/// Makes a call and every call it is handed on to.
///
/// Each keeps the session and the correlation of the one before, and has the time that is left of it.
pub(super) fn call_through(
    framework: &Framework,
    call: &Call,
    cancel: Option<BorrowedFd<'_>>,
    begun: Option<&Begun>,
) -> Result<Completed, Failure> {
    let mut cause = first_cause(call, begun);
    // Held over the whole chain: of a call that passes its work on, no part runs under another release.
    let _passage = pass(framework, call, &cause, cancel)?;
    let mut steps: Vec<Step> = Vec::new();
    let mut ended = call_resiliently(framework, call, &cause, cancel)?;
    // What is repeated is one execution: whatever it hands over to is not.
    if call.repeats.is_some() {
        return Ok(ended.completed);
    }
    while let Some(wanted) = ended.completed.handoff.take() {
        let from = &ended.completed;
        let next = next_call(call, &wanted);
        steps.push(Step {
            execution_id: from.execution_id.clone(),
            tool: from.tool.clone(),
            action: from.action.clone(),
        });
        cause = Cause {
            execution: None,
            begun: None,
            parent: Some(from.execution_id.clone()),
            correlation: Some(from.correlation_id.clone()),
            attempt: 1,
            deadline: sooner(cause.deadline, ended.deadline),
            chain: [cause.chain, vec![link_of(&next)]].concat(),
            in_place_of: None,
        };
        ended = match call_resiliently(framework, &next, &cause, cancel) {
            Ok(ended) => ended,
            Err(failure) => not_followed(ended, &wanted, &failure),
        };
    }
    ended.completed.chain = steps;
    Ok(ended.completed)
}

/// Records that a call was refused before anything was decided about it.
pub(super) fn refuse(framework: &Framework, call: &Call, why: &str) -> Result<Completed, Failure> {
    let cause = first_cause(call, None);
    let _passage = pass(framework, call, &cause, None)?;
    let prepared = Prepared::new(framework, call)?;
    let error = ExecutionError::new(ErrorClass::Refused, why);
    let ended = turn_away(&prepared, &cause, error, &|_, _| Ok(None))?;
    Ok(ended.completed)
}

/// Goes through the gate. A call that cannot begin leaves no home: before there is one, it is looked at first.
fn pass(
    framework: &Framework,
    call: &Call,
    cause: &Cause,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Passage, Failure> {
    if !framework.surroundings.home.is_dir() {
        Prepared::new(framework, call)?;
    }
    enter(framework, cause.deadline, cancel)
}

fn first_cause(call: &Call, begun: Option<&Begun>) -> Cause {
    Cause {
        begun: begun.cloned(),
        execution: call.execution_id.clone(),
        parent: call.repeats.clone(),
        correlation: call.correlation.clone(),
        attempt: 1,
        deadline: deadline_after(call.patience),
        chain: vec![link_of(call)],
        in_place_of: None,
    }
}

fn link_of(call: &Call) -> Link {
    Link::of(&HandOff {
        tool: call.tool.clone(),
        action: call.action.clone(),
        input: call.input.clone(),
    })
}

fn next_call(call: &Call, wanted: &HandOff) -> Call {
    Call {
        tool: wanted.tool.clone(),
        action: wanted.action.clone(),
        input: wanted.input.clone(),
        // Of the call and not of the execution: an experimental tool on the way keeps no context itself.
        session: call.session.clone(),
        correlation: call.correlation.clone(),
        patience: None,
        // Said for the tool that was called, and for no other.
        config: serde_json::Map::new(),
        repeats: None,
        client: call.client.clone(),
        execution_id: None,
    }
}

/// The first part is recorded and stands; what it led to could not begin.
fn not_followed(ended: Ended, wanted: &HandOff, failure: &Failure) -> Ended {
    let HandOff { tool, action, .. } = wanted;
    let why = failure.chain().join(": ");
    let told = format!("it was handed over to `{tool}.{action}`, which could not begin: {why}");
    Ended {
        completed: Completed {
            data: None,
            error: Some(ExecutionError::new(failure.class, told)),
            ..ended.completed
        },
        ..ended
    }
}
