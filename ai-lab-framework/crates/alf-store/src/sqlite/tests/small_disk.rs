//! A disk that fills up while an execution runs, and a file that may not grow. The child is this test binary
//! again: in a mount namespace of its own, or under a limit.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Home, opening};
use crate::conformance::{ended, started};
use crate::error::{RecordError, StoreError};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart, Status};
use crate::opening::OpenMode;
use crate::retention::Retention;
use crate::sqlite::SqliteStore;
use crate::store::Store;

const FOLDER: &str = "ALF_STORE_TEST_FOLDER";
const WORKS: &str = "because the store works";
/// Said by a child that came to its end.
const DONE: &str = "the child is done";

#[expect(
    clippy::disallowed_methods,
    reason = "the tests of several processes start them here"
)]
fn in_shell(script: &str, folder: &Path, test: &str) -> Output {
    Command::new("sh")
        .args(["-ec", script, "sh"])
        .arg(std::env::current_exe().expect("because this is one"))
        .args(["--exact", "--nocapture"])
        .arg(format!("sqlite::tests::small_disk::{test}"))
        .env(FOLDER, folder)
        .output()
        .expect("because there is a shell")
}

fn check(output: &Output) {
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains(DONE), "{output:?}");
}

#[expect(clippy::disallowed_methods, reason = "how a child is told what to do")]
fn folder() -> Option<PathBuf> {
    Some(std::env::var_os(FOLDER)?.into())
}

fn open(folder: &Path) -> SqliteStore {
    let path = folder.join("framework.db");
    SqliteStore::open(&path, &opening(OpenMode::Create)).expect(WORKS)
}

fn is_full<T>(outcome: &Result<T, RecordError>) -> bool {
    matches!(outcome, Err(RecordError::Store(StoreError::Full { .. })))
}

/// The biggest end that a row takes.
fn big_end(number: u32) -> ExecutionEnd {
    ExecutionEnd {
        output: Some(format!("\"{}\"", "y".repeat(250_000))),
        ..ended(number, EndStatus::Succeeded)
    }
}

#[test]
fn the_end_of_a_running_execution_is_recorded_on_a_full_disk() {
    let home = Home::new();
    let alone = |rest: &str| {
        let mounted = r#"mount -t tmpfs -o size=64m none "$ALF_STORE_TEST_FOLDER""#;
        format!(r#"exec unshare -rm sh -ec '{mounted}; {rest}' sh "$@""#)
    };
    let test = "a_child_fills_its_disk";
    let can_mount = in_shell(&alone("true"), home.folder(), test);
    if !can_mount.status.success() {
        println!("NOT TESTED: no mount namespace can be had here: {can_mount:?}");
        return;
    }
    check(&in_shell(&alone(r#"exec "$@""#), home.folder(), test));
}

#[test]
fn a_child_fills_its_disk() {
    let Some(folder) = folder() else {
        return;
    };
    let store = open(&folder);
    let now_ms = 1_700_000_000_000;
    store.start_execution(&started(1)).expect(WORKS);
    store.start_execution(&started(2)).expect(WORKS);
    store.tend(now_ms, &Retention::default()).expect(WORKS);
    let reserve = folder.join("framework.reserve");
    assert!(reserve.exists());
    let mut fill = File::create(folder.join("fill")).expect("because there is room for a name");
    while fill.write_all(&[1; 4096]).is_ok() {}
    // What is left of the log's own room goes to starts; then nothing new begins, and the reserve stays.
    let mut number = 2;
    let refused = loop {
        number += 1;
        let start = ExecutionStart {
            input: "x".repeat(9_000),
            ..started(number)
        };
        let outcome = store.start_execution(&start);
        if outcome.is_err() {
            break outcome;
        }
    };
    assert!(is_full(&refused), "{refused:?}");
    assert!(reserve.exists());
    store
        .end_execution(&big_end(1))
        .expect("because room was kept");
    assert!(!reserve.exists());
    store
        .end_execution(&big_end(2))
        .expect("because room was kept");
    let _too_little_room = store.tend(now_ms, &Retention::default());
    assert!(!reserve.exists());
    drop(fill);
    std::fs::remove_file(folder.join("fill")).expect("because it is there");
    store.tend(now_ms, &Retention::default()).expect(WORKS);
    assert!(reserve.exists());
    drop(store);
    let store = open(&folder);
    for execution in [1, 2] {
        let one = store.execution(&crate::conformance::id(execution));
        let status = one.expect(WORKS).map(|one| one.status);
        assert_eq!(status, Some(Status::Succeeded));
    }
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
    println!("{DONE}");
}

#[test]
fn a_file_that_may_not_grow_is_told_as_a_full_disk() {
    let home = Home::new();
    // 512 bytes each: 1 MiB. The signal is ignored as it is for whoever inherits that.
    let limited = r#"trap "" XFSZ; ulimit -f 2048; exec "$@""#;
    check(&in_shell(
        limited,
        home.folder(),
        "a_child_outgrows_its_file",
    ));
    let store = open(home.folder());
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
    assert_eq!(store.quick_check().ok(), Some(vec![]));
}

#[test]
fn a_child_outgrows_its_file() {
    let Some(folder) = folder() else {
        return;
    };
    let store = open(&folder);
    let mut acknowledged = 0;
    let refused = loop {
        let start = ExecutionStart {
            input: "x".repeat(9_000),
            ..started(acknowledged + 1)
        };
        match store.start_execution(&start) {
            Ok(()) => acknowledged += 1,
            refused => break refused,
        }
    };
    assert!(is_full(&refused), "{refused:?}");
    let all = store.unfinished().expect("because reading needs no room");
    assert_eq!(all.len(), acknowledged as usize);
    println!("{DONE}");
}
