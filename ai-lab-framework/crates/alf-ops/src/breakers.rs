//! `tool breaker`: which tools calls have stopped for, and letting them through again.

use ai_lab_contract::{ErrorClass, ToolName};
use alf_store::{Breaker, BreakerState, Store as _};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// The breakers that ever counted a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BreakerList {
    /// The form of this answer: 1.
    pub format: u32,
    /// By tool.
    pub breakers: Vec<Breaker>,
}

/// Every breaker that ever counted a failure, by tool.
pub fn list_breakers(framework: &Framework) -> Result<BreakerList, Failure> {
    Ok(BreakerList {
        format: 1,
        breakers: framework.existing_store()?.breakers()?,
    })
}

/// Closes a tool's breaker, so that the next call goes through; its failures are forgotten.
pub fn close_breaker(framework: &Framework, tool: &ToolName) -> Result<Breaker, Failure> {
    let store = framework.store()?;
    if store.breaker(tool)?.revision == 0 {
        let told = format!("no failure of `{tool}` was ever counted: there is no breaker to close");
        return Err(Failure::new(ErrorClass::NotFound, told)
            .with_hint("`ai-lab-framework tool breaker` shows the breakers there are."));
    }
    let now_ms = framework.surroundings.clock.now_ms();
    Ok(store.change_breaker(tool, &|kept| {
        Some(Breaker {
            state: BreakerState::Closed,
            failures: 0,
            failures_before: 0,
            probe_owner: String::new(),
            probe_until_ms: 0,
            changed_at_ms: now_ms,
            ..kept.clone()
        })
    })?)
}
