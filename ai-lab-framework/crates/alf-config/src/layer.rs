//! Layers, merged by key and checked as a whole.

use std::collections::BTreeMap;
use std::fmt;

use alf_schema::{CompiledSchema, Violation};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::{ConfigFinding, ConfigFindings};
use crate::key::KeyPath;
use crate::keys::is_secret;

/// Where a value comes from, the weakest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase", tag = "layer")]
pub enum Origin {
    /// The schema's `default`.
    Default,
    /// The lab's file.
    Lab,
    /// What the person set for themselves.
    User,
    /// A variable of the environment.
    Environment {
        /// Which.
        variable: String,
    },
    /// The call itself.
    Call,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.pad("the schema's default"),
            Self::Lab => f.pad("the lab"),
            Self::User => f.pad("the user"),
            Self::Environment { variable } => f.pad(&format!("${variable}")),
            Self::Call => f.pad("the call"),
        }
    }
}

/// Values of one origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Whose they are.
    pub origin: Origin,
    /// The values, nested as the tool is given them.
    pub values: Map<String, Value>,
}

/// A configuration that fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layered {
    /// What the tool is given.
    pub values: Map<String, Value>,
    /// Who set each value that is no object with keys of its own.
    pub origins: BTreeMap<KeyPath, Origin>,
}

/// Merges layers, the weakest first, and checks the result.
///
/// Objects are merged key by key; anything else, lists too, is replaced as a whole. Without a schema anything goes.
/// A value that the schema marks as a secret (`writeOnly`, or the format `password`) is refused in every layer.
pub fn layer(layers: &[Layer], schema: Option<&CompiledSchema>) -> Result<Layered, ConfigFindings> {
    let mut merged = Layered::default();
    for one in layers {
        for (name, value) in &one.values {
            let key = KeyPath::top(name);
            put(&mut merged.values, name, value, &key, &mut |key, value| {
                take_over(&mut merged.origins, key, value, &one.origin);
            });
        }
    }
    let Some(schema) = schema else {
        return Ok(merged);
    };
    let mut findings = secrets(layers, schema);
    let violations = schema.check(&Value::Object(merged.values.clone()));
    // A message may quote the value; what is wrong with a secret is that it is here.
    let is_told = |violation: &&Violation| {
        let key = KeyPath::of_pointer(&violation.pointer);
        !key.is_some_and(|key| is_secret(schema.schema(), &key))
    };
    let told = violations.iter().filter(is_told);
    findings.extend(told.map(|violation| finding(violation, &merged.origins)));
    if findings.is_empty() {
        Ok(merged)
    } else {
        Err(ConfigFindings(findings))
    }
}

/// Puts a value over what is there and tells of each place that is new.
fn put(
    object: &mut Map<String, Value>,
    name: &str,
    value: &Value,
    key: &KeyPath,
    told: &mut dyn FnMut(&KeyPath, &Value),
) {
    if let (Some(Value::Object(inner)), Value::Object(changes)) = (object.get_mut(name), value) {
        for (name, value) in changes {
            put(inner, name, value, &key.child(name), told);
        }
        return;
    }
    object.insert(name.to_owned(), value.clone());
    told(key, value);
}

/// Everything at the key and inside of it is this origin's now.
fn take_over(
    origins: &mut BTreeMap<KeyPath, Origin>,
    key: &KeyPath,
    value: &Value,
    origin: &Origin,
) {
    origins.retain(|other, _| !other.is_within(key));
    let mut leaves = Vec::new();
    gather(value, key, &mut leaves);
    origins.extend(leaves.into_iter().map(|key| (key, origin.clone())));
}

