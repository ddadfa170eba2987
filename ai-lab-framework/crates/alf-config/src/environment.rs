//! The layer that variables of the environment make.

use std::collections::BTreeMap;

use ai_lab_contract::ToolName;
use serde_json::Value;

use crate::finding::{ConfigFinding, ConfigFindings};
use crate::key::KeyPath;
use crate::keys::config_keys;
use crate::layer::{Layer, Origin};
use crate::typed::typed_value;

/// What every such variable begins with.
const PREFIX: &str = "AI_LAB_CONFIG_";

/// The variable that sets a key of a tool: `AI_LAB_CONFIG_PROBE_ROUTER__HOST` sets `router.host` of `probe`.
pub fn variable_name(tool: &ToolName, key: &KeyPath) -> String {
    let parts: Vec<String> = key.parts().iter().map(|part| loud(part)).collect();
    format!("{}{}", prefix_of(tool), parts.join("__"))
}

fn prefix_of(tool: &ToolName) -> String {
    format!("{PREFIX}{}_", loud(tool.as_str()))
}

fn loud(name: &str) -> String {
    let loud = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    name.chars().map(loud).collect()
}

/// One layer a variable, by the variable's name.
///
/// A variable that names no key of the schema is a finding, unless it belongs to another tool whose name begins like
/// this one's; `others` is asked only then. Without a schema every variable is taken, its key in small letters.
pub fn environment_layers(
    tool: &ToolName,
    schema: Option<&Value>,
    variables: &BTreeMap<String, String>,
    others: impl Fn() -> Vec<ToolName>,
) -> Result<Vec<Layer>, ConfigFindings> {
    let prefix = prefix_of(tool);
    let known: Vec<(String, KeyPath)> = schema
        .map(config_keys)
        .unwrap_or_default()
        .into_iter()
        .map(|key| (variable_name(tool, &key.key), key.key))
        .collect();
    let mut layers = Vec::new();
    let mut findings = Vec::new();
    let ours = variables
        .range(prefix.clone()..)
        .take_while(|(name, _)| name.starts_with(&prefix));
    for (variable, text) in ours {
        let mut meant = known.iter().filter(|(name, _)| name == variable);
        let key = match (meant.next(), meant.next()) {
            (Some((_, key)), None) => Some(key.clone()),
            (Some((_, one)), Some((_, other))) => {
                findings.push(finding(
                    variable,
                    format!("it means `{one}` as well as `{other}`"),
                ));
                continue;
            }
            (None, _) if schema.is_none() => free_key(&variable[prefix.len()..]),
            (None, _) => None,
        };
        let Some(key) = key else {
            let is_theirs = |other: &ToolName| {
                let theirs = prefix_of(other);
                other != tool && theirs.len() > prefix.len() && variable.starts_with(&theirs)
            };
            if !others().iter().any(is_theirs) {
                let mut unknown = finding(variable, "it names no key of this tool".to_owned());
                let names = known.iter().map(|(name, _)| name.as_str());
                unknown.nearest = alf_schema::nearest(variable, names).map(str::to_owned);
                findings.push(unknown);
            }
            continue;
        };
        layers.push(Layer {
            values: key.holding(typed_value(schema, &key, text)),
            origin: Origin::Environment {
                variable: variable.clone(),
            },
        });
    }
    if findings.is_empty() {
        Ok(layers)
    } else {
        Err(ConfigFindings(findings))
    }
}

fn free_key(rest: &str) -> Option<KeyPath> {
    KeyPath::parse(&rest.to_ascii_lowercase().replace("__", ".")).ok()
}

fn finding(variable: &str, message: String) -> ConfigFinding {
    ConfigFinding {
        key: variable.to_owned(),
        origin: None,
        message,
        nearest: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(
        schema: Option<&Value>,
        variables: &[(&str, &str)],
    ) -> Result<Vec<(String, String)>, String> {
        let variables = variables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let name = |name: &str| name.parse::<ToolName>().expect("a name");
        let others = || vec![name("fritz"), name("fritz-box")];
        environment_layers(&name("fritz"), schema, &variables, others)
            .map(|layers| {
                let told = |layer: &Layer| {
                    let values = Value::Object(layer.values.clone()).to_string();
                    (layer.origin.to_string(), values)
                };
                layers.iter().map(told).collect()
            })
            .map_err(|findings| findings.to_string())
    }

    #[test]
    fn a_variable_sets_the_key_that_it_spells() {
        let schema = json!({ "properties": {
            "top": { "type": "integer" },
            "router": { "properties": { "host-name": { "type": "string" } } },
        } });
        let set = [
            ("AI_LAB_CONFIG_FRITZ_ROUTER__HOST_NAME", "0815"),
            ("AI_LAB_CONFIG_FRITZ_TOP", "5"),
            // Another tool's, and no tool's at all.
            ("AI_LAB_CONFIG_FRITZ_BOX_HOST", "nas"),
            ("AI_LAB_CONFIG_FRITZBOX", "x"),
            ("AI_LAB_HOME", "/h"),
        ];
        assert_eq!(
            read(Some(&schema), &set),
            Ok(vec![
                (
                    "$AI_LAB_CONFIG_FRITZ_ROUTER__HOST_NAME".to_owned(),
                    r#"{"router":{"host-name":"0815"}}"#.to_owned()
                ),
                (
                    "$AI_LAB_CONFIG_FRITZ_TOP".to_owned(),
                    r#"{"top":5}"#.to_owned()
                ),
            ])
        );
        assert_eq!(
            read(Some(&schema), &[("AI_LAB_CONFIG_FRITZ_TPO", "5")]),
            Err("`AI_LAB_CONFIG_FRITZ_TPO`: it names no key of this tool; \
                 did you mean `AI_LAB_CONFIG_FRITZ_TOP`"
                .to_owned())
        );
    }

    #[test]
    fn without_a_schema_a_variable_is_a_key_in_small_letters() {
        assert_eq!(
            read(None, &[("AI_LAB_CONFIG_FRITZ_A__B", "[1]")]),
            Ok(vec![(
                "$AI_LAB_CONFIG_FRITZ_A__B".to_owned(),
                r#"{"a":{"b":[1]}}"#.to_owned()
            )])
        );
    }

    #[test]
    fn a_variable_that_spells_two_keys_is_refused() {
        let schema = json!({ "properties": { "a-b": {}, "a_b": {} } });
        assert_eq!(
            read(Some(&schema), &[("AI_LAB_CONFIG_FRITZ_A_B", "1")]),
            Err("`AI_LAB_CONFIG_FRITZ_A_B`: it means `a-b` as well as `a_b`".to_owned())
        );
    }
}
