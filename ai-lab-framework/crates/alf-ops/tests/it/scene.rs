//! A lab in a temporary folder, the framework in it, and a look at the process table.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ai_lab_contract::{ErrorClass, SessionId};
use alf_ops::{Call, Client, Clock, Completed, ExecutionDetail, Failure, Framework, Surroundings};
use alf_ops::{run_tool, show_execution};
use alf_store::{LogLevel, Setting, Store as _};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;
use tempfile::TempDir;

/// When everything happens: 2026-11-23T02:00:00Z.
pub(crate) const NOW_MS: i64 = 1_795_399_200_000;

/// This process is the reaper of all its descendants: tests that start processes past the framework run alone.
static COMPANY: RwLock<()> = RwLock::new(());

#[expect(dead_code, reason = "held, not read")]
enum Company {
    Shared(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

/// A lab in `lab`, a home in `home`, a program in `bin`; gone when dropped.
pub(crate) struct Lab {
    root: PathBuf,
    _company: Option<Company>,
    _folder: Option<TempDir>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let shared = COMPANY.read().unwrap_or_else(PoisonError::into_inner);
        Self::with(Company::Shared(shared))
    }

    /// A lab while no other test of this process has one.
    pub(crate) fn alone() -> Self {
        let alone = COMPANY.write().unwrap_or_else(PoisonError::into_inner);
        Self::with(Company::Alone(alone))
    }

    /// The lab that another process made.
    pub(crate) fn at(root: PathBuf) -> Self {
        Self {
            root,
            _company: None,
            _folder: None,
        }
    }

    fn with(company: Company) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it is there");
        let lab = Self {
            root,
            _company: Some(company),
            _folder: Some(folder),
        };
        lab.write("lab/ai-lab.toml", "");
        lab.write("bin/ai-lab-framework", "the framework's program\n");
        fs::create_dir(lab.path(PIPES)).expect("a folder");
        lab
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        let mut file = File::create(&path).expect("a file");
        file.write_all(text.as_ref()).expect("room on the disk");
        path
    }

    /// A global tool of one action `go`, written in shell.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        self.tool_with(name, script, "");
    }

    /// The same with more lines of manifest: the top level's first, then tables. Without grants of its own it may read
    /// the process table and write into the lab's pipes.
    pub(crate) fn tool_with(&self, name: &str, script: &str, more: &str) {
        let folder = format!("lab/tools/{name}");
        let pipes = self.path(PIPES);
        let grants = format!(
            "grants = {{ read = [\"/proc\"], write = [\"{}\"] }}\n",
            pipes.display()
        );
        let grants = if more.contains("grants") { "" } else { &grants };
        let text = manifest(name, &format!("{grants}{more}"));
        self.write(&format!("{folder}/tool.toml"), text);
        self.write(&format!("{folder}/run.sh"), script);
    }

    /// A named pipe, by which a tool tells that it has come so far: `echo >PIPE`.
    pub(crate) fn pipe(&self, relative: &str) -> NamedPipe {
        let path = self.path(PIPES).join(relative);
        mknodat(CWD, &path, FileType::Fifo, Mode::from(0o600), 0).expect("a named pipe");
        // For both, so that opening waits for nobody and the end never comes.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("it is there");
        NamedPipe { file, path }
    }

    /// The framework as it would be called in the lab; two of them are two starts.
    pub(crate) fn framework(&self) -> Framework {
        Framework::new(self.surroundings())
    }

    /// The same at another time: milliseconds since 1970, UTC.
    pub(crate) fn framework_at(&self, now_ms: i64) -> Framework {
        Framework::new(Surroundings {
            clock: Clock::fixed(now_ms),
            ..self.surroundings()
        })
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            home: self.path("home"),
            instance: Some(self.path("lab")),
            variables: BTreeMap::new(),
            path: "/usr/bin:/bin".into(),
            executable: self.path("bin/ai-lab-framework"),
            client: Client {
                name: "scene".into(),
                version: "7.0.0".into(),
                protocol: "scene/7".into(),
            },
            host: "stage".into(),
            user: Some("ada".into()),
            clock: Clock::fixed(NOW_MS),
        }
    }

    /// A text with the lab's own path taken out.
    pub(crate) fn without_root(&self, text: &str) -> String {
        text.replace(self.root.to_str().expect("UTF-8"), "")
    }
}

/// Where named pipes are, which tools may write into.
const PIPES: &str = "pipes";

/// A right manifest of one action `go`, whose data must have `ok`.
pub(crate) fn manifest(name: &str, more: &str) -> String {
    format!(
        r#"contract = 1
name = "{name}"
version = "1.2.3"
description = "Plays {name}."
{more}
[run]
command = ["sh", "run.sh"]

[actions.go]
description = "Goes."
input = {{ type = "object", properties = {{ n = {{ type = "integer" }}, text = {{ type = "string" }} }}, additionalProperties = false }}
output = {{ type = "object", properties = {{ ok = {{ type = "boolean" }} }}, required = ["ok"] }}
"#
    )
}

