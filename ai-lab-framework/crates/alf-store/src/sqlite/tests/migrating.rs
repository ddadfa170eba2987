//! The schema's history.

use std::io::Write as _;

use super::{Home, opening};
use crate::conformance::{ended, id, started};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart, Status};
use crate::figures::FiguresFilter;
use crate::opening::{OpenError, OpenMode};
use crate::plan::MigrateMode;
use crate::sqlite::SqliteStore;
use crate::sqlite::migrations::{MIGRATIONS, Migration};
use crate::sqlite::open::Door;
use crate::sqlite::patience::BUSY_WAIT;
use crate::sqlite::upkeep::schema;
use crate::store::Store;

/// Every migration that was ever given out, with its digest. A line here never changes.
const LANDED: &[(u32, &str, &str)] = &[
    (
        1,
        "record",
        "e4e5acbda9e0823e16f9f596f24123412726a73c0a736e4e2587468697388225",
    ),
    (
        2,
        "breakers",
        "1d357922118ebef732ec6ab43944eb538ef32fdbe428d3912edfaafda4d9fa1e",
    ),
    (
        3,
        "figures",
        "6f8f3a94318bdb4c8cd2d0fd200a79c7cbdd978cd4c18033b047981978f09db9",
    ),
    (
        4,
        "outputs",
        "48159b3919415b9f7053bbec6e07c3b6f354881c2dc42a45e1d48c56785710ec",
    ),
    (
        5,
        "retention",
        "b6b0abdba71a219901f24f8b02499f88bb9cf5c947ad0c792ccaeb6eb1ff7da4",
    ),
];

#[test]
fn landed_migrations_keep_their_text() {
    let known: Vec<(u32, &str, String)> = MIGRATIONS
        .iter()
        .map(|one| (one.minor, one.name, one.digest()))
        .collect();
    let known: Vec<(u32, &str, &str)> = known
        .iter()
        .map(|(minor, name, digest)| (*minor, *name, digest.as_str()))
        .collect();
    assert_eq!(known, LANDED);
}

/// Whether a person wants what is committed to be written anew.
#[expect(clippy::disallowed_methods, reason = "how a person blesses a snapshot")]
fn blessing() -> bool {
    std::env::var_os("AI_LAB_BLESS").is_some()
}

#[test]
fn the_migrations_add_up_to_the_committed_schema() {
    let store = SqliteStore::in_memory().expect("because memory is there");
    let made = store
        .seat
        .apart("read the schema", schema)
        .expect("because it is there");
    let made: Vec<String> = made
        .into_iter()
        .map(|(_, sql)| format!("{sql};\n"))
        .collect();
    let made = made.join("\n");
    if blessing() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql");
        let file = std::fs::File::create(path);
        let mut file = file.expect("because it is in the checkout");
        file.write_all(made.as_bytes())
            .expect("because there is room");
        return;
    }
    assert_eq!(made, include_str!("../../../schema.sql"));
}

/// A second step that is not there yet, and one that fails halfway.
const SECOND: Migration = Migration {
    minor: 2,
    name: "notes",
    text: "CREATE TABLE notes (\n    text TEXT NOT NULL\n) STRICT;\n\nALTER TABLE tool_sessions\n    \
           ADD COLUMN owner TEXT NOT NULL DEFAULT '';\n",
};
const BROKEN: Migration = Migration {
    minor: 2,
    name: "broken",
    text: "CREATE TABLE notes (text TEXT NOT NULL) STRICT;\n\nCREATE TABLE notes (again TEXT);\n",
};

/// A database with the first schema alone.
fn first(home: &Home) {
    let door = Door {
        path: &home.database(),
        opening: &opening(OpenMode::Create),
        wait: BUSY_WAIT,
        migrations: &MIGRATIONS[..1],
    };
    drop(door.open().expect("because it is new"));
}

