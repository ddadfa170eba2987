//! Broken input is named one by one, and the rest is imported.

use std::path::Path;

use lab_import::limits::Limits;
use lab_import::read::{ReadError, read_lab};
use rusqlite::Connection;
use serde_json::json;

use crate::bench::{import, item, lab, limits, verified};
use crate::predecessor::{Predecessor, row};

/// Everything that was found, as a person reads it.
fn told(from: &Predecessor) -> Vec<String> {
    let mut store = lab();
    let report = import(&mut store, from.path());
    // Whatever is broken: the good item is there, and a second time changes nothing.
    assert_eq!(item(&store, "GOOD-1").title, "good");
    assert!(import(&mut store, from.path()).changes.is_empty());
    report
        .findings
        .iter()
        .map(|f| format!("{:?} {} [{}] {}", f.kind, f.source, f.place, f.message))
        .collect()
}

fn good() -> Predecessor {
    let from = Predecessor::empty();
    from.json(
        "work-items/GOOD-1.json",
        &json!({"id": "GOOD-1", "title": "good"}),
    );
    from
}

#[test]
fn cut_json_is_named_with_line_and_column_and_kept_whole() {
    let from = good();
    from.write(
        "work-items/CUT.json",
        "{\n  \"id\": \"CUT-1\",\n  \"title\": \"half",
    );
    from.write("ideas/LATIN.json", b"{\"id\": \"\xe4\"}");
    from.write("ideas/LIST.json", "[1]");
    assert_eq!(
        told(&from),
        [
            "BrokenJson ideas/LATIN.json [line 1, column 9] not UTF-8; kept whole, nothing of it imported",
            "WrongType ideas/LIST.json [] expected an object, found a list; kept whole",
            "BrokenJson work-items/CUT.json [line 3, column 16] EOF while parsing a string; kept whole, nothing of it imported",
        ]
    );
    let mut store = lab();
    import(&mut store, from.path());
    assert_eq!(verified(&store, from.path()).missing, vec![]);
    // Mended, it is taken.
    from.write(
        "work-items/CUT.json",
        "{\"id\": \"CUT-1\", \"title\": \"whole\"}",
    );
    import(&mut store, from.path());
    assert_eq!(item(&store, "CUT-1").title, "whole");
}

#[test]
fn wrong_types_are_named_with_their_pointer_and_the_rest_of_the_item_is_taken() {
    let from = good();
    from.json("work-items/W.json", &json!({
        "id": "W-1", "title": 7, "tags": "not a list", "estimated_hours": "4", "due_date": "soon", "priority": ["high"],
        "sub_tasks": {"no": "list"}, "acceptance_criteria": ["holds"], "actual_hours": -1, "dependencies": [{"id": "x"}, 3],
        "parent_issue_id": "W-9", "milestone_id": "M-9", "author": "jo",
    }));
    from.json("work-items/NOID.json", &json!({"title": "no id"}));
    from.json(
        "work-items/ODDID.json",
        &json!({"id": 12, "title": "odd id"}),
    );
    assert_eq!(
        told(&from),
        [
            "NoId work-items/NOID.json [] no id, so no item; kept as it was",
            "NoId work-items/ODDID.json [/id] 12 cannot be a label, so no item; kept as it was",
            "WrongType work-items/W.json [/sub_tasks] expected a list, found an object; kept as it was",
            "WrongType work-items/W.json [/estimated_hours] expected a number, found text; kept as it was",
            "WrongType work-items/W.json [/actual_hours] `-1` is no amount of hours: a number from 0 to 1,000,000; kept as it was",
            "WrongType work-items/W.json [/title] expected text, found a number; kept as it was",
            "WrongType work-items/W.json [] W-1 has no title; its label stands for it",
            "WrongType work-items/W.json [/priority] expected text, found a list; kept as it was",
            "WrongType work-items/W.json [/tags] expected a list, found text; kept as it was",
            "NotADate work-items/W.json [/due_date] `soon` is no date; kept as it was",
            "DanglingReference work-items/W.json [] the parent W-9 of W-1 is nowhere; kept as it was",
            "DanglingReference work-items/W.json [] the milestone M-9 of W-1 is nowhere; kept as it was",
            "DanglingReference work-items/W.json [/dependencies] W-1 depends on {\"id\":\"x\"}, which is nowhere; it stays unresolved",
            "DanglingReference work-items/W.json [/dependencies] W-1 depends on 3, which is nowhere; it stays unresolved",
        ]
    );
    let mut store = lab();
    import(&mut store, from.path());
    let taken = item(&store, "W-1");
    assert_eq!(
        (
            taken.title.as_str(),
            taken.author.as_deref(),
            taken.criteria.len()
        ),
        ("W-1", Some("jo"), 1)
    );
    assert_eq!(verified(&store, from.path()).missing, vec![]);
}

