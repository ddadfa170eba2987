//! Every schema that was ever given out, with rows in every table, brought to this one: told, whole, cut short, without room.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lab_model::Moment;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::*;
use crate::sqlite::SqliteStore;
use crate::sqlite::drift::schema;
use crate::sqlite::migrations::{MIGRATIONS, migrate, target};

/// Every row of every table: under the columns that it has.
type Rows = BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>;

/// A folder of its own, for one database.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("ai_lab.db")
    }

    fn raw(&self) -> Connection {
        let raw = Connection::open(self.database()).expect("opens");
        raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF")
            .expect("switches");
        raw
    }

    fn version(&self) -> i64 {
        let raw = self.raw();
        raw.query_row("PRAGMA user_version", [], |row| row.get(0))
            .expect("every database has one")
    }

    fn migrate(&self, mode: MigrateMode) -> Result<MigrationPlan, OpenError> {
        SqliteStore::migrate(&self.database(), &opening(OpenMode::Create), mode)
    }

    /// Brings it along other migrations than those that landed.
    fn along(&self, mode: MigrateMode, migrations: &[Migration]) -> Result<String, String> {
        migrate_file(
            &self.database(),
            &opening(OpenMode::Create),
            mode,
            migrations,
        )
        .map(|plan| told_plan(&plan))
        .map_err(|error| {
            error
                .to_string()
                .replace(&self.0.path().display().to_string(), ".")
        })
    }
}

fn opening(mode: OpenMode) -> Opening {
    Opening {
        mode,
        software_version: "0.1.0".to_owned(),
        at: Moment::from_ms(500).expect("a time"),
    }
}

/// A plan in a line.
fn told_plan(plan: &MigrationPlan) -> String {
    let from = plan
        .from
        .map_or("nothing".to_owned(), |from| from.to_string());
    let missing = plan.missing.iter();
    let missing: Vec<String> = missing
        .map(|one| format!("{} {} ({})", one.version, one.name, one.statements.len()))
        .collect();
    format!("{from} to {}: [{}]", plan.to, missing.join(", "))
}

const MODES: [MigrateMode; 3] = [MigrateMode::Check, MigrateMode::DryRun, MigrateMode::Apply];

/// A database of the first `minor` schemas with rows in every table.
fn filled(minor: usize) -> Home {
    let home = Home::new();
    let raw = home.raw();
    raw.pragma_update(None, "journal_mode", "WAL")
        .expect("switches");
    migrate(&raw, None, &MIGRATIONS[..minor], &opening(OpenMode::Create)).expect("migrates");
    for table in tables(&raw) {
        let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {table})");
        if raw.query_row(&sql, [], |row| row.get(0)).expect("reads") {
            insert(&raw, &table, 7);
            insert(&raw, &table, 8);
        }
    }
    home
}

/// Those that are a person's, in the order in which they were made; the index of words is `SQLite`'s own.
fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             AND name NOT LIKE 'search_words%' ORDER BY rowid",
        )
        .expect("prepares");
    let names = statement.query_map([], |row| row.get(0)).expect("reads");
    names.collect::<Result<_, _>>().expect("names")
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_info(?1)")
        .expect("prepares");
    let rows = statement
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("reads");
    rows.collect::<Result<_, _>>().expect("columns")
}

/// A value that the schema takes in this column; another for another number wherever one must differ.
fn value(table: &str, column: &str, kind: &str, number: i64, place: i64) -> Value {
    let text = match (table, column) {
        (_, "label") => format!("FRM-00{number}"),
        ("github_outbox", "kind") | (_, "numbering") => "issue".to_owned(),
        ("imported_values", "kind") => "text".to_owned(),
        (_, "kind") => "item".to_owned(),
        ("work_items", "status" | "blocked_from") => "todo".to_owned(),
        ("projects", "status") => "planning".to_owned(),
        ("ideas", "status") => "backlog".to_owned(),
        ("milestones", "status") => "planned".to_owned(),
        (_, "priority" | "severity") => "high".to_owned(),
        (_, "item_type") => "task".to_owned(),
        (_, "visibility") => "private".to_owned(),
        (_, "health") => "on_track".to_owned(),
        (_, "side") => "remote".to_owned(),
        (_, "source") => "sync".to_owned(),
        (_, "actor_kind") => "person".to_owned(),
        (_, "member") => String::new(),
        (_, day) if day.ends_with("_day") => format!("2026-01-0{number}"),
        // Items have the texts of their entities; ideas have others.
        ("ideas", "uid") => format!("00000000-0000-7000-8000-{:012}", number + 10),
        (_, uid) if uid.ends_with("uid") => format!("00000000-0000-7000-8000-{number:012}"),
        (_, _) => format!("text {number} {place}"),
    };
    match kind {
        "INTEGER" => Value::Integer(match column {
            "archived" => 0,
            "open" | "done" | "has_base" | "of_seq" => 1,
            flag if flag.starts_with("is_") => 1,
            _ => number * 1_000 + place,
        }),
        "REAL" => Value::Real(0.5),
        "BLOB" => Value::Blob(text.into_bytes()),
        _ => Value::Text(text),
    }
}

