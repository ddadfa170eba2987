//! The promises on a real predecessor's lab, where one is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::bench::{dump, export, import, item, lab, verified};

/// The lab that `AI_LAB_PREDECESSOR` names, or one in `shared` beside the checkout.
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
        // Past the harness, which keeps quiet what a passing test prints.
        let told = b"no predecessor's lab at hand: the test on real data DID NOT RUN
";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), told);
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

/// Label, status and dependencies of every row.
fn item_rows(lab: &Path) -> BTreeMap<String, (String, String)> {
    let path = lab.join("data/ai_lab.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(path, flags).expect("a database");
    let mut statement = connection
        .prepare("SELECT id, status, coalesce(dependencies, '[]') FROM work_items")
        .expect("a statement");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
        .expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// The predecessor's word as ours.
fn ours(status: &str) -> &str {
    match status {
        "completed" => "done",
        "open" => "todo",
        other => other,
    }
}

#[test]
fn a_real_lab_is_read_as_its_people_meant_it() {
    let Some(from) = predecessor() else {
        return;
    };
    let mut store = lab();
    import(&mut store, &from);
    let rows = item_rows(&from);
    let (mut in_both, mut sub_tasks, mut parts) = (0, 0, 0);
    for (source, file) in documents(&from) {
        if !source.starts_with("work-items/") {
            continue;
        }
        let label = file["id"].as_str().expect("an id");
        let taken = item(&store, label);
        // The file has the dates and the tags, the database the status.
        let created = file["created_date"]
            .as_str()
            .map(|text| text.parse().expect("a moment"));
        assert_eq!(taken.head.created_at, created, "{label}");
        let tags = file["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let held: BTreeSet<&str> = taken.labels.iter().map(lab_model::Tag::as_str).collect();
        assert_eq!(held, tags.collect(), "{label}");
        let of_row = rows.get(label).map(|(status, _)| status.as_str());
        in_both += usize::from(of_row.is_some());
        let status = of_row.or(file["status"].as_str()).expect("a status");
        assert_eq!(taken.status.as_str(), ours(status), "{label}");
        for task in file["sub_tasks"].as_array().into_iter().flatten() {
            let part = item(&store, task["id"].as_str().expect("an id"));
            assert!(part.parent.is_some(), "{}", part.head.label);
            sub_tasks += 1;
        }
    }
    for (label, (_, dependencies)) in &rows {
        let taken = item(&store, label);
        let above = label.rsplit_once('-').map_or("", |(above, _)| above);
        if dependencies.contains(&format!("\"{above}\"")) && rows.contains_key(above) {
            assert_eq!(taken.parent, Some(item(&store, above).head.uid), "{label}");
            assert_eq!(taken.dependencies.len(), 0, "{label}");
            parts += 1;
        }
    }
    assert!(
        in_both > 0 && sub_tasks > 0 && parts > 0,
        "{in_both} {sub_tasks} {parts}"
    );
}
