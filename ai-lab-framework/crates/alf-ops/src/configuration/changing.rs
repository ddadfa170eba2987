//! Setting, taking away and editing what is configured.

use std::path::PathBuf;
use std::sync::Arc;

use ai_lab_contract::{ErrorClass, ToolName};
use alf_catalog::LoadedTool;
use alf_config::{
    ConfigFindings, KeyPath, Layer, Origin, VALUE_BYTES, edit_page, layer, parse_lab_file,
    typed_value, with_key, without_key,
};
use alf_schema::CompiledSchema;
use alf_store::{Setting, Store};
use serde::Serialize;
use serde_json::{Map, Value};

use super::effective::{gather, user_values};
use super::lab::{lab_file, lab_values, malformed, read_lab_file, write_lab_file};
use super::reading::{no_such_key, parsed_key, store_if_there};
use crate::failure::Failure;
use crate::framework::Framework;

/// Whose configuration is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfigScope {
    /// The lab's file, for everybody who works in it.
    Lab,
    /// The person's own, kept in the framework's database.
    User,
}

impl ConfigScope {
    /// The layer it writes.
    const fn origin(self) -> Origin {
        match self {
            Self::Lab => Origin::Lab,
            Self::User => Origin::User,
        }
    }
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigChange {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which tool.
    pub tool: ToolName,
    /// Whose configuration.
    pub scope: ConfigScope,
    /// Each key that was set, with its value.
    pub set: Vec<(KeyPath, Value)>,
    /// Each key that was taken away.
    pub unset: Vec<KeyPath>,
    /// The layer whose value is in force for the first of them, where that is another one.
    pub overruled_by: Option<Origin>,
}

/// A tool with what stands in the layer that is to be changed.
struct Target {
    tool: Arc<LoadedTool>,
    scope: ConfigScope,
    values: Map<String, Value>,
}

impl Target {
    fn of(framework: &Framework, tool: &str, scope: ConfigScope) -> Result<Self, Failure> {
        let found = framework.find(tool)?;
        let tool = framework.load(&found.manifest.name)?;
        let name = &tool.found.manifest.name;
        let values = match scope {
            ConfigScope::Lab => {
                // A file that is broken is mended by editing it, not by setting a key over it.
                lab_place(framework, name)?;
                lab_values(framework, name)?
            }
            ConfigScope::User => match store_if_there(framework)? {
                Some(store) => user_values(store, name)?,
                None => Map::new(),
            },
        };
        Ok(Self {
            tool,
            scope,
            values,
        })
    }

    fn name(&self) -> &ToolName {
        &self.tool.found.manifest.name
    }

    fn schema(&self) -> Option<&Value> {
        self.tool.config.as_ref().map(CompiledSchema::schema)
    }

    /// Checks what the layer would hold, beside the other layers; says who overrules the key.
    ///
    /// What is wrong elsewhere does not stand in the way: only findings that this layer causes are told.
    fn check(
        &self,
        framework: &Framework,
        values: &Map<String, Value>,
        key: Option<&KeyPath>,
    ) -> Result<Option<Origin>, Failure> {
        let (lab, user) = match (self.scope, store_if_there(framework)?) {
            (ConfigScope::User, _) => (lab_values(framework, self.name())?, values.clone()),
            (ConfigScope::Lab, Some(store)) => (values.clone(), user_values(store, self.name())?),
            (ConfigScope::Lab, None) => (values.clone(), Map::new()),
        };
        let Ok(layers) = gather(framework, &self.tool, lab, user, &Map::new()) else {
            return self.check_alone(values).map(|()| None);
        };
        match layer(&layers, self.tool.config.as_ref()) {
            Ok(layered) => {
                let origin = key.and_then(|key| layered.origins.get(key));
                Ok(origin.filter(|o| **o > self.scope.origin()).cloned())
            }
            Err(_) => self.check_alone(values).map(|()| None),
        }
    }

