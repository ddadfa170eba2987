//! `gate`.

use std::ffi::OsString;
use std::time::Duration;

use alf_ops::{Framework, GateState, close_gate, gate_status, running_names};
use clap::{Args, Subcommand};

use crate::door;
use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep every call out while a command runs: waits for those that run, and names them
    Close(Close),
    /// Show whether calls go through, which of them run, and the files that are locked
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct Close {
    /// How long to wait for the calls that run, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(..=86_400))]
    wait: u64,
    /// The command that runs meanwhile; its exit code is that of `gate close`
    #[arg(required = true, last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Close(close) => close.carry_out(framework, output),
            Self::Status => status(framework, output),
        }
    }
}

impl Close {
    fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let mut told = Ok(());
        let closed = close_gate(framework, Duration::from_secs(self.wait), &mut |running| {
            let names = running_names(running);
            told = output.note(format_args!("waiting for {names}"));
        })?;
        told?;
        let ended = door::run_command(&self.command)?;
        drop(closed);
        Ok(ended)
    }
}

fn status(framework: &Framework, output: &mut Output) -> Ended {
    let status = gate_status(framework)?;
    if output.is_json() {
        output.say_json(&status)?;
        return Ok(0);
    }
    let state = match status.state {
        GateState::Open => "open",
        GateState::Closing => "closing: no new call goes through",
        GateState::Closed => "closed: nothing runs",
    };
    output.say(format_args!("{state}"))?;
    if !status.running.is_empty() {
        output.say(format_args!("running: {}", running_names(&status.running)))?;
    }
    Ok(0)
}
