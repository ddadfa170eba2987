//! `ai-lab init`

use std::ffi::OsStr;
use std::path::PathBuf;

use lab_ops::{Act, DriverAct, GitAct, InitReport, InitRequest, Step, init};

use crate::context::Context;
use crate::failure::CommandError;

/// Make a folder a lab, or bring a lab's own sections up to date
///
/// Files that are there stay as they are. In files shared with you, such as AGENTS.md, only the lines between
/// `ai-lab:begin` and `ai-lab:end` are written. A second run changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder; the working folder unless given.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,

    /// The lab's name; the folder's own unless given.
    #[arg(long)]
    name: Option<String>,

    /// Do not make the folder a git repository.
    #[arg(long)]
    no_git: bool,

    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let here = context.environment.working_folder()?;
    let folder = match &args.folder {
        // The parts are taken anew, so that `ai-lab init .` has the folder's name.
        Some(folder) => here.join(folder).components().collect(),
        None => here.to_owned(),
    };
    let report = init(&InitRequest {
        folder: &folder,
        name: args.name.as_deref(),
        git: !args.no_git,
        dry_run: args.dry_run,
        search_path: context.environment.text("PATH")?.map(OsStr::new),
    })?;
    if args.json {
        return context.output.json(&report);
    }
    show(&report, context)
}

fn show(report: &InitReport, context: &mut Context<'_>) -> Result<(), CommandError> {
    let rows: Vec<Vec<String>> = report.plan.steps.iter().filter_map(row).collect();
    if !rows.is_empty() {
        context.output.table(&["what", "path", "why"], &rows)?;
    }
    if let Some(git) = git(&report.plan.git) {
        context.output.line(git)?;
    }
    match report.plan.merge_driver {
        DriverAct::Install { .. } => context
            .output
            .line("git: merges the lab's files field by field")?,
        DriverAct::Present | DriverAct::NoRepository => {}
    }
    let lab = report.lab.display();
    let end = match (report.changes_anything, report.dry_run) {
        (false, _) => format!("nothing to change: {lab} is a lab and up to date"),
        (true, true) => format!("this is the plan for {lab}: nothing was written"),
        (true, false) => format!("{lab} is a lab, `{}`", report.plan.name),
    };
    context.output.line(end)
}

/// One line a path where something happens or is left to the person.
fn row(step: &Step) -> Option<Vec<String>> {
    let (what, why) = match &step.act {
        Act::Create { .. } => ("create", ""),
        Act::Update { .. } => ("update", "the lab's section"),
        Act::Keep { why } => ("keep", *why),
        Act::Unchanged => return None,
    };
    Some(vec![what.to_owned(), step.path.to_owned(), why.to_owned()])
}

fn git(act: &GitAct) -> Option<&'static str> {
    match act {
        GitAct::Init { .. } => Some("git: a new repository, branch main"),
        GitAct::NoProgram => Some("git: there is no git program, so no repository"),
        GitAct::Present | GitAct::Settled | GitAct::NotWanted => None,
    }
}
