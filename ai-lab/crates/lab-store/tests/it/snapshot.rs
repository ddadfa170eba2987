//! Copies, and what a checkup says.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use lab_model::EntityKind;
use lab_store::{OpenMode, SchemaVersion, SqliteStore, Store, StoreError};

use crate::scene::{everything, insert_everything, item, memory, opening, write};

#[test]
fn a_snapshot_is_a_whole_database_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = SqliteStore::open(&folder.path().join("ai_lab.db"), &opening(OpenMode::Create))
        .expect("opens");
    insert_everything(&mut store, &everything());
    let copy = folder.path().join("copy.db");
    store.snapshot(&copy).expect("copies");
    write(&mut store, 9, |tx| tx.insert_item(&item(50, "FRM-050"))).expect("writes");
    let opened = SqliteStore::open(&copy, &opening(OpenMode::ReadOnly)).expect("opens");
    let count = |store: &SqliteStore| {
        store
            .read(|tx| Ok::<_, StoreError>(tx.item_statuses()?.len()))
            .expect("reads")
    };
    assert_eq!((count(&opened), count(&store)), (2, 3));
    assert!(opened.check_up().expect("looks").is_sound());
    drop(opened);
    let again = store.snapshot(&copy).map_err(|error| error.to_string());
    assert_eq!(again, Err(format!("{} is there already", copy.display())));
}

#[test]
fn a_snapshot_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = memory();
    assert!(
        store
            .snapshot(&folder.path().join("nowhere/copy.db"))
            .is_err()
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_checkup_counts_and_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    insert_everything(&mut store, &everything());
    let checkup = store.check_up().expect("looks");
    assert_eq!(checkup.schema, SchemaVersion { major: 1, minor: 6 });
    assert_eq!(checkup.journal_mode, "wal");
    let counts: Vec<_> = checkup
        .entities
        .iter()
        .map(|(kind, count)| (*kind, *count))
        .collect();
    assert_eq!(
        counts,
        [
            (EntityKind::Project, 1),
            (EntityKind::Idea, 1),
            (EntityKind::Item, 2),
            (EntityKind::Milestone, 1),
            (EntityKind::Repo, 1)
        ]
    );
    assert_eq!(checkup.log.0, 1);
    assert!(checkup.is_sound(), "{checkup:?}");
    let raw = rusqlite::Connection::open(&path).expect("opens");
    raw.execute_batch("PRAGMA foreign_keys = OFF; UPDATE work_items SET project_uid = 'gone'")
        .expect("runs");
    let checkup = store.check_up().expect("looks");
    assert_eq!(
        (checkup.dangling.clone(), checkup.is_sound()),
        (vec!["work_items → projects".to_owned()], false)
    );
}

/// How many write at once, and how many copies are made meanwhile.
const WRITERS: u64 = 8;
const COPIES: usize = 6;

static TURN: Mutex<()> = Mutex::new(());

/// Writes pairs until told to stop; answers with how many, and how often it would have waited longer than a second.
fn write_pairs(path: &Path, writer: u64, begun: &AtomicU64, is_over: &AtomicBool) -> (u64, u64) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection
        .busy_timeout(Duration::from_secs(1))
        .expect("set");
    connection
        .pragma_update(None, "synchronous", "FULL")
        .expect("set");
    let (mut written, mut refused) = (0, 0);
    while !is_over.load(Ordering::Relaxed) {
        let pair = format!(
            "BEGIN IMMEDIATE; INSERT INTO pairs VALUES ({writer}, {written}, 0); \
             INSERT INTO pairs VALUES ({writer}, {written}, 1); COMMIT"
        );
        // One at a time: whoever waits for the database is kept waiting by a copy and by nobody else.
        let turn = TURN.lock().expect("no panic");
        let ended = connection.execute_batch(&pair);
        drop(turn);
        match ended {
            Ok(()) => written += 1,
            Err(error) => {
                assert_eq!(
                    error.sqlite_error_code(),
                    Some(rusqlite::ErrorCode::DatabaseBusy)
                );
                refused += 1;
            }
        }
        if written == 1 {
            begun.fetch_add(1, Ordering::Relaxed);
        }
    }
    (written, refused)
}

#[test]
fn copies_made_while_eight_write_are_whole_and_keep_nobody_waiting_for_a_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    insert_everything(&mut store, &everything());
    let raw = rusqlite::Connection::open(&path).expect("opens");
    raw.execute_batch("CREATE TABLE pairs (writer INTEGER, number INTEGER, half INTEGER)")
        .expect("runs");
    let (begun, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let copy = |number: usize| folder.path().join(format!("copy-{number}.db"));
    let ended: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let (path, begun, is_over) = (&path, &begun, &is_over);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_pairs(path, writer, begun, is_over)))
            .collect();
        while begun.load(Ordering::Relaxed) < WRITERS {
            std::thread::yield_now();
        }
        (0..COPIES).for_each(|number| store.snapshot(&copy(number)).expect("copies"));
        is_over.store(true, Ordering::Relaxed);
        writers
            .into_iter()
            .map(|it| it.join().expect("no panic"))
            .collect()
    });
    let written: u64 = ended.iter().map(|(written, _)| written).sum();
    let refused: u64 = ended.iter().map(|(_, refused)| refused).sum();
    assert_eq!(refused, 0, "of {written} writes");
    let mut before = 0_i64;
    for number in 0..COPIES {
        let opened = SqliteStore::open(&copy(number), &opening(OpenMode::ReadOnly)).expect("opens");
        assert!(opened.check_up().expect("looks").is_sound());
        let raw = rusqlite::Connection::open(copy(number)).expect("opens");
        let count = |sql: &str| {
            raw.query_row(sql, [], |row| row.get::<_, i64>(0))
                .expect("counts")
        };
        // Whole pairs, and of each writer the first so many of them: one moment's state.
        let halves = "SELECT count(*) FROM (SELECT 1 FROM pairs GROUP BY writer, number HAVING count(*) != 2)";
        assert_eq!(count(halves), 0);
        let gaps = "SELECT count(*) FROM (SELECT 1 FROM pairs GROUP BY writer HAVING max(number) + 1 != count(DISTINCT number))";
        assert_eq!(count(gaps), 0);
        let pairs = count("SELECT count(*) / 2 FROM pairs");
        assert!(
            before <= pairs && pairs.unsigned_abs() <= written,
            "{before} {pairs} {written}"
        );
        before = pairs;
    }
}

#[test]
fn a_copy_takes_over_under_those_who_have_the_database_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let open = || SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    let mut store = open();
    write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    let copy = folder.path().join("copy.db");
    store.snapshot(&copy).expect("copies");
    write(&mut store, 2, |tx| tx.insert_item(&item(2, "FRM-002"))).expect("writes");
    let other = open();
    let count = |store: &SqliteStore| {
        let read = store.read(|tx| Ok::<_, StoreError>(tx.item_statuses()?.len()));
        read.expect("reads")
    };
    assert_eq!(count(&other), 2);
    store.take_over(&copy).expect("takes over");
    assert_eq!((count(&store), count(&other)), (1, 1));
    write(&mut store, 3, |tx| tx.insert_item(&item(3, "FRM-003"))).expect("writes");
    assert_eq!(count(&other), 2);
    assert!(other.check_up().expect("looks").is_sound());
    let missing = store.take_over(&folder.path().join("nothing.db"));
    assert!(missing.is_err());
    assert_eq!(count(&store), 2);
}
