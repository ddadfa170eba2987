//! The program in an environment of its own, for the commands that start other programs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a run of the program left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// Runs `ai-lab` in that folder with these variables and no others.
pub(crate) fn ai_lab(folder: &Path, variables: &[(&str, &Path)], arguments: &[&str]) -> Ended {
    // A run under coverage says where to write what was covered; nothing else passes.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is started by a tool that measures it"
    )]
    let coverage = std::env::var_os("LLVM_PROFILE_FILE").map(|path| ("LLVM_PROFILE_FILE", path));
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let output = Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(coverage)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    output.into()
}

/// Holds until it is dropped: no other test writes a script meanwhile. A script whose writer is copied into
/// another test's child cannot be started.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a shell script that can be started.
#[expect(clippy::disallowed_methods, reason = "the test writes its own script")]
pub(crate) fn script(path: &Path, lines: &str) {
    fs::write(path, format!("#!/bin/sh\n{lines}\n")).expect("the script is written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is made to run");
}
