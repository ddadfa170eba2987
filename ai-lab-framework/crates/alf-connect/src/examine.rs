//! What is wrong with an entry, as far as its file tells.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::client::Client;
use crate::entry::{Server, command_of, entry};

/// The shortest time that a client may wait for a call, in milliseconds: a long call is handed back after 45 s.
const LEAST_CALL_MS: u64 = 50_000;

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// It says nothing that could be started.
    #[error("it starts no program")]
    NoCommand,
    /// The person, or the client for them, has switched it off.
    #[error("it is switched off by `{0}`")]
    Disabled(&'static str),
    /// It starts another program than the framework that is asked.
    #[error("it starts {0}, which is not this framework")]
    OtherProgram(String),
    /// It serves another lab than it was made for.
    #[error("its arguments are `{0}`")]
    OtherArguments(String),
    /// The client gives up before a long call is handed back.
    #[error(
        "`{field}` lets the client give up after {ms} ms: a long call is handed back after 45 s"
    )]
    ShortTimeout {
        /// The field.
        field: &'static str,
        /// What it says, in milliseconds.
        ms: u64,
    },
}

/// What is wrong with a client's entry, compared with what would be written for `server`; `values` is the whole file.
pub fn troubles(
    client: Client,
    values: &Map<String, Value>,
    (name, found): (&str, &Map<String, Value>),
    server: &Server,
) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = switched_off(values, name, found)
        .map(Trouble::Disabled)
        .into_iter()
        .collect();
    let wanted: Map<String, Value> = entry(client, server)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    match (command_of(found), command_of(&wanted)) {
        (None, _) | (_, None) => troubles.push(Trouble::NoCommand),
        (Some(found), Some(wanted)) => {
            if found.program != wanted.program {
                troubles.push(Trouble::OtherProgram(found.program));
            }
            if found.arguments != wanted.arguments {
                troubles.push(Trouble::OtherArguments(found.arguments.join(" ")));
            }
        }
    }
    troubles.extend(short_timeout(client, found));
    troubles
}

fn switched_off(
    values: &Map<String, Value>,
    name: &str,
    found: &Map<String, Value>,
) -> Option<&'static str> {
    let is = |field: &str, value: bool| found.get(field) == Some(&Value::Bool(value));
    let named = |list: &str| -> Option<bool> {
        let list = values.get("mcp")?.get(list)?.as_array()?;
        Some(list.iter().any(|item| item == name))
    };
    if is("enabled", false) {
        Some("enabled")
    } else if is("disabled", true) {
        Some("disabled")
    } else if named("excluded") == Some(true) {
        Some("mcp.excluded")
    } else if named("allowed") == Some(false) {
        Some("mcp.allowed")
    } else {
        None
    }
}

fn short_timeout(client: Client, found: &Map<String, Value>) -> Option<Trouble> {
    let (field, factor) = match client {
        Client::Opencode | Client::GeminiCli | Client::ClaudeCode => ("timeout", 1),
        Client::Codex => ("tool_timeout_sec", 1_000),
        Client::Vscode => return None,
    };
    let ms = found.get(field)?.as_u64()?.saturating_mul(factor);
    (ms < LEAST_CALL_MS).then_some(Trouble::ShortTimeout { field, ms })
}

/// The names of other entries of a table that start a framework's server as well: its tools are there twice.
pub fn other_starters(values: &Map<String, Value>, table: &str, name: &str) -> Vec<String> {
    let servers = values.get(table).and_then(Value::as_object);
    let starts = |entry: &Value| {
        let command = entry.as_object().and_then(command_of)?;
        let program = Path::new(&command.program).file_name()?.to_owned();
        (command.is_ours() && program == "ai-lab-framework").then_some(())
    };
    servers
        .into_iter()
        .flatten()
        .filter(|(other, entry)| *other != name && starts(entry).is_some())
        .map(|(other, _)| other.clone())
        .collect()
}

