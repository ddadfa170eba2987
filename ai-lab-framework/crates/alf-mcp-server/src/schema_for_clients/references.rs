//! References replaced by what they refer to: not every client follows them.

use serde_json::{Map, Value};

/// The longest schema that references may grow to, in bytes. Stops a few lines that double with every reference.
const INLINED_BYTES: usize = 65_536;

/// How deep references are followed. What goes deeper comes back to itself.
const DEPTH: usize = 24;

/// The schema without `$ref` and `$defs`; as it is where it refers to itself or would grow too long.
pub(super) fn inlined(schema: &Value) -> Value {
    let mut left = INLINED_BYTES;
    let Some(mut whole) = resolve(schema, schema, DEPTH, &mut left) else {
        return schema.clone();
    };
    if let Value::Object(object) = &mut whole {
        object.remove("$defs");
        object.remove("definitions");
    }
    whole
}

fn resolve(schema: &Value, root: &Value, depth: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(16)?;
    match schema {
        Value::Object(object) => {
            let Some(Value::String(reference)) = object.get("$ref") else {
                return members(object, root, depth, left).map(Value::Object);
            };
            let target = root.pointer(reference.strip_prefix('#')?)?;
            let Value::Object(mut found) = resolve(target, root, depth.checked_sub(1)?, left)?
            else {
                return None;
            };
            // What stands beside the reference holds as well.
            for (key, value) in members(object, root, depth, left)? {
                if key == "description" || !found.contains_key(&key) {
                    found.insert(key, value);
                } else {
                    return None;
                }
            }
            Some(Value::Object(found))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| resolve(item, root, depth, left));
            items.collect::<Option<_>>().map(Value::Array)
        }
        Value::String(text) => {
            *left = left.checked_sub(text.len())?;
            Some(schema.clone())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Some(schema.clone()),
    }
}

fn members(
    object: &Map<String, Value>,
    root: &Value,
    depth: usize,
    left: &mut usize,
) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    for (key, value) in object {
        *left = left.checked_sub(key.len())?;
        let value = match key.as_str() {
            "$ref" => continue,
            // Values of the tool's own, and definitions that are reached by reference alone.
            "enum" | "const" | "default" | "examples" | "$defs" | "definitions" => value.clone(),
            _ => resolve(value, root, depth, left)?,
        };
        members.insert(key.clone(), value);
    }
    Some(members)
}