fn insert(connection: &Connection, table: &str, number: i64) {
    let columns = columns(connection, table);
    let values = (0..).zip(&columns);
    let values: Vec<Value> = values
        .map(|(place, (column, kind))| value(table, column, kind, number, place))
        .collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({marks})",
        names.join(", ")
    );
    connection
        .execute(&sql, rusqlite::params_from_iter(values))
        .unwrap_or_else(|error| panic!("{table}: {error}"));
}

fn rows(connection: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let sql = format!("SELECT {} FROM {table}", columns.join(", "));
    let mut statement = connection.prepare(&sql).expect("prepares");
    let found = statement
        .query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect())
        .expect("reads");
    found.collect::<Result<_, _>>().expect("rows")
}

fn all(connection: &Connection) -> Rows {
    let of = |table: String| {
        let columns = columns(connection, &table).into_iter();
        let names: Vec<String> = columns.map(|(name, _)| name).collect();
        let rows = rows(connection, &table, &names);
        (table, (names, rows))
    };
    tables(connection).into_iter().map(of).collect()
}

/// Says that every row is there as it was, and that the file is sound; migrations are told of by more rows.
fn assert_kept(connection: &Connection, before: &Rows) {
    for (table, (names, old)) in before {
        let new = rows(connection, table, names);
        let missing = old.iter().find(|row| !new.contains(row));
        assert_eq!(missing, None, "of {table}");
        let grows = table == "migrations";
        assert!(grows || new.len() == old.len(), "{table} has other rows");
    }
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("reads");
    assert_eq!(sound, "ok");
}

#[test]
fn every_schema_with_rows_in_every_table_is_brought_along_with_every_row() {
    let to = target(MIGRATIONS);
    for minor in 1..=MIGRATIONS.len() {
        let home = filled(minor);
        let before = all(&home.raw());
        assert!(before.values().all(|(_, rows)| !rows.is_empty()), "{minor}");
        let plan = home.migrate(MigrateMode::Apply).expect("it is sound");
        assert_eq!(plan.missing.len(), MIGRATIONS.len() - minor);
        assert_kept(&home.raw(), &before);
        let nothing = MigrationPlan {
            from: Some(to),
            to,
            missing: vec![],
            strangers: vec![],
            drift: vec![],
        };
        for mode in MODES {
            assert_eq!(home.migrate(mode).expect("it is ours"), nothing);
        }
        assert_kept(&home.raw(), &before);
    }
}

#[test]
fn a_check_and_a_dry_run_tell_the_plan_and_change_nothing() {
    let home = filled(5);
    let before = all(&home.raw());
    for mode in [MigrateMode::Check, MigrateMode::DryRun] {
        let told = told_plan(&home.migrate(mode).expect("it is ours"));
        assert_eq!(told, "1.5 to 1.6: [1.6 keep github (11)]");
        assert_eq!((home.version(), all(&home.raw()) == before), (1_005, true));
    }
}

#[test]
fn a_first_migration_is_told_rehearsed_and_carried_out() {
    let home = Home::new();
    for (mode, is_there) in MODES.into_iter().zip([false, false, true]) {
        let plan = home.migrate(mode).expect("nothing is in the way");
        assert_eq!((plan.from, plan.missing.len()), (None, MIGRATIONS.len()));
        assert_eq!(home.database().exists(), is_there);
    }
    assert_eq!(home.version(), i64::from(target(MIGRATIONS).user_version()));
    let empty = Home::new();
    let refused = SqliteStore::migrate(
        &empty.database(),
        &opening(OpenMode::ReadOnly),
        MigrateMode::Apply,
    );
    assert!(matches!(refused, Err(OpenError::Missing(_))), "{refused:?}");
}

#[test]
fn a_migration_that_fails_halfway_leaves_nothing() {
    let broken = Migration {
        name: "0002_break",
        sql: "CREATE TABLE notes (text TEXT) STRICT;\n\nCREATE TABLE notes (again TEXT);\n",
    };
    for mode in [MigrateMode::DryRun, MigrateMode::Apply] {
        let home = filled(1);
        let before = all(&home.raw());
        let ended = home.along(mode, &[MIGRATIONS[0], broken]);
        assert_eq!(ended, Err("cannot open ./ai_lab.db".to_owned()));
        assert_eq!((home.version(), all(&home.raw()) == before), (1_001, true));
    }
}

#[test]
fn a_newer_major_is_refused_with_who_can_read_it_and_a_newer_minor_is_left_as_it_is() {
    let home = filled(MIGRATIONS.len());
    let raw = home.raw();
    raw.execute_batch(
        "PRAGMA user_version = 2003; INSERT INTO migrations VALUES (9, 'later', '3.1.4', 0)",
    )
    .expect("runs");
    for mode in MODES {
        assert_eq!(
            home.along(mode, MIGRATIONS),
            Err(
                "./ai_lab.db has schema 2.3, this version reads 1.6; ai-lab 3.1.4 can read it"
                    .to_owned()
            )
        );
    }
    raw.execute_batch("PRAGMA user_version = 1099; CREATE TABLE later (text TEXT)")
        .expect("runs");
    for mode in MODES {
        let plan = home.migrate(mode).expect("a minor only adds");
        assert_eq!(told_plan(&plan), "1.99 to 1.6: []");
        assert_eq!((plan.drift, home.version()), (vec![], 1_099));
    }
}

