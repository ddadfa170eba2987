//! What is opened and what is refused.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::{Home, opening};
use crate::conformance::started;
use crate::error::{RecordError, StoreError};
use crate::opening::{OpenError, OpenMode};
use crate::sqlite::SqliteStore;
use crate::sqlite::place::beside;
use crate::store::Store;

/// How opening fails, without the folder.
fn refusal(home: &Home, mode: OpenMode) -> String {
    let Err(error) = SqliteStore::open(&home.database(), &opening(mode)) else {
        return "opened".to_owned();
    };
    let folder = format!(
        "{}/",
        home.database()
            .parent()
            .expect("because it has one")
            .display()
    );
    error.to_string().replace(&folder, "")
}

/// What is told of whatever `make` puts in the file's place; and that it is left alone.
fn check(make: impl FnOnce(&Path), expected: &str) {
    let home = Home::new();
    let path = home.database();
    fs::create_dir(home.folder().join("home")).expect("because it is new");
    make(&path);
    let before = fs::read(&path).ok();
    for mode in [OpenMode::Create, OpenMode::Existing, OpenMode::ReadOnly] {
        assert_eq!(refusal(&home, mode), expected);
    }
    assert_eq!(fs::read(&path).ok(), before);
}

fn put(bytes: &'static [u8]) -> impl FnOnce(&Path) {
    use std::io::Write as _;
    move |path| {
        let file = File::create(path);
        file.and_then(|mut file| file.write_all(bytes))
            .expect("because there is room");
    }
}

fn sql(statements: &'static str) -> impl FnOnce(&Path) {
    move |path| {
        let connection = Connection::open(path).expect("because there is room");
        connection
            .execute_batch(statements)
            .expect("because it is SQL");
    }
}

#[test]
fn whatever_is_no_framework_database_is_named_and_left_alone() {
    let refused = |why: &str| format!("framework.db is no framework database: {why}");
    let garbage: &[u8] = &[0x5A; 5000];
    check(
        |path| fs::create_dir(path).expect("because it is new"),
        &refused("it is a folder"),
    );
    check(put(b""), &refused("it is empty"));
    check(put(b"hello"), &refused("it holds something else"));
    check(put(garbage), &refused("it holds something else"));
    let zero = "it is another program's (application id 0x00000000)";
    check(sql("CREATE TABLE t (a)"), &refused(zero));
    let other = "it is another program's (application id 0xfffffffe)";
    check(
        sql("PRAGMA application_id = -2; CREATE TABLE t (a)"),
        &refused(other),
    );
    let ours = "PRAGMA application_id = 1095517778; PRAGMA user_version = -7; CREATE TABLE t (a)";
    check(sql(ours), &refused("its version -7 was never given out"));
    let socket = |path: &Path| drop(UnixListener::bind(path).expect("because it is new"));
    check(socket, &refused("it is a pipe, a socket or a device"));
    let log = |path: &Path| drop(File::create(beside(path, "-wal")).expect("because it is new"));
    check(
        log,
        &refused("it is gone while its write-ahead log is still there"),
    );
    let looped = |path: &Path| {
        std::os::unix::fs::symlink(path, path).expect("because it is new");
    };
    check(looped, "cannot look at framework.db");
}

#[test]
fn a_missing_file_is_created_only_where_the_mode_says_so() {
    let home = Home::new();
    for mode in [OpenMode::Existing, OpenMode::ReadOnly] {
        assert_eq!(
            refusal(&home, mode),
            "there is no framework database at framework.db"
        );
    }
    assert!(!home.database().exists());
    drop(home.store());
    let database = home.database();
    let folder = database.parent().expect("because it has one");
    let left: BTreeMap<String, u32> = fs::read_dir(folder)
        .expect("because it is made")
        .map(|entry| {
            let entry = entry.expect("because nobody removes it");
            (
                entry.file_name().to_string_lossy().into_owned(),
                permissions(&entry.path()),
            )
        })
        .collect();
    let names = [
        "framework.db",
        "framework.db-shm",
        "framework.db-wal",
        "framework.db.lock",
    ];
    let expected: BTreeMap<String, u32> = names.map(|name| (name.to_owned(), 0o600)).into();
    assert_eq!((permissions(folder), left), (0o700, expected));
}

fn permissions(path: &Path) -> u32 {
    let found = path.metadata().expect("because it is there");
    found.permissions().mode() & 0o777
}

/// Runs `body` on a thread that the file system does not take for root.
fn as_nobody<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    let on_thread = || {
        if rustix::process::geteuid().is_root() {
            let (root, nobody) = (
                rustix::process::Uid::ROOT,
                rustix::process::Uid::from_raw(65534),
            );
            rustix::thread::set_thread_res_uid(root, nobody, root).expect("because root may");
        }
        body()
    };
    std::thread::scope(|scope| {
        scope
            .spawn(on_thread)
            .join()
            .expect("because it does not panic")
    })
}

