//! Several processes, some of them killed. A child is this test binary again, told what to do by its
//! environment; it answers on its standard output.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ai_lab_contract::Profile;
use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;

use super::{Home, opening};
use crate::conformance::{ended, started};
use crate::error::RecordError;
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart};
use crate::opening::OpenMode;
use crate::sqlite::SqliteStore;
use crate::store::Store;

const DATABASE: &str = "ALF_STORE_TEST_DATABASE";
const FIRST: &str = "ALF_STORE_TEST_FIRST";
const COUNT: &str = "ALF_STORE_TEST_COUNT";
const PROFILE: &str = "ALF_STORE_TEST_PROFILE";
/// Stands before an acknowledged number, whatever else a test binary prints.
const ACKNOWLEDGED: &str = "acknowledged ";

#[expect(
    clippy::disallowed_methods,
    reason = "the tests of several processes start them here"
)]
fn command(database: &Path, first: u32, count: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("because this is one"));
    command
        .args([
            "--exact",
            "--nocapture",
            "sqlite::tests::processes::a_child_records",
        ])
        .env(DATABASE, database)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn child(database: &Path, first: u32, count: u32) -> Child {
    let mut command = command(database, first, count);
    command
        .spawn()
        .expect("because there is room for a process")
}

/// A child that records without end under a profile; a hasty one acknowledges each before it records it.
pub(super) fn writer(database: &Path, first: u32, profile: Profile, hasty: bool) -> Child {
    let told = format!("{profile}{}", if hasty { HASTILY } else { "" });
    let mut command = command(database, first, 1_000_000);
    command.env(PROFILE, told);
    command
        .spawn()
        .expect("because there is room for a process")
}

/// Stands behind the profile of a child that acknowledges too early.
const HASTILY: &str = " hastily";

#[expect(clippy::disallowed_methods, reason = "how a child is told what to do")]
pub(super) fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Records as its parent says and acknowledges each execution after its end; nothing without a parent. With
/// nothing to record it tries to take its parent's lock.
#[test]
fn a_child_records() {
    let (Some(database), Some(first), Some(count)) = (told(DATABASE), told(FIRST), told(COUNT))
    else {
        return;
    };
    let first: u32 = first.parse().expect("because the parent wrote it");
    let count: u32 = count.parse().expect("because the parent wrote it");
    if count == 0 {
        assert_held(Path::new(&database));
        return;
    }
    let store = SqliteStore::open(Path::new(&database), &opening(OpenMode::Create))
        .expect("because processes wait for each other");
    let how = told(PROFILE).unwrap_or_else(|| Profile::Standard.to_string());
    let (profile, hasty) = match how.strip_suffix(HASTILY) {
        Some(profile) => (profile, true),
        None => (how.as_str(), false),
    };
    let profile = profile.parse().expect("because the parent wrote it");
    for number in first..first + count {
        if hasty {
            println!("{ACKNOWLEDGED}{number}");
        }
        let start = ExecutionStart {
            profile,
            ..started(number)
        };
        store.start_execution(&start).expect("because it is new");
        store
            .end_execution(&ended(number, EndStatus::Succeeded))
            .expect("because it runs");
        if !hasty {
            println!("{ACKNOWLEDGED}{number}");
        }
    }
}

/// Fails unless another process's store holds the lock that keeps its log from being taken away.
fn assert_held(database: &Path) {
    let file = OpenOptions::new().read(true).write(true).open(database);
    let file = file.expect("because the parent made it");
    let taken = fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive);
    assert_eq!(taken, Err(Errno::AGAIN));
}

fn acknowledged(line: &str) -> Option<u32> {
    // The test harness prints the test's name before it, on the same line.
    let (_, number) = line.split_once(ACKNOWLEDGED)?;
    number.parse().ok()
}

/// The last number that a child acknowledged before it was killed, some moments after `most` of them.
pub(super) fn last_before_kill(mut child: Child, most: usize, moments: usize) -> Option<u32> {
    let mut out = BufReader::new(child.stdout.take().expect("because it is piped"));
    let mut last = None;
    let mut line = String::new();
    let mut lines = 0;
    while lines < most {
        line.clear();
        if out.read_line(&mut line).expect("because lines are text") == 0 {
            break;
        }
        let number = acknowledged(line.trim_end());
        lines += usize::from(number.is_some());
        last = number.or(last);
    }
    for _ in 0..moments {
        std::hint::spin_loop();
    }
    child.kill().expect("because it is ours");
    child.wait().expect("because it is ours");
    // What it acknowledged between the last line read and the kill.
    let mut rest = String::new();
    out.read_to_string(&mut rest)
        .expect("because lines are text");
    // A kill in the middle of a line leaves digits that stand for no whole number.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().filter_map(acknowledged).next_back().or(last)
}

#[test]
fn processes_that_write_at_once_keep_one_chain() {
    let home = Home::new();
    let children: Vec<Child> = (0..4)
        .map(|n| child(&home.database(), 1 + n * 1000, 50))
        .collect();
    let counts = children.into_iter().map(|child| {
        let output = child.wait_with_output().expect("because it is ours");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter_map(acknowledged).count()
    });
    assert_eq!(counts.collect::<Vec<_>>(), [50; 4]);
    let store = home.store();
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
    assert_eq!(
        store.facts().map(|facts| facts.chain_length).ok(),
        Some(400)
    );
}

#[test]
fn processes_that_create_the_database_at_once_all_succeed() {
    for _ in 0..3 {
        let home = Home::new();
        let children: Vec<Child> = (1..=8).map(|n| child(&home.database(), n, 1)).collect();
        let succeeded = children.into_iter().map(|child| {
            let output = child.wait_with_output().expect("because it is ours");
            output.status.success()
        });
        assert_eq!(succeeded.collect::<Vec<_>>(), [true; 8]);
        assert_eq!(
            home.store().facts().map(|facts| facts.chain_length).ok(),
            Some(16)
        );
    }
}

#[test]
fn threads_that_create_the_database_at_once_all_succeed() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for number in 1..=8 {
            let home = &home;
            scope.spawn(move || home.store().start_execution(&started(number)));
        }
    });
    let store = home.store();
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(8));
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
}

#[test]
fn two_that_end_the_same_execution_cannot_both_win() {
    let home = Home::new();
    let (one, two) = (home.store(), home.store());
    let outcomes: Vec<bool> = (1..=20)
        .flat_map(|number| {
            let start = ExecutionStart {
                attempt: number,
                ..started(number)
            };
            one.start_execution(&start).expect("because it is new");
            let end = |store: &SqliteStore, status| {
                let end: ExecutionEnd = ended(number, status);
                store.end_execution(&end)
            };
            std::thread::scope(|scope| {
                let first = scope.spawn(|| end(&one, EndStatus::Failed));
                let second = end(&two, EndStatus::Interrupted);
                let first = first.join().expect("because it does not panic");
                let lost = |told: &Result<(), RecordError>| {
                    matches!(told, Err(RecordError::AlreadyEnded(_)))
                };
                [
                    first.is_ok() != second.is_ok(),
                    lost(&first) != lost(&second),
                ]
            })
        })
        .collect();
    assert_eq!(outcomes, [true; 40]);
    assert_eq!(one.verify_chain().ok(), Some(vec![]));
}

#[test]
fn a_second_store_of_a_process_does_not_release_the_locks_of_the_first() {
    let home = Home::new();
    let first = home.store();
    first
        .start_execution(&started(1))
        .expect("because it is new");
    drop(home.store());
    let output = child(&home.database(), 0, 0)
        .wait_with_output()
        .expect("because it is ours");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    drop(first);
}
