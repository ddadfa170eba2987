//! A granted UNIX socket from within the sandbox: asked by the proxy for what is listed, and reached in no other way.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::{Arc, Mutex};
use std::thread;

use alf_policy::SandboxLevel::{self, L3};
use alf_policy::{GrantRefused, Opened};
use serde_json::json;

use crate::scene::{Said, Stage};

/// A container engine beside the tool: it lists nothing, and keeps the first line of every question.
struct Engine {
    stage: Stage,
    heard: Arc<Mutex<Vec<String>>>,
    /// Takes datagrams, as the machine's log does.
    _log: UnixDatagram,
}

impl Engine {
    fn new() -> Self {
        let stage = Stage::new();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let listener = UnixListener::bind(stage.path("engine.sock")).expect("nobody is there");
        let keeps = Arc::clone(&heard);
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut question = Vec::new();
                let mut byte = [0];
                while !question.ends_with(b"\r\n\r\n")
                    && stream.read(&mut byte).is_ok_and(|count| count == 1)
                {
                    question.push(byte[0]);
                }
                let question = String::from_utf8_lossy(&question);
                let line = question.lines().next().unwrap_or_default().to_owned();
                keeps.lock().expect("no panic").push(line);
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlisted";
                let _gone = stream.write_all(answer);
            }
        });
        let log = UnixDatagram::bind(stage.path("engine.sock.log")).expect("nobody is there");
        Self {
            stage,
            heard,
            _log: log,
        }
    }

    fn run(&self, level: SandboxLevel, script: &str) -> Said {
        self.run_changed(level, script, |_| {})
    }

    fn run_changed(
        &self,
        level: SandboxLevel,
        script: &str,
        change: fn(&mut alf_policy::Confinement),
    ) -> Said {
        let path = self.stage.path("engine.sock");
        let socket = json!({ "name": "docker", "path": path, "get": ["/containers/json"] });
        let mut confinement = self
            .stage
            .confinement(level, &json!({ "sockets": [socket] }));
        change(&mut confinement);
        let script = script.replace("SOCKET", &path.display().to_string());
        self.stage.run_in(
            &confinement,
            &format!("exec python3 - <<'END'\n{script}\nEND"),
        )
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

const BY_URL: &str = "
import urllib.request
proxy = urllib.request.ProxyHandler({'http': 'http://127.0.0.1:3128'})
print(urllib.request.build_opener(proxy).open('http://docker.socket/containers/json?all=1').read().decode())";

#[test]
fn a_listed_path_of_a_granted_socket_is_had_by_its_url() {
    let engine = Engine::new();
    let said = engine.run(L3, BY_URL);
    assert_eq!(
        (said.out.as_str(), said.code, said.refused.len()),
        ("listed\n", Some(0), 0),
        "{said:?}"
    );
    assert_eq!(engine.heard(), ["GET /containers/json?all=1 HTTP/1.1"]);
}

/// Says these bytes to the proxy, and shows the first line of the answer.
const SAYS: &str = "
import socket
for text in TEXTS:
  s = socket.create_connection(('127.0.0.1', 3128))
  s.sendall(text.replace('|', '\\r\\n').encode() + b'\\r\\n\\r\\n')
  print(s.makefile().readline().strip())";

#[test]
fn nothing_but_that_is_let_through_and_the_log_tells_it() {
    let engine = Engine::new();
    let url = "http://docker.socket/containers";
    let refused = [
        (
            format!("POST {url}/create HTTP/1.1|Content-Length: 0"),
            "POST not granted, only GET",
        ),
        (
            format!("GET {url}/a/json HTTP/1.1"),
            "the path /containers/a/json not granted",
        ),
        (
            format!("GET {url}/../containers/json HTTP/1.1"),
            "the path /containers/../containers/json is not in plain letters",
        ),
        (
            format!("GET {url}%2fjson HTTP/1.1"),
            "the path /containers%2fjson is not in plain letters",
        ),
        (
            format!("GET {url}/%2E%2E/containers/json HTTP/1.1"),
            "the path /containers/%2E%2E/containers/json is not in plain letters",
        ),
        (
            "CONNECT docker.socket:80 HTTP/1.1".to_owned(),
            "CONNECT not granted, only GET",
        ),
        (
            format!("GET {url}/json HTTP/1.1||POST /containers/create HTTP/1.1|Host: localhost"),
            "a request with a body, or another one behind it, is not passed on",
        ),
        (
            format!("GET {url}/json HTTP/1.1|Connection: Upgrade|Upgrade: tcp"),
            "an upgrade is not passed on",
        ),
    ];
    let texts: Vec<&str> = refused.iter().map(|(text, _)| text.as_str()).collect();
    let huge = format!("GET {url}/json HTTP/1.1|A: {}", "a".repeat(40_000));
    let mut all = texts.clone();
    all.push(&huge);
    let said = engine.run(L3, &SAYS.replace("TEXTS", &json!(all).to_string()));
    let mut told: Vec<String> = refused
        .iter()
        .map(|(_, why)| format!("socket docker: {why}"))
        .collect();
    told.push("the head of the request is longer than 32768 bytes".to_owned());
    assert_eq!(said.refused, told, "{said:?}");
    let codes = [403; 8].into_iter().chain([431]);
    let lines: Vec<String> = codes
        .zip(&told)
        .map(|(code, why)| format!("HTTP/1.1 {code} {why}"))
        .collect();
    assert_eq!(said.out.lines().collect::<Vec<_>>(), lines);
    assert_eq!(engine.heard(), Vec::<String>::new());
}

/// Ways to the socket itself. Each ends without an error when it reaches the engine.
const AROUND: &[(&str, &str)] = &[
    ("its path", "s = socket.socket(1, 1); s.connect('SOCKET')"),
    (
        "datagrams from one end of a pair",
        "a = socket.socketpair(1, 2)[0]; a.connect('SOCKET.log'); a.send(b'x')",
    ),
    (
        "datagrams from an end that is not connected",
        "a = socket.socketpair(1, 2)[0]; a.sendto(b'x', 'SOCKET.log')",
    ),
    (
        "its path through a root",
        "s = socket.socket(1, 1); s.connect('/proc/self/rootSOCKET')",
    ),
    (
        "a link to it in the work folder",
        "p = os.environ['WORK'] + '/l'; os.symlink('SOCKET', p); s = socket.socket(1, 1); s.connect(p)",
    ),
    (
        "a second name of it in the work folder",
        "p = os.environ['WORK'] + '/h'; os.link('SOCKET', p); s = socket.socket(1, 1); s.connect(p)",
    ),
    (
        "its number",
        "f = os.open('SOCKET', 0o10000000); s = socket.socket(1, 1); s.connect('/proc/self/fd/%d' % f)",
    ),
];

fn biting(level: SandboxLevel, change: fn(&mut alf_policy::Confinement)) -> Vec<&'static str> {
    let bites = |attack: &str| {
        let engine = Engine::new();
        let script = format!("import os, socket\n{attack}\nprint('bites')");
        engine.run_changed(level, &script, change).out == "bites\n"
    };
    let bite = AROUND.iter().filter(|(_, attack)| bites(attack));
    bite.map(|(name, _)| *name).collect()
}

