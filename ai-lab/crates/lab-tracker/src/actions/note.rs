//! `note`: what is worth knowing.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{refused_change, told};
use crate::answers::Item;
use crate::door::Door;

/// The action.
pub(crate) struct Note(pub(crate) Door);

/// Which item, and what to write down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which item.
    id: String,
    /// What you found out, decided or left open.
    text: String,
    /// The version that you have read.
    #[serde(default)]
    version: Option<u64>,
}

impl Action for Note {
    const NAME: &'static str = "note";
    const DESCRIPTION: &'static str =
        "Adds a paragraph to an item's notes, with your name and the time; what is there stays.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, input.version)?;
        item::note(&lab, &by, &input.id, &input.text)
            .map(|changed| told(&changed.now))
            .map_err(|error| refused_change(&error, &lab, &self.0, &input.id))
    }
}