fn migrate(
    home: &Home,
    second: Migration,
    open_mode: OpenMode,
    mode: MigrateMode,
) -> Result<String, OpenError> {
    let migrations = [MIGRATIONS[0], second];
    let door = Door {
        path: &home.database(),
        opening: &opening(open_mode),
        wait: BUSY_WAIT,
        migrations: &migrations,
    };
    door.migrate(mode).map(|plan| plan.to_string())
}

fn version(home: &Home) -> i64 {
    let version = home
        .raw()
        .query_row("PRAGMA user_version", [], |row| row.get(0));
    version.expect("because every database has one")
}

#[test]
fn a_check_and_a_dry_run_tell_the_plan_and_change_nothing() {
    let home = Home::new();
    first(&home);
    let plan = "schema 1.1 to 1.2:\n  1.2 notes (2 statements)\n";
    for mode in [MigrateMode::Check, MigrateMode::DryRun] {
        let told = migrate(&home, SECOND, OpenMode::Existing, mode);
        assert_eq!((told.ok().as_deref(), version(&home)), (Some(plan), 1001));
    }
    let applied = migrate(&home, SECOND, OpenMode::Existing, MigrateMode::Apply);
    assert_eq!(
        (applied.ok().as_deref(), version(&home)),
        (Some(plan), 1002)
    );
    let again = migrate(&home, SECOND, OpenMode::Existing, MigrateMode::Apply);
    assert_eq!(again.ok().as_deref(), Some("schema 1.2: nothing to do\n"));
}

#[test]
fn a_migration_that_fails_halfway_leaves_nothing() {
    let home = Home::new();
    first(&home);
    for mode in [MigrateMode::DryRun, MigrateMode::Apply] {
        let failed = migrate(&home, BROKEN, OpenMode::Existing, mode);
        assert!(matches!(failed, Err(OpenError::Store(_))), "{failed:?}");
        assert_eq!(version(&home), 1001);
    }
    let tables = home.raw().query_row(
        "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'notes'",
        [],
        |row| row.get::<_, i64>(0),
    );
    assert_eq!(tables.ok(), Some(0));
}

#[test]
fn a_first_migration_is_told_rehearsed_and_carried_out() {
    let home = Home::new();
    let check = |mode, there: bool| {
        let told = migrate(&home, SECOND, OpenMode::Create, mode).expect("because it is sound");
        assert!(
            told.starts_with("no schema yet, to 1.2:\n  1.1 record ("),
            "{told}"
        );
        assert_eq!(home.database().exists(), there);
    };
    check(MigrateMode::Check, false);
    check(MigrateMode::DryRun, false);
    check(MigrateMode::Apply, true);
    let missing = migrate(&Home::new(), SECOND, OpenMode::Existing, MigrateMode::Apply);
    assert!(matches!(missing, Err(OpenError::Missing(_))));
}

#[test]
fn opening_migrates_only_where_the_mode_says_so() {
    let home = Home::new();
    first(&home);
    let migrations = [MIGRATIONS[0], SECOND];
    let open = |mode| {
        let door = Door {
            path: &home.database(),
            opening: &opening(mode),
            wait: BUSY_WAIT,
            migrations: &migrations,
        };
        door.open().map(drop).map_err(|error| error.to_string())
    };
    let told = format!(
        "{} has schema 1.1, 1.2 is needed; `migrate-db` brings it there",
        home.database().display()
    );
    assert_eq!(open(OpenMode::Existing), Err(told.clone()));
    assert_eq!(open(OpenMode::ReadOnly), Err(told));
    assert_eq!((open(OpenMode::Create), version(&home)), (Ok(()), 1002));
    assert_eq!(open(OpenMode::ReadOnly), Ok(()));
}

