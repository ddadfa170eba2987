//! All layers of a tool's configuration, gathered from where they are.

use ai_lab_contract::{ErrorClass, ToolName};
use alf_catalog::LoadedTool;
use alf_config::{
    ConfigFindings, KeyPath, Layer, Origin, defaults, environment_layers, layer, typed_value,
};
use alf_store::{Setting, SqliteStore, Store};
use serde_json::{Map, Value, json};

use super::lab::lab_values;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::ExecutionError;

/// The layers, the weakest first.
pub(super) fn gather(
    framework: &Framework,
    tool: &LoadedTool,
    lab: Map<String, Value>,
    user: Map<String, Value>,
    call: &Map<String, Value>,
) -> Result<Vec<Layer>, ConfigFindings> {
    let name = &tool.found.manifest.name;
    let schema = tool.config.as_ref().map(alf_schema::CompiledSchema::schema);
    let of = |origin, values| Layer { origin, values };
    let mut layers = vec![
        of(Origin::Default, schema.map(defaults).unwrap_or_default()),
        of(Origin::Lab, lab),
        of(Origin::User, user),
    ];
    let others = || {
        let tools = framework.discover().tools;
        tools.into_iter().map(|tool| tool.manifest.name).collect()
    };
    let variables = &framework.surroundings.variables;
    layers.extend(environment_layers(name, schema, variables, others)?);
    layers.push(of(Origin::Call, call.clone()));
    Ok(layers)
}

/// What the person set for themselves.
pub(super) fn user_values(
    store: &dyn Store,
    tool: &ToolName,
) -> Result<Map<String, Value>, Failure> {
    let settings = store.settings(Some(tool))?;
    let layers: Vec<Layer> = settings.into_iter().map(one_setting).collect();
    // Merging alone refuses nothing.
    Ok(layer(&layers, None).unwrap_or_default().values)
}

fn one_setting(setting: Setting) -> Layer {
    let value = serde_json::from_str(&setting.value).unwrap_or(Value::String(setting.value));
    let key = KeyPath::parse(&setting.key).unwrap_or_else(|_| KeyPath::top(&setting.key));
    Layer {
        origin: Origin::User,
        values: key.holding(value),
    }
}

/// What a call's tool is given as configuration, or the failure that is recorded instead of a run.
///
/// Without a database there are the other layers: what a call that goes on without its record is given.
pub(crate) fn of_call(
    framework: &Framework,
    tool: &LoadedTool,
    store: Option<&SqliteStore>,
    call: &Map<String, Value>,
) -> Result<Result<Map<String, Value>, ExecutionError>, Failure> {
    let name = &tool.found.manifest.name;
    let user = match store {
        Some(store) => user_values(store, name)?,
        None => Map::new(),
    };
    let lab = lab_values(framework, name)?;
    let layered = gather(framework, tool, lab, user, call)
        .and_then(|layers| layer(&layers, tool.config.as_ref()));
    Ok(layered
        .map(|layered| layered.values)
        .map_err(|findings| does_not_fit(name, &findings)))
}

fn does_not_fit(tool: &ToolName, findings: &ConfigFindings) -> ExecutionError {
    let told = format!(
        "the configuration does not fit: {findings}; \
         `ai-lab-framework config list {tool}` shows every value and its origin"
    );
    ExecutionError {
        detail: json!({ "findings": findings.0 }),
        ..ExecutionError::new(ErrorClass::Config, told)
    }
}

/// The values that a caller gives as texts, such as `--config router.host=nas`, typed as the tool's schema says.
pub fn typed_configuration(
    framework: &Framework,
    tool: &ToolName,
    pairs: &[(KeyPath, String)],
) -> Result<Map<String, Value>, Failure> {
    if pairs.is_empty() {
        return Ok(Map::new());
    }
    let tool = framework.load(tool)?;
    let schema = tool.config.as_ref().map(alf_schema::CompiledSchema::schema);
    let layers: Vec<Layer> = pairs
        .iter()
        .map(|(key, text)| Layer {
            origin: Origin::Call,
            values: key.holding(typed_value(schema, key, text)),
        })
        .collect();
    Ok(layer(&layers, None).unwrap_or_default().values)
}
