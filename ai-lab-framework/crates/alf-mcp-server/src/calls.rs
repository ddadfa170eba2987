//! One call of a lab's tool, from arguments to answer, on a thread of its own.
//!
//! Everything that may refuse it is an operation's: the lists of clients, the token, the confirmation. What may outlast
//! the client's patience runs in a process of its own and is answered with its id.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{
    Call, Completed, Confirmation, ExecutionOutcome, Failure, call_budget, cancel_execution,
    client_allows, new_execution_id, propose_call, redeem_confirmation, refuse_call, run_tool,
    show_execution, start_in_background, wait_for_execution,
};
use alf_store::ExecutionStart;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Map, Value};

use crate::answer::{in_background, of_completed, of_failure, to_confirm};
use crate::arguments::meant;
use crate::client::Caller;
use crate::lab::Lab;
use crate::limits::END_WITHIN;
use crate::offer::OfferedTool;

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Step {
    /// It is answered.
    Answered(Box<CallToolResult>),
    /// The client can ask a person whether it may be done; the call as it is, and what it would do.
    Ask(Box<Call>, Box<Confirmation>),
    /// It goes on in the background, and the client follows such itself.
    Follow(ExecutionId),
}

/// What a person said to a call that may destroy something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Nobody was asked yet.
    Unasked,
    /// Yes: the code that stands for it.
    Given(String),
    /// No, and in which words.
    Refused(&'static str),
}

/// How the call is answered, and what withdraws it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answering<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) caller: &'a Caller,
    pub(crate) withdrawn: BorrowedFd<'a>,
}

impl From<CallToolResult> for Step {
    fn from(result: CallToolResult) -> Self {
        Self::Answered(Box::new(result))
    }
}

/// The call that is asked for, with the code that stands beside its own arguments.
pub(crate) fn asked(
    offered: &OfferedTool,
    mut arguments: JsonObject,
    caller: &Caller,
) -> (Call, Consent) {
    let consent = match offered.confirm.and_then(|key| arguments.remove(key)) {
        Some(Value::String(code)) => Consent::Given(code),
        Some(_) | None => Consent::Unasked,
    };
    let input = match offered.compiled() {
        Some(schema) if !offered.is_wrapped => meant(schema, arguments),
        Some(_) | None => offered.unwrapped(Value::Object(arguments)),
    };
    let call = Call {
        tool: offered.tool.clone(),
        action: offered.action.clone(),
        input,
        session: None,
        correlation: None,
        patience: None,
        config: Map::new(),
        repeats: None,
        client: Some(caller.client.clone()),
        execution_id: Some(new_execution_id()),
    };
    (call, consent)
}

impl Answering<'_> {
    /// Makes the call as far as it may go now.
    pub(crate) fn make(self, offered: &OfferedTool, mut call: Call, consent: Consent) -> Step {
        match self.step(offered, &mut call, consent) {
            Ok(step) => step,
            Err(failure) => {
                // Whatever the session's part in it: the next call asks for it anew.
                self.lab.sessions.forget(&self.caller.key);
                of_failure(&failure).into()
            }
        }
    }

    fn step(
        self,
        offered: &OfferedTool,
        call: &mut Call,
        consent: Consent,
    ) -> Result<Step, Failure> {
        let Self { lab, caller, .. } = self;
        let framework = &lab.framework;
        call.session = Some(lab.sessions.of(framework, &caller.key)?);
        let is_listed = client_allows(framework, &caller.key, &call.tool, &call.action)?;
        if !is_listed || !caller.may_call(&call.tool, &call.action) {
            let told = format!("the client `{}` may not call this", caller.key);
            return self.refused(call, &told);
        }
        let fits = offered
            .compiled()
            .is_none_or(|schema| schema.fits(&call.input));
        // What does not fit is not run whatever anybody says: it is answered with its place.
        if offered.confirm.is_some() && fits {
            match consent {
                Consent::Given(code) => {
                    let redeemed = redeem_confirmation(framework, call, &code, &caller.key);
                    if let Err(failure) = redeemed {
                        let hint = failure.hint().unwrap_or_default();
                        return self.refused(call, &format!("{failure}. {hint}"));
                    }
                }
                Consent::Refused(why) => return self.refused(call, why),
                Consent::Unasked => {
                    let confirmation = propose_call(framework, call, &caller.key)?;
                    if caller.can_ask {
                        return Ok(Step::Ask(Box::new(call.clone()), Box::new(confirmation)));
                    }
                    let key = offered.confirm.unwrap_or_default();
                    return Ok(to_confirm(&confirmation, key).into());
                }
            }
        }
        let began = Instant::now();
        if call_budget(framework, call)? <= lab.answer_within {
            let completed = run_tool(framework, call, Some(self.withdrawn))?;
            return Ok(shown(offered, &completed).into());
        }
        let id = start_in_background(framework, call)?;
        if caller.follows_tasks {
            return Ok(Step::Follow(id));
        }
        let patience = lab.answer_within.saturating_sub(began.elapsed());
        self.waited(offered, &id, patience)
    }

    /// Whether this client may see an execution: one of a tool that it may call.
    pub(crate) fn check_may_see(self, id: &ExecutionId) -> Result<(), Failure> {
        let Self { lab, caller, .. } = self;
        // A call that has not begun has no row: whoever knows its id was told it.
        let Ok(detail) = show_execution(&lab.framework, id.as_str()) else {
            return Ok(());
        };
        let ExecutionStart { tool, action, .. } = &detail.execution.start;
        let is_listed = client_allows(&lab.framework, &caller.key, tool, action)?;
        if is_listed && caller.may_call(tool, action) {
            return Ok(());
        }
        let told = format!(
            "the client `{}` may not see executions of `{tool}.{action}`",
            caller.key
        );
        Err(Failure::new(ErrorClass::Refused, told))
    }

    /// Waits for a call in the background as long as the client may be kept waiting.
    fn waited(
        self,
        offered: &OfferedTool,
        id: &ExecutionId,
        patience: Duration,
    ) -> Result<Step, Failure> {
        let framework = &self.lab.framework;
        let mut outcome = wait_for_execution(framework, id, patience, Some(self.withdrawn))?;
        // Withdrawn by the client; when it is the server that ends, the call goes on.
        if !outcome.is_over() && self.is_withdrawn() && !self.lab.is_ending() {
            outcome = cancel_execution(framework, id, END_WITHIN)?;
        }
        Ok(match outcome {
            ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed) => {
                shown(offered, &completed).into()
            }
            ExecutionOutcome::Queued | ExecutionOutcome::Running => {
                in_background(id, offered).into()
            }
        })
    }

    fn is_withdrawn(self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let mut asked = [PollFd::new(&self.withdrawn, PollFlags::IN)];
        poll(&mut asked, Some(&Timespec::default())).is_ok_and(|count| count > 0)
    }

    fn refused(self, call: &Call, why: &str) -> Result<Step, Failure> {
        let completed = refuse_call(&self.lab.framework, call, why)?;
        Ok(of_completed(&completed, false, false).into())
    }
}

fn shown(offered: &OfferedTool, completed: &Completed) -> CallToolResult {
    of_completed(completed, offered.output.is_some(), offered.is_blocks)
}