#[test]
fn a_landed_migration_of_a_changed_framework_is_told() {
    let home = Home::new();
    drop(home.store());
    home.raw()
        .execute_batch("UPDATE schema_migrations SET digest = 'x' WHERE version = 1001")
        .expect("because SQLite lets everybody write");
    let plan = SqliteStore::migrate(
        &home.database(),
        &opening(OpenMode::Existing),
        MigrateMode::Check,
    );
    let told = plan.map(|plan| plan.to_string()).ok();
    let expected = "nothing to do\n  1001 record differs from the one this framework knows\n";
    let expected = format!("schema {}: {expected}", SqliteStore::schema());
    assert_eq!(told, Some(expected));
}

#[test]
fn a_database_of_the_first_schema_is_brought_along_and_stays_provable() {
    let home = Home::new();
    std::fs::create_dir(home.folder().join("home")).expect("because it is new");
    home.raw()
        .execute_batch(include_str!("record_1_1.sql"))
        .expect("because the first schema's own code wrote it");
    assert_eq!(version(&home), 1001);
    let store = home.store();
    assert_eq!(
        version(&home),
        i64::from(1000 + SqliteStore::schema().minor)
    );
    let old = store.execution(&id(2)).expect("because it was kept");
    let old = old.expect("because it was kept");
    assert_eq!(
        (
            &old.start,
            old.status,
            old.ended.map(|ended| ended.answered)
        ),
        (&started(2), Status::Succeeded, Some(None))
    );
    let figures = store.action_figures(&FiguresFilter::default());
    let figures = figures.expect("because they were counted up");
    let told: Vec<_> = figures
        .iter()
        .map(|one| (one.count, one.failed, one.sum_us, one.max_us))
        .collect();
    assert_eq!(told, [(3, 0, 3_006, 1_003)]);
    let metrics = store.metric_figures(&FiguresFilter::default());
    let told = metrics.map(|metrics| metrics.first().map(|one| (one.count, one.sum, one.last)));
    assert_eq!(told.ok(), Some(Some((3, 6.0, 3.0))));
    store
        .start_execution(&started(4))
        .expect("because a minor only adds");
    store
        .end_execution(&ended(4, EndStatus::Failed))
        .expect("because it runs");
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
    assert_eq!(store.quick_check().ok(), Some(vec![]));
}

#[test]
fn rows_from_before_are_counted_up_as_new_ones_are() {
    let home = Home::new();
    let store = home.store();
    for number in 1..=400_u32 {
        let start = ExecutionStart {
            started_at_ms: 1_700_000_000_000 + i64::from(number) * 700_000 - 200_000_000,
            ..started(number)
        };
        store.start_execution(&start).expect("because it is new");
        let status = [
            EndStatus::Succeeded,
            EndStatus::Failed,
            EndStatus::Interrupted,
        ];
        let end = ExecutionEnd {
            run_us: u64::from(number).pow(number % 8),
            ..ended(number, status[number as usize % 3])
        };
        store.end_execution(&end).expect("because it runs");
    }
    drop(store);
    let counted = |connection: &rusqlite::Connection| {
        let tables = ["action_spans", "action_run_times", "metric_spans"];
        tables.map(|table| {
            let sql = format!("SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5");
            let mut statement = connection.prepare(&sql).expect("because it is there");
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                (0..columns)
                    .map(|at| row.get::<_, rusqlite::types::Value>(at))
                    .collect::<Result<Vec<_>, _>>()
            });
            let rows: Result<Vec<_>, _> = rows.expect("because it is there").collect();
            rows.expect("because the file is whole")
        })
    };
    let raw = home.raw();
    let before = counted(&raw);
    raw.execute_batch(
        "DELETE FROM action_spans; DELETE FROM action_run_times; DELETE FROM metric_spans",
    )
    .expect("because SQLite lets everybody write");
    let inserts = MIGRATIONS[2]
        .text
        .split(";\n")
        .filter(|text| text.contains("INSERT INTO"));
    for insert in inserts {
        raw.execute_batch(insert).expect("because it is SQL");
    }
    assert!(before.iter().all(|rows| rows.len() > 50));
    assert_eq!(counted(&raw), before);
}
