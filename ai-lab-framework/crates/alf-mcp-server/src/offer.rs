//! What a lab offers to agents: its tools' actions under names, words and schemas that every client takes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use ai_lab_contract::{Action, ActionName, RunKind, ToolName};
use alf_catalog::FoundTool;
use alf_manifest::{hidden_in, order_in};
use alf_schema::CompiledSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::filter::Filter;
use crate::limits::{DESCRIPTION_CHARS, TOOLS};
use crate::names::offered_names;
use crate::schema_for_clients::{WRAPPED, input_for_clients, output_for_clients};

/// The inputs that carry a confirmation: the first that the action has no input of its own for.
const CONFIRM: [&str; 2] = ["confirm", "lab_confirm"];

/// One action as it is offered.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the four annotations of MCP, each true or false on its own"
)]
pub struct OfferedTool {
    /// Its name for agents.
    pub name: String,
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// What it does, bounded.
    pub description: String,
    /// The schema of its input, as clients take it.
    pub input: Arc<Map<String, Value>>,
    /// The schema of its answer, as clients take it; `None` where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Arc<Map<String, Value>>>,
    /// It changes nothing.
    pub read_only: bool,
    /// It may destroy something.
    pub destructive: bool,
    /// Twice is the same as once.
    pub idempotent: bool,
    /// It reaches beyond this machine.
    pub open_world: bool,
    /// Its answers are another MCP server's content blocks, which are passed on as such.
    #[serde(skip)]
    pub(crate) is_blocks: bool,
    /// Which input carries the confirmation; `None` where none is needed.
    #[serde(skip)]
    pub(crate) confirm: Option<&'static str>,
    /// Its input is no object and stands in one property.
    #[serde(skip)]
    pub(crate) is_wrapped: bool,
    /// The schema as the tool has it.
    #[serde(skip)]
    whole: Value,
    #[serde(skip)]
    compiled: OnceLock<Option<CompiledSchema>>,
}

/// Something to say of one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// What.
    pub told: String,
}

/// What is offered, in the order of tools and actions.
#[derive(Debug, Default, Serialize)]
pub struct Offer {
    /// The form of this listing: 1.
    pub format: u32,
    /// The actions.
    pub tools: Vec<OfferedTool>,
    /// What the filter takes and yet is not offered.
    pub not_offered: Vec<Remark>,
    /// What is offered, and yet a person should look at.
    pub doubts: Vec<Remark>,
    #[serde(skip)]
    by_name: HashMap<String, usize>,
}

impl Offer {
    /// What of these tools is offered; they come sorted by name. `taken` are the names of the server's own tools.
    pub(crate) fn of(
        found: &[FoundTool],
        filter: &Filter,
        taken: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let actions: Vec<(&FoundTool, &ActionName, &Action)> = found
            .iter()
            .flat_map(|tool| {
                let actions = tool.manifest.actions.iter();
                actions.map(move |(name, action)| (tool, name, action))
            })
            .collect();
        // Of all actions, taken or not: a filter changes no name.
        let addresses = actions
            .iter()
            .map(|(tool, action, _)| (&tool.manifest.name, *action));
        let names = offered_names(addresses, taken);
        let mut offer = Self {
            format: 1,
            ..Self::default()
        };
        for ((tool, action_name, action), name) in actions.into_iter().zip(names) {
            if !filter.takes(&tool.manifest, action_name) {
                continue;
            }
            let offered = if offer.tools.len() < TOOLS {
                offered(tool, action_name, action, name)
            } else {
                Err(format!(
                    "{TOOLS} are offered already: ask for fewer with --tool or --tag"
                ))
            };
            let remark = |told: String| Remark {
                tool: tool.manifest.name.clone(),
                action: action_name.clone(),
                told,
            };
            match offered {
                Ok(offered) => {
                    offer.doubts.extend(doubt(&offered).map(remark));
                    offer
                        .by_name
                        .insert(offered.name.clone(), offer.tools.len());
                    offer.tools.push(offered);
                }
                Err(why) => offer.not_offered.push(remark(why)),
            }
        }
        offer
    }

    /// That action, whatever it is called here.
    pub(crate) fn of_action(&self, tool: &ToolName, action: &ActionName) -> Option<&OfferedTool> {
        let is_it = |offered: &&OfferedTool| offered.tool == *tool && offered.action == *action;
        self.tools.iter().find(is_it)
    }