#[test]
fn a_file_without_permission_to_write_is_named_and_still_read() {
    let home = Home::new();
    home.store()
        .start_execution(&started(1))
        .expect("because it is new");
    let database = home.database();
    let folder = database.parent().expect("because it has one");
    let set = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("because it is ours");
    };
    for (path, mode) in [(home.folder(), 0o755), (folder, 0o555), (&database, 0o444)] {
        set(path, mode);
    }
    for ending in ["-wal", "-shm"] {
        set(&beside(&database, ending), 0o444);
    }
    let told = as_nobody(|| {
        let told = |mode| SqliteStore::open(&database, &opening(mode)).map_err(|e| e.to_string());
        let read = told(OpenMode::ReadOnly).map(|store| store.unfinished().map(|open| open.len()));
        (told(OpenMode::Create).err(), read.map(Result::ok))
    });
    let refused = format!("{} cannot be written", database.display());
    assert_eq!(told, (Some(refused), Ok(Some(1))));
    set(folder, 0o755);
}

#[test]
fn what_a_killed_creation_left_is_no_obstacle() {
    let home = Home::new();
    let draft = beside(&home.database(), ".new");
    fs::create_dir(home.folder().join("home")).expect("because it is new");
    put(b"half a database")(&draft);
    put(b"half a log")(&beside(&draft, "-wal"));
    home.store()
        .start_execution(&started(1))
        .expect("because it is new");
    assert_eq!(
        (draft.exists(), beside(&draft, "-wal").exists()),
        (false, false)
    );
}

#[test]
fn a_newer_major_is_refused_with_the_version_that_reads_it() {
    let home = Home::new();
    drop(home.store());
    home.raw()
        .execute_batch(
            "PRAGMA user_version = 2004;
             INSERT INTO schema_migrations VALUES (2004, 'later', '', 0, '3.1.0')",
        )
        .expect("because SQLite lets everybody write");
    for mode in [OpenMode::Create, OpenMode::Existing, OpenMode::ReadOnly] {
        assert_eq!(
            refusal(&home, mode),
            format!(
                "framework.db has schema 2.4, this framework reads {}; framework 3.1.0 can read it",
                SqliteStore::schema()
            )
        );
    }
}

#[test]
fn a_newer_minor_is_read_and_written() {
    let home = Home::new();
    drop(home.store());
    home.raw()
        .execute_batch(
            "PRAGMA user_version = 1900;
             ALTER TABLE tool_executions ADD COLUMN later TEXT NOT NULL DEFAULT ''",
        )
        .expect("because SQLite lets everybody write");
    let store = home.store();
    store
        .start_execution(&started(1))
        .expect("because a minor only adds");
    assert_eq!(store.verify_chain().ok(), Some(vec![]));
    assert_eq!(
        store.facts().map(|facts| facts.schema.to_string()).ok(),
        Some("1.900".to_owned())
    );
}

#[test]
fn a_read_only_store_reads_and_says_that_it_cannot_write() {
    let home = Home::new();
    home.store()
        .start_execution(&started(1))
        .expect("because it is new");
    let store = SqliteStore::open(&home.database(), &opening(OpenMode::ReadOnly))
        .expect("because it is there");
    assert_eq!(store.unfinished().map(|open| open.len()).ok(), Some(1));
    let refused = store.start_execution(&started(2));
    assert!(matches!(
        refused,
        Err(RecordError::Store(StoreError::ReadOnly { .. }))
    ));
}

#[test]
fn a_lock_that_is_never_released_is_told_within_the_bound() {
    let home = Home::new();
    drop(home.store());
    let other = home.raw();
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("because nobody else writes");
    let wait = Duration::from_millis(20);
    let store = SqliteStore::open_waiting(&home.database(), &opening(OpenMode::Create), wait)
        .expect("because opening writes nothing");
    let told = store
        .start_execution(&started(1))
        .map_err(|error| error.to_string());
    let path = home.database();
    assert_eq!(
        told,
        Err(format!(
            "{} is locked by another process; waited 20 ms",
            path.display()
        ))
    );
    other.execute_batch("ROLLBACK").expect("because it began");
    store
        .start_execution(&started(1))
        .expect("because the lock is gone");
}

#[test]
fn a_creation_that_hangs_is_told_within_the_bound() {
    let home = Home::new();
    fs::create_dir(home.folder().join("home")).expect("because it is new");
    let lock = beside(&home.database(), ".lock");
    let held = OpenOptions::new().create_new(true).write(true).open(&lock);
    held.and_then(|file| file.lock().map(|()| file))
        .map_or_else(
            |error| unreachable!("because nobody else has it: {error}"),
            |_held| {
                let wait = Duration::from_millis(5);
                let told =
                    SqliteStore::open_waiting(&home.database(), &opening(OpenMode::Create), wait);
                assert!(matches!(
                    told,
                    Err(OpenError::Store(StoreError::Busy { .. }))
                ));
            },
        );
    drop(home.store());
}

#[test]
fn a_production_row_is_synced_and_the_next_standard_row_is_not() {
    use ai_lab_contract::Profile;
    let home = Home::new();
    let store = home.store();
    let level = || {
        store.seat.apart("read the level", |connection| {
            Ok(connection.query_row("PRAGMA synchronous", [], |row| row.get::<_, i64>(0))?)
        })
    };
    let levels: Vec<Option<i64>> = (1..)
        .zip([
            Profile::Standard,
            Profile::Production,
            Profile::Experimental,
        ])
        .map(|(number, profile)| {
            let start = crate::execution::ExecutionStart {
                profile,
                ..started(number)
            };
            store.start_execution(&start).expect("because it is new");
            level().ok()
        })
        .collect();
    assert_eq!(levels, [Some(1), Some(2), Some(1)]);
}