/// Whether Gemini CLI's file of trusted folders trusts a folder; `None` where it says nothing about it.
///
/// The entry that lies nearest decides, as in Gemini CLI.
pub fn folder_trust(values: &Map<String, Value>, folder: &Path) -> Option<bool> {
    let decided = values.iter().filter_map(|(path, said)| {
        let path = Path::new(path);
        let (root, is_trusted) = match said.as_str()? {
            "TRUST_FOLDER" => (path, true),
            "TRUST_PARENT" => (path.parent()?, true),
            "DO_NOT_TRUST" => (path, false),
            _ => return None,
        };
        folder
            .starts_with(root)
            .then(|| (PathBuf::from(root).components().count(), !is_trusted))
    });
    // Of two that lie as near, the one that does not trust counts.
    decided.max().map(|(_, is_untrusted)| !is_untrusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn server() -> Server {
        Server {
            program: "/opt/ai-lab-framework".to_owned(),
            lab: Some("/srv/lab".to_owned()),
            home: None,
            trust: false,
        }
    }

    fn told(client: Client, change: impl FnOnce(&mut Value), whole: &Value) -> Vec<String> {
        let fields = entry(client, &server()).into_iter();
        let map: Map<String, Value> = fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut found = Value::Object(map);
        change(&mut found);
        let found = found.as_object().cloned().unwrap_or_default();
        let whole = whole.as_object().cloned().unwrap_or_default();
        troubles(client, &whole, ("ai-lab", &found), &server())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_was_written_is_well_and_each_change_is_named() {
        let none = json!({});
        for client in Client::ALL {
            assert_eq!(
                told(client, |_| {}, &none),
                Vec::<String>::new(),
                "{client}"
            );
        }
        let off = told(
            Client::Opencode,
            |entry| entry["enabled"] = false.into(),
            &none,
        );
        assert_eq!(off, ["it is switched off by `enabled`"]);
        let off = told(
            Client::Codex,
            |entry| entry["disabled"] = true.into(),
            &none,
        );
        assert_eq!(off, ["it is switched off by `disabled`"]);
        let excluded = json!({ "mcp": { "excluded": ["ai-lab"] } });
        assert_eq!(
            told(Client::GeminiCli, |_| {}, &excluded),
            ["it is switched off by `mcp.excluded`"]
        );
        let allowed = json!({ "mcp": { "allowed": ["other"] } });
        assert_eq!(
            told(Client::GeminiCli, |_| {}, &allowed),
            ["it is switched off by `mcp.allowed`"]
        );
        let ours = json!({ "mcp": { "allowed": ["ai-lab"], "excluded": [] } });
        assert_eq!(told(Client::GeminiCli, |_| {}, &ours), Vec::<String>::new());
    }

    #[test]
    fn another_command_and_a_short_wait_are_named() {
        let none = json!({});
        assert_eq!(
            told(
                Client::Opencode,
                |entry| entry["command"] = json!(["/old/alf", "mcp", "serve"]),
                &none
            ),
            [
                "it starts /old/alf, which is not this framework",
                "its arguments are `mcp serve`"
            ]
        );
        assert_eq!(
            told(
                Client::GeminiCli,
                |entry| *entry = json!({ "httpUrl": "http://localhost/mcp" }),
                &none
            ),
            ["it starts no program"]
        );
        assert_eq!(
            told(
                Client::Codex,
                |entry| entry["tool_timeout_sec"] = 30.into(),
                &none
            ),
            [
                "`tool_timeout_sec` lets the client give up after 30000 ms: a long call is handed back after 45 s"
            ]
        );
    }

    #[test]
    fn a_second_entry_for_the_same_server_is_found() {
        let ours = json!({ "command": "/a/ai-lab-framework", "args": ["mcp", "serve"] });
        let values = json!({ "mcpServers": {
            "ai-lab": ours, "lab": ours, "other": { "command": "/a/ai-lab-framework", "args": ["version"] },
            "npx": { "command": "npx", "args": ["mcp", "serve"] }, "remote": { "url": "u" }, "odd": 1,
        } });
        let values = values.as_object().cloned().unwrap_or_default();
        assert_eq!(other_starters(&values, "mcpServers", "ai-lab"), ["lab"]);
        assert_eq!(
            other_starters(&values, "servers", "ai-lab"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_nearest_word_on_a_folder_decides() {
        let values = json!({
            "/srv": "TRUST_FOLDER", "/srv/bad": "DO_NOT_TRUST", "/srv/bad/good/x": "TRUST_PARENT",
            "/odd": "SOMETIMES", "/both": "TRUST_FOLDER", "/both/child": "TRUST_PARENT", "/n": 1,
            "/twice/x": "TRUST_PARENT", "/twice": "DO_NOT_TRUST",
        });
        let values = values.as_object().cloned().unwrap_or_default();
        for (folder, expected) in [
            ("/srv/lab", Some(true)),
            ("/srv/bad/lab", Some(false)),
            ("/srv/bad/good/lab", Some(true)),
            ("/srvx", None),
            ("/odd", None),
            ("/n", None),
            ("/both", Some(true)),
            ("/twice", Some(false)),
        ] {
            assert_eq!(
                folder_trust(&values, Path::new(folder)),
                expected,
                "{folder}"
            );
        }
    }
}
