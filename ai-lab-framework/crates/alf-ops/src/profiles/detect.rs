//! `profile detect`: which profile fits how a tool is used.

use std::collections::BTreeSet;

use ai_lab_contract::{ErrorClass, ToolName};
use alf_profiles::{Detection, UseFacts, detect};
use alf_store::{ExecutionFilter, Store as _};

use crate::failure::Failure;
use crate::framework::Framework;

/// How many of the newest executions are looked at. Stops a long record from being read whole.
const LOOKED_AT: u32 = 1_000;

/// What only the person knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Whether it hurts when the tool is down.
    pub is_critical: bool,
    /// Whether people outside use it.
    pub has_external_users: bool,
}

/// Says which profile fits a tool's use: by the person's answers, the record, and the tool's own words.
pub fn detect_profile(
    framework: &Framework,
    name: &ToolName,
    answers: Answers,
) -> Result<Detection, Failure> {
    let found = framework.find(name.as_str())?;
    let executions = match framework.existing_store() {
        Ok(store) => {
            let filter = ExecutionFilter {
                tool: Some(name.clone()),
                limit: LOOKED_AT,
                ..ExecutionFilter::default()
            };
            store.executions(&filter)?.executions
        }
        // Where nothing has run yet there is no record.
        Err(failure) if failure.class == ErrorClass::NotFound => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let clients: BTreeSet<&str> = executions
        .iter()
        .map(|execution| execution.start.client_name.as_str())
        .collect();
    let used = UseFacts {
        runs: executions.len() as u64,
        clients: clients.len(),
        is_critical: answers.is_critical,
        has_external_users: answers.has_external_users,
    };
    Ok(detect(&found.manifest, used))
}
