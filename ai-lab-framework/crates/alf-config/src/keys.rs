//! What a configuration schema says of its keys.

use serde_json::{Map, Value};

use crate::key::KeyPath;

/// How many references are followed to one subschema. Stops two that refer to each other.
const REFERENCES: usize = 16;
/// How deep objects are gone into. Stops a schema that contains itself.
const DEPTH: usize = 6;
/// How many keys are listed. Stops a schema that multiplies.
const KEYS: usize = 512;

/// One key that a schema describes and that holds no keys of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigKey {
    /// Its name.
    pub key: KeyPath,
    /// What it is for; empty where the schema does not say.
    pub description: String,
    /// What it is unless it is set.
    pub default: Option<Value>,
    /// Whether it is kept as a secret and never here.
    pub secret: bool,
}

/// The keys that a schema describes, in its order.
pub fn config_keys(schema: &Value) -> Vec<ConfigKey> {
    let mut keys = Vec::new();
    let given = defaults(schema);
    walk(schema, schema, None, DEPTH, &mut |key, inner| {
        if keys.len() < KEYS {
            keys.push(ConfigKey {
                description: text(inner, "description"),
                default: key.find(&given).cloned(),
                secret: is_secret(schema, &key),
                key,
            });
        }
    });
    keys
}

/// The values that a schema gives by `default`. An inner key's own default fills what an outer one leaves out.
pub fn defaults(schema: &Value) -> Map<String, Value> {
    match filled(schema, schema, DEPTH) {
        Some(Value::Object(values)) => values,
        Some(_) | None => Map::new(),
    }
}

/// Whether the schema marks the value at the key, or one around it, as a secret.
pub fn is_secret(schema: &Value, key: &KeyPath) -> bool {
    let mut inner = resolved(schema, schema);
    for part in key.parts() {
        let Some(next) = step(schema, inner, part) else {
            return false;
        };
        if next.get("writeOnly") == Some(&Value::Bool(true)) || text(next, "format") == "password" {
            return true;
        }
        inner = next;
    }
    false
}

/// The subschema of the value at the key.
pub(crate) fn schema_at<'a>(schema: &'a Value, key: &KeyPath) -> Option<&'a Value> {
    key.parts()
        .iter()
        .try_fold(resolved(schema, schema), |inner, part| {
            step(schema, inner, part)
        })
}

/// The types that the subschema allows; empty where it does not say.
pub(crate) fn types(inner: &Value) -> Vec<&str> {
    match inner.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(_) | None => Vec::new(),
    }
}

fn step<'a>(root: &'a Value, inner: &'a Value, part: &str) -> Option<&'a Value> {
    let named = inner.get("properties").and_then(|named| named.get(part));
    let next = named.or_else(|| {
        let others = inner.get("additionalProperties")?;
        others.is_object().then_some(others)
    });
    next.map(|next| resolved(root, next))
}

/// The schema that a reference inside of the root leads to.
fn resolved<'a>(root: &'a Value, mut inner: &'a Value) -> &'a Value {
    for _ in 0..REFERENCES {
        let reference = inner.get("$ref").and_then(Value::as_str);
        let Some(pointer) = reference.and_then(|reference| reference.strip_prefix('#')) else {
            break;
        };
        let Some(target) = root.pointer(pointer) else {
            break;
        };
        inner = target;
    }
    inner
}

fn walk(
    root: &Value,
    inner: &Value,
    key: Option<&KeyPath>,
    depth: usize,
    found: &mut dyn FnMut(KeyPath, &Value),
) {
    let inner = resolved(root, inner);
    let named = inner.get("properties").and_then(Value::as_object);
    match (named, key) {
        (Some(named), _) if depth > 0 && !named.is_empty() => {
            for (name, next) in named {
                let below = key.map_or_else(|| KeyPath::top(name), |key| key.child(name));
                walk(root, next, Some(&below), depth - 1, found);
            }
        }
        (_, Some(key)) => found(key.clone(), inner),
        (_, None) => {}
    }
}

fn filled(root: &Value, inner: &Value, depth: usize) -> Option<Value> {
    let inner = resolved(root, inner);
    let own = inner.get("default").cloned();
    let named = inner.get("properties").and_then(Value::as_object);
    let Some(named) = named.filter(|_| depth > 0) else {
        return own;
    };
    let mut object = match own {
        None => Map::new(),
        Some(Value::Object(object)) => object,
        Some(other) => return Some(other),
    };
    for (name, next) in named {
        if !object.contains_key(name)
            && let Some(value) = filled(root, next, depth - 1)
        {
            object.insert(name.clone(), value);
        }
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

fn text(inner: &Value, keyword: &str) -> String {
    inner
        .get(keyword)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_defaults_and_secrets_are_read_through_references() {
        let schema = json!({
            "type": "object",
            "$defs": {
                "host": { "type": "string", "description": "Where it is.", "default": "nas" },
                "self": { "properties": { "again": { "$ref": "#/$defs/self" } } },
                "loop": { "$ref": "#/$defs/loop" },
            },
            "properties": {
                "router": {
                    "default": { "port": 80 },
                    "properties": {
                        "host": { "$ref": "#/$defs/host" },
                        "port": { "type": "integer", "default": 1 },
                    },
                },
                "pin": { "writeOnly": true },
                "odd": { "$ref": "#/$defs/loop" },
            },
        });
        let told: Vec<String> = config_keys(&schema)
            .iter()
            .map(|key| {
                let default = key.default.as_ref().map_or(String::new(), Value::to_string);
                format!("{} {default} {} {}", key.key, key.secret, key.description)
            })
            .collect();
        assert_eq!(
            told,
            [
                "odd  false ",
                "pin  true ",
                "router.host \"nas\" false Where it is.",
                "router.port 80 false ",
            ]
        );
        assert_eq!(
            Value::Object(defaults(&schema)),
            json!({ "router": { "host": "nas", "port": 80 } })
        );
        let endless =
            json!({ "properties": { "a": schema["$defs"]["self"] }, "$defs": schema["$defs"] });
        assert_eq!(config_keys(&endless).len(), 1);
    }
}
