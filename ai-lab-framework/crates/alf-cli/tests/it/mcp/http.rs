//! The same over HTTP, and who is kept out.
#![expect(
    clippy::disallowed_methods,
    reason = "plays the person that starts the server"
)]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::scene::Lab;

/// A server on a port of its own.
pub(super) struct Served {
    server: Child,
    pub(super) address: SocketAddr,
    pub(super) token: String,
}

/// One answer: status, headers, body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Served {
    pub(super) fn start(lab: &Lab, token: &str, arguments: &[&str]) -> Self {
        let made = lab.shell(&format!("ai-lab-framework mcp token create {token} --json"));
        let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ai-lab-framework"));
        command
            .args(["mcp", "serve", "--http", "127.0.0.1:0"])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", lab.path("home"))
            .env("AI_LAB_HOME", lab.path("home/.ai-lab"))
            .current_dir(lab.path("lab"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(profile) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", profile);
        }
        let mut server = command.spawn().expect("the program is there");
        let mut line = String::new();
        BufReader::new(server.stderr.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("text");
        let address = line
            .trim()
            .strip_prefix("serving at http://")
            .and_then(|rest| rest.strip_suffix("/mcp"));
        Self {
            server,
            address: address.expect("an address").parse().expect("an address"),
            token: made["token"].as_str().expect("a token").to_owned(),
        }
    }

    /// A request with these headers beside those that every one has.
    fn send(&self, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = self.connect();
        let mut text = format!(
            "{request} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !headers.iter().any(|(name, _)| *name == "Host") {
            let _never = write!(text, "Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            let _never = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        // A server that refuses by the head alone may be gone before the body is through.
        let _sent = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()));
        Self::answer(&mut stream)
    }

    /// A connection that is read from for a minute at most.
    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .expect("a time");
        stream
    }

    /// Whatever is said until the connection is closed.
    pub(super) fn answer(stream: &mut TcpStream) -> Answer {
        let mut bytes = Vec::new();
        let _read = stream.read_to_end(&mut bytes);
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = whole.split_once("\r\n\r\n").unwrap_or((whole.as_str(), ""));
        Answer {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or(0),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// One call in the era without sessions.
    fn post(&self, more: &[(&str, &str)], message: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        if !more.iter().any(|(name, _)| *name == "Authorization") {
            headers.push(("Authorization", &bearer));
        }
        headers.extend(more);
        self.send("POST /mcp", &headers, &message.to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _reaped = self.server.wait();
    }
}

const MODERN: [(&str, &str); 3] = [
    ("MCP-Protocol-Version", "2026-07-28"),
    ("Mcp-Method", "tools/call"),
    ("Mcp-Name", "probe_look"),
];

pub(super) fn call() -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": "probe_look", "arguments": { "host": "a" },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "web", "version": "3" },
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    })
}

pub(super) fn executions(lab: &Lab) -> Vec<Value> {
    let output = lab.shell("ai-lab-framework execution list --json");
    let page: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    page["executions"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_call_with_a_token_is_answered_and_recorded_under_its_name() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let answer = served.post(&MODERN, &call());
    assert_eq!(answer.status, 200, "{} {}", answer.head, answer.body);
    let message: Value = serde_json::from_str(&answer.body).expect("one JSON, no stream");
    assert_eq!(message["result"]["isError"], false, "{message}");
    let rows = executions(&lab);
    assert_eq!(
        (
            &rows[0]["client_name"],
            &rows[0]["client_version"],
            &rows[0]["protocol_version"]
        ),
        (&json!("laptop"), &json!("3"), &json!("mcp/2026-07-28"))
    );
}

#[test]
fn the_era_with_sessions_is_served_too() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let begun = served.post(&[], &json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "web", "version": "3" } },
    }));
    assert_eq!(begun.status, 200, "{}", begun.head);
    let id = begun
        .head
        .lines()
        .find_map(|line| line.strip_prefix("mcp-session-id: "))
        .expect("a session")
        .to_owned();
    let with = [
        ("Mcp-Session-Id", id.as_str()),
        ("MCP-Protocol-Version", "2025-11-25"),
    ];
    let told = served.post(
        &with,
        &json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    );
    assert_eq!(told.status, 202);
    let listed = served.post(
        &with,
        &json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
    );
    assert!(listed.body.contains("probe_look"), "{}", listed.body);
}

#[test]
fn nobody_else_can_call() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let own = format!("http://{}", served.address);
    let stranger = [MODERN.as_slice(), &[("Origin", "http://evil.example")]].concat();
    let other_port = [MODERN.as_slice(), &[("Origin", "http://localhost:1")]].concat();
    let rebound = [MODERN.as_slice(), &[("Host", "evil.example")]].concat();
    let nobody = [MODERN.as_slice(), &[("Authorization", "Bearer nothing")]].concat();
    let basic = [
        MODERN.as_slice(),
        &[("Authorization", "Basic bGFwdG9wOng=")],
    ]
    .concat();
    for (headers, status) in [
        (stranger, 403),
        (other_port, 403),
        (rebound, 403),
        (nobody, 401),
        (basic, 401),
    ] {
        let answer = served.post(&headers, &call());
        assert_eq!(
            answer.status, status,
            "{headers:?} {} {}",
            answer.head, answer.body
        );
    }
    assert_eq!(
        served
            .send(
                "POST /mcp",
                &[("Content-Type", "application/json")],
                &call().to_string()
            )
            .status,
        401
    );
    assert_eq!(served.send("GET /", &[], "").status, 404);
    assert_eq!(executions(&lab), Vec::<Value>::new());
    let same = [MODERN.as_slice(), &[("Origin", own.as_str())]].concat();
    assert_eq!(served.post(&same, &call()).status, 200);
}

#[test]
fn a_token_that_is_taken_back_or_scoped_opens_no_more_than_it_says() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop --tool 'other.*'", &[]);
    let answer = served.post(&MODERN, &call());
    assert!(
        answer
            .body
            .contains("the client `laptop` may not call this"),
        "{}",
        answer.body
    );
    assert_eq!(executions(&lab)[0]["ended"]["error"]["class"], "refused");
    lab.shell("ai-lab-framework mcp token revoke laptop");
    assert_eq!(served.post(&MODERN, &call()).status, 401);
}

#[test]
fn a_body_that_is_too_long_and_too_many_requests_are_refused() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let mut huge = call();
    huge["params"]["arguments"]["host"] = json!("x".repeat(9_000_000));
    assert_eq!(served.post(&MODERN, &huge).status, 413);
    let ping = json!({ "jsonrpc": "2.0", "method": "notifications/nothing" });
    let refused = (0..3_000).find(|_| served.post(&[], &ping).status == 429);
    assert!(refused.is_some());
}

#[test]
fn without_a_token_nothing_is_served() {
    let lab = Lab::new();
    let screen = lab.play("ai-lab-framework mcp serve --http 127.0.0.1:0");
    assert!(
        screen.contains("every client sends a token, and there is none"),
        "{screen}"
    );
    assert!(screen.ends_with("exit 6"), "{screen}");
}