#[test]
fn the_socket_itself_stays_closed_to_the_tool() {
    assert_eq!(biting(L3, |_| {}), Vec::<&str>::new());
}

/// The filter of system calls alone bars the way, whatever may be read and written.
#[test]
fn also_where_the_socket_is_granted_as_a_path_the_filter_keeps_it_closed() {
    let open = |confinement: &mut alf_policy::Confinement| {
        let folder = confinement
            .paths
            .iter()
            .find(|opened| opened.path.ends_with("tools/own"));
        let root = folder
            .and_then(|opened| opened.path.ancestors().nth(2))
            .expect("the stage");
        let opened = Opened {
            path: root.to_owned(),
            is_folder: true,
            access: alf_policy::Access::Write,
        };
        confinement.paths.push(opened);
    };
    assert_eq!(biting(L3, open), Vec::<&str>::new());
}

/// The control: otherwise the tests above would pass for attacks that never bite.
#[test]
fn without_the_sandbox_they_reach_the_socket() {
    let bite = biting(SandboxLevel::None, |confinement| {
        confinement.memory_bytes = 8 << 30;
    });
    let all: Vec<&str> = AROUND.iter().map(|(name, _)| *name).collect();
    assert_eq!(bite, all);
}

#[test]
fn the_frameworks_own_places_and_the_persons_agent_are_granted_to_nobody() {
    let stage = Stage::new();
    let refused = |path: &str| -> GrantRefused {
        let grants =
            json!({ "sockets": [{ "name": "x", "path": stage.path(path), "get": ["/a"] }] });
        stage
            .try_confinement(&grants)
            .expect_err("it must not be granted")
    };
    assert_eq!(refused("home/framework.sock").what, "the framework's home");
    assert_eq!(refused("agent/of-mine").what, "the person's SSH agent");
    assert_eq!(refused("gnupg/any").what, "the person's GPG agent");
}