#[test]
fn two_files_with_one_id_are_named_and_the_first_counts() {
    let from = good();
    from.json(
        "work-items/D1.json",
        &json!({"id": "D-1", "title": "first"}),
    );
    from.json(
        "work-items/D2.json",
        &json!({"id": "D-1", "title": "second", "author": "of the second"}),
    );
    assert_eq!(
        told(&from),
        ["DuplicateId work-items/D2.json [] D-1 is also in work-items/D1.json, which counts"]
    );
    let mut store = lab();
    import(&mut store, from.path());
    assert_eq!(
        (
            item(&store, "D-1").title.as_str(),
            item(&store, "D-1").author.as_deref()
        ),
        ("first", Some("of the second"))
    );
}

#[test]
fn pipes_links_folders_and_giants_are_named() {
    let from = good();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        from.data("work-items/PIPE.json"),
        rustix::fs::Mode::RUSR,
    )
    .expect("a pipe");
    std::os::unix::fs::symlink("/etc/hostname", from.data("work-items/LINK.json")).expect("a link");
    std::os::unix::net::UnixListener::bind(from.data("work-items/SOCKET.json")).expect("a socket");
    std::fs::create_dir(from.data("work-items/FOLDER.json")).expect("a folder");
    from.write("work-items/.hidden", "x");
    from.write("work-items/GIANT.json", vec![b' '; 2000]);
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        from.data("pipe.db"),
        rustix::fs::Mode::RUSR,
    )
    .expect("a pipe");
    from.write(
        "giant.db",
        [b"SQLite format 3\0".as_slice(), &vec![0; 3000]].concat(),
    );
    from.write("../beside.txt", "x");
    let small = Limits {
        file_bytes: 1500,
        database_bytes: 2500,
        ..limits()
    };
    let sources = read_lab(from.path(), &small).expect("a folder that can be listed");
    let told: Vec<String> = sources
        .findings
        .iter()
        .map(|f| format!("{:?} {} {}", f.kind, f.source, f.message))
        .collect();
    assert_eq!(
        told,
        [
            "NotRead .. beside the data folder, not read: beside.txt",
            "NotRead work-items/.hidden hidden, not read",
            "Oversized giant.db is larger than 2500 bytes",
            "NotAFile pipe.db is a pipe, not a file",
            "Oversized work-items/GIANT.json is larger than 1500 bytes",
            "NotAFile work-items/LINK.json is a link, not a file",
            "NotAFile work-items/PIPE.json is a pipe, not a file",
            "NotAFile work-items/SOCKET.json is a socket, not a file",
        ]
    );
    assert_eq!(sources.records.len(), 1);
}

#[test]
fn a_lab_that_is_reached_over_a_link_is_read_as_the_lab_itself() {
    let from = Predecessor::with_everything();
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let link = elsewhere.path().join("lab");
    std::os::unix::fs::symlink(from.path(), &link).expect("a link");
    let read = |path: &Path| {
        let sources = read_lab(path, &limits()).expect("a folder that can be listed");
        (sources.records.len(), sources.findings.len())
    };
    assert_eq!(read(&link), read(from.path()));
}

#[test]
fn a_missing_folder_a_file_and_an_empty_folder_are_told_apart() {
    let empty = Predecessor::empty();
    let sources = read_lab(empty.path(), &limits()).expect("a folder that can be listed");
    let told: Vec<String> = sources
        .findings
        .iter()
        .map(|f| format!("{:?}: {}", f.kind, f.message))
        .collect();
    assert_eq!(
        told,
        ["EmptyFolder: holds neither JSON files nor a database"]
    );
    let check = |path: &Path| match read_lab(
        path,
        &Limits {
            files: 0,
            ..limits()
        },
    ) {
        Err(
            error @ (ReadError::Missing(_)
            | ReadError::NotAFolder(_)
            | ReadError::TooManyFiles { .. }),
        ) => error
            .to_string()
            .replace(&empty.path().display().to_string(), "LAB"),
        other => format!("{other:?}"),
    };
    assert_eq!(
        check(&empty.data("nowhere")),
        "there is no folder LAB/data/nowhere"
    );
    empty.write("file", "x");
    assert_eq!(check(&empty.data("file")), "LAB/data/file is no folder");
    assert_eq!(check(empty.path()), "LAB/data holds more than 0 files");
}

