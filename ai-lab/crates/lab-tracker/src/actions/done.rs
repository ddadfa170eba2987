//! `done`: finishes an item.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_model::{Hours, Patch};
use lab_ops::item::{self, CriterionEdit, ItemEdit, Move};
use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::hours;
use super::update::Met;
use super::{refused_change, told};
use crate::answers::Item;
use crate::door::Door;

/// The action.
pub(crate) struct Done(pub(crate) Door);

/// Which item, and what shows that it is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which item.
    id: String,
    /// The version that you have read.
    #[serde(default)]
    version: Option<u64>,
    /// Criteria that hold now, with what shows it.
    #[serde(default)]
    met: Vec<Met>,
    /// Hours that you spent on it just now.
    #[serde(default)]
    spent_hours: Option<f64>,
    /// Why it is done although criteria or dependencies are open; kept in the log. Ask the person first.
    #[serde(default)]
    force: Option<String>,
}

impl Action for Done {
    const NAME: &'static str = "done";
    const DESCRIPTION: &'static str = "Finishes an item. Refused while a criterion, a blocker or a dependency is open; tick criteria off by `met`, with evidence.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = Input;
    type Output = Item;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Item, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, input.version)?;
        let spent: Option<Hours> = match hours("spent_hours", input.spent_hours)? {
            Patch::Set(spent) => Some(spent),
            Patch::Keep | Patch::Clear => None,
        };
        let edit = ItemEdit {
            criteria: input
                .met
                .into_iter()
                .map(Met::edit)
                .collect::<Vec<CriterionEdit>>(),
            spent: spent.map(|hours| (hours, String::new())),
            ..ItemEdit::default()
        };
        item::change(&lab, &by, &input.id, edit, Some(&Move::Done(input.force)))
            .map(|changed| told(&changed.now))
            .map_err(|error| refused_change(&error, &lab, &self.0, &input.id))
    }
}
