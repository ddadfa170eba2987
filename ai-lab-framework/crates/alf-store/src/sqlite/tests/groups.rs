//! Callers that come at once.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ai_lab_contract::Profile;
use rusqlite::Connection;

use super::{Home, opening};
use crate::conformance::{id, started};
use crate::error::{RecordError, StoreError};
use crate::execution::ExecutionStart;
use crate::listing::ExecutionFilter;
use crate::opening::OpenMode;
use crate::sqlite::SqliteStore;
use crate::sqlite::fault::Fault;
use crate::sqlite::place::beside;
use crate::sqlite::seat::Durability;
use crate::store::Store;

/// How many commits the write-ahead log holds: frames that say how big the database is after them.
fn commits(home: &Home) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    let log = fs::read(beside(&home.database(), "-wal")).expect("because somebody wrote");
    let frames = log.get(HEADER..).unwrap_or_default().chunks_exact(FRAME);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

/// Holds the lock until `count` callers stand behind the one that waits for it.
fn crowd<T: Send>(
    home: &Home,
    store: &SqliteStore,
    bodies: Vec<Box<dyn Fn() -> T + Send + '_>>,
) -> Vec<T> {
    let other = home.raw();
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("because nobody else writes");
    let behind = bodies.len() - 1;
    std::thread::scope(|scope| {
        let threads: Vec<_> = bodies.into_iter().map(|body| scope.spawn(body)).collect();
        while store.seat.queued() < behind {
            std::thread::yield_now();
        }
        other.execute_batch("ROLLBACK").expect("because it began");
        let done = threads.into_iter();
        done.map(|thread| thread.join().expect("because it does not panic"))
            .collect()
    })
}

#[test]
fn callers_that_wait_together_share_a_commit_and_a_lone_one_has_its_own() {
    let home = Home::new();
    let store = home.store();
    let before = commits(&home);
    for number in 1..=3 {
        store
            .start_execution(&started(number))
            .expect("because it is new");
    }
    assert_eq!(commits(&home) - before, 3);
    let record = |number| {
        let store = &store;
        Box::new(move || store.start_execution(&started(number)).is_ok())
            as Box<dyn Fn() -> bool + Send>
    };
    let recorded = crowd(&home, &store, (11..=18).map(record).collect());
    assert_eq!(recorded, [true; 8]);
    assert!(commits(&home) - before - 3 <= 2, "{}", commits(&home));
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(11));
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
}

#[test]
fn one_that_is_refused_takes_nothing_of_the_others_back() {
    let home = Home::new();
    let store = home.store();
    // Numbers 11 to 14, each twice: one of each pair is refused.
    let record = |at: u32| {
        let store = &store;
        Box::new(move || store.start_execution(&started(11 + at / 2)).is_ok())
            as Box<dyn Fn() -> bool + Send>
    };
    let recorded = crowd(&home, &store, (0..8).map(record).collect());
    assert_eq!(recorded.iter().filter(|done| **done).count(), 4);
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(4));
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
}

#[test]
fn a_group_that_is_taken_back_leaves_every_other_member_its_own_try() {
    let home = Home::new();
    let store = home.store();
    let tries = AtomicUsize::new(0);
    let spoil = |connection: &Connection| {
        // As SQLite itself does where the disk is full.
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            connection.execute_batch("ROLLBACK")?;
        }
        Err::<Result<bool, StoreError>, Fault>(Fault::busy())
    };
    let mut bodies: Vec<Box<dyn Fn() -> bool + Send>> = vec![Box::new(|| {
        let spoilt = store.seat.write("spoil", Durability::Kill, spoil);
        matches!(spoilt, Err(StoreError::Busy { .. }))
    })];
    for number in 1..=7 {
        let store = &store;
        bodies.push(Box::new(move || {
            store.start_execution(&started(number)).is_ok()
        }));
    }
    assert_eq!(crowd(&home, &store, bodies), [true; 8]);
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(7));
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
}

#[test]
fn a_production_row_among_others_is_synced() {
    let home = Home::new();
    let store = home.store();
    let level = |connection: &Connection| {
        let level = connection.query_row("PRAGMA synchronous", [], |row| row.get::<_, i64>(0))?;
        Ok::<_, Fault>(Ok::<_, StoreError>(level))
    };
    let record = |number| {
        let store = &store;
        let body = move || {
            let profile = if number % 2 == 0 {
                Profile::Production
            } else {
                Profile::Standard
            };
            let start = ExecutionStart {
                profile,
                ..started(number)
            };
            store.start_execution(&start).expect("because it is new");
            store.seat.write("read the level", profile.into(), level)
        };
        Box::new(move || {
            let level = body()
                .expect("because it writes nothing")
                .expect("because it agrees");
            number % 2 == 1 || level == 2
        }) as Box<dyn Fn() -> bool + Send>
    };
    assert_eq!(
        crowd(&home, &store, (1..=8).map(record).collect()),
        [true; 8]
    );
}

