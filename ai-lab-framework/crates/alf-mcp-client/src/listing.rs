//! What a server says of its tools.

use std::time::Duration;

use alf_policy::digest_of_json;
use rmcp::model::{PaginatedRequestParams, Tool};
use rmcp::service::{Peer, RoleClient};
use serde_json::{Value, json};

/// The name under which a call is answered with the list of the server's tools: no tool has it.
pub const LIST_TOOLS: &str = "";

/// How many pages of tools are read. Stops a server whose pages have no end.
const PAGES: usize = 64;
/// How many tools are read. A manifest takes 128 actions.
const TOOLS: usize = 1_024;

/// A tool as its server lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedTool {
    /// The server's name of it.
    pub name: String,
    /// All that was said: `name`, `description`, `inputSchema`, `outputSchema`, `annotations`, `title`.
    pub said: Value,
}

impl ListedTool {
    /// Reads one item of the list that a call of [`LIST_TOOLS`] answers with.
    pub fn of(said: Value) -> Option<Self> {
        let name = said.get("name")?.as_str()?.to_owned();
        Some(Self { name, said })
    }

    /// Whether the server promises structured data.
    pub fn is_structured(&self) -> bool {
        self.said.get("outputSchema").is_some()
    }

    /// The digest of everything that is said of it: another word, another digest.
    pub fn digest(&self) -> String {
        digest_of(&self.said)
    }
}

/// The digest of what a server says of a tool.
pub fn digest_of(said: &Value) -> String {
    digest_of_json(said).to_string()
}

/// Reads every page, within bounds.
pub(crate) async fn list(
    peer: &Peer<RoleClient>,
    within: Duration,
) -> Result<Vec<ListedTool>, String> {
    let pages = async {
        let mut tools: Vec<ListedTool> = Vec::new();
        let mut cursor = None;
        for _ in 0..PAGES {
            let params = PaginatedRequestParams::default().with_cursor(cursor.take());
            let page = peer
                .list_tools(Some(params))
                .await
                .map_err(|error| error.to_string())?;
            tools.extend(page.tools.iter().map(listed));
            if tools.len() > TOOLS {
                return Err(format!("the server lists more than {TOOLS} tools"));
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(tools);
            }
        }
        Err(format!(
            "the server's list of tools has more than {PAGES} pages"
        ))
    };
    match tokio::time::timeout(within, pages).await {
        Ok(listed) => listed,
        Err(_) => Err(format!(
            "the server did not list its tools within {within:?}"
        )),
    }
}

fn listed(tool: &Tool) -> ListedTool {
    let mut said = json!({
        "name": tool.name,
        "inputSchema": *tool.input_schema,
    });
    let mut add = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            said[key] = value;
        }
    };
    add("title", tool.title.as_ref().map(|title| json!(title)));
    add(
        "description",
        tool.description.as_ref().map(|text| json!(text)),
    );
    add(
        "outputSchema",
        tool.output_schema.as_ref().map(|schema| json!(**schema)),
    );
    add(
        "annotations",
        tool.annotations.as_ref().map(|hints| json!(hints)),
    );
    ListedTool {
        name: tool.name.to_string(),
        said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_said_is_in_the_digest() {
        let said = json!({ "name": "echo", "inputSchema": { "type": "object" } });
        let digest = ListedTool::of(said.clone()).map(|tool| tool.digest());
        assert_eq!(digest, Some(digest_of(&said)));
        for (key, value) in [
            ("description", json!("x")),
            ("outputSchema", json!({})),
            ("annotations", json!({})),
        ] {
            let mut other = said.clone();
            other[key] = value;
            assert_ne!(Some(digest_of(&other)), digest, "{key}");
        }
    }
}
