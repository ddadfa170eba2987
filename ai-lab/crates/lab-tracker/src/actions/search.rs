//! `search`: items and ideas with words.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use lab_ops::{FoundRow, Search as Request, search};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answers::{Row, Rows};
use crate::budget::{ANSWER_BYTES, cut, size};
use crate::door::Door;
use crate::refusal::refused;

/// How many hits an answer has unless said otherwise.
const PAGE: u32 = 10;

/// How many characters of a label, title or piece of text are told.
const TEXT_CHARACTERS: usize = 120;

/// The action.
pub(crate) struct Search(pub(crate) Door);

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Each of these words, or what they begin, has to be there.
    text: String,
    /// So many of the best are left out: the `next` of the answer before.
    #[serde(default)]
    skip: u32,
    /// At most so many; 10 unless said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
}

impl Action for Search {
    const NAME: &'static str = "search";
    const DESCRIPTION: &'static str =
        "Looks for words in items and ideas, closed ones too; the best match first.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Rows;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Rows, ToolFailure> {
        let lab = self.0.lab(context)?;
        let request = Request {
            text: input.text,
            kind: None,
            skip: input.skip,
            limit: input.limit.unwrap_or(PAGE),
        };
        let found = search(&lab, self.0.now()?, &request).map_err(|error| refused(&error))?;
        let mut page = Rows {
            items: found.found.iter().map(row).collect(),
            total: found.total,
            more: !found.total_is_exact,
            next: None,
        };
        loop {
            let told = u64::from(input.skip) + page.items.len() as u64;
            page.next = (told < found.total).then(|| told.to_string());
            if size(&page) <= ANSWER_BYTES || page.items.len() <= 1 {
                return Ok(page);
            }
            page.items.pop();
        }
    }
}

fn row(found: &FoundRow) -> Row {
    Row {
        id: cut(&found.label, TEXT_CHARACTERS),
        status: found.status.clone(),
        priority: None,
        due: None,
        assignee: None,
        title: cut(&found.title, TEXT_CHARACTERS),
        snippet: (!found.snippet.is_empty()).then(|| cut(&found.snippet, TEXT_CHARACTERS)),
    }
}
