//! What may be opened, and what is refused and left as it was.

use std::fs;
use std::path::Path;

use lab_store::{OpenError, OpenMode, SqliteStore, Store};
use rusqlite::Connection;

use crate::scene::{item, opening, uid, write};

/// Opens and tells how that ended, the folder left out.
fn outcome(path: &Path, mode: OpenMode) -> Result<(), String> {
    let folder = format!("{}/", path.parent().expect("a folder").display());
    SqliteStore::open(path, &opening(mode))
        .map(|_| ())
        .map_err(|error| error.to_string().replace(&folder, ""))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test lays out files, no crash can halve them"
)]
fn lay(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::write(path, bytes).expect("written");
}

#[test]
fn a_new_database_is_whole_and_alone_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/data/ai_lab.db");
    drop(SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens"));
    let names: Vec<_> = fs::read_dir(path.parent().expect("a folder"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    assert_eq!(names, ["ai_lab.db"]);
    let raw = Connection::open(&path).expect("opens");
    let pragma = |name: &str| {
        raw.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .expect("reads")
    };
    let pragmas = ["application_id", "user_version", "journal_mode"].map(pragma);
    assert_eq!(
        pragmas,
        [0x4149_4c62.into(), 1006.into(), "wal".to_owned().into()]
    );
}

#[test]
fn what_a_killed_creation_left_does_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    lay(&folder.path().join("ai_lab.db.new"), "half a database");
    lay(
        &folder.path().join("ai_lab.db.new-journal"),
        "half a journal",
    );
    assert_eq!(outcome(&path, OpenMode::Create), Ok(()));
}

#[test]
fn what_is_no_lab_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    lay(&at("empty.db"), "");
    lay(
        &at("text.db"),
        "This is no database, however long the text may be. ".repeat(20),
    );
    fs::create_dir(at("folder.db")).expect("made");
    let raw = |name: &str, sql: &str| {
        Connection::open(at(name))
            .expect("opens")
            .execute_batch(sql)
            .expect("runs");
    };
    raw("other.db", "CREATE TABLE t (a)");
    raw("foreign.db", "PRAGMA application_id = 66");
    raw(
        "blank.db",
        "PRAGMA user_version = 1; PRAGMA user_version = 0",
    );
    raw(
        "unborn.db",
        "PRAGMA application_id = 0x41494c62; PRAGMA user_version = 1000",
    );
    raw(
        "negative.db",
        "PRAGMA application_id = 0x41494c62; PRAGMA user_version = -1",
    );
    for (name, why) in [
        ("empty.db", "it is empty"),
        ("text.db", "it is no database"),
        ("folder.db", "it is no regular file"),
        (
            "other.db",
            "it is another program's (application id 0x00000000)",
        ),
        (
            "foreign.db",
            "it is another program's (application id 0x00000042)",
        ),
        ("blank.db", "it is empty"),
        ("unborn.db", "its version 1000 never was"),
        ("negative.db", "its version -1 never was"),
    ] {
        let before = fs::read(at(name)).ok();
        for mode in [OpenMode::Create, OpenMode::ReadOnly] {
            assert_eq!(
                outcome(&at(name), mode),
                Err(format!("{name} is not a lab's database: {why}"))
            );
        }
        assert_eq!(fs::read(at(name)).ok(), before, "{name} was touched");
    }
}

#[test]
fn a_newer_major_is_refused_with_who_can_read_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    assert_eq!(outcome(&path, OpenMode::Create), Ok(()));
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch(
        "PRAGMA user_version = 2003; INSERT INTO migrations VALUES (9, 'later', '3.1.4', 0)",
    )
    .expect("runs");
    assert_eq!(
        outcome(&path, OpenMode::Create),
        Err(
            "ai_lab.db has schema 2.3, this version reads 1.6; ai-lab 3.1.4 can read it".to_owned()
        )
    );
}

