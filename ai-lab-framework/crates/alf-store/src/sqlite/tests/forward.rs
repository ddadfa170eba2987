//! Every schema that was ever given out, with rows in every table, brought to this one: whole, cut short, and without room.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Home, opening};
use crate::opening::OpenMode;
use crate::plan::{MigrateMode, MigrationPlan};
use crate::sqlite::SqliteStore;
use crate::sqlite::migrations::{Identity, MIGRATIONS, Migration, carry_out, identity, plan};
use crate::sqlite::open::Door;
use crate::sqlite::patience::BUSY_WAIT;

/// Tables of the search index, which are no one's to write, and those that have exactly one row.
const NOT_FILLED: [&str; 3] = ["execution_text", "chain_head", "search_cursor"];

/// Every row of every table: under the columns that it has.
type Rows = BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>;

/// A database of the first `minor` schemas: the first schema's own rows, and rows of our own in every table that came
/// since.
fn filled(minor: usize) -> Home {
    let home = Home::new();
    std::fs::create_dir(home.folder().join("home")).expect("because it is new");
    home.raw()
        .execute_batch(include_str!("record_1_1.sql"))
        .expect("because the first schema's own code wrote it");
    let door = Door {
        path: &home.database(),
        opening: &opening(OpenMode::Create),
        wait: BUSY_WAIT,
        migrations: &MIGRATIONS[..minor],
    };
    door.migrate(MigrateMode::Apply)
        .expect("because it is sound");
    let raw = home.raw();
    for table in tables(&raw) {
        let empty: i64 = raw
            .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .expect("because it is there");
        if empty == 0 {
            insert(&raw, &table, 7);
            insert(&raw, &table, 8);
        }
    }
    home
}

fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .expect("because every database has it");
    let names = statement.query_map([], |row| row.get::<_, String>(0));
    let names = names
        .expect("because it can be read")
        .map(|name| name.expect("a name"));
    names
        .filter(|name| !NOT_FILLED.iter().any(|not| name.starts_with(not)))
        .collect()
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_info(?1)")
        .expect("because SQLite has it");
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.expect("because it can be read")
        .map(|row| row.expect("a column"))
        .collect()
}

/// One row with a value of its type in each of these columns.
fn insert_into(connection: &Connection, table: &str, columns: &[(String, String)], number: i64) {
    let values: Vec<Value> = columns
        .iter()
        .enumerate()
        .map(|(at, (_, kind))| match kind.as_str() {
            "INTEGER" => Value::Integer(number * 1_000 + i64::try_from(at).expect("few")),
            "REAL" => Value::Real(0.5),
            _ => Value::Text(format!("text {number} {at}")),
        })
        .collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({marks})",
        names.join(", ")
    );
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .expect("because it is a switch");
    connection
        .execute(&sql, rusqlite::params_from_iter(values))
        .unwrap_or_else(|error| panic!("{table}: {error}"));
}

fn insert(connection: &Connection, table: &str, number: i64) {
    insert_into(connection, table, &columns(connection, table), number);
}

/// The rows under these columns, or under all.
fn rows(connection: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let sql = format!("SELECT {} FROM {table}", columns.join(", "));
    let mut statement = connection.prepare(&sql).expect("because it is there");
    let found = statement.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect());
    let found = found.expect("because it can be read");
    found.map(|row| row.expect("a row")).collect()
}

fn all(connection: &Connection) -> Rows {
    let of = |table: String| {
        let names: Vec<String> = columns(connection, &table)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let rows = rows(connection, &table, &names);
        (table, (names, rows))
    };
    tables(connection).into_iter().map(of).collect()
}

/// Says that every row is there as it was; migrations are told of by more rows.
fn assert_kept(connection: &Connection, before: &Rows) {
    for (table, (names, old)) in before {
        let new = rows(connection, table, names);
        let missing = old.iter().find(|row| !new.contains(row));
        assert_eq!(missing, None, "of {table}");
        let grows = table == "schema_migrations";
        assert!(grows || new.len() == old.len(), "{table} has other rows");
    }
}

#[test]
fn every_schema_with_rows_in_every_table_is_brought_along_with_every_row() {
    for minor in 1..=MIGRATIONS.len() {
        let home = filled(minor);
        let before = all(&home.raw());
        assert!(before.values().all(|(_, rows)| !rows.is_empty()), "{minor}");
        let opened = opening(OpenMode::Existing);
        SqliteStore::migrate(&home.database(), &opened, MigrateMode::Apply).expect("it is sound");
        assert_kept(&home.raw(), &before);
        let plan = SqliteStore::migrate(&home.database(), &opened, MigrateMode::Check);
        let told = plan.expect("it is ours").to_string();
        let schema = SqliteStore::schema();
        assert_eq!(told, format!("schema {schema}: nothing to do\n"));
    }
}

#[test]
fn what_the_statements_of_an_older_release_write_a_newer_schema_takes() {
    let newest = filled(MIGRATIONS.len());
    for minor in 1..=MIGRATIONS.len() {
        let home = filled(minor);
        let (older, raw) = (home.raw(), newest.raw());
        for table in tables(&older) {
            let number = 100 + i64::try_from(minor).expect("few");
            // Neither names what came later: its defaults stand there.
            if table != "tool_executions" {
                insert_into(&raw, &table, &columns(&older, &table), number);
            }
            let names: Vec<String> = columns(&older, &table)
                .into_iter()
                .map(|one| one.0)
                .collect();
            assert!(!rows(&raw, &table, &names).is_empty(), "{table}");
        }
    }
}

