//! Copies, and what a checkup says.

use std::fs;

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
    assert_eq!(checkup.schema, SchemaVersion { major: 1, minor: 4 });
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
