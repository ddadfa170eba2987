use std::path::PathBuf;

use alf_catalog::Origin;

use super::*;
use crate::own_tools::OWN_TOOLS;

/// A tool of one action; `more` is said of the action.
fn tool(name: &str, kind: &str, more: &Value) -> FoundTool {
    let mut action = json!({
        "description": "Looks.", "input": { "type": "object" }, "output": { "type": "object" },
    });
    if let (Value::Object(action), Value::Object(more)) = (&mut action, more) {
        action.extend(more.clone());
    }
    FoundTool {
        manifest: serde_json::from_value(json!({
            "contract": 1, "name": name, "version": "1.0.0", "description": "Looks.", "tags": ["home"],
            "run": { "kind": kind, "command": ["sh"] }, "actions": { "look": action },
        }))
        .expect("a manifest"),
        origin: Origin::Global,
        folder: PathBuf::from("/nowhere"),
        manifest_path: PathBuf::from("/nowhere/tool.toml"),
        source: String::new(),
    }
}

fn offer(tools: &[FoundTool]) -> Offer {
    Offer::of(tools, &Filter::default(), OWN_TOOLS)
}

#[test]
fn what_may_destroy_something_can_be_confirmed_and_promises_no_data() {
    let output = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
    let offer = offer(&[tool(
        "disk",
        "exec",
        &json!({ "destructive": true, "output": output }),
    )]);
    let offered = &offer.tools[0];
    assert_eq!(
        (offered.confirm, offered.output.is_none()),
        (Some("confirm"), true)
    );
    assert_eq!(offered.input["properties"]["confirm"]["type"], "string");
}

#[test]
fn an_action_with_a_confirm_of_its_own_keeps_it() {
    let input = json!({ "type": "object", "properties": { "confirm": { "type": "boolean" } } });
    let offer = offer(&[tool(
        "disk",
        "exec",
        &json!({ "destructive": true, "input": input }),
    )]);
    let offered = &offer.tools[0];
    assert_eq!(offered.confirm, Some("lab_confirm"));
    assert_eq!(offered.input["properties"]["confirm"]["type"], "boolean");
}

#[test]
fn an_output_that_tells_something_fits_whole_or_cut() {
    let output = json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } });
    let offer = offer(&[tool("disk", "exec", &json!({ "output": output }))]);
    let schema = offer.tools[0].output.as_ref().expect("it tells something");
    let schema =
        CompiledSchema::compile(&Value::Object(schema.as_ref().clone())).expect("a schema");
    assert!(schema.fits(&json!({ "n": 1 })));
    assert!(schema.fits(&json!({ "cut": { "execution_id": "e1", "bytes": 99 } })));
    assert!(!schema.fits(&json!({ "n": "one" })));
}

#[test]
fn another_servers_blocks_are_no_structured_data() {
    let output = json!({ "type": "object", "required": ["content"], "properties": { "content": { "type": "array" } } });
    let offer = offer(&[tool(
        "theirs",
        "mcp",
        &json!({ "output": output, "mcp_tool": "look" }),
    )]);
    assert_eq!(
        (offer.tools[0].is_blocks, offer.tools[0].output.is_none()),
        (true, true)
    );
}

#[test]
fn an_input_that_is_no_object_is_unwrapped_again() {
    let offer = offer(&[tool(
        "disk",
        "exec",
        &json!({ "input": { "type": "string" } }),
    )]);
    assert_eq!(
        offer.tools[0].unwrapped(json!({ "input": "a" })),
        json!("a")
    );
    assert_eq!(offer.tools[0].unwrapped(json!({})), Value::Null);
}

#[test]
fn a_description_is_bounded_with_a_pointer_to_the_rest() {
    let offer = offer(&[tool(
        "disk",
        "exec",
        &json!({ "description": "word ".repeat(200) + "." , "input": {
        "type": "object", "oneOf": [{ "required": ["a"] }, { "required": ["b"] }],
    } }),
    )]);
    let told = &offer.tools[0].description;
    assert_eq!(told.chars().count(), DESCRIPTION_CHARS);
    assert!(
        told.ends_with("… (`ai-lab-framework tool show disk` has the rest of `look`)"),
        "{told}"
    );
}

#[test]
fn what_cannot_be_offered_says_why_and_keeps_nothing_else_out() {
    let offer = offer(&[
        tool("broken", "exec", &json!({ "input": "missing.json" })),
        tool("disk", "exec", &json!({})),
    ]);
    assert_eq!(
        offer
            .tools
            .iter()
            .map(|tool| tool.name.as_str())
            .collect::<Vec<_>>(),
        ["disk_look"]
    );
    let remark = &offer.not_offered[0];
    assert_eq!(remark.tool.as_str(), "broken");
    assert!(
        remark
            .told
            .starts_with("the input schema cannot be read: the schema file `missing.json`"),
        "{}",
        remark.told
    );
}

#[test]
fn more_tools_than_one_page_holds_are_not_offered() {
    let tools: Vec<FoundTool> = (0..TOOLS + 2)
        .map(|n| tool(&format!("t{n:04}"), "exec", &json!({})))
        .collect();
    let offer = offer(&tools);
    assert_eq!((offer.tools.len(), offer.not_offered.len()), (TOOLS, 2));
    assert!(offer.place("t0000_look").is_some() && offer.place("t0513_look").is_none());
}
