//! Several processes, some of them killed. A child is this test binary again, told what to do by its
//! environment; it answers on its standard output.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;

use super::{Home, opening};
use crate::conformance::{ended, id, started};
use crate::error::RecordError;
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart, Status};
use crate::opening::OpenMode;
use crate::sqlite::SqliteStore;
use crate::store::Store;

const DATABASE: &str = "ALF_STORE_TEST_DATABASE";
const FIRST: &str = "ALF_STORE_TEST_FIRST";
const COUNT: &str = "ALF_STORE_TEST_COUNT";
/// Stands before an acknowledged number, whatever else a test binary prints.
const ACKNOWLEDGED: &str = "acknowledged ";

#[expect(
    clippy::disallowed_methods,
    reason = "the tests of several processes start them here"
)]
fn child(database: &Path, first: u32, count: u32) -> Child {
    Command::new(std::env::current_exe().expect("because this is one"))
        .args([
            "--exact",
            "--nocapture",
            "sqlite::tests::processes::a_child_records",
        ])
        .env(DATABASE, database)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("because there is room for a process")
}

#[expect(clippy::disallowed_methods, reason = "how a child is told what to do")]
fn told(name: &str) -> Option<String> {
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
    for number in first..first + count {
        store
            .start_execution(&started(number))
            .expect("because it is new");
        store
            .end_execution(&ended(number, EndStatus::Succeeded))
            .expect("because it runs");
        println!("{ACKNOWLEDGED}{number}");
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

/// The last number that a child acknowledged before it was killed after `most` of them.
fn kill_after(home: &Home, first: u32, most: usize) -> Option<u32> {
    let mut child = child(&home.database(), first, 10_000);
    let mut out = BufReader::new(child.stdout.take().expect("because it is piped"));
    let mut last = None;
    let mut line = String::new();
    for _ in 0..most {
        line.clear();
        if out.read_line(&mut line).expect("because lines are text") == 0 {
            break;
        }
        last = acknowledged(line.trim_end()).or(last);
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
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    let home = Home::new();
    let mut first = 1;
    for round in 0..20 {
        // Between the first write and some hundred later, at another point of a transaction each time.
        let last = kill_after(&home, first, 3 + round * 7).unwrap_or(first - 1);
        let store = home.store();
        for number in first..=last {
            let found = store
                .execution(&id(number))
                .expect("because the file is whole");
            assert_eq!(
                found.map(|found| found.status),
                Some(Status::Succeeded),
                "{number}"
            );
        }
        assert!(store.unfinished().expect("because the file is whole").len() <= round + 1);
        assert_eq!(store.verify_chain().ok(), Some(vec![]));
        first = last + 3;
    }
    assert!(first > 500, "{first}");
    assert_eq!(home.store().quick_check().ok(), Some(vec![]));
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
