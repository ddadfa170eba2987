//! A tool as it is now, in the form of the lock.

use std::collections::BTreeMap;

use ai_lab_contract::{ErrorClass, SchemaSource};
use alf_catalog::{EntryKind, FoundTool, TreeEntry};
use alf_lock::{FileKind, PinnedFile, PinnedTool, limits};
use alf_policy::{Digest, digest_of_json};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::surroundings::Clock;

/// Reads everything that the lock keeps of a tool.
pub(crate) fn pinned(found: &FoundTool, clock: &Clock) -> Result<PinnedTool, Failure> {
    let name = &found.manifest.name;
    let listed = found.list_files().map_err(|error| {
        let told = format!("cannot read the files of the tool `{name}`");
        Failure::caused(ErrorClass::Environment, told, error)
    })?;
    let mut schemas = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (which, source) in sources(found) {
        let schema = found.read_schema(source).map_err(|error| {
            let told = format!("cannot read the schema {which} of the tool `{name}`");
            Failure::caused(ErrorClass::Config, told, error).with_hint(format!(
                "`ai-lab-framework tool check {name}` names what is wrong."
            ))
        })?;
        schemas.insert(which, digest_of_json(&schema).to_string());
        if let SchemaSource::File(file) = source {
            let file = file.trim_start_matches("./");
            keep(&mut texts, found, file, &listed.entries);
        }
    }
    keep(&mut texts, found, "tool.toml", &listed.entries);
    let files = listed.entries.into_iter().map(file).collect();
    Ok(PinnedTool {
        version: found.manifest.version.clone(),
        digest: listed.digest.to_string(),
        profile: found.manifest.profile,
        pinned_at: instant(clock),
        validated: None,
        grants: grants(found),
        schemas,
        files,
        texts,
        later: BTreeMap::new(),
    })
}

/// Now, as an RFC 3339 instant in UTC.
pub(crate) fn instant(clock: &Clock) -> String {
    let now = clock.now_ms();
    jiff::Timestamp::from_millisecond(now).map_or_else(|_| now.to_string(), |at| at.to_string())
}

fn grants(found: &FoundTool) -> Map<String, Value> {
    match serde_json::to_value(&found.manifest.grants) {
        Ok(Value::Object(grants)) => grants,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// The schemas by the names that the lock gives them.
fn sources(found: &FoundTool) -> impl Iterator<Item = (String, &SchemaSource)> {
    let actions = found.manifest.actions.iter().flat_map(|(name, action)| {
        [
            (format!("{name}.input"), &action.input),
            (format!("{name}.output"), &action.output),
        ]
    });
    let config = found.manifest.config.iter();
    actions.chain(config.map(|config| ("config".to_owned(), config)))
}

/// Keeps a file's lines if they are those that were digested; without them a change is still named.
fn keep(
    texts: &mut BTreeMap<String, Vec<String>>,
    found: &FoundTool,
    file: &str,
    entries: &[TreeEntry],
) {
    let Some(entry) = entries.iter().find(|entry| entry.path == file) else {
        return;
    };
    if let Ok(text) = found.read_file(file, limits::TEXT_BYTES)
        && Digest::of(text.as_bytes()).as_str() == entry.digest.to_string()
    {
        texts.insert(file.to_owned(), text.lines().map(str::to_owned).collect());
    }
}

fn file(entry: TreeEntry) -> (String, PinnedFile) {
    let kind = match entry.kind {
        EntryKind::File => FileKind::File,
        EntryKind::Program => FileKind::Program,
        EntryKind::Link => FileKind::Link,
    };
    let pinned = PinnedFile {
        kind,
        digest: entry.digest.to_string(),
        bytes: entry.bytes,
    };
    (entry.path, pinned)
}
