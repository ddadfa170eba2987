//! A router, a folder to remember in, and calls of the program as the framework makes them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use fritzbox_standin::{FritzBox, Standin};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "schloss-und-riegel";

/// A router and a caller.
pub(crate) struct Scene {
    pub(crate) router: Standin,
    pub(crate) at: TempDir,
    pub(crate) config: Value,
    pub(crate) password: String,
}

impl Scene {
    pub(crate) fn new(change: impl FnOnce(&mut FritzBox)) -> Self {
        let mut fritz_box = FritzBox::default();
        change(&mut fritz_box);
        let router = Standin::start(fritz_box).expect("two ports are free");
        let config =
            json!({"host": "127.0.0.1", "port": router.port(), "tls": false, "user": "agent"});
        Self {
            router,
            at: tempfile::tempdir().expect("a folder is made"),
            config,
            password: PASSWORD.to_owned(),
        }
    }

    /// Over TLS.
    pub(crate) fn secure(change: impl FnOnce(&mut FritzBox)) -> Self {
        let mut scene = Self::new(change);
        scene.config["tls"] = json!(true);
        scene.config["port"] = json!(scene.router.tls_port());
        scene
    }

    /// The answer to a call, and everything that the program wrote.
    pub(crate) fn answered(&self, action: &str, input: &Value) -> (Value, String) {
        let secrets = self.at.path().join("secrets");
        File::create(&secrets)
            .and_then(|mut file| {
                file.write_all(json!({"router": self.password}).to_string().as_bytes())
            })
            .expect("the secret is written");
        let request = json!({
            "contract": 1, "execution_id": "e", "correlation_id": "c", "action": action, "input": input,
            "config": self.config,
        });
        #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec 3<\"$1\"; exec \"$0\"",
                env!("CARGO_BIN_EXE_fritzbox"),
            ])
            .arg(&secrets)
            .current_dir(&self.at)
            .env_clear()
            .env("AI_LAB_SECRETS_FD", "3")
            // Where a measured program writes its coverage; nothing in a usual run.
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        writeln!(stdin, "{request}").expect("the program reads");
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        let line = String::from_utf8(output.stdout).expect("an answer is text");
        assert_eq!(line.matches('\n').count(), 1, "one line: {line}");
        let written = line.clone() + &String::from_utf8_lossy(&output.stderr);
        (
            serde_json::from_str(&line).expect("an answer is JSON"),
            written,
        )
    }

    /// The data of a call that succeeds.
    pub(crate) fn data(&self, action: &str, input: &Value) -> Value {
        let (mut answer, _) = self.answered(action, input);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["data"].take()
    }

    /// Kind and message of a call that fails.
    pub(crate) fn failed(&self, action: &str, input: &Value) -> (String, String) {
        let (answer, _) = self.answered(action, input);
        let error = &answer["error"];
        assert!(error["kind"].is_string(), "{answer}");
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        (text("kind"), text("message"))
    }

    /// The plan of a change, and its input with the precondition.
    pub(crate) fn planned(&self, action: &str, input: &Value) -> (Value, Value) {
        let plan = self.data(action, input);
        assert_eq!(plan["outcome"], "planned", "{plan}");
        let mut input = input.clone();
        input["precondition"] = plan["precondition"].clone();
        (plan, input)
    }

    /// The answer to a call without input as a person makes it: with the configuration of nobody, and no secret.
    pub(crate) fn by_hand(&self, action: &str) -> Value {
        let request = json!({
            "contract": 1, "execution_id": "e", "correlation_id": "c", "action": action, "input": {},
            "config": self.config,
        });
        #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
        let mut child = Command::new(env!("CARGO_BIN_EXE_fritzbox"))
            .current_dir(&self.at)
            .env_clear()
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        writeln!(stdin, "{request}").expect("the program reads");
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        serde_json::from_slice(&output.stdout).expect("an answer is JSON")
    }

    /// What was asked of the router since the last look.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.router.asked()
    }

    /// What is remembered in a file.
    pub(crate) fn remembered(&self, file: &str) -> Value {
        let text = std::fs::read_to_string(self.at.path().join(".state").join(file));
        text.map_or(Value::Null, |text| {
            serde_json::from_str(&text).expect("it is JSON")
        })
    }

    /// Everything that lies in a folder, as one text.
    pub(crate) fn all_remembered(&self) -> String {
        let entries = std::fs::read_dir(self.at.path().join(".state")).expect("it is there");
        let text = |path: &Path| {
            String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
        };
        entries
            .flatten()
            .map(|entry| text(&entry.path()))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