#[test]
fn a_damaged_database_is_named() {
    let from = good();
    let database = from.database();
    database
        .execute_batch(
            "CREATE TABLE work_items (id TEXT, title TEXT); CREATE INDEX i ON work_items (title)",
        )
        .expect("a schema");
    for n in 0..500 {
        row(
            &database,
            &["id", &format!("X-{n}"), "title", &"t".repeat(50)],
        );
    }
    drop(database);
    let mut bytes = std::fs::read(from.data("lab.db")).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xA5);
    from.write("lab.db", bytes);
    from.write(
        "text.db",
        "this is no database at all, whatever its name says",
    );
    from.write("nothing.sqlite", "");
    let told = told(&from);
    assert!(
        told[0].starts_with("CorruptDatabase lab.db [] is damaged: "),
        "{told:?}"
    );
    assert_eq!(
        told[1],
        "CorruptDatabase text.db [] is damaged: file is not a database; nothing of it imported"
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn a_locked_database_is_waited_for_and_then_named() {
    let from = good();
    from.database()
        .execute_batch("CREATE TABLE work_items (id TEXT, title TEXT)")
        .expect("a schema");
    let holder = Connection::open(from.data("lab.db")).expect("a database");
    holder
        .execute_batch("BEGIN EXCLUSIVE; INSERT INTO work_items VALUES ('L-1', 'locked')")
        .expect("a lock");
    let begun = std::time::Instant::now();
    assert_eq!(
        told(&from),
        [
            "LockedDatabase lab.db [] another process held it for more than 50 ms; close that program and import again"
        ]
    );
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    // What nobody could read is not called complete.
    let mut store = lab();
    import(&mut store, from.path());
    let locked = verified(&store, from.path());
    assert_eq!(
        (locked.missing.len(), locked.unread(), locked.is_complete()),
        (0, 1, false)
    );
    holder.execute_batch("COMMIT").expect("the lock goes");
    assert_eq!(told(&from), Vec::<String>::new());
}

/// Names and bytes of a folder.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            (
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                std::fs::read(&path).expect("a file"),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_database_in_write_ahead_mode_is_read_with_its_log_and_left_as_it_was() {
    let from = good();
    let writer = from.database();
    writer
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE work_items (id TEXT, title TEXT)")
        .expect("a schema");
    row(&writer, &["id", "WAL-1", "title", "in the log alone"]);
    // As a kill leaves it: the log is there, nobody has it open.
    let files = snapshot(&from.data(""));
    drop(writer);
    for (name, bytes) in &files {
        from.write(name, bytes);
    }
    std::fs::remove_file(from.data("lab.db-shm")).expect("rebuilt by whoever opens it");
    let before = snapshot(&from.data(""));
    assert!(
        before
            .iter()
            .any(|(name, bytes)| name == "lab.db-wal" && !bytes.is_empty())
    );
    let mut store = lab();
    import(&mut store, from.path());
    assert_eq!(item(&store, "WAL-1").title, "in the log alone");
    assert!(
        snapshot(&from.data("")) == before,
        "the folder is as it was"
    );
}

#[test]
fn a_database_that_a_crash_left_in_the_middle_is_rolled_back_in_a_copy() {
    let from = good();
    let writer = from.database();
    writer.execute_batch("CREATE TABLE work_items (id TEXT, title TEXT); PRAGMA cache_size = 1; PRAGMA cache_spill = 1").expect("a schema");
    row(&writer, &["id", "OLD-1", "title", "committed"]);
    writer.execute_batch("BEGIN").expect("begun");
    for n in 0..200 {
        row(
            &writer,
            &["id", &format!("HALF-{n}"), "title", &"t".repeat(500)],
        );
    }
    let files = snapshot(&from.data(""));
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name == "lab.db-journal" && !bytes.is_empty()),
        "a hot journal"
    );
    drop(writer);
    for (name, bytes) in &files {
        from.write(name, bytes);
    }
    let mut store = lab();
    let report = import(&mut store, from.path());
    assert_eq!(report.problems(), 0, "{:?}", report.findings);
    assert_eq!(item(&store, "OLD-1").title, "committed");
    assert_eq!(report.changes.created["item"], 2);
    assert!(snapshot(&from.data("")) == files, "the folder is as it was");
}

#[test]
fn a_plain_database_is_left_as_it_was() {
    let from = Predecessor::with_everything();
    let before = snapshot(&from.data(""));
    import(&mut lab(), from.path());
    assert!(
        snapshot(&from.data("")) == before,
        "the folder is as it was"
    );
}

#[test]
fn tables_that_compute_their_rows_are_not_read() {
    let from = good();
    from.database()
        .execute_batch("CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('computed'); CREATE TABLE work_items (id TEXT, title TEXT)")
        .expect("a schema");
    let told = told(&from);
    assert_eq!(
        told.iter()
            .filter(|t| t.starts_with("NotRead lab.db [words] a virtual table computes its rows"))
            .count(),
        1,
        "{told:#?}"
    );
}
