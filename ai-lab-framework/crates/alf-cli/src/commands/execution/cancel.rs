//! `execution cancel`.

use std::time::Duration;

use alf_ops::{ExecutionOutcome, Framework, cancel_execution, execution_outcome};
use clap::Args;
use serde_json::json;

use super::wait::{still_runs, whole_id};
use crate::output::{Ended, Output};
use crate::render::style::{FAINT, GOOD, WARN, styled};

/// How long the tool's processes may take to end. A manifest gives them a minute at most, and ending what is left takes
/// some seconds.
const ENDED_WITHIN: Duration = Duration::from_secs(75);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The execution's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let id = whole_id(framework, &self.id)?;
        let had_ended = execution_outcome(framework, &id)?.is_over();
        let outcome = cancel_execution(framework, &id, ENDED_WITHIN)?;
        let completed = match outcome {
            ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed) => {
                completed
            }
            ExecutionOutcome::Queued | ExecutionOutcome::Running => {
                return Err(still_runs(&id).into());
            }
        };
        let error = completed.error.as_ref().map(|error| error.class.as_str());
        let ended = error.unwrap_or("succeeded");
        if output.is_json() {
            output.say_json(&json!({
                "format": 1,
                "execution_id": id,
                "had_ended": had_ended,
                "ended": ended,
            }))?;
            return Ok(0);
        }
        let address = format!("{}.{}", completed.tool, completed.action);
        let (mark, what) = if had_ended {
            (styled(WARN, "!"), "had ended before")
        } else {
            (styled(GOOD, "✓"), "was withdrawn")
        };
        output.say(format_args!(
            "{mark} {address} {what} ({ended})  {}",
            styled(FAINT, format_args!("recorded as {id}"))
        ))?;
        Ok(0)
    }
}
