//! `next`: a ready item with everything needed to begin.

use std::time::Duration;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::item::{self, ItemView, LONGEST_CLAIM, Move};
use lab_ops::{By, Lab};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::told_with;
use crate::answers::Item;
use crate::budget::cut;
use crate::door::Door;
use crate::refusal::refused;

/// How long a claim holds unless said otherwise, in minutes.
const LEASE_MINUTES: u32 = 120;

/// How much of the description of the whole is told with a part, in characters.
const PARENT_CHARACTERS: usize = 800;

/// The action.
pub(crate) struct Next(pub(crate) Door);

/// Which of the ready items, and whether to take it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Words as `list` takes them, such as `project:HS type:bug`; every item unless said.
    #[serde(default)]
    filter: String,
    /// Take it: it is begun in your name, and nobody else is given it until the lease ends.
    #[serde(default)]
    claim: bool,
    /// How long the claim holds, in minutes; 120 unless said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 43200))]
    lease_minutes: Option<u32>,
}

/// The item.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The item; left out where nothing is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Item>,
    /// What to do where nothing is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing: Option<String>,
}

impl Action for Next {
    const NAME: &'static str = "next";
    const DESCRIPTION: &'static str = "Gives the most pressing item that can be started now, with everything needed to begin; with claim true takes it, so that nobody else is given it.";
    const EFFECTS: Effects = Effects::CHANGES;
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, None)?;
        let minutes = input.lease_minutes.unwrap_or(LEASE_MINUTES);
        let lease = Duration::from_mins(u64::from(minutes)).min(LONGEST_CLAIM);
        let claim = input.claim.then_some(Move::Claim(lease, None));
        let found = item::next(&lab, &by, &[input.filter], claim.as_ref());
        let Some(view) = found.map_err(|error| refused(&error))? else {
            let nothing =
                "nothing is ready; `list` with `is:blocked` tells what waits, and `show` for what"
                    .to_owned();
            return Ok(Output {
                item: None,
                nothing: Some(nothing),
            });
        };
        let whole = parent(&lab, &by, &view);
        let go_on = go_on(&view, input.claim);
        Ok(Output {
            item: Some(told_with(&view, |room, item| {
                item.parent_description = cut(&whole, room.text);
                item.go_on.clone_from(&go_on);
            })),
            nothing: None,
        })
    }
}

/// The beginning of what the whole says; empty where the item is no part, or the whole says nothing.
fn parent(lab: &Lab, by: &By, view: &ItemView) -> String {
    let parent = view.row.parent.as_deref();
    let whole = parent.and_then(|label| item::show(lab, by.at, label).ok());
    whole.map_or_else(String::new, |whole| {
        cut(
            format!("{}\n{}", whole.row.title, whole.description).trim(),
            PARENT_CHARACTERS,
        )
    })
}

fn go_on(view: &ItemView, claimed: bool) -> String {
    let (id, version) = (&view.row.label, view.revision);
    if claimed {
        format!(
            "it is yours: work, tick criteria off with `update` (id {id}, version {version}, met), then `done`; `update` with move `release` gives it back"
        )
    } else {
        format!(
            "`next` with claim true takes it, or `update` (id {id}, version {version}, move `claim`)"
        )
    }
}
