//! A framework played by shell scripts that each test writes.

mod calls;
mod handshakes;
mod places;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// A script that is there for one test. While one lives no other is written: a script whose writer is
/// copied into another test's child cannot be started.
struct Script {
    folder: TempDir,
    program: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::new(());

const GREETING: &str =
    r#"{"format":1,"name":"ai-lab-framework","version":"0.1.0","contract":1,"schema":"1.1"}"#;

impl Script {
    /// A program with these lines of shell.
    fn new(lines: &str) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().expect("a temporary folder is made");
        let program = folder.path().join("ai-lab-framework");
        write(&program, &format!("#!/bin/sh\n{lines}\n"), 0o755);
        Self {
            folder,
            program,
            _turn: turn,
        }
    }

    /// A program that greets well and runs these lines for every other command.
    fn that_greets(lines: &str) -> Self {
        Self::new(&format!(
            "if [ \"$*\" = 'version --json' ]; then echo '{GREETING}'; exit; fi\n{lines}"
        ))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("the script has written it")
    }
}

#[expect(clippy::disallowed_methods, reason = "a test writes its own script")]
fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).expect("the script is written");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is made to run");
}

/// An error with its causes, one a line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.join("\n")
}
