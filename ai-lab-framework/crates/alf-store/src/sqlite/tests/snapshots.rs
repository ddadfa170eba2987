//! What a backup and a doctor get.

use std::fs;

use super::{Home, opening};
use crate::conformance::{ended, started};
use crate::execution::EndStatus;
use crate::facts::TableRows;
use crate::opening::OpenMode;
use crate::sqlite::migrations::MIGRATIONS;
use crate::sqlite::place::beside;
use crate::sqlite::{SnapshotError, SqliteStore};
use crate::store::Store;

#[test]
fn a_snapshot_is_one_file_that_opens_with_every_row() {
    let home = Home::new();
    let store = home.store();
    store
        .start_execution(&started(1))
        .expect("because it is new");
    store
        .end_execution(&ended(1, EndStatus::Failed))
        .expect("because it runs");
    let to = home.folder().join("copy.db");
    let made = store.snapshot(&to).expect("because there is room");
    store
        .start_execution(&started(2))
        .expect("because it is new");
    let bytes = fs::metadata(&to).map(|found| found.len()).ok();
    assert_eq!(
        (made.path.as_path(), Some(made.bytes), made.chain_length),
        (to.as_path(), bytes, 2)
    );
    assert!(!beside(&to, "-wal").exists());
    let copy = SqliteStore::open(&to, &opening(OpenMode::Existing)).expect("because it is whole");
    let facts = copy.facts().expect("because it is whole");
    assert_eq!((facts.chain_length, facts.chain_head), (2, made.chain_head));
    assert_eq!(facts.journal_mode, "wal");
    assert_eq!(
        (copy.quick_check().ok(), copy.verify_chain().ok()),
        (Some(vec![]), Some(vec![]))
    );
    copy.start_execution(&started(3))
        .expect("because a copy is a database");
}

#[test]
fn a_snapshot_never_overwrites_and_names_where_it_cannot_write() {
    let home = Home::new();
    let store = SqliteStore::in_memory().expect("because memory is there");
    let to = home.folder().join("copy.db");
    store.snapshot(&to).expect("because there is room");
    let before = fs::read(&to).ok();
    let again = store.snapshot(&to).map_err(|error| error.class().as_str());
    assert_eq!(
        (again.is_err(), again.err(), fs::read(&to).ok()),
        (true, Some("conflict"), before)
    );
    let nowhere = store.snapshot(&home.folder().join("no/copy.db"));
    assert!(matches!(nowhere, Err(SnapshotError::Unwritable { .. })));
}

#[test]
fn the_facts_are_those_of_the_file() {
    let home = Home::new();
    let store = home.store();
    store
        .start_execution(&started(1))
        .expect("because it is new");
    store
        .start_execution(&started(2))
        .expect("because it is new");
    store
        .end_execution(&ended(1, EndStatus::Succeeded))
        .expect("because it runs");
    let facts = store.facts().expect("because it is whole");
    let rows: Vec<(&str, u64)> = facts
        .rows
        .iter()
        .map(|TableRows { table, rows }| (table.as_str(), *rows))
        .collect();
    assert_eq!(
        rows,
        [
            ("action_run_times", 3),
            ("action_spans", 3),
            ("chain_head", 1),
            ("chain_pruned", 0),
            ("execution_text", 0),
            ("framework_logs", 2),
            ("metric_spans", 3),
            ("schema_migrations", MIGRATIONS.len() as u64),
            ("search_cursor", 1),
            ("tool_breakers", 0),
            ("tool_configurations", 0),
            ("tool_executions", 2),
            ("tool_metrics", 1),
            ("tool_sessions", 0),
        ]
    );
    assert_eq!(
        (facts.path, facts.schema.to_string()),
        (home.database(), SqliteStore::schema().to_string())
    );
    assert_eq!((facts.journal_mode.as_str(), facts.unfinished), ("wal", 1));
    assert_eq!(
        (facts.chain_length, facts.chain_head.len(), facts.free_bytes),
        (3, 64, 0)
    );
    assert!(facts.file_bytes > 0 && facts.wal_bytes > 0);
}

#[test]
fn a_schema_that_somebody_changed_is_told() {
    let home = Home::new();
    drop(home.store());
    home.raw()
        .execute_batch(
            "DROP INDEX tool_sessions_by_change;
             ALTER TABLE tool_configurations ADD COLUMN extra TEXT;
             CREATE TRIGGER quiet AFTER INSERT ON tool_sessions BEGIN SELECT 1; END;
             PRAGMA foreign_keys = OFF;
             INSERT INTO tool_metrics (execution_id, name, value, unit) VALUES ('x', 'x', 1, '');",
        )
        .expect("because SQLite lets everybody write");
    assert_eq!(
        home.store().quick_check().ok(),
        Some(vec![
            "a row of tool_metrics refers to a row that is not there".to_owned(),
            "table tool_configurations was changed".to_owned(),
            "index tool_sessions_by_change is missing".to_owned(),
            "trigger quiet is not ours".to_owned(),
        ])
    );
}
