//! The tool's configuration. Each action takes what concerns it.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alerts::Thresholds;
use crate::checks::Check;
use crate::why_slow::RouterSettings;

/// How this machine is looked at.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Whether a spinning disk is asked for its temperature by the kernel (`drivetemp`). On some models that keeps it from
    /// going to sleep. Without it, a spinning disk's temperature is that of its last SMART report.
    pub(crate) ask_spinning: bool,
    /// Where the collector writes what needs privilege (`units.json`, `smart/`): a folder in the tool's own, or an
    /// absolute path that is granted in tool.toml.
    pub(crate) collected: String,
    /// From where on a value is too much; what is not set is as usual.
    pub(crate) thresholds: Thresholds,
    /// Alerts to leave out, by key, such as `disk_used:/mnt/backup`.
    pub(crate) quiet: Vec<String>,
    /// The container engines that are asked, by the names of their sockets in `grants.sockets` of tool.toml; at most four.
    pub(crate) container_sockets: Vec<String>,
    /// The folder of systemd's journal. Another one than the default has to be granted in tool.toml.
    pub(crate) journal: String,
    /// The router that `why_slow` asks for the line.
    pub(crate) router: RouterSettings,
    /// What is checked; the first 32.
    pub(crate) checks: Vec<Check>,
    /// A file of certificates (PEM) that are trusted beside the system's, for an authority of one's own. It has to be
    /// granted to read in tool.toml.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ask_spinning: false,
            collected: ".collected".to_owned(),
            thresholds: Thresholds::default(),
            quiet: Vec::new(),
            container_sockets: vec!["docker".to_owned(), "podman".to_owned()],
            journal: "/var/log/journal".to_owned(),
            router: RouterSettings::default(),
            checks: Vec::new(),
            ca_file: None,
        }
    }
}

/// The schema of the manifest's `config`. What need not be set has no `null`: configuration knows none.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the committed schema is made by a test")
)]
pub(crate) fn schema() -> Value {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Settings>();
    let mut schema = Value::from(schema);
    without_null(&mut schema);
    if let Some(parts) = schema["$defs"].as_object_mut() {
        parts.values_mut().for_each(without_null);
    }
    schema
}

fn without_null(schema: &mut Value) {
    if let Some(kinds) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        kinds.iter_mut().for_each(without_null);
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|all| all.values_mut()) {
        if let Some(property) = property.as_object_mut()
            && property.get("default") == Some(&Value::Null)
        {
            property.remove("default");
        }
        let types = property.get("type").and_then(Value::as_array);
        if let Some(first) = types.and_then(|types| types.first()).cloned() {
            property["type"] = first;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_needs_to_be_set_and_a_misspelled_key_is_refused() {
        let settings: Settings = serde_json::from_str("{}").expect("it fits");
        assert_eq!(
            (settings.ask_spinning, settings.collected.as_str()),
            (false, ".collected")
        );
        assert!(serde_json::from_str::<Settings>(r#"{"ask_spining": true}"#).is_err());
    }
}
