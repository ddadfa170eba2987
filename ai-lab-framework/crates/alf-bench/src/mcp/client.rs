//! The least a client of an MCP server can be: lines through pipes, each answer to its request.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A server's process and the pipes to it.
pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
    line: String,
}

impl Server {
    /// Starts a server and waits for nothing.
    #[expect(
        clippy::disallowed_methods,
        reason = "whole programs are what is measured"
    )]
    pub(crate) fn start(
        program: &Path,
        arguments: &[&str],
        lab: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("HOME", lab)
            .env("PATH", "/usr/bin:/bin")
            .current_dir(lab)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or("no pipe to the server")?;
        let output = child.stdout.take().ok_or("no pipe from the server")?;
        Ok(Self {
            child,
            input,
            output: BufReader::with_capacity(1 << 20, output),
            next: 0,
            line: String::new(),
        })
    }

    /// From the first word to the list of tools.
    pub(crate) fn shake_hands(&mut self) -> Result<(), Box<dyn Error>> {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "bench", "version": "0" },
        });
        self.ask("initialize", &params)?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
    }

    /// One request and its answer's `result`, read as JSON.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Box<dyn Error>> {
        self.exchange(method, params)?;
        let mut answer: Value = serde_json::from_str(&self.line)?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(format!("`{method}` was answered with {answer}").into()),
        }
    }

    /// One request and its answer, which is not looked at: what a client makes of it is not the server's.
    pub(crate) fn exchange(&mut self, method: &str, params: &Value) -> Result<(), Box<dyn Error>> {
        self.request(method, params)?;
        self.receive()
    }

    /// So many requests at once and all their answers; says how many different ids were answered.
    pub(crate) fn exchange_many(
        &mut self,
        method: &str,
        params: &Value,
        many: u64,
    ) -> Result<u64, Box<dyn Error>> {
        let first = self.next + 1;
        for _ in 0..many {
            self.request(method, params)?;
        }
        let mut answered = std::collections::BTreeSet::new();
        for _ in 0..many {
            self.receive()?;
            let answer: Value = serde_json::from_str(&self.line)?;
            let id = answer.get("id").and_then(Value::as_u64);
            answered.extend(id.filter(|id| (first..=self.next).contains(id)));
        }
        Ok(answered.len() as u64)
    }

    /// The memory that it has in use, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.ok_or("the kernel tells no memory")?.parse()?)
    }

    fn request(&mut self, method: &str, params: &Value) -> Result<(), Box<dyn Error>> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    }

    fn send(&mut self, message: &Value) -> Result<(), Box<dyn Error>> {
        let mut line = message.to_string();
        line.push('\n');
        Ok(self.input.write_all(line.as_bytes())?)
    }

    /// The next line that answers a request.
    fn receive(&mut self) -> Result<(), Box<dyn Error>> {
        loop {
            self.line.clear();
            self.output.read_line(&mut self.line)?;
            if !self.line.ends_with('\n') {
                return Err("the server stopped answering".into());
            }
            if !self.line.contains("\"method\"") || self.line.contains("\"result\"") {
                return Ok(());
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it says at its end interests nobody.
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}
