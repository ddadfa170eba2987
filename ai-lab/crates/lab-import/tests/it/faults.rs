//! An import that ends in the middle never was.

use lab_import::apply::{carry_out, decide};
use lab_import::read::read_lab;
use lab_store::{SqliteStore, Store, StoreError};

use crate::bench::{dump, import, importer, lab, limits, now, opening, options};
use crate::predecessor::Predecessor;

/// Why the import broke off.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("cut")]
    Cut,
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[test]
fn an_import_that_fails_at_its_last_step_leaves_nothing() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    let before = dump(&store);
    let read = read_lab(from.path(), &limits()).expect("a folder that can be listed");
    let outcome: Result<(), Broken> = store.write(&importer(), now(), |writer| {
        let decision = decide(writer, read, &options())?;
        carry_out(writer, &decision)?;
        Err(Broken::Cut)
    });
    assert!(matches!(outcome, Err(Broken::Cut)), "{outcome:?}");
    assert_eq!(dump(&store), before);
    assert!(!import(&mut store, from.path()).changes.is_empty());
}

/// Sabotages the lab's database so that the import fails at its `at`-th write of a table.
fn sabotage(path: &std::path::Path, table: &str, at: usize) {
    let connection = rusqlite::Connection::open(path).expect("a database");
    connection
        .execute_batch(&format!(
            "CREATE TRIGGER sabotage BEFORE INSERT ON {table} WHEN (SELECT count(*) FROM {table}) >= {at} \
             BEGIN SELECT RAISE(ABORT, 'sabotaged'); END"
        ))
        .expect("a trigger");
}

#[test]
fn a_write_that_fails_anywhere_takes_everything_with_it() {
    let from = Predecessor::with_everything();
    for (table, at) in [
        ("entities", 0),
        ("entities", 7),
        ("work_items", 3),
        ("operations", 40),
        ("imported_values", 0),
        ("imported_values", 300),
        ("attachments", 2),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ai_lab.db");
        let mut store = SqliteStore::open(&path, &opening()).expect("a database");
        let before = dump(&store);
        sabotage(&path, table, at);
        let read = read_lab(from.path(), &limits()).expect("a folder that can be listed");
        let outcome: Result<(), StoreError> = store.write(&importer(), now(), |writer| {
            let decision = decide(writer, read, &options())?;
            carry_out(writer, &decision).map(|_| ())
        });
        assert!(outcome.is_err(), "{table} {at}");
        assert_eq!(dump(&store), before, "{table} {at}");
        drop(store);
        let mended = rusqlite::Connection::open(&path).expect("a database");
        mended
            .execute_batch("DROP TRIGGER sabotage")
            .expect("mended");
        drop(mended);
        let mut store = SqliteStore::open(&path, &opening()).expect("a database");
        assert!(
            !import(&mut store, from.path()).changes.is_empty(),
            "{table} {at}"
        );
        assert!(
            import(&mut store, from.path()).changes.is_empty(),
            "{table} {at}"
        );
    }
}

/// The test binary's own name for the half of the next test that is killed.
const VICTIM: &str = "faults::victim_of_the_kill";

#[test]
#[ignore = "runs in a process of its own, for the test below"]
fn victim_of_the_kill() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the two halves of the test find each other"
    )]
    let (from, to) = (
        std::env::var_os("VICTIM_FROM"),
        std::env::var_os("VICTIM_TO"),
    );
    let (Some(from), Some(to)) = (from, to) else {
        return;
    };
    let mut store = SqliteStore::open(to.as_ref(), &opening()).expect("a database");
    let read = read_lab(from.as_ref(), &limits()).expect("a folder that can be listed");
    let _: Result<(), StoreError> = store.write(&importer(), now(), |writer| {
        let decision = decide(writer, read, &options())?;
        carry_out(writer, &decision)?;
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)
            .expect("killed");
        unreachable!("because the process is gone")
    });
}

#[test]
fn a_killed_import_leaves_nothing_and_the_next_one_takes_everything() {
    let from = Predecessor::with_everything();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    drop(SqliteStore::open(&path, &opening()).expect("a database"));
    #[expect(
        clippy::disallowed_methods,
        reason = "the half that is killed is a process of its own"
    )]
    let ended = std::process::Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", VICTIM, "--ignored"])
        .env("VICTIM_FROM", from.path())
        .env("VICTIM_TO", &path)
        .stdout(std::process::Stdio::null())
        .status()
        .expect("started");
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&ended),
        Some(9)
    );
    let mut store = SqliteStore::open(&path, &opening()).expect("a database");
    assert_eq!(dump(&store), dump(&lab()));
    assert!(!import(&mut store, from.path()).changes.is_empty());
    assert!(import(&mut store, from.path()).changes.is_empty());
}
