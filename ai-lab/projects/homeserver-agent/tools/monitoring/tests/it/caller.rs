//! A folder to remember in, and calls of the program as the framework makes them.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Whoever calls, with a folder and a configuration of its own.
pub(crate) struct Caller {
    at: TempDir,
    pub(crate) config: Value,
}

impl Caller {
    pub(crate) fn new(config: Value) -> Self {
        let at = tempfile::tempdir().expect("a folder is made");
        Self { at, config }
    }

    /// A call that runs.
    pub(crate) fn begin(&self, action: &str, input: &Value) -> Child {
        let request = json!({
            "contract": 1, "execution_id": "e", "correlation_id": "c", "action": action, "input": input,
            "config": self.config,
        });
        #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
        let mut child = Command::new(env!("CARGO_BIN_EXE_monitoring"))
            .current_dir(&self.at)
            .env_clear()
            // Where a measured program writes its coverage; nothing in a usual run.
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        writeln!(stdin, "{request}").expect("the program reads");
        child
    }

    /// The data of a call that succeeds.
    pub(crate) fn data(&self, action: &str, input: &Value) -> Value {
        let mut answer = answer(self.begin(action, input));
        assert!(answer.get("error").is_none(), "{answer}");
        answer["data"].take()
    }

    /// Kind and message of a call that fails.
    pub(crate) fn failed(&self, action: &str, input: &Value) -> (String, String) {
        let answer = answer(self.begin(action, input));
        assert!(answer["error"].is_object(), "{answer}");
        let text = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
        (text("kind"), text("message"))
    }

    /// Where a file of what is remembered lies.
    pub(crate) fn state(&self, file: &str) -> PathBuf {
        self.at.path().join(".state").join(file)
    }

    /// What a file of what is remembered holds.
    pub(crate) fn remembered(&self, file: &str) -> String {
        fs::read_to_string(self.state(file)).expect("it is there")
    }
}

/// What a call answers.
pub(crate) fn answer(child: Child) -> Value {
    let output = child.wait_with_output().expect("the program ends");
    let line = String::from_utf8(output.stdout).expect("an answer is text");
    assert_eq!(line.matches('\n').count(), 1, "one line: {line}");
    serde_json::from_str(&line).expect("an answer is JSON")
}
