//! A lab in a temporary folder, and a shell in it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::redact::redacted;

const FRAMEWORK: &str = env!("CARGO_BIN_EXE_ai-lab-framework");

/// A lab in `lab`, a person's home in `home`; gone when dropped.
pub(crate) struct Lab {
    root: PathBuf,
    _folder: TempDir,
}

/// A tool with two actions; `look` answers with its input and a figure of its own.
const PROBE: &str = r#"contract = 1
name = "probe"
version = "1.2.3"
description = "Looks at hosts."

[run]
command = ["sh", "run.sh"]

[limits]
run_ms = 20_000

[grants]
environment = ["EDITOR"]
write = ["data"]

[actions.look]
description = "Looks at one host."
read_only = true
idempotent = true
output = { type = "object" }

[actions.look.input]
type = "object"
required = ["host"]
additionalProperties = false
properties = { host = { type = "string" }, top = { type = "integer", minimum = 1 } }

[actions.forget]
description = "Forgets all that was seen."
destructive = true
input = { type = "object" }
output = { type = "object" }
"#;

const LOOK: &str = r#"read -r line
echo '{"level":"debug","message":"looking"}' >&2
input=${line#*'"input":'}
printf '{"data":{"seen":%s,"free_bytes":2048},"metrics":[{"name":"hops","value":3,"unit":"hops"}]}\n' "${input%%'}'*}}"
"#;

impl Lab {
    /// A lab without tools.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it is there");
        let lab = Self {
            root,
            _folder: folder,
        };
        lab.write("lab/ai-lab.toml", "");
        lab.write("home/.profile", "");
        lab
    }

    /// A lab with the tool `probe`.
    pub(crate) fn new() -> Self {
        let lab = Self::empty();
        lab.write("lab/tools/probe/tool.toml", PROBE);
        lab.write("lab/tools/probe/run.sh", LOOK);
        lab
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        let mut file = File::create(path).expect("a file");
        file.write_all(text.as_ref()).expect("room on the disk");
    }

    /// A tool of one action `go`, written in shell, with more lines of manifest on the top level. One that tells through
    /// the pipe `../begun` that it runs is granted it.
    pub(crate) fn tool(&self, name: &str, script: &str, more: &str) {
        let begun = self.path("begun");
        let grants = if script.contains("begun") {
            format!("grants = {{ write = [\"{}\"] }}\n", begun.display())
        } else {
            String::new()
        };
        let manifest = format!(
            "contract = 1\nname = \"{name}\"\nversion = \"0.1.0\"\ndescription = \"Plays {name}.\"\n{more}\n{grants}\
             [run]\ncommand = [\"sh\", \"run.sh\"]\n\n[actions.go]\ndescription = \"Goes.\"\n\
             input = {{ type = \"object\" }}\noutput = {{ type = \"object\" }}\n"
        );
        self.write(&format!("lab/tools/{name}/tool.toml"), manifest);
        self.write(&format!("lab/tools/{name}/run.sh"), script);
    }

    /// Runs one line in a shell in the lab, with nothing in its environment but what is written here.
    pub(crate) fn shell(&self, line: &str) -> Output {
        self.a_shell(line).output().expect("there is a shell")
    }

    /// Starts one command as the shell's own process, with its standard output in a pipe.
    pub(crate) fn start(&self, command: &str) -> Child {
        let line = command.replace("ai-lab-framework", FRAMEWORK);
        self.a_shell(&format!("exec {line}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("there is a shell")
    }

    #[expect(clippy::disallowed_methods, reason = "plays the person at the shell")]
    fn a_shell(&self, line: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            // The line stands alone: an alias holds from the next line on.
            .arg(format!("alias ai-lab-framework={FRAMEWORK}\n{line}"))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path("home"))
            .env("AI_LAB_HOME", self.path("home/.ai-lab"))
            .env("AI_LAB_CLOCK", "2026-11-23T02:00:00Z")
            .current_dir(self.path("lab"))
            .stdin(Stdio::null());
        // A measurement of coverage counts the program that is started here.
        if let Some(profile) = std::env::var_os("LLVM_PROFILE_FILE") {
            shell.env("LLVM_PROFILE_FILE", profile);
        }
        shell
    }

    /// What is on the screen after these lines: each line with its output, its errors (`2>`) and how it ended.
    pub(crate) fn play(&self, script: &str) -> String {
        let lines = script
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let scenes: Vec<String> = lines.map(|line| self.scene(line)).collect();
        redacted(&scenes.join("\n\n"), &self.root)
    }

    fn scene(&self, line: &str) -> String {
        let output = self.shell(line);
        let mut screen = vec![format!("$ {line}")];
        let told = String::from_utf8_lossy(&output.stdout);
        screen.extend(told.lines().map(str::to_owned));
        let errors = String::from_utf8_lossy(&output.stderr);
        screen.extend(errors.lines().map(|text| format!("2> {text}")));
        screen.push(match output.status.code() {
            Some(code) => format!("exit {code}"),
            None => "ended by a signal".to_owned(),
        });
        screen.join("\n")
    }
}
