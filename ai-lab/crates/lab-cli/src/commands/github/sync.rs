//! `ai-lab github sync`

use lab_ops::github::{self, Policy, Side, SyncReport, SyncRequest};

use super::line::{Clock, api, wire};
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::{Output, one_line};

/// How many steps a person is shown.
const MOST_SHOWN: usize = 50;

/// Make the lab and a repository alike, both ways
///
/// Issues, their parts, labels, milestones, assignees, states with their reasons and comments. The first time only
/// the plan is shown; `--apply HASH` carries out that plan and no other. What both sides changed to different ends
/// stays as it is on both and is settled by `ai-lab github resolve`. A run that was cut goes on where it was.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The repository, where there is more than one: its label or owner/name.
    repo: Option<String>,

    /// Show what would be done, and change nothing.
    #[arg(long, visible_alias = "dry-run", conflicts_with = "apply")]
    plan: bool,

    /// Carry out the plan of this name, and stop if it is another by now.
    #[arg(long, value_name = "HASH")]
    apply: Option<String>,

    /// Whose word counts for a field that both sides changed, instead of asking: FIELD=local or FIELD=remote.
    #[arg(long, value_name = "FIELD=SIDE", value_parser = policy)]
    prefer: Vec<(String, Policy)>,

    /// Write at most so many things on GitHub, and leave the rest for another run.
    #[arg(long, value_name = "N")]
    max_writes: Option<u64>,

    /// Look through all issues for what is gone there; done once a week by itself.
    #[arg(long)]
    sweep: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

fn policy(text: &str) -> Result<(String, Policy), String> {
    let (field, side) = text
        .split_once('=')
        .ok_or("write FIELD=local or FIELD=remote")?;
    let fields = github::issue_fields();
    if !fields.contains(&field) {
        return Err(format!("no field `{field}`: {}", fields.join(", ")));
    }
    match side {
        "local" => Ok((field.to_owned(), Policy::Take(Side::Local))),
        "remote" => Ok((field.to_owned(), Policy::Take(Side::Remote))),
        _ => Err("the sides are local and remote".to_owned()),
    }
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let at = context.by()?.at;
    let request = SyncRequest {
        repo: args.repo,
        plan_only: args.plan,
        hash: args.apply,
        policies: args.prefer,
        most_writes: args.max_writes,
        sweep: args.sweep,
        api: api(context)?,
    };
    let (lab, mut wire) = (context.lab()?, wire(context)?);
    let report = github::sync(&lab, at, &request, &mut wire, &mut Clock::from(at))?;
    if args.json {
        return context.output.json(&report);
    }
    show(&report, context.output)
}

pub(super) fn show(report: &SyncReport, output: &mut Output) -> Result<(), CommandError> {
    output.title(&report.repo, &summary(report))?;
    if !report.applied {
        for step in report.steps.iter().take(MOST_SHOWN) {
            output.line(format!("  {}", one_line(&step.text)))?;
        }
        if report.steps.len() > MOST_SHOWN {
            let total = report.steps.len() as u64;
            output.left(MOST_SHOWN as u64, total, true, "--json shows the rest;")?;
        }
        if !report.steps.is_empty() {
            let name = &report.repo;
            output.dim(&format!(
                "`ai-lab github sync {name} --apply {}` carries it out",
                report.plan
            ))?;
        }
    }
    output.entries("not taken by GitHub", &report.warnings)?;
    let conflicts: Vec<String> = report
        .conflicts
        .iter()
        .map(|one| format!("{} #{} {}", one.label, one.number, one.field))
        .collect();
    output.entries("in conflict", &conflicts)?;
    if !conflicts.is_empty() {
        output.dim("`ai-lab github conflicts` shows both sides")?;
    }
    if report.is_left {
        output.dim("something is left; the same command goes on")?;
    }
    Ok(())
}

fn summary(report: &SyncReport) -> String {
    if !report.applied {
        return match report.steps.len() {
            0 => "nothing to do".to_owned(),
            1 => "1 thing to do".to_owned(),
            steps => format!("{steps} things to do"),
        };
    }
    let counts = [
        (report.made_here, "made here"),
        (report.changed_here, "changed here"),
        (report.linked, "linked"),
        (report.made_there, "made there"),
        (report.changed_there, "changed there"),
        (report.comments_there, "commented"),
    ];
    let done = counts.iter().filter(|(count, _)| *count > 0);
    let done: Vec<String> = done
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if done.is_empty() {
        "both sides are alike".to_owned()
    } else {
        done.join(", ")
    }
}
