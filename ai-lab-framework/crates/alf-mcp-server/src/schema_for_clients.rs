//! Schemas that every client takes, without losing what they mean.
//!
//! Clients compile schemas with other engines and older dialects than ours, refuse what they do not know, and force
//! an object at the top. What cannot be said in their words is left out of the schema and said in a sentence; the
//! whole schema is what a call is checked against.

use serde_json::{Map, Value, json};

use crate::limits::SCHEMA_BYTES;

mod pattern;
mod references;
mod top;

/// The property that holds an input that is no object.
pub(crate) const WRAPPED: &str = "input";

/// The formats of JSON Schema that every client's engine knows. Clients complain of every other to the person, each
/// time they compile the schema; a generated schema is full of `uint64`.
const FORMATS: [&str; 15] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// A schema as it is offered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offered {
    /// Always of an object.
    pub(crate) schema: Map<String, Value>,
    /// What had to leave the schema, as sentences.
    pub(crate) said: Vec<String>,
    /// The value stands in the property [`WRAPPED`], because it is no object.
    pub(crate) is_wrapped: bool,
}

/// The schema of an input as clients take it.
pub(crate) fn input_for_clients(schema: &Value) -> Offered {
    let mut said = Vec::new();
    let mut whole = plain(schema, &mut said);
    let is_wrapped = !can_be_object(&whole);
    let mut object = if is_wrapped {
        as_object(
            json!({ "type": "object", "properties": { WRAPPED: whole }, "required": [WRAPPED] }),
        )
    } else {
        as_object(std::mem::take(&mut whole))
    };
    if !is_wrapped {
        top::without_choices(&mut object, &mut said);
        object.insert("type".to_owned(), json!("object"));
        object.entry("properties").or_insert_with(|| json!({}));
    }
    Offered {
        schema: within_bounds(object, &mut said),
        said,
        is_wrapped,
    }
}

/// The schema of an output as clients take it; `None` for what is no object or too long to offer.
pub(crate) fn output_for_clients(schema: &Value) -> Option<Map<String, Value>> {
    let whole = plain(schema, &mut Vec::new());
    if whole.get("type") != Some(&json!("object")) {
        return None;
    }
    let object = as_object(whole);
    let fits = Value::Object(object.clone()).to_string().len() <= SCHEMA_BYTES;
    // Says nothing of what is in it: no client gains by it.
    let tells = object.len() > 1;
    (fits && tells).then_some(object)
}

/// References replaced by what they refer to, and nothing in it that another engine refuses.
fn plain(schema: &Value, said: &mut Vec<String>) -> Value {
    let mut schema = references::inlined(schema);
    tidy(&mut schema, "", said);
    schema
}

fn tidy(schema: &mut Value, place: &str, said: &mut Vec<String>) {
    let Value::Object(object) = schema else {
        if let Value::Array(items) = schema {
            for item in items {
                tidy(item, place, said);
            }
        }
        return;
    };
    in_known_words(object);
    if let Some(Value::String(unsafe_one)) =
        object.remove_entry("pattern").and_then(|(key, value)| {
            let safe = value.as_str().is_some_and(pattern::is_known_everywhere);
            if safe {
                object.insert(key, value);
                None
            } else {
                Some(value)
            }
        })
    {
        let shown = if place.is_empty() { "it" } else { place };
        said.push(format!("`{shown}` fits the pattern {unsafe_one}"));
    }
    // The members of these are named by the tool, not by the dialect.
    for named in [
        "properties",
        "$defs",
        "patternProperties",
        "dependentSchemas",
    ] {
        if let Some(Value::Object(members)) = object.get_mut(named) {
            if named == "patternProperties" {
                members.retain(|regex, _| pattern::is_known_everywhere(regex));
            }
            for (name, member) in members {
                tidy(member, name, said);
            }
        }
    }
    for (key, value) in object.iter_mut() {
        match key.as_str() {
            "items"
            | "prefixItems"
            | "additionalProperties"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else"
            | "anyOf"
            | "oneOf"
            | "allOf"
            | "propertyNames" => tidy(value, place, said),
            _ => {}
        }
    }
}

/// Without the words that other engines do not know, and with those that they do for what means the same.
fn in_known_words(object: &mut Map<String, Value>) {
    for key in ["$schema", "$id", "$comment", "$anchor"] {
        object.remove(key);
    }
    object.retain(|key, value| {
        key != "format" || value.as_str().is_some_and(|name| FORMATS.contains(&name))
    });
    if let Some(value) = object.remove("const") {
        object.insert("enum".to_owned(), json!([value]));
    }
}

fn can_be_object(schema: &Value) -> bool {
    match schema.get("type") {
        None => schema.is_object() || *schema == Value::Bool(true),
        Some(Value::Array(types)) => types.contains(&json!("object")),
        Some(one) => *one == json!("object"),
    }
}

fn as_object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn within_bounds(mut object: Map<String, Value>, said: &mut Vec<String>) -> Map<String, Value> {
    let bytes = |object: &Map<String, Value>| Value::Object(object.clone()).to_string().len();
    if bytes(&object) <= SCHEMA_BYTES {
        return object;
    }
    let mut bare = Value::Object(std::mem::take(&mut object));
    drop_descriptions(&mut bare);
    object = as_object(bare);
    if bytes(&object) <= SCHEMA_BYTES {
        return object;
    }
    said.push(
        "its schema is too long to show here: a wrong argument is named by its place".to_owned(),
    );
    as_object(json!({ "type": "object", "properties": {}, "additionalProperties": true }))
}

fn drop_descriptions(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            // A property may be called so; it is a schema then.
            if object.get("description").is_some_and(Value::is_string) {
                object.remove("description");
            }
            object.remove("examples");
            object.values_mut().for_each(drop_descriptions);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_descriptions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
