//! The command line's tree: a folder a noun, a file a verb.
//!
//! A command file holds its arguments, whose docs are the help, and a `run` that resolves them, calls one
//! operation and shows the answer. To add one: a file, a `mod`, a variant and an arm.

mod backup;
mod board;
mod completions;
mod doctor;
mod export;
mod framework;
mod github;
mod idea;
mod import;
mod init;
mod item;
mod lock;
mod log;
mod merge_file;
mod migrate_db;
mod milestone;
mod project;
mod repo;
mod rollback;
mod run;
mod search;
mod service;
mod status;
mod sync;
mod tool;
mod undo;
mod update;

use clap::Subcommand;

pub(crate) use framework::recover_first;

use crate::context::Context;
use crate::failure::CommandError;

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Run(run::Args),
    Tool(tool::Args),
    Import(import::Args),
    Export(export::Args),
    Status(status::Args),
    Board(board::Args),
    Search(search::Args),
    Log(log::Args),
    Undo(undo::Args),
    Redo(undo::RedoArgs),
    Project(project::Args),
    Idea(idea::Args),
    Item(item::Args),
    Milestone(milestone::Args),
    Repo(repo::Args),
    Github(github::Args),
    Backup(backup::Args),
    Update(update::Args),
    Rollback(rollback::Args),
    Lock(lock::Args),
    Framework(framework::Args),
    Service(service::Args),
    Sync(sync::Args),
    #[command(name = "merge-file")]
    MergeFile(merge_file::Args),
    #[command(name = "migrate-db")]
    MigrateDb(migrate_db::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    #[command(flatten)]
    Verb(item::Verb),
}

/// The tree as its help shows it: what `ai-lab item` has is told there, once.
pub(crate) fn with_short_verbs(command: clap::Command) -> clap::Command {
    let item = command.find_subcommand("item");
    let verbs: Vec<String> = item
        .into_iter()
        .flat_map(clap::Command::get_subcommands)
        .map(|verb| verb.get_name().to_owned())
        .collect();
    let told = verbs.join(", ");
    let command = verbs.into_iter().fold(command, |command, verb| {
        command.mut_subcommand(verb, |it| it.hide(true))
    });
    command.after_help(format!("Without `item`, its verbs do the same: {told}."))
}

impl Command {
    /// Carries the command out.
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<(), CommandError> {
        match self {
            Self::Init(args) => init::run(&args, context),
            Self::Run(args) => run::run(&args, context),
            Self::Tool(args) => tool::run(&args, context),
            Self::Import(args) => import::run(&args, context),
            Self::Export(args) => export::run(&args, context),
            Self::Status(args) => status::run(&args, context),
            Self::Board(args) => board::run(&args, context),
            Self::Search(args) => search::run(&args, context),
            Self::Log(args) => log::run(args, context),
            Self::Undo(args) => undo::run(&args, context),
            Self::Redo(args) => undo::run_redo(&args, context),
            Self::Project(args) => project::run(args, context),
            Self::Idea(args) => idea::run(args, context),
            Self::Item(args) => item::run(args, context),
            Self::Milestone(args) => milestone::run(args, context),
            Self::Repo(args) => repo::run(args, context),
            Self::Github(args) => github::run(args, context),
            Self::Backup(args) => backup::run(args, context),
            Self::Update(args) => update::run(&args, context),
            Self::Rollback(args) => rollback::run(&args, context),
            Self::Lock(args) => lock::run(&args, context),
            Self::Framework(args) => framework::run(args, context),
            Self::Service(args) => service::run(args, context),
            Self::Sync(args) => sync::run(&args, context),
            Self::MergeFile(args) => merge_file::run(&args, context),
            Self::MigrateDb(args) => migrate_db::run(&args, context),
            Self::Doctor(args) => doctor::run(&args, context),
            Self::Completions(args) => completions::run(&args, context),
            Self::Verb(verb) => item::run_verb(verb, context),
        }
    }
}
