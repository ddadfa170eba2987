//! `execution wait`.

use std::os::fd::AsFd as _;
use std::time::Duration;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{ExecutionOutcome, Failure, Framework, show_execution, wait_for_execution};
use clap::Args;

use crate::commands::tool::run::{ctrl_c, exit_code, seconds, show};
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The execution's id, or its beginning
    id: String,
    /// Wait at most so many seconds; without it, as long as it takes
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let patience = self.timeout.map_or(Ok(Duration::MAX), seconds)?;
        let id = whole_id(framework, &self.id)?;
        let withdrawn = ctrl_c()?;
        let outcome = wait_for_execution(framework, &id, patience, Some(withdrawn.as_fd()))?;
        match outcome {
            ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed) => {
                let shown = show(&completed, output);
                exit_code(&completed, shown)
            }
            ExecutionOutcome::Queued | ExecutionOutcome::Running => Err(still_runs(&id).into()),
        }
    }
}

/// The id that begins so.
pub(super) fn whole_id(framework: &Framework, text: &str) -> Result<ExecutionId, Failure> {
    let detail = show_execution(framework, text)?;
    Ok(detail.execution.start.execution_id)
}

pub(super) fn still_runs(id: &ExecutionId) -> Failure {
    Failure::new(ErrorClass::Timeout, format!("execution {id} still runs")).with_hint(format!(
        "`ai-lab-framework execution wait {id}` waits on; `execution cancel {id}` withdraws it."
    ))
}