fn plan_of(connection: &Connection) -> MigrationPlan {
    let Ok(Identity::Ours(from)) = identity(connection) else {
        panic!("it is ours");
    };
    plan(connection, Some(from), MIGRATIONS).expect("it can be read")
}

/// What lies on the disk in the middle of a migration, after so many statements: as a killed process or a power cut leaves
/// it.
fn cut_after(statements: &[String], journal: &str) -> (Home, Rows) {
    let home = filled(1);
    let before = all(&home.raw());
    let cut = Home::new();
    std::fs::create_dir(cut.folder().join("home")).expect("because it is new");
    let raw = home.raw();
    raw.pragma_update(None, "journal_mode", journal)
        .expect("because it is one");
    // A cache of one page: what is changed goes to the disk before it is committed.
    raw.execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE")
        .expect("because nobody writes");
    for statement in statements {
        raw.execute(statement, []).expect("because it is sound");
    }
    for ending in ["", "-wal", "-journal"] {
        let from = home.folder().join(format!("home/framework.db{ending}"));
        if from.exists() {
            let to = cut.folder().join(format!("home/framework.db{ending}"));
            std::fs::copy(from, to).expect("because there is room");
        }
    }
    (cut, before)
}

#[test]
fn a_migration_that_is_cut_short_at_any_statement_leaves_the_old_schema_and_every_row() {
    let first = filled(1);
    let steps = plan_of(&first.raw()).missing.into_iter();
    let statements: Vec<String> = steps.flat_map(|step| step.statements).collect();
    assert!(statements.len() > 10);
    for journal in ["WAL", "DELETE"] {
        for done in 0..=statements.len() {
            let (cut, before) = cut_after(&statements[..done], journal);
            assert_kept(&cut.raw(), &before);
            let missing = plan_of(&cut.raw()).missing;
            assert_eq!(missing.len(), MIGRATIONS.len() - 1, "{journal}, {done}");
            let store = cut.store();
            assert_eq!(store.quick_check().ok(), Some(vec![]));
            assert_kept(&cut.raw(), &before);
        }
    }
}

#[test]
fn a_disk_that_fills_during_a_migration_leaves_the_old_schema_and_every_row() {
    let mut refused = 0;
    for room in 0.. {
        let home = filled(1);
        let before = all(&home.raw());
        let raw = home.raw();
        let pages: i64 = raw
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .expect("because every database has some");
        raw.pragma_update(None, "max_page_count", pages + room)
            .expect("because it is a bound");
        let planned = plan_of(&raw);
        raw.execute_batch("BEGIN IMMEDIATE")
            .expect("because nobody writes");
        let carried = carry_out(&raw, &planned, MIGRATIONS, &opening(OpenMode::Existing));
        let ended = if carried.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        // A full disk may have ended the transaction already.
        let _ended = raw.execute_batch(ended);
        drop(raw);
        assert_kept(&home.raw(), &before);
        if carried.is_ok() {
            break;
        }
        refused += 1;
        assert_eq!(plan_of(&home.raw()).missing.len(), MIGRATIONS.len() - 1);
    }
    assert!(refused > 3, "the disk was full {refused} times");
}

#[test]
fn what_somebody_changed_of_the_schema_is_named() {
    let home = filled(MIGRATIONS.len());
    let told = || {
        let opened = opening(OpenMode::Existing);
        let plan = SqliteStore::migrate(&home.database(), &opened, MigrateMode::Check);
        plan.expect("it is ours").drift
    };
    assert_eq!(told(), Vec::<String>::new());
    home.raw()
        .execute_batch(
            "CREATE TABLE mine (text TEXT);
             CREATE INDEX mine_by_text ON mine (text);
             CREATE TRIGGER watches AFTER DELETE ON mine BEGIN SELECT 1; END;
             ALTER TABLE tool_sessions ADD COLUMN colour TEXT NOT NULL DEFAULT '';
             ALTER TABLE tool_metrics RENAME COLUMN unit TO units;
             DROP INDEX tool_sessions_by_change;
             DROP INDEX tool_executions_by_trouble;
             CREATE INDEX tool_executions_by_trouble ON tool_executions (status);",
        )
        .expect("because SQLite lets everybody write");
    assert_eq!(
        told(),
        [
            "index mine_by_text was added",
            "index tool_executions_by_trouble is another",
            "index tool_sessions_by_change was removed",
            "table mine was added",
            "table tool_metrics: column unit was removed",
            "table tool_metrics: column units was added",
            "table tool_sessions: column colour was added",
            "trigger watches was added",
        ]
    );
}

#[test]
fn the_line_ends_of_a_checkout_change_no_digest() {
    for migration in MIGRATIONS {
        let text = migration.text.replace('\n', "\r\n");
        let with_returns = Migration {
            text: Box::leak(text.into_boxed_str()),
            ..*migration
        };
        assert_eq!(with_returns.digest(), migration.digest());
    }
}