#[test]
fn a_newer_minor_is_read_and_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    assert_eq!(outcome(&path, OpenMode::Create), Ok(()));
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch(
        "ALTER TABLE work_items ADD COLUMN colour TEXT DEFAULT 'red'; PRAGMA user_version = 1099",
    )
    .expect("runs");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    raw.execute("UPDATE work_items SET colour = 'blue'", [])
        .expect("runs");
    let mut seen = store
        .read(|tx| tx.item(&uid(1)))
        .expect("reads")
        .expect("there");
    seen.title = "changed".to_owned();
    write(&mut store, 2, |tx| tx.update_item(&seen)).expect("writes");
    let colour: String = raw
        .query_row("SELECT colour FROM work_items", [], |row| row.get(0))
        .expect("reads");
    // What a later version keeps beside our columns survives our writes.
    assert_eq!(colour, "blue");
    let version: i64 = raw
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .expect("reads");
    assert_eq!(version, 1099);
}

#[test]
fn a_log_without_its_database_is_not_taken_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    lay(
        &folder.path().join("ai_lab.db-wal"),
        "changes of a lost database",
    );
    assert_eq!(
        outcome(&path, OpenMode::Create),
        Err("ai_lab.db-wal is left without its database".to_owned())
    );
    assert!(!path.exists());
}

#[test]
fn reading_only_creates_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    assert_eq!(
        outcome(&path, OpenMode::ReadOnly),
        Err("there is no database at ai_lab.db".to_owned())
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    assert_eq!(outcome(&path, OpenMode::Create), Ok(()));
    let mut store = SqliteStore::open(&path, &opening(OpenMode::ReadOnly)).expect("opens");
    let refused = write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001")));
    assert_eq!(
        refused.map_err(|error| error.to_string()),
        Err("the database cannot be written".to_owned())
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    lay(&folder.path().join("data"), "a file in the way");
    let refused = SqliteStore::open(
        &folder.path().join("data/ai_lab.db"),
        &opening(OpenMode::Create),
    );
    assert!(
        matches!(refused, Err(OpenError::Unreachable { .. })),
        "{refused:?}"
    );
}

#[test]
fn damage_ends_in_a_named_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    write(&mut store, 1, |tx| {
        (1..200).try_for_each(|n| tx.insert_item(&item(n, &format!("FRM-{n:03}"))).map(|_| ()))
    })
    .expect("writes");
    drop(store);
    let whole = fs::read(&path).expect("reads");
    // Every page in turn is overwritten; nothing may panic, and a checkup must not call it sound.
    for page in 0..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x5a);
        lay(&path, &bytes);
        let checked = SqliteStore::open(&path, &opening(OpenMode::Create))
            .ok()
            .and_then(|store| store.check_up().ok());
        assert!(
            !checked.is_some_and(|checkup| checkup.is_sound()),
            "page {page}"
        );
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(folder.path().join(format!("ai_lab.db{ending}")));
        }
    }
}

/// Copies a database as it lies on the disk, with one of the files beside it.
fn copy(from: &Path, to: &Path, beside: &str) {
    for end in ["", beside] {
        let at = |path: &Path| format!("{}{end}", path.display());
        fs::copy(at(from), at(to)).expect("copied");
    }
}

#[test]
fn what_a_kill_left_beside_a_database_is_settled_for_who_only_reads() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    let logged = folder.path().join("logged.db");
    copy(&path, &logged, "-wal");
    drop(store);
    // A write that was cut in a database that keeps no log: half of it is in the file.
    let raw = Connection::open(&path).expect("opens");
    raw.pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    raw.execute_batch(
        "PRAGMA cache_size = 1; BEGIN; UPDATE work_items SET title = 'lost';
         CREATE TABLE filler (x); INSERT INTO filler
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)
         SELECT randomblob(500) FROM n;",
    )
    .expect("runs");
    let halved = folder.path().join("halved.db");
    copy(&path, &halved, "-journal");
    for left in [&logged, &halved] {
        let mut found = SqliteStore::open(left, &opening(OpenMode::ReadOnly)).expect("opens");
        let there = found.read(|tx| tx.item(&uid(1))).expect("reads");
        assert_eq!(there.map(|it| it.title), Some(item(1, "FRM-001").title));
        write(&mut found, 2, |tx| tx.insert_item(&item(2, "FRM-002"))).expect_err("it only reads");
    }
}
