//! `tool refresh`: what the server says now beside what was pinned; written only when the person says so.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use ai_lab_contract::{Action, ActionName, ErrorClass, RunKind, SchemaSource, ToolName};
use alf_catalog::FoundTool;
use alf_generator::GeneratedFile;
use serde::Serialize;
use serde_json::{Value, json};

use super::draft::{Choice, Draft, DraftAction, RefusedTool, draft};
use super::listing::list_tools_of;
use super::{check_count, text};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::new_tool::unwritten;

/// One thing that is said differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Which: `description`, `input`, `output` or one of the four annotations.
    pub part: &'static str,
    /// As it is in the manifest.
    pub before: Value,
    /// As the server says it now.
    pub after: Value,
}

/// An action that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The action.
    pub action: ActionName,
    /// The server's name of it.
    pub tool: String,
    /// `added`, `gone` or `changed`.
    pub kind: &'static str,
    /// What is different in one that changed; empty where it is nothing that a manifest keeps, such as a title.
    pub parts: Vec<Part>,
}

/// What a refresh found, and whether it was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refreshed {
    /// The form of this answer: 1.
    pub format: u32,
    /// The tool.
    pub name: ToolName,
    /// What is different; empty when nothing is.
    pub differences: Vec<Drift>,
    /// Tools that cannot be actions.
    pub refused: Vec<RefusedTool>,
    /// Tools of the server that are not adopted.
    pub others: Vec<String>,
    /// Whether the manifest was written anew.
    pub written: bool,
}

/// Asks the server for its tools again and compares. `include` adopts more of them; `write` writes what is different.
pub fn refresh_tool(
    framework: &Framework,
    name: &str,
    include: &[String],
    write: bool,
) -> Result<Refreshed, Failure> {
    let found = framework.find(name)?;
    if found.manifest.run.kind != RunKind::Mcp {
        let told = format!("tool `{name}` is no MCP server: there is nothing to refresh");
        return Err(Failure::new(ErrorClass::Usage, told));
    }
    let folder = found
        .folder
        .canonicalize()
        .map_err(|error| unwritten(&found.folder, error))?;
    let listed = list_tools_of(framework, &found.manifest, &folder)?;
    let kept: BTreeMap<String, ActionName> = found
        .manifest
        .actions
        .iter()
        .filter_map(|(name, action)| Some((action.mcp_tool.clone()?, name.clone())))
        .collect();
    let nothing_else = ["*".to_owned()];
    let choice = Choice {
        include,
        exclude: if include.is_empty() {
            &nothing_else
        } else {
            &[]
        },
        prefix: "",
        kept,
    };
    let drafted = draft(&listed, &choice);
    let differences = compare(&found, &folder, &drafted);
    let written = write && !differences.is_empty();
    if written {
        check_count(drafted.actions.len(), &drafted.refused)?;
        write_anew(&found, &folder, &drafted)?;
    }
    let is_other = |tool: &String| {
        !drafted.actions.iter().any(|action| action.tool == *tool)
            && !drafted.refused.iter().any(|refused| refused.tool == *tool)
    };
    Ok(Refreshed {
        format: 1,
        name: found.manifest.name.clone(),
        differences,
        others: listed
            .into_iter()
            .map(|tool| tool.name)
            .filter(is_other)
            .collect(),
        refused: drafted.refused,
        written,
    })
}

fn compare(found: &FoundTool, folder: &Path, drafted: &Draft) -> Vec<Drift> {
    let mut differences = Vec::new();
    for (name, action) in &found.manifest.actions {
        let tool = action.mcp_tool.clone().unwrap_or_else(|| name.to_string());
        let now = drafted.actions.iter().find(|now| now.name == *name);
        let (kind, parts) = match now {
            None => ("gone", Vec::new()),
            Some(now) if action.mcp_digest.as_ref() == Some(&now.digest) => continue,
            Some(now) => ("changed", parts(action, folder, now)),
        };
        differences.push(Drift {
            action: name.clone(),
            tool,
            kind,
            parts,
        });
    }
    let added = drafted
        .actions
        .iter()
        .filter(|now| !found.manifest.actions.contains_key(&now.name));
    differences.extend(added.map(|now| Drift {
        action: now.name.clone(),
        tool: now.tool.clone(),
        kind: "added",
        parts: Vec::new(),
    }));
    differences
}

fn parts(action: &Action, folder: &Path, now: &DraftAction) -> Vec<Part> {
    let schema = |source: &SchemaSource| match source {
        SchemaSource::Inline(schema) => Value::Object(schema.clone()),
        // A file that is gone or no JSON differs from whatever there is now.
        SchemaSource::File(file) => fs::read_to_string(folder.join(file))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
    };
    let before = [
        action.read_only,
        action.destructive,
        action.idempotent,
        action.open_world,
    ];
    let effects = now
        .effects
        .iter()
        .zip(before)
        .map(|((part, after), before)| (*part, json!(before), json!(after)));
    [
        (
            "description",
            json!(action.description),
            json!(now.description),
        ),
        ("input", schema(&action.input), now.input.clone()),
        ("output", schema(&action.output), now.output.clone()),
    ]
    .into_iter()
    .chain(effects)
    .filter(|(_, before, after)| before != after)
    .map(|(part, before, after)| Part {
        part,
        before,
        after,
    })
    .collect()
}

/// Writes the schemas, then the manifest: until that is there, the old pins hold and nothing that changed is called.
fn write_anew(found: &FoundTool, folder: &Path, drafted: &Draft) -> Result<(), Failure> {
    let Some((head, _)) = found.source.split_once(text::BELOW) else {
        let told = format!(
            "the manifest of tool `{}` does not say where the server's part begins",
            found.manifest.name
        );
        let hint = format!(
            "Put the line `{}` above its actions.",
            text::BELOW.trim_end()
        );
        return Err(Failure::new(ErrorClass::Config, told).with_hint(hint));
    };
    let mut files = text::schemas(&drafted.actions);
    files.push(GeneratedFile {
        path: "tool.toml".into(),
        content: format!("{head}{}{}", text::BELOW, text::table(&drafted.actions)),
        executable: false,
    });
    for file in &files {
        replace(&folder.join(&file.path), &file.content)
            .map_err(|error| unwritten(&folder.join(&file.path), error))?;
    }
    Ok(())
}

/// Writes beside the file, then puts it in its place: a crash leaves the old or the new one.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let mut file = File::create(&beside)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
