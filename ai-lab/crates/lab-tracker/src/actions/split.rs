//! `split`: parts of an item.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item::{self, CriterionEdit, ItemEdit, NewItem};
use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{hours, title};
use super::{refused_change, told_with};
use crate::answers::Item;
use crate::budget::{cut, entries};
use crate::door::Door;

/// The action.
pub(crate) struct Split(pub(crate) Door);

/// What to split, and into what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which item.
    id: String,
    /// The version that you have read.
    #[serde(default)]
    version: Option<u64>,
    /// The parts, in order.
    #[schemars(length(min = 1, max = 50))]
    parts: Vec<Part>,
    /// Each part waits for the one before.
    #[serde(default)]
    in_order: bool,
}

/// A part to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    /// What is to be done, in one line.
    title: String,
    /// The same at length.
    #[serde(default)]
    description: Option<String>,
    /// What must hold when it is done.
    #[serde(default)]
    criteria: Vec<String>,
    /// How many hours it should take.
    #[serde(default)]
    estimated_hours: Option<f64>,
}

impl Part {
    fn item(self) -> Result<NewItem, ToolFailure> {
        let mut fields = ItemEdit::default();
        fields.patch.description = self.description;
        fields.patch.estimated_hours = hours("estimated_hours", self.estimated_hours)?;
        fields.criteria = self.criteria.into_iter().map(CriterionEdit::Add).collect();
        let title = title(self.title)?;
        Ok(NewItem { title, fields })
    }
}

impl Action for Split {
    const NAME: &'static str = "split";
    const DESCRIPTION: &'static str =
        "Adds parts to an item that is too large for one go, all of them or none.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, input.version)?;
        let parts = input.parts.into_iter().map(Part::item);
        let parts = parts.collect::<Result<Vec<NewItem>, ToolFailure>>()?;
        let split = item::split(&lab, &by, &input.id, parts, input.in_order)
            .map_err(|error| refused_change(&error, &lab, &self.0, &input.id))?;
        Ok(told_with(&split.whole.now, |room, item| {
            item.made = entries(&split.parts, room, |label| cut(label, room.text));
        }))
    }
}