fn gather(value: &Value, key: &KeyPath, leaves: &mut Vec<KeyPath>) {
    match value {
        Value::Object(inner) if !inner.is_empty() => {
            for (name, value) in inner {
                gather(value, &key.child(name), leaves);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => leaves.push(key.clone()),
    }
}

fn secrets(layers: &[Layer], schema: &CompiledSchema) -> Vec<ConfigFinding> {
    let mut findings = Vec::new();
    for one in layers {
        let mut leaves = Vec::new();
        for (name, value) in &one.values {
            gather(value, &KeyPath::top(name), &mut leaves);
        }
        let secret = leaves.iter().filter(|key| is_secret(schema.schema(), key));
        findings.extend(secret.map(|key| {
            ConfigFinding {
                key: key.to_string(),
                origin: Some(one.origin.clone()),
                message: "it is a secret, and configuration is no place for one: \
                      `ai-lab-framework secret set` keeps it"
                    .to_owned(),
                nearest: None,
            }
        }));
    }
    findings
}

fn finding(violation: &Violation, origins: &BTreeMap<KeyPath, Origin>) -> ConfigFinding {
    let key = KeyPath::of_pointer(&violation.pointer);
    let origin = key.as_ref().and_then(|key| {
        let inside = |(other, _): &(&KeyPath, &Origin)| other.is_within(key);
        // A list is set as a whole: what is wrong inside of it is wrong with who set it.
        let around = |(other, _): &(&KeyPath, &Origin)| key.is_within(other);
        let mut found = origins.iter().filter(|pair| inside(pair) || around(pair));
        let first = found.next();
        // The strongest layer decides what the value is.
        found.chain(first).map(|(_, origin)| origin).max().cloned()
    });
    ConfigFinding {
        key: key.map_or(String::new(), |key| key.to_string()),
        origin,
        message: violation.message.clone(),
        nearest: violation.nearest.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).expect("an object")
    }

    fn of(origin: Origin, values: Value) -> Layer {
        Layer {
            origin,
            values: object(values),
        }
    }

    fn variable(values: Value) -> Layer {
        let variable = "AI_LAB_CONFIG_PROBE_DEPTH".to_owned();
        of(Origin::Environment { variable }, values)
    }

    fn schema() -> CompiledSchema {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["host"],
            "properties": {
                "depth": { "type": "integer", "minimum": 1 },
                "host": { "type": "string" },
                "tags": { "type": "array", "items": { "type": "string" } },
                "router": { "type": "object", "additionalProperties": false, "properties": {
                    "port": { "type": "integer" },
                    "pin": { "type": "string", "writeOnly": true },
                } },
                "token": { "type": "string", "format": "password" },
            },
        });
        CompiledSchema::compile(&schema).expect("a schema")
    }

    fn told(layers: &[Layer]) -> Vec<String> {
        let findings = layer(layers, Some(&schema())).expect_err("because it does not fit");
        findings.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_stronger_layer_wins_key_by_key_and_every_value_has_its_origin() {
        let layers = [
            of(
                Origin::Default,
                json!({ "depth": 1, "router": { "port": 80 }, "tags": ["a", "b"] }),
            ),
            of(Origin::Lab, json!({ "host": "nas", "depth": 2 })),
            of(Origin::User, json!({ "router": {}, "tags": ["c"] })),
            variable(json!({ "depth": 3 })),
            of(Origin::Call, json!({ "host": "router" })),
        ];
        let layered = layer(&layers, Some(&schema())).expect("it fits");
        assert_eq!(
            Value::Object(layered.values),
            json!({ "depth": 3, "host": "router", "router": { "port": 80 }, "tags": ["c"] })
        );
        let origins: Vec<String> = layered
            .origins
            .iter()
            .map(|(key, origin)| format!("{key}: {origin}"))
            .collect();
        assert_eq!(
            origins,
            [
                "depth: $AI_LAB_CONFIG_PROBE_DEPTH",
                "host: the call",
                "router.port: the schema's default",
                "tags: the user",
            ]
        );
    }

    #[test]
    fn an_object_over_a_value_and_a_value_over_an_object_replace_it() {
        let layers = [
            of(Origin::Lab, json!({ "a": { "b": 1, "c": 2 }, "d": 1 })),
            of(Origin::User, json!({ "a": 5, "d": { "e": 1 } })),
        ];
        let layered = layer(&layers, None).expect("anything goes");
        assert_eq!(
            Value::Object(layered.values),
            json!({ "a": 5, "d": { "e": 1 } })
        );
        let keys: Vec<String> = layered.origins.keys().map(ToString::to_string).collect();
        assert_eq!(keys, ["a", "d.e"]);
    }

    #[test]
    fn what_does_not_fit_names_the_layer_that_set_it() {
        let host = of(Origin::Lab, json!({ "host": "nas" }));
        assert_eq!(
            told(&[host.clone(), variable(json!({ "depth": 0 }))]),
            ["`depth` from $AI_LAB_CONFIG_PROBE_DEPTH: 0 is less than 1"]
        );
        assert_eq!(
            told(&[host.clone(), of(Origin::User, json!({ "dephth": 1 }))]),
            ["`dephth` from the user: unknown key `dephth`; did you mean `depth`"]
        );
        assert_eq!(
            told(&[host, of(Origin::User, json!({ "tags": ["a", 1] }))]),
            ["`tags.1` from the user: expected text, found the number 1"]
        );
        assert_eq!(told(&[]), ["missing key `host`"]);
    }

    #[test]
    fn a_secret_is_refused_in_every_layer() {
        let layers = [
            of(Origin::Lab, json!({ "host": "nas", "token": "s3cret" })),
            of(Origin::Call, json!({ "router": { "pin": 4711 } })),
        ];
        let why = "it is a secret, and configuration is no place for one: \
                   `ai-lab-framework secret set` keeps it";
        assert_eq!(
            told(&layers),
            [
                format!("`token` from the lab: {why}"),
                format!("`router.pin` from the call: {why}")
            ]
        );
    }
}
