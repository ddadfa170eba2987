//! `mcp clients`: which client may call what, as the person's file and the lab's say it.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::{ActionName, ErrorClass, ToolName};
use alf_config::{ClientEntry, LAB_FILE_BYTES, parse_clients_file};
use alf_policy::{ClientRule, ClientRules, ToolPattern};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// Whether the client may call the action: by the person's file and by the lab's, which can only narrow it. Where no
/// list says anything of a client, it may call everything.
pub fn client_allows(
    framework: &Framework,
    client: &str,
    tool: &ToolName,
    action: &ActionName,
) -> Result<bool, Failure> {
    for path in places(framework) {
        if !read_rules(&path)?.allow(client, tool, action) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The lists of clients that there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientsReport {
    /// The form of this answer: 1.
    pub format: u32,
    /// The lists, the person's first.
    pub clients: Vec<ClientRow>,
    /// Patterns that mean no tool there is here: they may be misspelt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<UnmatchedPattern>,
}

/// One client in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientRow {
    /// Its name; `None` for those that are not named.
    pub client: Option<String>,
    /// What it may call and what not.
    #[serde(flatten)]
    pub rule: ClientRule,
    /// Where that is said.
    pub file: PathBuf,
}

/// A pattern that means no tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmatchedPattern {
    /// The pattern.
    pub pattern: ToolPattern,
    /// Where it stands.
    pub file: PathBuf,
    /// The tool that was likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

/// Lists which client may call what.
pub fn list_clients(framework: &Framework) -> Result<ClientsReport, Failure> {
    let discovery = framework.discover();
    let manifests: Vec<_> = discovery.tools.iter().map(|tool| &tool.manifest).collect();
    let means_some = |pattern: &ToolPattern| {
        manifests.iter().any(|manifest| {
            let mut actions = manifest.actions.keys();
            actions.any(|action| pattern.covers(&manifest.name, action))
        })
    };
    let mut report = ClientsReport {
        format: 1,
        clients: Vec::new(),
        unmatched: Vec::new(),
    };
    for file in places(framework) {
        let rules = read_rules(&file)?;
        let named = rules
            .clients
            .into_iter()
            .map(|(name, rule)| (Some(name), rule));
        let default = rules.default.map(|rule| (None, rule));
        for (client, rule) in named.chain(default) {
            let unmatched = rule.patterns().filter(|pattern| !means_some(pattern));
            report.unmatched.extend(unmatched.map(|pattern| {
                let tools = manifests.iter().map(|manifest| manifest.name.as_str());
                let near = pattern
                    .only_tool()
                    .and_then(|tool| alf_schema::nearest(tool, tools));
                UnmatchedPattern {
                    pattern: pattern.clone(),
                    file: file.clone(),
                    nearest: near.map(str::to_owned),
                }
            }));
            let file = file.clone();
            report.clients.push(ClientRow { client, rule, file });
        }
    }
    Ok(report)
}

/// The person's file, and the lab's, which came with it.
fn places(framework: &Framework) -> Vec<PathBuf> {
    let surroundings = &framework.surroundings;
    let lab = surroundings.instance.as_ref();
    let lab = lab.map(|lab| lab.join("config/clients.toml"));
    let own = surroundings.home.join("clients.toml");
    std::iter::once(own).chain(lab).collect()
}

/// A list that cannot be read lets nobody through.
fn read_rules(path: &Path) -> Result<ClientRules, Failure> {
    let unreadable = |error| {
        let told = format!("cannot read {}", path.display());
        Failure::caused(ErrorClass::Environment, told, error)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(ClientRules::default()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = String::new();
    file.take(LAB_FILE_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let parsed = parse_clients_file(&text).map_err(|error| {
        let told = format!("{} does not say what clients may call", path.display());
        Failure::caused(ErrorClass::Config, told, error).with_hint(
            "It has `[clients.NAME]` and `[default]`, each with the lists `allow` and `deny`.",
        )
    })?;
    let clients = parsed.clients.iter();
    Ok(ClientRules {
        default: parsed.default.as_ref().map(rule_of),
        clients: clients
            .map(|(name, entry)| (name.to_lowercase(), rule_of(entry)))
            .collect(),
    })
}

fn rule_of(entry: &ClientEntry) -> ClientRule {
    let patterns = |texts: &[String]| {
        let read = texts.iter().map(|text| text.parse());
        let read: Result<Vec<ToolPattern>, _> = read.collect();
        read.expect("because the file's schema has the rule of patterns")
    };
    ClientRule {
        allow: entry.allow.as_deref().map(patterns),
        deny: patterns(&entry.deny),
    }
}
