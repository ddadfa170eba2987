//! `tool …`.

mod adopt;
mod approve;
mod breaker;
mod check;
mod diff;
mod list;
mod lock;
mod new;
mod refresh;
pub(crate) mod run;
mod show;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the tools of this lab and of your home
    List(list::Arguments),
    /// Show one tool: what it does, takes, gives and may reach
    Show(show::Arguments),
    /// Check manifests, schemas and programs without running anything
    Check(check::Arguments),
    /// Write a new tool that runs at once
    New(new::Arguments),
    /// Show what an MCP server says of its tools now, beside what was adopted
    Refresh(refresh::Arguments),
    /// Run one action and record it
    Run(run::Arguments),
    /// Pin tools as they are, so that a change is noticed before it runs
    Lock(lock::Arguments),
    /// Show what changed of a tool since it was pinned
    Diff(diff::Arguments),
    /// Look at what changed of a tool, and let it run
    Approve(approve::Arguments),
    /// Show which tools calls have stopped for, and let them through again
    Breaker(breaker::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Show(arguments) => arguments.carry_out(framework, output),
            Self::Check(arguments) => arguments.carry_out(framework, output),
            Self::New(arguments) => arguments.carry_out(framework, output),
            Self::Refresh(arguments) => arguments.carry_out(framework, output),
            Self::Run(arguments) => arguments.carry_out(framework, output),
            Self::Lock(arguments) => arguments.carry_out(framework, output),
            Self::Diff(arguments) => arguments.carry_out(framework, output),
            Self::Approve(arguments) => arguments.carry_out(framework, output),
            Self::Breaker(arguments) => arguments.carry_out(framework, output),
        }
    }
}
