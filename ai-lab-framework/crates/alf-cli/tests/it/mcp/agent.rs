//! An agent's client at the other end of raw pipes.
#![expect(
    clippy::disallowed_methods,
    reason = "plays the client that starts the server"
)]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::scene::Lab;

/// How long an answer is waited for. Only a broken server takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often it is looked whether the server has ended.
const LOOK: Duration = Duration::from_millis(10);

/// A server, and what is written to and read from it.
pub(crate) struct Agent {
    pub(crate) server: Child,
    stdin: Option<Box<dyn Write>>,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
    /// Lines that came while another was waited for.
    aside: Vec<Value>,
    hangs_up: Arc<AtomicBool>,
    next_id: u64,
}

impl Agent {
    /// The same over the two ends of UNIX sockets, as Node gives them to its children.
    pub(crate) fn connect_by_sockets(lab: &Lab) -> Self {
        let mut command = Self::command(lab, &[]);
        let (to_server, stdin) = UnixStream::pair().expect("a pair");
        let (from_server, stdout) = UnixStream::pair().expect("a pair");
        let mut server = command
            .stdin(OwnedFd::from(stdin))
            .stdout(OwnedFd::from(stdout))
            .spawn()
            .expect("the program is there");
        drop(command);
        let stderr = server.stderr.take().expect("a pipe");
        let mut agent = Self::speaking(server, Box::new(to_server), from_server, stderr);
        agent.initialize(&json!({}));
        agent
    }

    /// Starts the server in the lab and says nothing yet.
    pub(crate) fn start(lab: &Lab, arguments: &[&str]) -> Self {
        let mut server = Self::command(lab, arguments)
            .spawn()
            .expect("the program is there");
        let stdin = server.stdin.take().expect("a pipe");
        let stdout = server.stdout.take().expect("a pipe");
        let stderr = server.stderr.take().expect("a pipe");
        Self::speaking(server, Box::new(stdin), stdout, stderr)
    }

    fn command(lab: &Lab, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ai-lab-framework"));
        command
            .args(["mcp", "serve"])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", lab.path("home"))
            .env("AI_LAB_HOME", lab.path("home/.ai-lab"))
            .current_dir(lab.path("lab"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A measurement of coverage counts the program that is started here.
        if let Some(profile) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", profile);
        }
        command
    }

    fn speaking(
        server: Child,
        stdin: Box<dyn Write>,
        stdout: impl Read + Send + 'static,
        mut stderr: ChildStderr,
    ) -> Self {
        let stdout = BufReader::new(stdout);
        let (tell, lines) = channel();
        let hangs_up = Arc::new(AtomicBool::new(false));
        let hears_no_more = Arc::clone(&hangs_up);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if hears_no_more.load(Ordering::SeqCst) || tell.send(line).is_err() {
                    return;
                }
            }
        });
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("text");
            text
        });
        Self {
            stdin: Some(stdin),
            server,
            lines,
            errors: Some(errors),
            aside: Vec::new(),
            hangs_up,
            next_id: 1,
        }
    }

    /// Starts the server and begins a session in the era of `initialize`.
    pub(crate) fn connect(lab: &Lab, arguments: &[&str]) -> Self {
        let mut agent = Self::start(lab, arguments);
        agent.initialize(&json!({}));
        agent
    }

    /// Begins a session as a client with these capabilities; what the server says of itself.
    pub(crate) fn initialize(&mut self, capabilities: &Value) -> Value {
        let told = self.ask(
            "initialize",
            json!({
                "protocolVersion": "2025-11-25", "capabilities": capabilities,
                "clientInfo": { "name": "raw", "version": "0.1" },
            }),
        );
        self.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        told["result"].clone()
    }

    /// Writes these bytes; a server that reads no more is not an error here.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("still open");
        let _heard = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    pub(crate) fn say(&mut self, message: &Value) {
        self.write(format!("{message}\n").as_bytes());
    }

    /// Sends a request; its id.
    #[expect(clippy::needless_pass_by_value, reason = "made where it is given")]
    pub(crate) fn send(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a request.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.answer(id)
    }

    /// The answer under that id.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        self.wait_for(|message| message["id"] == id)
    }

    /// The next message of which this holds; others stay for later.
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.aside.iter().position(&wanted) {
            return self.aside.remove(place);
        }
        loop {
            let message = self.next().expect("the server still speaks");
            if wanted(&message) {
                return message;
            }
            self.aside.push(message);
        }
    }

    /// The next message; `None` when the server has closed its end.
    pub(crate) fn next(&mut self) -> Option<Value> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(serde_json::from_str(&line).expect("a server writes JSON")),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => unreachable!("no answer within {PATIENCE:?}"),
        }
    }

    /// The result of a tool.
    #[expect(clippy::needless_pass_by_value, reason = "made where it is given")]
    pub(crate) fn call(&mut self, name: &str, arguments: Value) -> Value {
        let answer = self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        );
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].clone()
    }

    /// A result's first text.
    pub(crate) fn text(result: &Value) -> &str {
        result["content"][0]["text"].as_str().expect("a text")
    }

    /// Closes the server's input; its output is still read.
    pub(crate) fn close(&mut self) {
        self.stdin = None;
    }

    /// Goes away: reads nothing any more, then closes the server's input.
    pub(crate) fn hang_up(&mut self) {
        self.hangs_up.store(true, Ordering::SeqCst);
        self.send("ping", json!({}));
        while self.next().is_some() {}
        self.stdin = None;
    }

    /// How the server ended, and what it wrote to its standard error.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        self.stdin = None;
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.server.try_wait().expect("a child") {
                break status;
            }
            assert!(Instant::now() < until, "the server does not end");
            // Nothing to wait for that could also time out: the child is ours, its end is polled.
            let _nothing = self.lines.recv_timeout(LOOK);
        };
        let errors = self.errors.take().expect("read once").join().expect("text");
        (status, errors)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Only where a test failed: else it has ended.
        let _gone = self.server.kill();
        let _reaped = self.server.wait();
    }
}
