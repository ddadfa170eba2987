//! Sessions over HTTP, in the era that has them, and those that meddle with another's: H170 to H172 of the catalogue.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;

use serde_json::{Value, json};

use super::http::{Answer, Served, executions};
use crate::scene::Lab;

/// A session that was begun.
struct Session<'a> {
    served: &'a Served,
    token: String,
    id: String,
}

impl<'a> Session<'a> {
    fn begin(served: &'a Served, token: &str) -> Self {
        let mut session = Self {
            served,
            token: token.to_owned(),
            id: String::new(),
        };
        let begun = session.say(&json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": { "name": "web", "version": "3" },
            },
        }));
        let head = begun.head.lines();
        session.id = head
            .filter_map(|line| line.strip_prefix("mcp-session-id: "))
            .collect();
        assert_eq!((begun.status, session.id.is_empty()), (200, false));
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(session.say(&ready).status, 202);
        session
    }

    /// The request, not yet answered.
    fn send(&self, method: &str, body: &str) -> TcpStream {
        let session = match self.id.as_str() {
            "" => String::new(),
            id => format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n"),
        };
        let mut stream = self.served.connect();
        let request = format!(
            "{method} /mcp HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n{session}\
             Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.served.address,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it listens");
        stream
    }

    fn say(&self, message: &Value) -> Answer {
        Served::answer(&mut self.send("POST", &message.to_string()))
    }
}

fn call(id: u32, tool: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": tool, "arguments": {} },
    })
}

/// A lab with a tool `slow` that says when it has begun and goes on when it is heard.
fn with_slow() -> Lab {
    let lab = Lab::new();
    lab.shell("mkdir ../begun; mkfifo ../begun/is ../begun/goes");
    lab.tool(
        "slow",
        "echo >../../../begun/is; echo >../../../begun/goes; echo '{\"data\":{}}'\n",
        "",
    );
    lab
}

fn made_token(lab: &Lab, name: &str) -> String {
    let made = lab.shell(&format!("ai-lab-framework mcp token create {name} --json"));
    let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
    made["token"].as_str().expect("a token").to_owned()
}

#[test]
fn a_session_opens_nothing_to_the_bearer_of_another_token() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let other = made_token(&lab, "phone");
    let own = Session::begin(&served, &served.token);
    let meddling = Session {
        served: &served,
        token: other,
        id: own.id.clone(),
    };
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    assert_eq!(meddling.say(&list).status, 404);
    let ended = Served::answer(&mut meddling.send("DELETE", ""));
    assert_eq!(
        (ended.status, ended.body.as_str()),
        (404, "no such session")
    );
    let listed = own.say(&list);
    assert_eq!(listed.status, 200);
    assert!(listed.body.contains("probe_look"), "{}", listed.body);
}

/// H170: who asks for a stream and never reads from it keeps nobody waiting.
#[test]
fn streams_that_nobody_reads_keep_nobody_waiting() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let own = Session::begin(&served, &served.token);
    let streams: Vec<TcpStream> = (0..64).map(|_| own.send("GET", "")).collect();
    let other = Session::begin(&served, &served.token);
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    assert_eq!(other.say(&list).status, 200);
    drop(streams);
}

/// H171: the numbers of requests are a session's own: another that withdraws the same number withdraws nothing.
#[test]
fn a_call_is_withdrawn_by_its_own_session_alone() {
    let lab = with_slow();
    let served = Served::start(&lab, "laptop", &[]);
    let own = Session::begin(&served, &served.token);
    let other = Session::begin(&served, &served.token);
    let mut stream = own.send("POST", &call(7, "slow_go").to_string());
    fs::read(lab.path("begun/is")).expect("it runs");
    let withdraw = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 },
    });
    assert_eq!(other.say(&withdraw).status, 202);
    fs::read(lab.path("begun/goes")).expect("it goes on");
    let answer = Served::answer(&mut stream);
    assert!(answer.body.contains("\"isError\":false"), "{}", answer.body);
    assert_eq!(executions(&lab)[0]["status"], "succeeded");
}

/// H172: of two requests with one number the later is refused by name, and the earlier is answered.
#[test]
fn a_number_in_flight_is_not_given_again() {
    let lab = with_slow();
    let served = Served::start(&lab, "laptop", &[]);
    let own = Session::begin(&served, &served.token);
    let mut first = own.send("POST", &call(7, "slow_go").to_string());
    fs::read(lab.path("begun/is")).expect("it runs");
    let second = own.say(&call(7, "slow_go"));
    assert_eq!(
        (second.status, second.body.as_str()),
        (409, "a request with this id is not answered yet")
    );
    fs::read(lab.path("begun/goes")).expect("it goes on");
    let first = Served::answer(&mut first);
    assert!(first.body.contains("\"isError\":false"), "{}", first.body);
    let list = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list" });
    assert_eq!(own.say(&list).status, 200);
    assert_eq!(executions(&lab).len(), 1);
}
