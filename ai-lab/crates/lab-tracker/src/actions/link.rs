//! `link`: what an item hangs together with.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_model::Patch;
use lab_ops::item::{self, ItemEdit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{refused_change, told};
use crate::answers::Item;
use crate::door::Door;

/// The action.
pub(crate) struct Link(pub(crate) Door);

/// Which item, and with what; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which item.
    id: String,
    /// The version that you have read.
    #[serde(default)]
    version: Option<u64>,
    /// Items that have to be settled first.
    #[serde(default)]
    depends_on: Vec<String>,
    /// Items that no longer have to.
    #[serde(default)]
    independent_of: Vec<String>,
    /// The item that it is a part of; an empty text means none.
    #[serde(default)]
    parent: Option<String>,
    /// Its project; an empty text means none.
    #[serde(default)]
    project: Option<String>,
    /// The milestone that it counts for; an empty text means none.
    #[serde(default)]
    milestone: Option<String>,
}

impl Action for Link {
    const NAME: &'static str = "link";
    const DESCRIPTION: &'static str = "Says what an item waits for, is part of, and belongs to. What would go round in a circle is refused with the way round.";
    const EFFECTS: Effects = Effects::CHANGES.idempotent();
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, input.version)?;
        let edit = ItemEdit {
            depends_on: input.depends_on,
            independent_of: input.independent_of,
            parent: named(input.parent),
            project: named(input.project),
            milestone: named(input.milestone),
            ..ItemEdit::default()
        };
        item::change(&lab, &by, &input.id, edit, None)
            .map(|changed| told(&changed.now))
            .map_err(|error| refused_change(&error, &lab, &self.0, &input.id))
    }
}

fn named(name: Option<String>) -> Patch<String> {
    match name {
        None => Patch::Keep,
        Some(name) if name.trim().is_empty() => Patch::Clear,
        Some(name) => Patch::Set(name),
    }
}
