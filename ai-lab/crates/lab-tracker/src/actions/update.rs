//! `update`: an item's fields, its criteria and where it stands.

use std::time::Duration;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_model::{Day, Patch};
use lab_ops::item::{self, CriterionEdit, ItemEdit, LONGEST_CLAIM, Move};
use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{PriorityWord, TypeWord, day, hours, tags, title};
use super::{refused_change, told};
use crate::answers::Item;
use crate::door::Door;

/// How long a claim by `update` holds.
const LEASE: Duration = Duration::from_hours(2);

/// The action.
pub(crate) struct Update(pub(crate) Door);

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which item.
    id: String,
    /// The version that you have read.
    #[serde(default)]
    version: Option<u64>,
    /// A new title.
    #[serde(default)]
    title: Option<String>,
    /// A new description, the whole of it.
    #[serde(default)]
    description: Option<String>,
    /// How much it matters.
    #[serde(default)]
    priority: Option<PriorityWord>,
    /// What kind of work it is.
    #[serde(default, rename = "type")]
    item_type: Option<TypeWord>,
    /// By which day: `2026-12-24`, `fri`, `+2w`, `eom`; `never` takes it away.
    #[serde(default)]
    due: Option<String>,
    /// Who does it; an empty text means nobody.
    #[serde(default)]
    assignee: Option<String>,
    /// How many hours it should take.
    #[serde(default)]
    estimated_hours: Option<f64>,
    /// Hours that you spent on it just now.
    #[serde(default)]
    spent_hours: Option<f64>,
    /// Labels to add.
    #[serde(default)]
    add_labels: Vec<String>,
    /// Labels to take away.
    #[serde(default)]
    remove_labels: Vec<String>,
    /// Criteria to add.
    #[serde(default)]
    add_criteria: Vec<String>,
    /// Criteria that hold now.
    #[serde(default)]
    met: Vec<Met>,
    /// Numbers of criteria that no longer hold.
    #[serde(default)]
    unmet: Vec<usize>,
    /// Where it goes.
    #[serde(default, rename = "move")]
    to: Option<MoveWord>,
    /// Why: needed to block it, and to take it from someone else.
    #[serde(default)]
    reason: Option<String>,
}

/// A criterion that holds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Met {
    /// Its number, from 1, as `show` tells it.
    number: usize,
    /// What shows it: a commit, a command with its output.
    evidence: String,
}

impl Met {
    /// The same as an edit.
    pub(crate) fn edit(self) -> CriterionEdit {
        CriterionEdit::Meet(self.number, Some(self.evidence))
    }
}

/// Where an item is to go.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MoveWord {
    Start,
    Claim,
    Release,
    Review,
    Block,
    Unblock,
    Cancel,
    Reopen,
}

impl Action for Update {
    const NAME: &'static str = "update";
    const DESCRIPTION: &'static str = "Changes an item: fields, criteria with evidence, and where it stands, all of it or nothing. Refused, with the item as it is, where version is not the stored one.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, input.version)?;
        let to = input.to.map(|to| to.with(input.reason.as_ref()));
        let id = input.id.clone();
        let edit = edit(input, by.at.day_utc())?;
        item::change(&lab, &by, &id, edit, to.as_ref())
            .map(|changed| told(&changed.now))
            .map_err(|error| refused_change(&error, &lab, &self.0, &id))
    }
}

fn edit(input: Input, today: Day) -> Result<ItemEdit, ToolFailure> {
    let mut edit = ItemEdit::default();
    edit.patch.title = input.title.map(title).transpose()?;
    edit.patch.description = input.description;
    edit.patch.priority = input.priority.map(PriorityWord::value);
    edit.patch.item_type = input.item_type.map(TypeWord::value);
    edit.patch.due = day(input.due.as_deref(), today)?;
    edit.patch.assignee = match input.assignee {
        None => Patch::Keep,
        Some(name) if name.trim().is_empty() => Patch::Clear,
        Some(name) => Patch::Set(name),
    };
    edit.patch.estimated_hours = hours("estimated_hours", input.estimated_hours)?;
    edit.patch.labels.add = tags("add_labels", &input.add_labels)?;
    edit.patch.labels.remove = tags("remove_labels", &input.remove_labels)?;
    if let Patch::Set(spent) = hours("spent_hours", input.spent_hours)? {
        edit.spent = Some((spent, String::new()));
    }
    let met = input.met.into_iter().map(Met::edit);
    edit.criteria = met
        .chain(input.unmet.into_iter().map(CriterionEdit::Reopen))
        .chain(input.add_criteria.into_iter().map(CriterionEdit::Add))
        .collect();
    Ok(edit)
}

impl MoveWord {
    /// The move, with its reason where it has one.
    fn with(self, reason: Option<&String>) -> Move {
        let reason = reason.cloned();
        match self {
            Self::Start => Move::Start,
            Self::Claim => Move::Claim(LEASE.min(LONGEST_CLAIM), reason),
            Self::Release => Move::Release(reason),
            Self::Review => Move::Review,
            Self::Block => Move::Block(reason.unwrap_or_default()),
            Self::Unblock => Move::Unblock(reason),
            Self::Cancel => Move::Cancel,
            Self::Reopen => Move::Reopen,
        }
    }
}
