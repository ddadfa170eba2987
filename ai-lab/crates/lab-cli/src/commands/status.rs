//! `ai-lab status`

use anstyle::{AnsiColor, Style};
use lab_ops::{MilestoneDue, ProjectStanding, StatusItem, StatusView};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::{Output, one_line};

/// How wide a bar of progress is, in characters.
const BAR: u64 = 20;

/// Show the lab on one screen: progress, what is going on, what is next, what is stuck
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = lab_ops::status(&context.lab()?, context.by()?.at)?;
    if args.json {
        return context.output.json(&view);
    }
    screen(&view, context.output)
}

fn screen(view: &StatusView, output: &mut Output) -> Result<(), CommandError> {
    if is_empty(view) {
        output.line("Nothing here yet.")?;
        return output.line("`ai-lab project add NAME` or `ai-lab item add TITLE` begins.");
    }
    let mut first = true;
    let mut section = |output: &mut Output, name: &str, rows: Vec<Vec<String>>| {
        if rows.is_empty() {
            return Ok(());
        }
        if !std::mem::take(&mut first) {
            output.line("")?;
        }
        let style = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
        output.line(format!("{style}{name}{style:#}"))?;
        output.table(&[], &rows)
    };
    section(
        output,
        "PROJECTS",
        view.projects.iter().map(project).collect(),
    )?;
    section(
        output,
        &named("IN PROGRESS", &view.in_progress, view.in_progress_total),
        view.in_progress.iter().map(item).collect(),
    )?;
    section(
        output,
        &named("READY NEXT", &view.ready, view.ready_total),
        view.ready.iter().map(item).collect(),
    )?;
    section(
        output,
        &named("BLOCKED", &view.blocked, view.blocked_total),
        view.blocked.iter().map(blocked).collect(),
    )?;
    section(
        output,
        "MILESTONES",
        view.milestones.iter().map(milestone).collect(),
    )?;
    let ideas = match view.open_ideas {
        0 => Vec::new(),
        1 => vec![vec![
            "  1 waits".to_owned(),
            "`ai-lab idea list`".to_owned(),
        ]],
        count => vec![vec![
            format!("  {count} wait"),
            "`ai-lab idea list`".to_owned(),
        ]],
    };
    section(output, "IDEAS", ideas)
}

/// A section's name, with how many of how many it shows where it does not show all.
fn named(name: &str, shown: &[StatusItem], total: u64) -> String {
    match shown.len() as u64 {
        count if count < total => format!("{name} ({count} of {total})"),
        _ => name.to_owned(),
    }
}

fn is_empty(view: &StatusView) -> bool {
    view.projects.is_empty()
        && view.in_progress.is_empty()
        && view.ready.is_empty()
        && view.blocked.is_empty()
        && view.milestones.is_empty()
        && view.open_ideas == 0
}

fn project(standing: &ProjectStanding) -> Vec<String> {
    let row = &standing.row;
    let going = [
        (standing.in_progress, "in progress"),
        (standing.blocked, "blocked"),
    ];
    let going = going.iter().filter(|(count, _)| *count > 0);
    let going: Vec<String> = going
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    vec![
        format!("  {}", row.prefix.as_ref().unwrap_or(&row.label)),
        one_line(&row.name),
        bar(row.items_done, row.items_total),
        match row.percent {
            Some(percent) => format!("{percent}% of {}", row.items_total),
            None => "no items".to_owned(),
        },
        going.join(", "),
    ]
}

/// A bar as full as all is done; never full before.
fn bar(done: u64, total: u64) -> String {
    let filled = (done * BAR).checked_div(total).unwrap_or(0);
    let part = |count: u64, c: &str| c.repeat(usize::try_from(count).unwrap_or(0));
    format!("{}{}", part(filled, "█"), part(BAR - filled, "░"))
}

fn item(item: &StatusItem) -> Vec<String> {
    let row = &item.row;
    let late = match item.days_late {
        None => row
            .due
            .as_ref()
            .map(|day| format!("due {day}"))
            .unwrap_or_default(),
        Some(1) => "1 day late".to_owned(),
        Some(days) => format!("{days} days late"),
    };
    vec![
        format!("  {}", row.label),
        row.priority.to_owned(),
        row.title.clone(),
        late,
    ]
}

fn blocked(item: &StatusItem) -> Vec<String> {
    let why = if item.why.is_empty() {
        "(no reason given)".to_owned()
    } else {
        item.why.join("; ")
    };
    vec![
        format!("  {}", item.row.label),
        item.row.title.clone(),
        format!("← {why}"),
    ]
}

fn milestone(due: &MilestoneDue) -> Vec<String> {
    let when = match due.days_left {
        ..-1 => format!("{} days late", -due.days_left),
        -1 => "1 day late".to_owned(),
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2.. => format!("in {} days", due.days_left),
    };
    vec![
        format!("  {}", due.label),
        due.title.clone(),
        format!("{when} ({})", due.due),
        bar(due.items_done, due.items_total),
        match due.items_total {
            0 => "no items".to_owned(),
            total => format!("{} of {total}", due.items_done),
        },
    ]
}
