//! What `add` and `edit` have in common.

use lab_model::{Day, Hours, ItemPatch, ItemType, Label, Priority, SetPatch, Tag};
use lab_ops::item::{CriterionEdit, ItemEdit};

use crate::failure::CommandError;
use crate::words::{OrNone, day, filled, patch, word};

/// The fields of an item.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// What is to be done, at length.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// How much it matters.
    #[arg(long, value_name = "WORD", value_parser = word::<Priority>())]
    priority: Option<Priority>,

    /// What kind of work it is.
    #[arg(long = "type", value_name = "WORD", value_parser = word::<ItemType>())]
    item_type: Option<ItemType>,

    /// Your own word for the kind; `none` empties it, here and below.
    #[arg(long, value_name = "TEXT")]
    category: Option<OrNone<String>>,

    /// The project it belongs to: label, prefix of the label, or the prefix of its items.
    #[arg(long, value_name = "PROJECT")]
    project: Option<OrNone<String>>,

    /// The item it is a part of.
    #[arg(long, value_name = "ITEM")]
    parent: Option<OrNone<String>>,

    /// The milestone it counts for.
    #[arg(long, value_name = "MILESTONE")]
    milestone: Option<OrNone<String>>,

    /// Who does it.
    #[arg(long, value_name = "WHO")]
    assignee: Option<OrNone<String>>,

    /// A label, in the sense of a tag; may be given several times.
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<Tag>,

    /// An item that has to be settled first; may be given several times.
    #[arg(long, value_name = "ITEM")]
    depends_on: Vec<String>,

    /// What must hold when it is done; may be given several times.
    #[arg(long = "criterion", value_name = "TEXT", value_parser = filled)]
    criteria: Vec<String>,

    /// How long it should take, in hours.
    #[arg(long, value_name = "HOURS")]
    estimate: Option<OrNone<Hours>>,

    /// By which day it should be done, such as fri, +2w or 2026-02-03.
    #[arg(long, value_name = "DAY")]
    due: Option<OrNone<String>>,

    /// Whatever else is worth keeping.
    #[arg(long, value_name = "TEXT")]
    notes: Option<OrNone<String>>,

    /// The label to go by, instead of the one it has or would get.
    #[arg(long, value_name = "LABEL")]
    id: Option<Label>,
}

impl Fields {
    /// The edit that they ask for.
    pub(super) fn into_edit(self, today: Day) -> Result<ItemEdit, CommandError> {
        Ok(ItemEdit {
            patch: ItemPatch {
                label: self.id,
                description: self.description,
                priority: self.priority,
                item_type: self.item_type,
                category: patch(self.category),
                assignee: patch(self.assignee),
                labels: SetPatch {
                    add: self.labels,
                    remove: Vec::new(),
                },
                estimated_hours: patch(self.estimate),
                due: day("--due", self.due, today)?,
                notes: patch(self.notes),
                ..ItemPatch::default()
            },
            project: patch(self.project),
            parent: patch(self.parent),
            milestone: patch(self.milestone),
            depends_on: self.depends_on,
            criteria: self.criteria.into_iter().map(CriterionEdit::Add).collect(),
            ..ItemEdit::default()
        })
    }
}
