//! The clients, and where each keeps its servers.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A program that speaks with MCP servers and whose configuration is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Client {
    /// opencode, 1.18 and newer of that major.
    Opencode,
    /// Gemini CLI, 0.61 and newer.
    GeminiCli,
    /// Claude Code, 2.1 and newer.
    ClaudeCode,
    /// Codex CLI, 0.154 and newer.
    Codex,
    /// Visual Studio Code with its agents, 1.102 and newer.
    Vscode,
}

/// A name that is no client's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is none of opencode, gemini-cli, claude-code, codex, vscode", .0.escape_debug())]
pub struct UnknownClient(String);

/// How a client's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON in which comments and a comma behind the last member may stand.
    Jsonc,
    /// TOML.
    Toml,
}

/// For whom a client is connected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Whoever starts the client in this lab's folder.
    Lab(PathBuf),
    /// The person, wherever they start the client.
    Global,
}

/// Where a person's programs keep their configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    home: PathBuf,
    config: PathBuf,
    gemini: PathBuf,
    claude: PathBuf,
    codex: PathBuf,
}

impl Places {
    /// The places of a person: their home folder, and the variables with which the clients' own are moved.
    pub fn new(home: &Path, variables: &BTreeMap<String, String>) -> Self {
        let moved = |name: &str| {
            let value = variables.get(name).filter(|value| !value.is_empty());
            // A relative one would be another folder for each program.
            value.map(PathBuf::from).filter(|path| path.is_absolute())
        };
        Self {
            config: moved("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
            gemini: moved("GEMINI_CLI_HOME").unwrap_or_else(|| home.to_owned()),
            claude: moved("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.to_owned()),
            codex: moved("CODEX_HOME").unwrap_or_else(|| home.join(".codex")),
            home: home.to_owned(),
        }
    }

    /// The folder that a client's file may not lead out of: the lab, or the folder that the person's own lies in.
    pub fn root(&self, client: Client, scope: &Scope) -> PathBuf {
        let moved = match (scope, client) {
            (Scope::Lab(lab), _) => return lab.clone(),
            (Scope::Global, Client::Opencode | Client::Vscode) => &self.config,
            (Scope::Global, Client::GeminiCli) => &self.gemini,
            (Scope::Global, Client::ClaudeCode) => &self.claude,
            (Scope::Global, Client::Codex) => &self.codex,
        };
        if moved.starts_with(&self.home) {
            self.home.clone()
        } else {
            moved.clone()
        }
    }

    /// The files in which a client looks for servers; the last is made where there is none of them.
    pub fn files(&self, client: Client, scope: &Scope) -> Vec<PathBuf> {
        let below = |folder: &Path, names: &[&str]| -> Vec<PathBuf> {
            names.iter().map(|name| folder.join(name)).collect()
        };
        match (client, scope) {
            (Client::Opencode, Scope::Lab(lab)) => below(lab, &["opencode.jsonc", "opencode.json"]),
            (Client::Opencode, Scope::Global) => below(
                &self.config.join("opencode"),
                &["config.json", "opencode.jsonc", "opencode.json"],
            ),
            (Client::GeminiCli, Scope::Lab(lab)) => below(lab, &[".gemini/settings.json"]),
            (Client::GeminiCli, Scope::Global) => below(&self.gemini, &[".gemini/settings.json"]),
            (Client::ClaudeCode, Scope::Lab(lab)) => below(lab, &[".mcp.json"]),
            (Client::ClaudeCode, Scope::Global) => below(&self.claude, &[".claude.json"]),
            (Client::Codex, Scope::Lab(lab)) => below(lab, &[".codex/config.toml"]),
            (Client::Codex, Scope::Global) => below(&self.codex, &["config.toml"]),
            (Client::Vscode, Scope::Lab(lab)) => below(lab, &[".vscode/mcp.json"]),
            (Client::Vscode, Scope::Global) => below(&self.config, &["Code/User/mcp.json"]),
        }
    }

    /// The file in which Gemini CLI keeps which folders the person trusts.
    pub fn gemini_trust(&self) -> PathBuf {
        self.gemini.join(".gemini/trustedFolders.json")
    }
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Opencode,
        Self::GeminiCli,
        Self::ClaudeCode,
        Self::Codex,
        Self::Vscode,
    ];

    /// Its name on the command line and in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opencode => "opencode",
            Self::GeminiCli => "gemini-cli",
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::Vscode => "vscode",
        }
    }

    /// How its file is written.
    pub const fn form(self) -> Form {
        match self {
            Self::Opencode | Self::GeminiCli | Self::ClaudeCode | Self::Vscode => Form::Jsonc,
            Self::Codex => Form::Toml,
        }
    }

    /// The table of its file that holds the servers by name.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Opencode => "mcp",
            Self::GeminiCli | Self::ClaudeCode => "mcpServers",
            Self::Codex => "mcp_servers",
            Self::Vscode => "servers",
        }
    }

    /// What a file that is made for it begins as. opencode writes that into any file of its own that lacks it.
    pub const fn blank(self) -> &'static str {
        match self {
            Self::Opencode => "{\n  \"$schema\": \"https://opencode.ai/config.json\"\n}\n",
            Self::GeminiCli | Self::ClaudeCode | Self::Codex | Self::Vscode => "",
        }
    }

    /// The file in a lab's folder that it gives its model to read.
    pub const fn guide(self) -> &'static str {
        match self {
            Self::Opencode | Self::Codex | Self::Vscode => "AGENTS.md",
            Self::GeminiCli => "GEMINI.md",
            Self::ClaudeCode => "CLAUDE.md",
        }
    }

    /// What a person runs to see whether it has the server.
    pub const fn first_look(self) -> &'static str {
        match self {
            Self::Opencode => "`opencode mcp list` starts the server and shows its state.",
            Self::GeminiCli => "`gemini mcp list` starts the server and shows its state.",
            Self::ClaudeCode => {
                "`claude mcp list` shows it; approve it there, or with `/mcp` in a session."
            }
            Self::Codex => {
                "`codex mcp list` shows it, in a lab only once you have trusted its folder."
            }
            Self::Vscode => "`MCP: List Servers` in the command palette shows and starts it.",
        }
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Client {
    type Err = UnknownClient;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|client| client.as_str() == text);
        named.ok_or_else(|| UnknownClient(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(client: Client, scope: &Scope, variables: &[(&str, &str)]) -> Vec<String> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = variables.iter().map(pair).collect();
        let places = Places::new(Path::new("/home/ada"), &variables);
        let shown = |path: &PathBuf| path.display().to_string();
        let root = places.root(client, scope);
        let files = places.files(client, scope);
        assert!(
            files.iter().all(|file| file.starts_with(&root)),
            "{files:?}"
        );
        files.iter().map(shown).collect()
    }

    #[test]
    fn each_client_has_its_files() {
        let lab = Scope::Lab("/srv/lab".into());
        let table = [
            (
                Client::Opencode,
                "opencode.json",
                "/home/ada/.config/opencode/opencode.json",
            ),
            (
                Client::GeminiCli,
                ".gemini/settings.json",
                "/home/ada/.gemini/settings.json",
            ),
            (Client::ClaudeCode, ".mcp.json", "/home/ada/.claude.json"),
            (
                Client::Codex,
                ".codex/config.toml",
                "/home/ada/.codex/config.toml",
            ),
            (
                Client::Vscode,
                ".vscode/mcp.json",
                "/home/ada/.config/Code/User/mcp.json",
            ),
        ];
        for (client, in_lab, global) in table {
            assert_eq!(client.as_str().parse(), Ok(client));
            let last = files(client, &lab, &[]).pop();
            assert_eq!(last, Some(format!("/srv/lab/{in_lab}")));
            assert_eq!(
                files(client, &Scope::Global, &[]).pop().as_deref(),
                Some(global)
            );
        }
        assert_eq!(
            "cursor"
                .parse::<Client>()
                .map_err(|error| error.to_string()),
            Err("`cursor` is none of opencode, gemini-cli, claude-code, codex, vscode".to_owned())
        );
    }

    #[test]
    fn variables_move_the_files_when_they_name_a_whole_path() {
        let moved = [
            (
                Client::Opencode,
                "XDG_CONFIG_HOME",
                "/cfg/opencode/opencode.json",
            ),
            (
                Client::GeminiCli,
                "GEMINI_CLI_HOME",
                "/cfg/.gemini/settings.json",
            ),
            (Client::ClaudeCode, "CLAUDE_CONFIG_DIR", "/cfg/.claude.json"),
            (Client::Codex, "CODEX_HOME", "/cfg/config.toml"),
            (Client::Vscode, "XDG_CONFIG_HOME", "/cfg/Code/User/mcp.json"),
        ];
        for (client, variable, file) in moved {
            let there = files(client, &Scope::Global, &[(variable, "/cfg")]).pop();
            assert_eq!(there.as_deref(), Some(file));
            let usual = files(client, &Scope::Global, &[]);
            for value in ["", "cfg"] {
                assert_eq!(files(client, &Scope::Global, &[(variable, value)]), usual);
            }
        }
    }
}
