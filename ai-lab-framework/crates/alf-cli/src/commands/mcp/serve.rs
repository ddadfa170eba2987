//! `mcp serve`.

use std::sync::Arc;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_mcp_server::limits::ANSWER_WITHIN;
use alf_mcp_server::{ServeError, Serving, serve_stdio};
use alf_ops::{Failure, Framework};
use clap::Args;

use super::choice::Choice;
use crate::commands::tool::run::ctrl_c;
use crate::output::Ended;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// Record the client under this name, whatever it calls itself
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Answer a call that may take longer than so many seconds with its execution id, and go on in the background; 45
    /// unless said, below every client's patience
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    answer_within: Option<u64>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework) -> Ended {
        let stop = ctrl_c()?;
        let (framework, filter) = self.choice.made(framework)?;
        let framework = Arc::new(framework);
        let serving = Serving {
            filter,
            client: self.client,
            answer_within: self
                .answer_within
                .map_or(ANSWER_WITHIN, Duration::from_secs),
        };
        serve_stdio(&framework, serving, stop.into()).map_err(failure)?;
        Ok(0)
    }
}

fn failure(error: ServeError) -> Failure {
    let class = match &error {
        ServeError::Loop(_) | ServeError::Stdio(_) => ErrorClass::Environment,
        ServeError::NoSession(_) => ErrorClass::Incompatible,
    };
    Failure::caused(class, "cannot serve the lab", error)
}