    /// The place of the action of that name.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

impl OfferedTool {
    /// The schema as the tool has it, compiled when it is first called; `None` where it does not compile.
    pub(crate) fn compiled(&self) -> Option<&CompiledSchema> {
        self.compiled
            .get_or_init(|| CompiledSchema::compile(&self.whole).ok())
            .as_ref()
    }

    /// The input that stands in these arguments.
    pub(crate) fn unwrapped(&self, mut input: Value) -> Value {
        if !self.is_wrapped {
            return input;
        }
        input.get_mut(WRAPPED).map_or(Value::Null, std::mem::take)
    }
}

/// What of an action's words speaks to the agent.
fn doubt(offered: &OfferedTool) -> Option<String> {
    let schema = Value::Object(offered.input.as_ref().clone()).to_string();
    let order = order_in(&offered.description).or_else(|| order_in(&schema))?;
    Some(format!(
        "its words give an agent orders (`{order}`): a description tells what a tool does"
    ))
}

fn offered(
    tool: &FoundTool,
    action_name: &ActionName,
    action: &Action,
    name: String,
) -> Result<OfferedTool, String> {
    let unreadable = |which: &str, error: &dyn std::error::Error| {
        let mut told = format!("the {which} schema cannot be read: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            told = format!("{told}: {cause}");
            source = cause.source();
        }
        told
    };
    let input = tool
        .read_schema(&action.input)
        .map_err(|error| unreadable("input", &error))?;
    let output = tool
        .read_schema(&action.output)
        .map_err(|error| unreadable("output", &error))?;
    if let Some(hidden) = hidden_in(&input).or_else(|| hidden_in(&output)) {
        return Err(hidden.to_string());
    }
    let is_adopted = tool.manifest.run.kind == RunKind::Mcp;
    // Content blocks are passed on as such, not as data about blocks.
    let is_blocks = is_adopted && output["required"] == json!(["content"]);
    let mut adapted = input_for_clients(&input);
    let confirm = action
        .destructive
        .then(|| with_confirmation(&mut adapted.schema));
    Ok(OfferedTool {
        name,
        tool: tool.manifest.name.clone(),
        action: action_name.clone(),
        description: description(&tool.manifest.name, action_name, action, &adapted.said),
        input: Arc::new(adapted.schema),
        // The answer of a call that waits for its confirmation is a plan, no data.
        output: (!is_blocks && !action.destructive)
            .then(|| output_for_clients(&output))
            .flatten()
            .map(|schema| Arc::new(or_cut(schema))),
        read_only: action.read_only,
        destructive: action.destructive,
        idempotent: action.idempotent,
        open_world: action.open_world,
        is_blocks,
        confirm,
        is_wrapped: adapted.is_wrapped,
        whole: input,
        compiled: OnceLock::new(),
    })
}

/// Lets the code of a dry run be given beside the action's own input; under which name.
fn with_confirmation(schema: &mut Map<String, Value>) -> &'static str {
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    let is_free = |key: &&str| properties.get(*key).is_none();
    let key = CONFIRM.into_iter().find(is_free).unwrap_or(CONFIRM[1]);
    if let Value::Object(properties) = properties {
        let told = json!({
            "type": "string",
            "description": "Leave out at first: the plan and a code are answered, and nothing is done. Give the \
                            code here to do it.",
        });
        properties.insert(key.to_owned(), told);
    }
    key
}

/// The schema of an answer, or of the few facts that stand for one that was cut.
fn or_cut(schema: Map<String, Value>) -> Map<String, Value> {
    let cut = json!({
        "type": "object",
        "required": ["cut"],
        "properties": { "cut": {
            "type": "object",
            "description": "The answer was too long: the rest is a link away.",
            "required": ["execution_id", "bytes"],
            "properties": { "execution_id": { "type": "string" }, "bytes": { "type": "integer" } },
        } },
    });
    let mut either = Map::new();
    either.insert("type".to_owned(), json!("object"));
    either.insert(
        "anyOf".to_owned(),
        Value::Array(vec![Value::Object(schema), cut]),
    );
    either
}

fn description(
    tool: &ToolName,
    action_name: &ActionName,
    action: &Action,
    said: &[String],
) -> String {
    let mut text = action.description.clone();
    if !said.is_empty() {
        text = format!("{text}\nIts input: {}.", said.join("; "));
    }
    if text.chars().count() <= DESCRIPTION_CHARS {
        return text;
    }
    let pointer =
        format!("… (`ai-lab-framework tool show {tool}` has the rest of `{action_name}`)");
    let room = DESCRIPTION_CHARS - pointer.chars().count();
    let cut: String = text.chars().take(room).collect();
    cut + &pointer
}

#[cfg(test)]
mod tests;
