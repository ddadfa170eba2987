//! From the tools that a server lists to the actions of a manifest. Decides, and touches nothing.

use std::collections::BTreeMap;

use ai_lab_contract::ActionName;
use alf_mcp_client::ListedTool;
use alf_schema::CompiledSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::dialect::{Converted, convert};
use super::naming::{describe, fits, name_actions};

/// Which of a server's tools are meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice<'a> {
    /// Patterns of which one must fit; all tools where there is none.
    pub(super) include: &'a [String],
    /// Patterns of which none may fit.
    pub(super) exclude: &'a [String],
    /// What every name begins with.
    pub(super) prefix: &'a str,
    /// Tools that have a name already.
    pub(super) kept: BTreeMap<String, ActionName>,
}

/// A tool that cannot become an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedTool {
    /// The server's name of it.
    pub tool: String,
    /// Why.
    pub why: String,
}

/// One action to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DraftAction {
    pub(super) name: ActionName,
    pub(super) tool: String,
    pub(super) description: String,
    pub(super) input: Value,
    pub(super) output: Value,
    /// `read_only`, `destructive`, `idempotent`, `open_world`.
    pub(super) effects: [(&'static str, bool); 4],
    pub(super) digest: String,
    pub(super) rewritten: Vec<String>,
}

/// The actions to be, and what cannot be one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) actions: Vec<DraftAction>,
    pub(super) refused: Vec<RefusedTool>,
}

/// Decides which tools become actions, and how each is written down.
pub(super) fn draft(listed: &[ListedTool], choice: &Choice<'_>) -> Draft {
    let is_meant = |tool: &&ListedTool| {
        choice.kept.contains_key(&tool.name)
            || ((choice.include.is_empty()
                || choice
                    .include
                    .iter()
                    .any(|pattern| fits(pattern, &tool.name)))
                && !choice
                    .exclude
                    .iter()
                    .any(|pattern| fits(pattern, &tool.name)))
    };
    let meant: BTreeMap<&str, &ListedTool> = listed
        .iter()
        .filter(is_meant)
        .map(|tool| (tool.name.as_str(), tool))
        .collect();
    let tools: Vec<String> = meant.keys().map(|&name| name.to_owned()).collect();
    let named = name_actions(&tools, choice.prefix, &choice.kept);
    let mut draft = Draft::default();
    for (tool, listed) in meant {
        match draft_action(listed, &named[tool]) {
            Ok(action) => draft.actions.push(action),
            Err(why) => draft.refused.push(RefusedTool {
                tool: tool.to_owned(),
                why,
            }),
        }
    }
    draft
        .actions
        .sort_by(|one, other| one.name.cmp(&other.name));
    draft
}

fn draft_action(listed: &ListedTool, name: &ActionName) -> Result<DraftAction, String> {
    if listed.name.is_empty() || listed.name.chars().count() > 256 {
        return Err("its name has none or more than 256 characters".to_owned());
    }
    let said = &listed.said;
    let input = usable("input", &said["inputSchema"])?;
    let output = match said.get("outputSchema") {
        Some(schema) => usable("output", schema)?,
        None => Converted {
            schema: content_schema(),
            rewritten: Vec::new(),
        },
    };
    Ok(DraftAction {
        name: name.clone(),
        tool: listed.name.clone(),
        description: describe(said["description"].as_str(), &listed.name),
        effects: effects(&said["annotations"]),
        digest: listed.digest(),
        rewritten: input
            .rewritten
            .into_iter()
            .chain(output.rewritten)
            .collect(),
        input: input.schema,
        output: output.schema,
    })
}

/// A schema in 2020-12 that this framework can check values with.
fn usable(which: &str, schema: &Value) -> Result<Converted, String> {
    let converted = convert(schema).map_err(|why| format!("{which}: {why}"))?;
    match CompiledSchema::compile(&converted.schema) {
        Ok(_) => Ok(converted),
        Err(error) => Err(format!("{which}: {error}")),
    }
}

/// What the server gives where it promises no structured data.
fn content_schema() -> Value {
    json!({
        "type": "object",
        "properties": { "content": {
            "type": "array",
            "description": "What the server's tool says: blocks of text, images, links.",
            "items": { "type": "object" },
        } },
        "required": ["content"],
    })
}

/// The server's hints, with the specification's defaults where it gives none.
fn effects(hints: &Value) -> [(&'static str, bool); 4] {
    let hint = |name: &str, otherwise: bool| hints[name].as_bool().unwrap_or(otherwise);
    let read_only = hint("readOnlyHint", false);
    [
        ("read_only", read_only),
        ("destructive", !read_only && hint("destructiveHint", true)),
        ("idempotent", hint("idempotentHint", false)),
        ("open_world", hint("openWorldHint", true)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(said: &[Value]) -> Vec<ListedTool> {
        said.iter()
            .filter_map(|said| ListedTool::of(said.clone()))
            .collect()
    }

    fn names(draft: &Draft) -> Vec<(&str, &str)> {
        draft
            .actions
            .iter()
            .map(|action| (action.name.as_str(), action.tool.as_str()))
            .collect()
    }

    #[test]
    fn tools_are_chosen_by_pattern_and_those_that_are_kept_stay() {
        let object = json!({ "type": "object" });
        let tools = listed(
            &["getHost", "setHost", "drop"]
                .map(|name| json!({ "name": name, "inputSchema": object })),
        );
        let (include, exclude) = (["*Host".to_owned()], ["set*".to_owned()]);
        let mut choice = Choice {
            include: &include,
            exclude: &exclude,
            prefix: "",
            kept: BTreeMap::new(),
        };
        assert_eq!(names(&draft(&tools, &choice)), [("get_host", "getHost")]);
        choice
            .kept
            .insert("drop".to_owned(), "throw".parse().expect("a name"));
        assert_eq!(
            names(&draft(&tools, &choice)),
            [("get_host", "getHost"), ("throw", "drop")]
        );
    }

    #[test]
    fn what_cannot_be_checked_is_refused_by_name() {
        let tools = listed(&[
            json!({ "name": "old", "inputSchema": { "$schema": "http://json-schema.org/draft-04/schema#" } }),
            json!({ "name": "far", "inputSchema": { "$ref": "https://example.org/schema" } }),
        ]);
        let refused: Vec<String> = draft(&tools, &Choice::default())
            .refused
            .into_iter()
            .map(|r| format!("{}: {}", r.tool, r.why))
            .collect();
        assert_eq!(refused.len(), 2);
        assert!(refused[0].starts_with("far: input: `"), "{refused:?}");
        assert!(
            refused[1].starts_with("old: input: its schema is written in"),
            "{refused:?}"
        );
    }

    #[test]
    fn hints_and_their_defaults_are_the_specifications() {
        let given = |hints: Value| effects(&hints).map(|(_, holds)| holds);
        assert_eq!(given(Value::Null), [false, true, false, true]);
        assert_eq!(
            given(json!({ "readOnlyHint": true, "destructiveHint": true })),
            [true, false, false, true]
        );
        assert_eq!(
            given(
                json!({ "destructiveHint": false, "idempotentHint": true, "openWorldHint": false })
            ),
            [false, false, true, false]
        );
    }
}
