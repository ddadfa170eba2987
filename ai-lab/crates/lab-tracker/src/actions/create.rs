//! `create`: a new item.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item;

use super::fields::New;
use super::told;
use crate::answers::Item;
use crate::door::Door;
use crate::refusal::refused;

/// The action.
pub(crate) struct Create(pub(crate) Door);

impl Action for Create {
    const NAME: &'static str = "create";
    const DESCRIPTION: &'static str =
        "Adds an item: what you find on the way becomes work that someone can pick up.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = New;
    type Output = Item;

    fn run(&self, input: New, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, None)?;
        let new = input.item(by.at.day_utc())?;
        let row = item::add(&lab, &by, new).map_err(|error| refused(&error))?;
        let view = item::show(&lab, by.at, &row.label).map_err(|error| refused(&error))?;
        Ok(told(&view))
    }
}
