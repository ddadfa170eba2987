//! `mcp serve`.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_mcp_server::limits::ANSWER_WITHIN;
use alf_mcp_server::{ServeError, Serving, serve_http, serve_stdio};
use alf_ops::{Failure, Framework, list_tokens};
use clap::Args;

use super::choice::Choice;
use crate::commands::tool::run::ctrl_c;
use crate::output::{Ended, Output};

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
    /// Serve over HTTP at /mcp instead, for clients that send a token: an address and a port, such as 127.0.0.1:8787
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    /// A name under which clients may reach this machine over HTTP; may be given more than once
    #[arg(long, value_name = "HOST", requires = "http")]
    http_host: Vec<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
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
        let Some(address) = self.http else {
            serve_stdio(&framework, serving, stop.into()).map_err(failure)?;
            return Ok(0);
        };
        if list_tokens(&framework)?
            .tokens
            .iter()
            .all(|token| token.expired)
        {
            let told = "over HTTP every client sends a token, and there is none";
            return Err(Failure::new(ErrorClass::Refused, told)
                .with_hint("`ai-lab-framework mcp token create NAME` makes one.")
                .into());
        }
        let listener = TcpListener::bind(address).map_err(|error| {
            let told = format!("cannot listen on {address}");
            Failure::caused(ErrorClass::Environment, told, error)
                .with_hint("Give another port, or 0 for any that is free.")
        })?;
        if let Ok(address) = listener.local_addr() {
            output.note(format_args!("serving at http://{address}/mcp"))?;
        }
        serve_http(&framework, serving, listener, self.http_host, stop.into()).map_err(failure)?;
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
