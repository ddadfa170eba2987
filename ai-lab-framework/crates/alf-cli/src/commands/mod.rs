//! The command tree. A command's arguments are its help.

mod backup;
mod carry_out_errand;
mod check_compatibility;
mod completions;
mod config;
mod connect;
mod contract;
mod doctor;
mod execution;
mod gate;
mod logs;
mod mcp;
mod metrics;
mod migrate_db;
mod profile;
#[cfg(test)]
mod reference;
mod release;
mod repair;
mod secret;
mod self_test;
mod session;
mod store;
mod tool;
mod verify;
mod version;

use std::io;

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, Surroundings};
use clap::{Parser, Subcommand};

use crate::output::{Ended, Output};

/// Why a command did not end well.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The operation failed.
    Failed(Failure),
    /// What it said could not be written.
    Output(io::Error),
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Run your own tools for you and for your agents: checked, limited, recorded
#[derive(Debug, Parser)]
#[command(name = "ai-lab-framework", version, propagate_version = true, after_help = after_help())]
pub(crate) struct Arguments {
    /// Print JSON for a program to read
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// The failure table in one line each time it is asked for: there is one table, and it is the contract's.
fn after_help() -> String {
    let codes: Vec<String> = ErrorClass::ALL
        .iter()
        .map(|class| format!("{} {}", class.exit_code(), class.as_str().replace('_', " ")))
        .collect();
    format!(
        "Exit codes: 0 done, {}.\n\nEnvironment: AI_LAB_HOME moves the framework's home (~/.ai-lab), \
         NO_COLOR drops the colours.",
        codes.join(", ")
    )
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find, look at, check, make and run tools
    #[command(subcommand)]
    Tool(tool::Command),
    /// Hold tools against the rules of their profiles
    #[command(subcommand)]
    Profile(profile::Command),
    /// Look at the record of what ran
    #[command(subcommand)]
    Execution(execution::Command),
    /// Keep context between calls: begin, put aside, take up again, add up
    #[command(subcommand)]
    Session(session::Command),
    /// Look at and change the configuration of tools
    #[command(subcommand)]
    Config(config::Command),
    /// Keep secrets and say which tool gets which
    #[command(subcommand)]
    Secret(secret::Command),
    /// Let an agent's program start the lab's server: opencode, gemini-cli, claude-code, codex, vscode
    Connect(connect::Arguments),
    /// Serve the lab's tools to agents, and say which of them may call what
    #[command(subcommand)]
    Mcp(mcp::Command),
    /// Show what tools and the framework logged
    Logs(logs::Arguments),
    /// Show counts, error rates and percentiles by action
    Metrics(metrics::Arguments),
    /// Bring the framework's database to this version's schema
    MigrateDb(migrate_db::Arguments),
    /// Keep calls out while something is put in place that they must not meet half done
    #[command(subcommand)]
    Gate(gate::Command),
    /// Copy the framework's database as it is at one moment, while others write to it
    Backup(backup::Arguments),
    /// List, choose and fetch releases of the framework, and say whose are believed
    #[command(subcommand)]
    Release(release::Command),
    /// Look at the releases in the store, and remove those that nobody uses
    #[command(subcommand)]
    Store(store::Command),
    /// Look whether the releases in the store are what was signed, file by file
    Verify(verify::Arguments),
    /// Unpack changed releases again from their kept archives
    Repair(repair::Arguments),
    /// Look at everything a run depends on
    Doctor,
    /// Hold the lab against what a version promises: exit 0 fits, 10 warnings, 20 does not fit, 30 cannot tell
    CheckCompatibility(check_compatibility::Arguments),
    /// Print what this version promises: commands, keys, schemas, symbols
    Contract(contract::Arguments),
    /// Try whether this framework does its work here: database, tools, a call in the sandbox
    SelfTest(self_test::Arguments),
    /// Print a shell's completions
    Completions(completions::Arguments),
    /// Print what this framework is and speaks
    Version(version::Arguments),
    /// Carry out the call on standard input, in the background; started by `tool run --background`
    #[command(hide = true)]
    CarryOutErrand,
}

impl Arguments {
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// Carries the command out; `enter` gathers the surroundings, for the commands that stand in any.
    pub(crate) fn carry_out(
        self,
        enter: impl FnOnce() -> Result<Surroundings, Failure>,
        output: &mut Output,
    ) -> Ended {
        let framework = || enter().map(Framework::new);
        match self.command {
            Command::Tool(command) => command.carry_out(&framework()?, output),
            Command::Profile(command) => command.carry_out(&framework()?, output),
            Command::Execution(command) => command.carry_out(&framework()?, output),
            Command::Session(command) => command.carry_out(&framework()?, output),
            Command::Config(command) => command.carry_out(&framework()?, output),
            Command::Secret(command) => command.carry_out(&framework()?, output),
            Command::Connect(arguments) => arguments.carry_out(&framework()?, output),
            Command::Mcp(command) => command.carry_out(&framework()?, output),
            Command::Logs(arguments) => arguments.carry_out(&framework()?, output),
            Command::Metrics(arguments) => arguments.carry_out(&framework()?, output),
            Command::MigrateDb(arguments) => arguments.carry_out(&framework()?, output),
            Command::Gate(command) => command.carry_out(&framework()?, output),
            Command::Backup(arguments) => arguments.carry_out(&framework()?, output),
            Command::Release(command) => command.carry_out(&framework()?, output),
            Command::Store(command) => command.carry_out(&framework()?, output),
            Command::Verify(arguments) => arguments.carry_out(&framework()?, output),
            Command::Repair(arguments) => arguments.carry_out(&framework()?, output),
            Command::Doctor => doctor::carry_out(&framework()?, output),
            Command::CheckCompatibility(arguments) => arguments.carry_out(&framework()?, output),
            Command::Contract(arguments) => arguments.carry_out(output),
            Command::SelfTest(arguments) => arguments.carry_out(&framework()?, output),
            Command::Completions(arguments) => arguments.carry_out(output),
            Command::Version(arguments) => arguments.carry_out(output),
            Command::CarryOutErrand => {
                carry_out_errand::carry_out(framework()?.surroundings().clone())
            }
        }
    }
}
