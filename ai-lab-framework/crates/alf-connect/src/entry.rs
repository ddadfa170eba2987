//! What an entry says.

use serde_json::{Map, Value, json};

use crate::client::Client;

/// The server's name in every client. The names that models see begin with it.
pub const SERVER: &str = "ai-lab";

/// How long a client waits for one call, in milliseconds: a call is handed back as an execution id after 45 s, and a
/// loaded machine takes its time.
const CALL_MS: u64 = 120_000;
/// How long Codex waits for the server to begin, in seconds; its own 10 are short for a cold disk.
const START_S: u64 = 30;

/// The server as one client starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The framework's program, with its whole path.
    pub program: String,
    /// The lab that it serves; `None` for the lab of the folder in which the client was started.
    pub lab: Option<String>,
    /// The framework's home where it is not the usual one.
    pub home: Option<String>,
    /// Whether the client calls the server's tools without asking the person each time. Gemini CLI alone has that.
    pub trust: bool,
}

impl Server {
    fn arguments(&self, client: Client) -> Vec<&str> {
        let mut arguments = vec!["mcp", "serve", "--client", client.as_str()];
        if let Some(lab) = &self.lab {
            arguments.extend(["--lab", lab]);
        }
        arguments
    }
}

/// The fields of a client's entry, in the order in which they are written.
pub fn entry(client: Client, server: &Server) -> Vec<(&'static str, Value)> {
    let program = server.program.as_str();
    let arguments = server.arguments(client);
    let started = |mut fields: Vec<(&'static str, Value)>| {
        fields.extend([("command", json!(program)), ("args", json!(arguments))]);
        fields
    };
    let mut fields = match client {
        Client::Opencode => {
            let command: Vec<&str> = std::iter::once(program).chain(arguments).collect();
            vec![
                ("type", json!("local")),
                ("command", json!(command)),
                ("enabled", json!(true)),
                ("timeout", json!(CALL_MS)),
            ]
        }
        Client::GeminiCli => {
            let mut fields = started(Vec::new());
            fields.push(("timeout", json!(CALL_MS)));
            if server.trust {
                fields.push(("trust", json!(true)));
            }
            fields
        }
        Client::ClaudeCode => {
            let mut fields = started(vec![("type", json!("stdio"))]);
            fields.push(("timeout", json!(CALL_MS)));
            fields
        }
        Client::Codex => {
            let mut fields = started(Vec::new());
            fields.push(("startup_timeout_sec", json!(START_S)));
            fields.push(("tool_timeout_sec", json!(CALL_MS / 1_000)));
            fields
        }
        Client::Vscode => started(vec![("type", json!("stdio"))]),
    };
    if let Some(home) = &server.home {
        let name = match client {
            Client::Opencode => "environment",
            Client::GeminiCli | Client::ClaudeCode | Client::Codex | Client::Vscode => "env",
        };
        fields.push((name, json!({ "AI_LAB_HOME": home })));
    }
    fields
}

/// What an entry starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Command {
    /// Whether that is the framework's server.
    pub fn is_ours(&self) -> bool {
        self.arguments
            .starts_with(&["mcp".to_owned(), "serve".to_owned()])
    }
}

/// What an entry starts; `None` for one that starts nothing, such as a remote server's.
pub fn command_of(entry: &Map<String, Value>) -> Option<Command> {
    let words = |value: &Value| -> Option<Vec<String>> {
        let items = value.as_array()?.iter();
        items.map(|item| item.as_str().map(str::to_owned)).collect()
    };
    match entry.get("command")? {
        Value::String(program) => Some(Command {
            program: program.clone(),
            arguments: entry.get("args").map_or(Some(Vec::new()), words)?,
        }),
        list => {
            let mut words = words(list)?.into_iter();
            Some(Command {
                program: words.next()?,
                arguments: words.collect(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server {
            program: "/opt/alf".to_owned(),
            lab: Some("/srv/lab".to_owned()),
            home: None,
            trust: false,
        }
    }

    fn written(client: Client, server: &Server) -> String {
        let line = |(name, value): &(&str, Value)| format!("{name}={value}");
        let lines: Vec<String> = entry(client, server).iter().map(line).collect();
        lines.join(" ")
    }

    #[test]
    fn each_client_is_told_in_its_own_words() {
        let arguments =
            |client| format!(r#"["mcp","serve","--client","{client}","--lab","/srv/lab"]"#);
        let table = [
            (
                Client::Opencode,
                r#"type="local" command=["/opt/alf","mcp","serve","--client","opencode","--lab","/srv/lab"] enabled=true timeout=120000"#.to_owned(),
            ),
            (
                Client::GeminiCli,
                format!(r#"command="/opt/alf" args={} timeout=120000"#, arguments("gemini-cli")),
            ),
            (
                Client::ClaudeCode,
                format!(r#"type="stdio" command="/opt/alf" args={} timeout=120000"#, arguments("claude-code")),
            ),
            (
                Client::Codex,
                format!(r#"command="/opt/alf" args={} startup_timeout_sec=30 tool_timeout_sec=120"#, arguments("codex")),
            ),
            (
                Client::Vscode,
                format!(r#"type="stdio" command="/opt/alf" args={}"#, arguments("vscode")),
            ),
        ];
        for (client, expected) in table {
            assert_eq!(written(client, &server()), expected);
        }
    }

    #[test]
    fn what_is_not_usual_is_written_too() {
        let other = Server {
            lab: None,
            home: Some("/data/home".to_owned()),
            trust: true,
            ..server()
        };
        assert_eq!(
            written(Client::GeminiCli, &other),
            r#"command="/opt/alf" args=["mcp","serve","--client","gemini-cli"] timeout=120000 trust=true env={"AI_LAB_HOME":"/data/home"}"#
        );
        assert!(
            written(Client::Opencode, &other)
                .ends_with(r#"environment={"AI_LAB_HOME":"/data/home"}"#)
        );
    }

    #[test]
    fn an_entry_says_what_it_starts() {
        for client in Client::ALL {
            let fields = entry(client, &server());
            let map: Map<String, Value> = fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            let command = command_of(&map).expect("it starts something");
            assert_eq!(command.program, "/opt/alf");
            assert!(command.is_ours(), "{command:?}");
        }
        for other in [
            json!({ "url": "http://localhost/mcp" }),
            json!({ "command": [] }),
            json!({ "command": "npx", "args": [1] }),
        ] {
            assert_eq!(other.as_object().and_then(command_of), None);
        }
        let npx = json!({ "command": "npx" });
        let command = npx.as_object().and_then(command_of).expect("it starts npx");
        assert!(!command.is_ours());
    }
}