#[test]
fn a_listing_waits_for_no_writer() {
    let home = Home::new();
    let store = home.store();
    store
        .start_execution(&started(1))
        .expect("because it is new");
    let other = home.raw();
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("because nobody else writes");
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| store.start_execution(&started(2)));
        while store.seat.is_idle() {
            std::thread::yield_now();
        }
        let page = store.executions(&ExecutionFilter::default());
        let one = store.execution(&id(1)).map(|found| found.is_some());
        assert_eq!(
            (page.map(|page| page.total).ok(), one.ok()),
            (Some(1), Some(true))
        );
        assert!(!waits.is_finished());
        other.execute_batch("ROLLBACK").expect("because it began");
        assert!(waits.join().expect("because it does not panic").is_ok());
    });
}

#[test]
fn whoever_queues_behind_a_wait_in_vain_is_told_with_it() {
    let home = Home::new();
    drop(home.store());
    let other = home.raw();
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("because nobody else writes");
    let wait = Duration::from_millis(300);
    let store = SqliteStore::open_waiting(&home.database(), &opening(OpenMode::Create), wait)
        .expect("because opening writes nothing");
    let before = Instant::now();
    let told: Vec<bool> = std::thread::scope(|scope| {
        let store = &store;
        let threads: Vec<_> = (1..=8)
            .map(|number| scope.spawn(move || store.start_execution(&started(number))))
            .collect();
        let busy = |told| matches!(told, Err(RecordError::Store(StoreError::Busy { .. })));
        let told = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        told.map(|told| busy(told.expect("because it does not panic")))
            .collect()
    });
    assert_eq!(told, [true; 8]);
    assert!(before.elapsed() < wait * 6, "{:?}", before.elapsed());
}

#[test]
fn a_body_that_panics_takes_back_its_own_writing_alone() {
    let home = Home::new();
    let store = home.store();
    let panics = || {
        let body = |connection: &Connection| -> Result<Result<(), StoreError>, Fault> {
            connection.execute("DELETE FROM chain_head", [])?;
            panic!("on purpose")
        };
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.seat.write("panic", Durability::Kill, body)
        }));
        caught.is_err()
    };
    let mut bodies: Vec<Box<dyn Fn() -> bool + Send>> = vec![Box::new(panics), Box::new(panics)];
    for number in 1..=6 {
        let store = &store;
        bodies.push(Box::new(move || {
            store.start_execution(&started(number)).is_ok()
        }));
    }
    assert_eq!(crowd(&home, &store, bodies), [true; 8]);
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(6));
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
}

/// Only the last may commit, and the last panics: those who wait for it are not left alone.
#[test]
fn a_last_body_that_panics_leaves_nobody_waiting() {
    let home = Home::new();
    let store = home.store();
    let begun = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let body = |connection: &Connection| {
                begun.store(1, Ordering::SeqCst);
                while store.seat.queued() == 0 {
                    std::thread::yield_now();
                }
                connection.execute("UPDATE chain_head SET hash = hash", [])?;
                Ok::<_, Fault>(Ok::<_, StoreError>(()))
            };
            store.seat.write("wait", Durability::Kill, body).is_ok()
        });
        while begun.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let body =
            |_: &Connection| -> Result<Result<(), StoreError>, Fault> { panic!("on purpose") };
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.seat.write("panic", Durability::Kill, body)
        }));
        assert!(caught.is_err());
        assert!(first.join().expect("because it does not panic"));
    });
}

#[test]
fn a_file_deleted_or_replaced_while_open_is_named() {
    let home = Home::new();
    let path = home.database();
    let replace = |()| {
        let copy = beside(&path, ".copy");
        fs::copy(&path, &copy).expect("because there is room");
        fs::rename(&copy, &path).expect("because it is there");
    };
    let delete = |()| fs::remove_file(&path).expect("because it is there");
    let cases: [&dyn Fn(()); 2] = [&replace, &delete];
    for case in cases {
        let store = home.store();
        case(());
        let told = store
            .start_execution(&started(1))
            .map_err(|error| error.to_string());
        let expected = format!("{} is no longer the file that was opened", path.display());
        assert_eq!(told, Err(expected));
    }
}
