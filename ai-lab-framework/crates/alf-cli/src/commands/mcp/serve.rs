//! `mcp serve`.

use std::sync::Arc;

use ai_lab_contract::ErrorClass;
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
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework) -> Ended {
        let stop = ctrl_c()?;
        let (framework, filter) = self.choice.made(framework)?;
        let framework = Arc::new(framework);
        let serving = Serving {
            filter,
            client: self.client,
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
