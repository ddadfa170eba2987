//! The promises on a real predecessor's lab, where one is at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::bench::{dump, export, import, item, lab, verified};

/// The lab that `AI_LAB_PREDECESSOR` names, or one in `shared` beside the checkout.
#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
fn predecessor() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the test's own door to its data")]
    let named = std::env::var_os("AI_LAB_PREDECESSOR").map(PathBuf::from);
    let beside = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared/predecessor-lab"))
            .find(|folder| folder.is_dir())
    };
    let found = named.or_else(beside);
    if found.is_none() {
        println!("no predecessor's lab at hand: the test on real data DID NOT RUN");
    }
    found
}

/// Every JSON file by its path below `data`.
pub(crate) fn documents(lab: &Path) -> BTreeMap<String, Value> {
    let mut documents = BTreeMap::new();
    for folder in ["work-items", "ideas", "schemas"] {
        for entry in std::fs::read_dir(lab.join("data").join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            documents.insert(
                format!("{folder}/{name}"),
                serde_json::from_str(&text).expect("JSON"),
            );
        }
    }
    documents
}

/// Every row of every table with its storage classes, and the schema.
pub(crate) fn rows(database: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = Connection::open_with_flags(
        format!("file:{}?immutable=1", database.display()),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI,
    )
    .expect("a database");
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).expect("a statement");
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                (0..columns)
                    .map(|at| Ok(format!("{:?}", row.get_ref(at)?)))
                    .collect::<Result<Vec<_>, _>>()
            })
            .expect("rows");
        rows.map(|row| row.expect("a row").join(" | ")).collect()
    };
    let mut all = BTreeMap::new();
    all.insert(
        "schema".to_owned(),
        list("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"),
    );
    let mut names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .expect("tables");
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .expect("tables")
        .map(|n| n.expect("a name"))
        .collect();
    for name in names {
        let numbered = connection
            .prepare(&format!("SELECT rowid FROM \"{name}\""))
            .is_ok();
        let (number, order) = if numbered {
            ("rowid", "rowid")
        } else {
            ("0", "1, 2")
        };
        let sql = format!("SELECT {number}, * FROM \"{name}\" ORDER BY {order}");
        all.insert(name, list(&sql));
    }
    all
}

#[test]
fn nothing_of_a_real_lab_is_lost() {
    let Some(from) = predecessor() else {
        return;
    };
    let mut store = lab();
    let report = import(&mut store, &from);
    println!(
        "{:?} {:?} of {} fields in {} records",
        report.changes, report.outcomes, report.fields, report.records
    );
    assert_eq!(report.problems(), 0, "{:#?}", report.findings);

    let verification = verified(&store, &from);
    assert_eq!(
        (&verification.missing, &verification.moved),
        (&vec![], &vec![])
    );
    assert!(
        verification.values >= 2000,
        "{} values compared",
        verification.values
    );

    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("back");
    export(&store, &to);
    assert_eq!(documents(&to), documents(&from));
    assert_eq!(
        rows(&to.join("data/ai_lab.db")),
        rows(&from.join("data/ai_lab.db"))
    );

    let before = dump(&store);
    let again = import(&mut store, &from);
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    assert!(dump(&store) == before, "a second import changed the lab");
}

#[test]
fn a_real_lab_is_read_as_its_people_meant_it() {
    let Some(from) = predecessor() else {
        return;
    };
    let mut store = lab();
    import(&mut store, &from);
    // Open in its file, done in the database: work went on there.
    assert_eq!(item(&store, "FRM-010").status.as_str(), "done");
    assert_eq!(
        item(&store, "FRM-010")
            .head
            .created_at
            .map(|at| at.to_string())
            .as_deref(),
        Some("2025-11-12T00:00:00Z")
    );
    // Exists as a sub-task alone.
    let promoted = item(&store, "FRM-006-3-1");
    assert_eq!(promoted.parent, Some(item(&store, "FRM-006-3").head.uid));
    assert_eq!(
        item(&store, "FRM-006-3").parent,
        Some(item(&store, "FRM-006").head.uid)
    );
    // Depends on what it is a part of.
    let part = item(&store, "FRM-002-5");
    assert_eq!(
        (part.parent, part.dependencies.len()),
        (Some(item(&store, "FRM-002").head.uid), 0)
    );
}
