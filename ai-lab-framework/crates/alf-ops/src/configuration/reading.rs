//! Looking at a configuration.

use ai_lab_contract::{ErrorClass, ToolName};
use alf_config::{ConfigFinding, ConfigKey, KeyPath, Layered, Origin, config_keys, layer};
use alf_schema::CompiledSchema;
use alf_store::Store;
use serde::Serialize;
use serde_json::{Map, Value};

use super::effective::{gather, user_values};
use super::lab::lab_values;
use crate::failure::Failure;
use crate::framework::Framework;

/// One key of a configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigRow {
    /// Its name, such as `router.host`.
    pub key: KeyPath,
    /// What the tool is given; `None` where nothing is set.
    pub value: Option<Value>,
    /// Who set it.
    pub origin: Option<Origin>,
    /// What it is unless it is set.
    pub default: Option<Value>,
    /// What it is for.
    pub description: String,
    /// Whether it is a secret, kept elsewhere.
    pub secret: bool,
}

/// The configuration of one tool.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolConfiguration {
    /// Which tool.
    pub tool: ToolName,
    /// Its keys, by name.
    pub keys: Vec<ConfigRow>,
    /// What is wrong with it; the tool refuses calls until it is mended.
    pub findings: Vec<ConfigFinding>,
}

/// The configuration of several tools.
#[derive(Debug, Serialize)]
pub struct ConfigList {
    /// The form of this listing: 1.
    pub format: u32,
    /// By tool.
    pub tools: Vec<ToolConfiguration>,
    /// Tools that cannot be looked at, and why.
    pub problems: Vec<String>,
}

/// The configuration of one tool, or of all that have any.
pub fn list_configuration(
    framework: &Framework,
    tool: Option<&str>,
) -> Result<ConfigList, Failure> {
    let mut list = ConfigList {
        format: 1,
        tools: Vec::new(),
        problems: Vec::new(),
    };
    if let Some(name) = tool {
        let found = framework.find(name)?;
        list.tools
            .push(configuration_of(framework, &found.manifest.name)?);
        return Ok(list);
    }
    for found in framework.discover().tools {
        match configuration_of(framework, &found.manifest.name) {
            Ok(tool) if tool.keys.is_empty() && tool.findings.is_empty() => {}
            Ok(tool) => list.tools.push(tool),
            Err(failure) => list.problems.push(failure.chain().join(": ")),
        }
    }
    Ok(list)
}

/// The rows of one key, or of the keys inside of it.
pub fn get_configuration(
    framework: &Framework,
    tool: &str,
    key: Option<&str>,
) -> Result<ToolConfiguration, Failure> {
    let found = framework.find(tool)?;
    let mut configuration = configuration_of(framework, &found.manifest.name)?;
    let Some(text) = key else {
        return Ok(configuration);
    };
    let key = parsed_key(text)?;
    let all: Vec<String> = names(&configuration);
    configuration.keys.retain(|row| row.key.is_within(&key));
    if configuration.keys.is_empty() {
        return Err(no_such_key(tool, text, &all));
    }
    Ok(configuration)
}

pub(super) fn parsed_key(text: &str) -> Result<KeyPath, Failure> {
    KeyPath::parse(text).map_err(|error| Failure::new(ErrorClass::Usage, error.to_string()))
}

fn names(configuration: &ToolConfiguration) -> Vec<String> {
    let keys = configuration.keys.iter();
    keys.map(|row| row.key.to_string()).collect()
}

pub(super) fn no_such_key(tool: &str, key: &str, all: &[String]) -> Failure {
    let told = format!("tool `{tool}` has no key `{}`", key.escape_debug());
    let hint = match alf_schema::nearest(key, all.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("`ai-lab-framework config list {tool}` shows its keys."),
    };
    Failure::new(ErrorClass::NotFound, told).with_hint(hint)
}

fn configuration_of(framework: &Framework, name: &ToolName) -> Result<ToolConfiguration, Failure> {
    let tool = framework.load(name)?;
    let user = match store_if_there(framework)? {
        Some(store) => user_values(store, name)?,
        None => Map::new(),
    };
    let lab = lab_values(framework, name)?;
    let (layered, findings) = match gather(framework, &tool, lab, user, &Map::new()) {
        Err(findings) => (Layered::default(), findings.0),
        Ok(layers) => match layer(&layers, tool.config.as_ref()) {
            Ok(layered) => (layered, Vec::new()),
            // What does not fit is shown all the same, with who set it.
            Err(findings) => (layer(&layers, None).unwrap_or_default(), findings.0),
        },
    };
    let described = tool.config.as_ref().map(CompiledSchema::schema);
    let described = described.map(config_keys).unwrap_or_default();
    Ok(ToolConfiguration {
        tool: name.clone(),
        keys: rows(&described, &layered),
        findings,
    })
}

/// The database, where there is one: configuration can be looked at before anything ran.
pub(super) fn store_if_there(framework: &Framework) -> Result<Option<&dyn Store>, Failure> {
    if framework.surroundings.database().exists() {
        let store = framework.existing_store()?;
        Ok(Some(store))
    } else {
        Ok(None)
    }
}

fn rows(described: &[ConfigKey], layered: &Layered) -> Vec<ConfigRow> {
    let mut rows: Vec<ConfigRow> = described
        .iter()
        .map(|key| ConfigRow {
            // Refused, and not shown either.
            value: key
                .key
                .find(&layered.values)
                .filter(|_| !key.secret)
                .cloned(),
            origin: origin_of(&key.key, layered),
            default: key.default.clone(),
            description: key.description.clone(),
            secret: key.secret,
            key: key.key.clone(),
        })
        .collect();
    for (key, origin) in &layered.origins {
        if !rows.iter().any(|row| key.is_within(&row.key)) {
            rows.push(ConfigRow {
                value: key.find(&layered.values).cloned(),
                origin: Some(origin.clone()),
                default: None,
                description: String::new(),
                secret: false,
                key: key.clone(),
            });
        }
    }
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

/// The strongest layer that set anything of it.
fn origin_of(key: &KeyPath, layered: &Layered) -> Option<Origin> {
    let inside = layered.origins.iter().filter(|(k, _)| k.is_within(key));
    inside.map(|(_, origin)| origin).max().cloned()
}
