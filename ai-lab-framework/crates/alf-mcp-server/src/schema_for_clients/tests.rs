use super::*;

fn check(schema: &Value, offered: &Value, said: &[&str]) {
    let found = input_for_clients(schema);
    assert_eq!(Value::Object(found.schema), *offered);
    assert_eq!(found.said, said);
}

#[test]
fn an_ordinary_schema_is_offered_as_it_is() {
    let schema = json!({
        "type": "object", "required": ["host"], "additionalProperties": false,
        "properties": { "host": { "type": "string", "pattern": "^[a-z]+$" } },
    });
    check(&schema, &schema, &[]);
}

#[test]
fn a_format_that_clients_do_not_know_is_left_out() {
    check(
        &json!({ "type": "object", "properties": {
            "format": { "type": "string", "format": "date-time" },
            "bytes": { "type": ["integer", "null"], "format": "uint64", "minimum": 0 },
        } }),
        &json!({ "type": "object", "properties": {
            "format": { "type": "string", "format": "date-time" },
            "bytes": { "type": ["integer", "null"], "minimum": 0 },
        } }),
        &[],
    );
}

#[test]
fn the_top_is_an_object() {
    check(
        &json!({}),
        &json!({ "type": "object", "properties": {} }),
        &[],
    );
    check(
        &json!(true),
        &json!({ "type": "object", "properties": {} }),
        &[],
    );
    let nullable = json!({ "type": ["object", "null"] });
    check(
        &nullable,
        &json!({ "type": "object", "properties": {} }),
        &[],
    );
}

#[test]
fn what_is_no_object_is_wrapped() {
    let offered = input_for_clients(&json!({ "type": "array", "items": { "type": "integer" } }));
    assert!(offered.is_wrapped);
    assert_eq!(
        Value::Object(offered.schema),
        json!({
            "type": "object", "required": ["input"],
            "properties": { "input": { "type": "array", "items": { "type": "integer" } } },
        })
    );
}

#[test]
fn references_are_replaced_and_the_dialect_is_not_named() {
    check(
        &json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
            "$defs": { "port": { "type": "integer", "const": 80 } },
            "properties": { "port": { "$ref": "#/$defs/port", "description": "Which." } },
        }),
        &json!({
            "type": "object",
            "properties": { "port": { "type": "integer", "enum": [80], "description": "Which." } },
        }),
        &[],
    );
}

#[test]
fn a_schema_that_comes_back_to_itself_keeps_its_references() {
    let tree = json!({
        "type": "object", "$defs": { "node": { "properties": { "next": { "$ref": "#/$defs/node" } } } },
        "properties": { "root": { "$ref": "#/$defs/node" } },
    });
    check(&tree, &tree, &[]);
}

#[test]
fn a_choice_at_the_top_becomes_properties_and_a_sentence() {
    check(
        &json!({ "type": "object", "oneOf": [
            { "properties": { "by": { "const": "id" }, "id": { "type": "string" } }, "required": ["by", "id"] },
            { "properties": { "by": { "const": "name" }, "name": { "type": "string" } }, "required": ["by", "name"] },
        ] }),
        &json!({
            "type": "object", "required": ["by"],
            "properties": {
                "by": { "enum": ["id", "name"] }, "id": { "type": "string" }, "name": { "type": "string" },
            },
        }),
        &["give exactly one of: `by` and `id`; or `by` and `name`"],
    );
}

#[test]
fn a_pattern_that_engines_read_differently_is_said() {
    check(
        &json!({ "type": "object", "properties": { "id": { "type": "string", "pattern": "(?i)^a" } } }),
        &json!({ "type": "object", "properties": { "id": { "type": "string" } } }),
        &["`id` fits the pattern (?i)^a"],
    );
}

#[test]
fn a_property_may_be_called_like_a_keyword() {
    let schema = json!({
        "type": "object",
        "properties": { "const": { "type": "string" }, "pattern": { "type": "string" } },
    });
    check(&schema, &schema, &[]);
}

#[test]
fn too_long_a_schema_loses_its_descriptions_first() {
    let long = "word ".repeat(SCHEMA_BYTES / 5);
    let schema = json!({
        "type": "object", "properties": { "description": { "type": "string", "description": long } },
    });
    check(
        &schema,
        &json!({ "type": "object", "properties": { "description": { "type": "string" } } }),
        &[],
    );
    let names: Vec<String> = (0..SCHEMA_BYTES / 8).map(|n| format!("name{n}")).collect();
    let schema = json!({ "type": "object", "properties": { "n": { "enum": names } } });
    check(
        &schema,
        &json!({ "type": "object", "properties": {}, "additionalProperties": true }),
        &["its schema is too long to show here: a wrong argument is named by its place"],
    );
}

#[test]
fn an_output_is_offered_only_where_it_tells_something() {
    assert_eq!(output_for_clients(&json!({ "type": "object" })), None);
    assert_eq!(output_for_clients(&json!({ "type": "array" })), None);
    let tells = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
    assert_eq!(output_for_clients(&tells).map(Value::Object), Some(tells));
}
