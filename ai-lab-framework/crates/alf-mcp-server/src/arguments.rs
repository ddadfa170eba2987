//! Arguments as agents send them: text for numbers, null for nothing, and what their client put in.

use alf_schema::CompiledSchema;
use serde_json::{Map, Number, Value};

/// What a client adds to every tool's schema and then sends along.
const ADDED_BY_CLIENTS: &[&str] = &["wait_for_previous"];

/// How deep arguments are looked into. Stops recursion as deep as a message.
const DEPTH: usize = 16;

/// The input that is meant: what the client added is dropped unless the tool knows it; what fits stays as it is; and
/// where it does not, text that spells what the schema asks for becomes that, and null for what may be left out is
/// left out. What still does not fit is returned as it came: the check names its place.
pub(crate) fn meant(schema: &CompiledSchema, arguments: Map<String, Value>) -> Value {
    let arguments = without_additions(schema.schema(), arguments);
    if schema.fits(&arguments) {
        return arguments;
    }
    let root = schema.schema();
    let coerced = coerced(root, root, &arguments, DEPTH);
    if schema.fits(&coerced) {
        coerced
    } else {
        arguments
    }
}

fn without_additions(schema: &Value, mut arguments: Map<String, Value>) -> Value {
    for name in ADDED_BY_CLIENTS {
        if schema.pointer(&format!("/properties/{name}")).is_none() {
            arguments.remove(*name);
        }
    }
    Value::Object(arguments)
}

fn coerced(root: &Value, schema: &Value, value: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return value.clone();
    };
    let schema = followed(root, schema);
    match value {
        Value::Object(members) => Value::Object(object(root, schema, members, depth)),
        Value::Array(items) => {
            let each = schema.get("items").unwrap_or(&Value::Null);
            let items = items.iter().map(|item| coerced(root, each, item, depth));
            Value::Array(items.collect())
        }
        Value::String(text) => spelled(schema, text).map_or_else(
            || value.clone(),
            |meant| coerced(root, schema, &meant, depth),
        ),
        // A whole number written as a float.
        Value::Number(number) if asks_for(schema, "integer") => {
            whole(number).map_or_else(|| value.clone(), Value::Number)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn object(
    root: &Value,
    schema: &Value,
    members: &Map<String, Value>,
    depth: usize,
) -> Map<String, Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
    let mut object = Map::new();
    for (name, value) in members {
        let property = schema.pointer("/properties").and_then(|all| all.get(name));
        let Some(property) = property else {
            object.insert(name.clone(), value.clone());
            continue;
        };
        let takes_null = asks_for(followed(root, property), "null");
        if value.is_null() && !is_required(name) && !takes_null {
            continue;
        }
        object.insert(name.clone(), coerced(root, property, value, depth));
    }
    object
}

fn followed<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    target
        .and_then(|reference| root.pointer(reference.strip_prefix('#')?))
        .unwrap_or(schema)
}

fn asks_for(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        Some(_) | None => false,
    }
}

/// What a text spells, where the schema asks for that and not for text.
fn spelled(schema: &Value, text: &str) -> Option<Value> {
    if asks_for(schema, "string") {
        return None;
    }
    let value: Value = serde_json::from_str(text.trim()).ok()?;
    let is_asked = match &value {
        Value::Number(number) => {
            asks_for(schema, "number") || asks_for(schema, "integer") && whole(number).is_some()
        }
        Value::Bool(_) => asks_for(schema, "boolean"),
        Value::Object(_) => asks_for(schema, "object"),
        Value::Array(_) => asks_for(schema, "array"),
        Value::Null => asks_for(schema, "null"),
        Value::String(_) => false,
    };
    is_asked.then_some(value)
}

fn whole(number: &Number) -> Option<Number> {
    if number.is_i64() || number.is_u64() {
        return Some(number.clone());
    }
    let float = number.as_f64()?;
    // Beyond this, not every whole number is a float.
    let is_exact = float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and less than 2^53 as was just seen"
    )]
    is_exact.then(|| Number::from(float as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(given: Value, expected: &Value) {
        let schema = CompiledSchema::compile(&json!({
            "type": "object", "additionalProperties": false, "required": ["host"],
            "properties": {
                "host": { "type": "string" },
                "top": { "$ref": "#/$defs/count" },
                "deep": { "type": "boolean" },
                "ports": { "type": "array", "items": { "type": "integer" } },
                "where": { "type": "object", "properties": { "x": { "type": "number" } } },
            },
            "$defs": { "count": { "type": "integer", "minimum": 1 } },
        }))
        .expect("a schema");
        let Value::Object(given) = given else {
            unreachable!("arguments are an object");
        };
        assert_eq!(meant(&schema, given), *expected);
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let fits = json!({ "host": "2", "top": 3 });
        check(fits.clone(), &fits);
    }

    #[test]
    fn text_that_spells_what_is_asked_for_becomes_it() {
        check(
            json!({ "host": "2", "top": "3", "deep": "true", "ports": ["80", 22.0], "where": "{\"x\":\"1.5\"}" }),
            &json!({ "host": "2", "top": 3, "deep": true, "ports": [80, 22], "where": { "x": 1.5 } }),
        );
    }

    #[test]
    fn null_for_what_may_be_left_out_is_left_out() {
        check(json!({ "host": "a", "top": null }), &json!({ "host": "a" }));
        check(
            json!({ "host": null, "top": 1 }),
            &json!({ "host": null, "top": 1 }),
        );
    }

    #[test]
    fn what_clients_add_is_dropped_and_nothing_else() {
        check(
            json!({ "host": "a", "wait_for_previous": true }),
            &json!({ "host": "a" }),
        );
        let unknown = json!({ "host": "a", "other": 1 });
        check(unknown.clone(), &unknown);
    }

    #[test]
    fn what_does_not_fit_even_so_is_returned_as_it_came() {
        let wrong = json!({ "host": "a", "top": "many", "deep": "true" });
        check(wrong.clone(), &wrong);
        let too_small = json!({ "host": "a", "top": "0" });
        check(too_small.clone(), &too_small);
    }

    #[test]
    fn a_tool_that_knows_the_word_gets_it() {
        let schema = CompiledSchema::compile(&json!({
            "type": "object", "properties": { "wait_for_previous": { "type": "boolean" } },
        }))
        .expect("a schema");
        let given = json!({ "wait_for_previous": true });
        let Value::Object(arguments) = given.clone() else {
            unreachable!("an object");
        };
        assert_eq!(meant(&schema, arguments), given);
    }
}
