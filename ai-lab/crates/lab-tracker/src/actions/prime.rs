//! `prime`: what an agent needs to know at the beginning.

use std::fmt::Write as _;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item::{self, Paging};
use lab_ops::{By, Lab, StatusView, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::budget::{PRIME_BYTES, cut, size};
use crate::door::Door;
use crate::refusal::refused;

/// How many characters of a title are shown.
const TITLE_CHARACTERS: usize = 70;

/// How many items the caller may have in hand in the answer: more are counted.
const IN_HAND: u32 = 8;

/// The action.
pub(crate) struct Prime(pub(crate) Door);

/// Nothing is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {}

/// The lab in a few lines.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// What the lab is, what is in hand, what is ready, how to go on; at most 600 tokens.
    lines: Vec<String>,
}

impl Action for Prime {
    const NAME: &'static str = "prime";
    const DESCRIPTION: &'static str = "Tells, in at most 600 tokens, what this lab is, what you have in hand, what is ready and how to go on. Call it first.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Output;

    fn run(&self, _input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, None)?;
        let view = status(&lab, by.at).map_err(|error| refused(&error))?;
        let mine = mine(&lab, &by)?;
        Ok(within(&lines(&lab, &by, &view, &mine)))
    }
}

/// What the caller has begun, and how much of it there is.
fn mine(lab: &Lab, by: &By) -> Result<item::ItemRows, ToolFailure> {
    let paging = Paging {
        after: None,
        limit: Some(IN_HAND),
    };
    let words = ["mine status:in_progress,review,blocked".to_owned()];
    item::list(lab, by, &words, item::ItemQuery::default(), paging).map_err(|error| refused(&error))
}

/// Lines by weight: what comes first is kept when there is no room for all.
fn lines(lab: &Lab, by: &By, view: &StatusView, mine: &item::ItemRows) -> Vec<String> {
    let name = lab.root().file_name().unwrap_or_default().to_string_lossy();
    let mut lines = vec![
        format!(
            "Lab `{}`: {} ready, {} under way, {} blocked, {} open ideas. You are {}.",
            cut(&name, TITLE_CHARACTERS),
            view.ready_total,
            view.in_progress_total,
            view.blocked_total,
            view.open_ideas,
            by.actor
        ),
        "How to go on: `next` with claim true takes the most pressing ready item and tells all of it. Tick criteria off with `update` (`met`, with evidence), keep findings with `note`, new work with `create` (or `split`), then `done`. Give `version` back with every change; a stale one is refused with the state as it is. `list` takes words: `status:todo prio:high.. due:<14d pump`.".to_owned(),
    ];
    if mine.items.is_empty() {
        lines.push("In your hands: nothing.".to_owned());
    } else {
        lines.push(format!("In your hands ({}):", mine.total));
        lines.extend(mine.items.iter().map(row));
    }
    if !view.ready.is_empty() {
        lines.push(format!(
            "Ready ({}), the most pressing first:",
            view.ready_total
        ));
        lines.extend(view.ready.iter().map(|it| row(&it.row)));
    }
    let blocked = view.blocked.iter().take(3);
    lines.extend(blocked.map(|it| {
        let why = cut(&it.why.join("; "), TITLE_CHARACTERS);
        format!("Blocked: {} ({why})", row(&it.row))
    }));
    let milestones = view.milestones.iter().take(3);
    lines.extend(milestones.map(|it| {
        format!(
            "Milestone {} due {}: {} of {} done: {}",
            it.label,
            it.due,
            it.items_done,
            it.items_total,
            cut(&it.title, TITLE_CHARACTERS)
        )
    }));
    let projects = view.projects.iter().take(8);
    lines.extend(projects.map(|it| {
        let prefix = it.row.prefix.as_deref().unwrap_or("-");
        format!(
            "Project {} ({prefix}): {}",
            it.row.label,
            cut(&it.row.name, TITLE_CHARACTERS)
        )
    }));
    lines
}

fn row(row: &item::ItemRow) -> String {
    let mut line = format!("{} {}", row.label, row.status);
    if row.priority != "medium" {
        let _ = write!(line, " {}", row.priority);
    }
    if let Some(due) = &row.due {
        let _ = write!(line, " due {due}");
    }
    let _ = write!(line, " {}", cut(&row.title, TITLE_CHARACTERS));
    line
}

/// As many lines as the budget holds.
fn within(lines: &[String]) -> Output {
    let mut output = Output { lines: Vec::new() };
    for line in lines {
        output.lines.push(cut(line, PRIME_BYTES));
        if size(&output) > PRIME_BYTES {
            output.lines.pop();
            break;
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_from_the_first_while_they_fit() {
        let lines: Vec<String> = (0..100)
            .map(|n| format!("{n} {}", "🏠".repeat(40)))
            .collect();
        let output = within(&lines);
        assert!(size(&output) <= PRIME_BYTES, "{}", size(&output));
        let kept = output.lines.len();
        assert_eq!(output.lines, lines[..kept]);
        assert!(kept > 10, "{kept}");
    }
}