/// What lies on the disk in the middle of a migration, after so many statements: as a killed process or a power cut
/// leaves it.
fn cut_after(statements: &[String], journal: &str) -> (Home, Rows) {
    let home = filled(1);
    let before = all(&home.raw());
    let raw = home.raw();
    raw.pragma_update(None, "journal_mode", journal)
        .expect("nobody else has it open");
    // A cache of one page: what is changed goes to the disk before it is committed.
    raw.execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE")
        .expect("nobody writes");
    for statement in statements {
        raw.execute(statement, []).expect("it is sound");
    }
    let cut = Home::new();
    for ending in ["", "-wal", "-journal"] {
        let name = format!("ai_lab.db{ending}");
        let from = home.0.path().join(&name);
        if from.exists() {
            std::fs::copy(from, cut.0.path().join(&name)).expect("there is room");
        }
    }
    (cut, before)
}

#[test]
fn a_migration_that_is_cut_short_at_any_statement_leaves_the_old_schema_and_every_row() {
    let plan = planned(&filled(1).raw(), MIGRATIONS).expect("reads");
    let steps = plan.missing.into_iter();
    let statements: Vec<String> = steps.flat_map(|step| step.statements).collect();
    assert!(statements.len() > 50);
    for journal in ["WAL", "DELETE"] {
        for done in 0..=statements.len() {
            let (cut, before) = cut_after(&statements[..done], journal);
            assert_kept(&cut.raw(), &before);
            assert_eq!(cut.version(), 1_001, "{journal}, {done}");
            let again = cut.migrate(MigrateMode::Apply).expect("it is sound");
            assert_eq!(again.missing.len(), MIGRATIONS.len() - 1);
            assert_kept(&cut.raw(), &before);
        }
    }
}

#[test]
fn a_disk_that_fills_during_a_migration_leaves_the_old_schema_and_every_row() {
    let mut refused = 0;
    for room in (0..).step_by(3) {
        let home = filled(1);
        let before = all(&home.raw());
        let raw = home.raw();
        let pages: i64 = raw
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .expect("reads");
        raw.pragma_update(None, "max_page_count", pages + room)
            .expect("it is a bound");
        let carried = bring_up_to_date(&raw, MIGRATIONS, &opening(OpenMode::Create));
        drop(raw);
        assert_kept(&home.raw(), &before);
        if carried.is_ok() {
            break;
        }
        refused += 1;
        assert_eq!(home.version(), 1_001);
    }
    assert!(refused > 3, "the disk was full {refused} times");
}

#[test]
fn the_statements_of_a_plan_make_what_the_migrations_make() {
    let (whole, stepped) = (Connection::open_in_memory(), Connection::open_in_memory());
    let (whole, stepped) = (whole.expect("opens"), stepped.expect("opens"));
    for step in planned(&stepped, MIGRATIONS).expect("reads").missing {
        for statement in step.statements {
            stepped
                .execute(&statement, [])
                .expect("it is one whole statement");
        }
    }
    for migration in MIGRATIONS {
        whole.execute_batch(migration.sql).expect("it is sound");
    }
    assert_eq!(
        schema(&stepped).expect("reads"),
        schema(&whole).expect("reads")
    );
}

#[test]
fn what_somebody_changed_of_the_schema_is_named_and_not_refused() {
    let home = filled(MIGRATIONS.len());
    home.raw()
        .execute_batch(
            "CREATE TABLE mine (text TEXT);
             CREATE INDEX mine_by_text ON mine (text);
             CREATE VIEW sees AS SELECT 1;
             ALTER TABLE claims ADD COLUMN colour TEXT NOT NULL DEFAULT '';
             ALTER TABLE attachments RENAME COLUMN media_type TO kind_of;
             DROP INDEX claims_by_end;
             DROP INDEX writes_by_actor;
             CREATE INDEX writes_by_actor ON writes (actor_name);
             DROP TRIGGER operations_are_never_deleted;
             UPDATE migrations SET name = '0004_other' WHERE number = 4;",
        )
        .expect("SQLite lets everybody write");
    for mode in MODES {
        let plan = home.migrate(mode).expect("it is ours");
        assert_eq!(plan.strangers, ["0004_other"]);
        assert_eq!(
            plan.drift,
            [
                "index claims_by_end was removed",
                "index mine_by_text was added",
                "index writes_by_actor is another",
                "table attachments: column kind_of was added",
                "table attachments: column media_type was removed",
                "table claims: column colour was added",
                "table mine was added",
                "trigger operations_are_never_deleted was removed",
                "view sees was added",
            ]
        );
    }
    let no_list = filled(MIGRATIONS.len());
    no_list
        .raw()
        .execute_batch("DROP TABLE migrations")
        .expect("drops");
    let plan = no_list.migrate(MigrateMode::Check).expect("it is ours");
    assert_eq!(plan.drift, ["table migrations was removed"]);
}
