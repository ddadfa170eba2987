//! `show`: one item.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item::{self, ItemView};
use schemars::JsonSchema;
use serde::Deserialize;

use super::told;
use crate::answers::Item;
use crate::door::Door;
use crate::refusal::refused;

/// The action.
pub(crate) struct Show(pub(crate) Door);

/// Which item.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Its label, or as much of it as no other item has.
    id: String,
    /// From which character on its description and notes are told; the rest of what an earlier answer cut.
    #[serde(default)]
    from: usize,
}

impl Action for Show {
    const NAME: &'static str = "show";
    const DESCRIPTION: &'static str = "Tells everything about an item, with the version to give back when you change it. Long texts are cut; `from` goes on.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let view = item::show(&lab, self.0.now()?, &input.id).map_err(|error| refused(&error))?;
        Ok(told(&from(view, input.from)))
    }
}

/// The item with its long texts from a character on.
fn from(mut view: ItemView, from: usize) -> ItemView {
    view.description = rest(&view.description, from);
    view.notes = view.notes.map(|notes| rest(&notes, from));
    view
}

fn rest(text: &str, from: usize) -> String {
    text.chars().skip(from).collect()
}