    /// Checks the layer by itself: a key that is missing may come from another.
    fn check_alone(&self, values: &Map<String, Value>) -> Result<(), Failure> {
        let alone = [Layer {
            origin: self.scope.origin(),
            values: values.clone(),
        }];
        let Err(findings) = layer(&alone, self.tool.config.as_ref()) else {
            return Ok(());
        };
        let ours: Vec<_> = findings
            .0
            .into_iter()
            .filter(|finding| finding.origin.is_some())
            .collect();
        if ours.is_empty() {
            return Ok(());
        }
        let tool = self.name();
        Err(Failure::caused(
            ErrorClass::InvalidInput,
            format!("the configuration of `{tool}` would not fit"),
            ConfigFindings(ours),
        )
        .with_hint(format!(
            "`ai-lab-framework config list {tool}` shows every key; a secret is kept by \
             `ai-lab-framework secret set`."
        )))
    }
}

/// Sets one key. The text is JSON where it is JSON, else a text; nothing is written that does not fit.
pub fn set_configuration(
    framework: &Framework,
    tool: &str,
    key: &str,
    text: &str,
    scope: ConfigScope,
) -> Result<ConfigChange, Failure> {
    if text.len() > VALUE_BYTES {
        let told = format!(
            "the value has {} bytes; {VALUE_BYTES} are allowed",
            text.len()
        );
        return Err(Failure::new(ErrorClass::Usage, told));
    }
    refuse_secrets(framework, text)?;
    let key = parsed_key(key)?;
    let target = Target::of(framework, tool, scope)?;
    let value = typed_value(target.schema(), &key, text);
    let changed = [
        Layer {
            origin: scope.origin(),
            values: without(&target.values, &key),
        },
        Layer {
            origin: scope.origin(),
            values: key.holding(value.clone()),
        },
    ];
    let values = layer(&changed, None).unwrap_or_default().values;
    let overruled_by = target.check(framework, &values, Some(&key))?;
    match scope {
        ConfigScope::Lab => {
            let path = lab_place(framework, target.name())?;
            let text = read_lab_file(&path)?.unwrap_or_default();
            let text = with_key(&text, &key, &value)
                .map_err(|error| malformed(&path, target.name(), error))?;
            write_lab_file(&path, &text)?;
        }
        ConfigScope::User => set_user(framework, target.name(), &key, &value)?,
    }
    Ok(ConfigChange {
        format: 1,
        tool: target.name().clone(),
        scope,
        set: vec![(key, value)],
        unset: Vec::new(),
        overruled_by,
    })
}

/// Takes one key away, and everything inside of it.
pub fn unset_configuration(
    framework: &Framework,
    tool: &str,
    key: &str,
    scope: ConfigScope,
) -> Result<ConfigChange, Failure> {
    let path = parsed_key(key)?;
    let target = Target::of(framework, tool, scope)?;
    if path.find(&target.values).is_none() {
        let all: Vec<String> = target.values.keys().cloned().collect();
        return Err(no_such_key(tool, key, &all));
    }
    match scope {
        ConfigScope::Lab => {
            let file = lab_place(framework, target.name())?;
            let text = read_lab_file(&file)?.unwrap_or_default();
            let text = without_key(&text, &path)
                .map_err(|error| malformed(&file, target.name(), error))?;
            if let Some(text) = text {
                write_lab_file(&file, &text)?;
            }
        }
        ConfigScope::User => unset_user(framework, target.name(), &path)?,
    }
    Ok(ConfigChange {
        format: 1,
        tool: target.name().clone(),
        scope,
        set: Vec::new(),
        unset: vec![path],
        overruled_by: None,
    })
}

/// The layer as a text to edit: what is set, and every other key of the schema as a comment.
pub fn text_to_edit(
    framework: &Framework,
    tool: &str,
    scope: ConfigScope,
) -> Result<String, Failure> {
    let found = framework.find(tool)?;
    let loaded = framework.load(&found.manifest.name)?;
    let schema = loaded.config.as_ref().map(CompiledSchema::schema);
    if scope == ConfigScope::Lab {
        let text = read_lab_file(&lab_place(framework, &found.manifest.name)?)?;
        // A broken file is shown as it is: it is here to be mended.
        let page = edit_page(text.as_deref(), &Map::new(), schema);
        return Ok(page.unwrap_or_else(|_| text.unwrap_or_default()));
    }
    let target = Target::of(framework, tool, scope)?;
    let page = edit_page(None, &target.values, schema);
    page.map_err(|error| malformed(&PathBuf::from("what is set"), target.name(), error))
}

/// Takes an edited text over, if it fits as a whole; else nothing is changed.
pub fn edited_configuration(
    framework: &Framework,
    tool: &str,
    scope: ConfigScope,
    text: &str,
) -> Result<ConfigChange, Failure> {
    // The text as a whole: of a lab's file, comments are kept as well.
    refuse_secrets(framework, text)?;
    let found = framework.find(tool)?;
    let name = &found.manifest.name;
    let values = parse_lab_file(text).map_err(|error| {
        Failure::caused(ErrorClass::Config, "the text is no configuration", error)
    })?;
    let target = match Target::of(framework, tool, scope) {
        Ok(target) => target,
        // The file as it stands is broken, and the text is what mends it.
        Err(_) if scope == ConfigScope::Lab => Target {
            tool: framework.load(name)?,
            scope,
            values: Map::new(),
        },
        Err(failure) => return Err(failure),
    };
    target.check(framework, &values, None)?;
    let (set, unset) = differences(&target.values, &values);
    match scope {
        ConfigScope::Lab => write_lab_file(&lab_place(framework, name)?, text)?,
        ConfigScope::User => {
            for (key, value) in &set {
                set_user(framework, name, key, value)?;
            }
            for key in &unset {
                unset_user(framework, name, key)?;
            }
        }
    }
    Ok(ConfigChange {
        format: 1,
        tool: name.clone(),
        scope,
        set,
        unset,
        overruled_by: None,
    })
}

/// Refuses a text in which the value of a kept secret stands in any form: configuration is shown and shared.
fn refuse_secrets(framework: &Framework, text: &str) -> Result<(), Failure> {
    if framework.redactor()?.count(text.as_bytes()) == 0 {
        return Ok(());
    }
    let told = "the value of a secret stands in it: configuration is no place for one";
    Err(Failure::new(ErrorClass::Refused, told).with_hint(
        "A tool gets a secret by its name: `secrets` below `[grants]` of its manifest, then `ai-lab-framework secret \
         grant NAME TOOL`. `ai-lab-framework secret set NAME` keeps a further one.",
    ))
}

/// Writes one row of its own, so that two who set different keys at once lose nothing.
fn set_user(
    framework: &Framework,
    tool: &ToolName,
    key: &KeyPath,
    value: &Value,
) -> Result<(), Failure> {
    let store = framework.store()?;
    keep(framework, store, tool, key, value)?;
    for row in store.settings(Some(tool))? {
        if is_inside(&row, key) {
            store.remove_setting(tool, &row.key)?;
        }
    }
    Ok(())
}

fn unset_user(framework: &Framework, tool: &ToolName, key: &KeyPath) -> Result<(), Failure> {
    let store = framework.store()?;
    for row in store.settings(Some(tool))? {
        let Ok(at) = KeyPath::parse(&row.key) else {
            continue;
        };
        if at.is_within(key) {
            store.remove_setting(tool, &row.key)?;
        } else if key.is_within(&at) {
            // It stands inside of a value that was set as a whole.
            let whole = serde_json::from_str(&row.value).unwrap_or(Value::Null);
            let left = without(&at.holding(whole), key);
            match at.find(&left) {
                Some(left) => keep(framework, store, tool, &at, left)?,
                None => {
                    store.remove_setting(tool, &row.key)?;
                }
            }
        }
    }
    Ok(())
}

fn is_inside(row: &Setting, key: &KeyPath) -> bool {
    KeyPath::parse(&row.key).is_ok_and(|at| at != *key && at.is_within(key))
}

fn keep(
    framework: &Framework,
    store: &dyn Store,
    tool: &ToolName,
    key: &KeyPath,
    value: &Value,
) -> Result<(), Failure> {
    Ok(store.set_setting(&Setting {
        tool: tool.clone(),
        key: key.to_string(),
        value: value.to_string(),
        origin: "person".to_owned(),
        changed_at_ms: framework.surroundings.clock.now_ms(),
    })?)
}

fn differences(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Vec<(KeyPath, Value)>, Vec<KeyPath>) {
    let set = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (KeyPath::top(name), value.clone()))
        .collect();
    let unset = before
        .keys()
        .filter(|name| !after.contains_key(*name))
        .map(|name| KeyPath::top(name))
        .collect();
    (set, unset)
}

/// The values without this key; an object that it leaves empty goes too.
fn without(values: &Map<String, Value>, key: &KeyPath) -> Map<String, Value> {
    fn take(object: &mut Map<String, Value>, parts: &[String]) {
        let Some((first, rest)) = parts.split_first() else {
            return;
        };
        let mut is_empty = rest.is_empty();
        if let (false, Some(Value::Object(inner))) = (rest.is_empty(), object.get_mut(first)) {
            take(inner, rest);
            is_empty = inner.is_empty();
        }
        if is_empty {
            object.remove(first);
        }
    }
    let mut left = values.clone();
    take(&mut left, key.parts());
    left
}

fn lab_place(framework: &Framework, tool: &ToolName) -> Result<PathBuf, Failure> {
    lab_file(framework, tool).ok_or_else(|| {
        Failure::new(ErrorClass::NotFound, "this folder belongs to no lab")
            .with_hint("Go to one, or set the key for yourself with --user.")
    })
}
