//! `list`: items that words say.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_model::Label;
use lab_ops::item::{self, ItemQuery, Paging};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answers::{Row, Rows};
use crate::budget::{ANSWER_BYTES, size};
use crate::door::Door;
use crate::refusal::{refused, wrong};

/// How many items a page has unless said otherwise.
const PAGE: u32 = 20;

/// The action.
pub(crate) struct List(pub(crate) Door);

/// Which items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Words that combine: `status:todo,review`, `prio:high..`, `type:bug`, `project:HS`, `milestone:MS-001`, `parent:HS-002`, `label:net`, `assignee:me`, `due:<14d`, `ready`, `blocked`, `late`, `mine`, `closed`, `all`, and text. Open items unless said.
    #[serde(default)]
    filter: String,
    /// The `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// At most so many; 20 unless said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

impl Action for List {
    const NAME: &'static str = "list";
    const DESCRIPTION: &'static str = "Lists items that words say, a page at a time.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Rows;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Rows, ToolFailure> {
        let lab = self.0.lab(context)?;
        let by = self.0.by(context, None)?;
        let after = input.after.map(|label| label.parse::<Label>()).transpose();
        let paging = Paging {
            after: after.map_err(|error| wrong("after", &error))?,
            limit: Some(input.limit.unwrap_or(PAGE)),
        };
        let page = item::list(&lab, &by, &[input.filter], ItemQuery::default(), paging)
            .map_err(|error| refused(&error))?;
        let rows = page.items.iter().map(Row::of).collect();
        Ok(paged(rows, page.total, !page.total_is_exact, page.next))
    }
}

/// As many rows as the budget holds; the next page begins behind the last of them.
fn paged(rows: Vec<Row>, total: u64, more: bool, next: Option<String>) -> Rows {
    let mut page = Rows {
        items: rows,
        total,
        more,
        next,
    };
    while size(&page) > ANSWER_BYTES && page.items.len() > 1 {
        page.items.pop();
        page.next = page.items.last().map(|row| row.id.clone());
    }
    page
}