/// Limits on what a tool writes that are met soon, as a line of manifest; its time is enough on a loaded machine.
pub(crate) const NARROW: &str =
    "limits = { run_ms = 15_000, output_bytes = 4096, log_bytes = 1024 }";

/// The same for a tool that will use up all its time.
pub(crate) const HASTY: &str =
    "limits = { run_ms = 1_000, grace_ms = 100, output_bytes = 4096, log_bytes = 1024 }";

/// A tool's whole script that answers well.
pub(crate) const WELL: &str = "echo '{\"data\":{\"ok\":true}}'\n";

/// Waits in shell until the last process in the background has become `sleep`.
pub(crate) const SETTLED: &str = "while [ \"$(ps -o comm= -p $!)\" != sleep ]; do :; done\n";

pub(crate) struct NamedPipe {
    file: File,
    pub(crate) path: PathBuf,
}

impl NamedPipe {
    /// Waits until something was written, and takes one byte of it.
    pub(crate) fn wait(&mut self) {
        let patience = Timespec {
            tv_sec: 60,
            tv_nsec: 0,
        };
        let ready = poll(
            &mut [PollFd::new(&self.file, PollFlags::IN)],
            Some(&patience),
        );
        assert_eq!(ready, Ok(1), "nobody wrote into {}", self.path.display());
        self.file.read_exact(&mut [0]).expect("there is a byte");
    }

    /// Lets whoever reads a line go on.
    pub(crate) fn tell(&mut self) {
        self.file.write_all(b"\n").expect("there is room");
    }
}

impl AsFd for NamedPipe {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// A call of the tool's `go`.
pub(crate) fn call(tool: &str, input: Value) -> Call {
    Call {
        tool: tool.parse().expect("a valid name"),
        action: "go".parse().expect("a valid name"),
        input,
        session: None,
        correlation: None,
        patience: None,
        config: serde_json::Map::new(),
        repeats: None,
        client: None,
        execution_id: None,
    }
}

pub(crate) fn call_in(tool: &str, session: &str) -> Call {
    let session: SessionId = session.parse().expect("a valid id");
    Call {
        session: Some(session),
        ..call(tool, serde_json::json!({}))
    }
}

/// Sets one key of a tool's configuration.
pub(crate) fn configure(framework: &Framework, tool: &str, key: &str, value: &str) {
    let setting = Setting {
        tool: tool.parse().expect("a valid name"),
        key: key.to_owned(),
        value: value.to_owned(),
        origin: "person".to_owned(),
        changed_at_ms: NOW_MS,
    };
    let store = framework.store().expect("it opens");
    store.set_setting(&setting).expect("it is kept");
}

/// Runs the tool's `go` and says that nothing of it runs any more.
pub(crate) fn run(framework: &Framework, call: &Call) -> Result<Completed, Failure> {
    let completed = run_tool(framework, call, None)?;
    assert_eq!(
        still_running(completed.execution_id.as_str()),
        Vec::<String>::new()
    );
    Ok(completed)
}

/// Runs a call that must be answered with data.
pub(crate) fn data(framework: &Framework, call: &Call) -> Value {
    let completed = run(framework, call).expect("it runs");
    assert_eq!(completed.error, None);
    completed.data.expect("because there is no error")
}

pub(crate) fn shown(framework: &Framework, completed: &Completed) -> ExecutionDetail {
    show_execution(framework, completed.execution_id.as_str()).expect("it is recorded")
}

/// An execution's log, process ids taken out.
pub(crate) fn log_of(detail: &ExecutionDetail) -> Vec<(LogLevel, String)> {
    let lines = detail.logs.iter();
    lines
        .map(|entry| (entry.line.level, without_pids(&entry.line.text)))
        .collect()
}

/// The text with each `(1234)` as `(PID)`.
pub(crate) fn without_pids(text: &str) -> String {
    let mut parts = text.split('(');
    let mut seen = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let is_pid = digits > 0 && part[digits..].starts_with(')');
        seen += "(";
        seen += if is_pid { "PID" } else { "" };
        seen += if is_pid { &part[digits..] } else { part };
    }
    seen
}

/// The processes whose environment names the execution.
pub(crate) fn still_running(execution: &str) -> Vec<String> {
    let marker = format!("AI_LAB_EXECUTION_ID={execution}");
    let names = |environment: &[u8]| {
        environment
            .split(|byte| *byte == 0)
            .any(|e| e == marker.as_bytes())
    };
    fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| fs::read(entry.path().join("environ")).is_ok_and(|env| names(&env)))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A failure in one value: class, what and why, hint.
pub(crate) fn told(lab: &Lab, failure: &Failure) -> (ErrorClass, Vec<String>, String) {
    let chain = failure
        .chain()
        .iter()
        .map(|line| lab.without_root(line))
        .collect();
    (
        failure.class,
        chain,
        lab.without_root(failure.hint().unwrap_or_default()),
    )
}

/// What stands in a file.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it can be read")
}
