//! What comes back out is what went in.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::bench::{export, import, lab, verified};
use crate::predecessor::Predecessor;
use crate::real::rows;

/// Every file below a folder with its bytes, databases aside.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_none_or(|end| end != "db") {
                let name = path
                    .strip_prefix(folder)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                files.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

#[test]
fn every_value_and_row_comes_back() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    import(&mut store, from.path());
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("back");
    let report = export(&store, &to);
    assert_eq!((report.databases, report.left_out.as_slice()), (1, &[][..]));

    let (before, after) = (files(from.path()), files(&to));
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    let json = |bytes: &Vec<u8>| serde_json::from_slice::<Value>(bytes).ok();
    for (name, bytes) in &before {
        match json(bytes) {
            Some(value) => assert_eq!(json(&after[name]), Some(value), "{name}"),
            None if name.ends_with("AAA-009.json") => {}
            None => assert_eq!(&after[name], bytes, "{name}"),
        }
    }
    assert_eq!(rows(&to.join("data/lab.db")), rows(&from.data("lab.db")));
}

#[test]
fn numbers_and_repeated_names_come_back_to_the_letter() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    import(&mut store, from.path());
    let folder = tempfile::tempdir().expect("a folder");
    export(&store, &folder.path().join("back"));
    let text = std::fs::read_to_string(folder.path().join("back/data/work-items/AAA-009.json"))
        .expect("a file");
    let bare: String = text.split_whitespace().collect();
    assert_eq!(
        bare,
        concat!(
            "{\"id\":\"AAA-009\",\"title\":\"first\",\"title\":\"grün\",\"status\":\"todo\",\"estimated_hours\":2.50,",
            "\"weight\":123456789012345678901234567890,\"odd\":[1e400,-0.0,{}],",
            "\"dependencies\":[\"AAA-010\",\"NOWHERE-1\"],\"empty\":{}}"
        )
    );
}

#[test]
fn what_was_exported_imports_as_the_same_lab() {
    let from = Predecessor::with_everything();
    let (mut first, mut second) = (lab(), lab());
    import(&mut first, from.path());
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("back");
    export(&first, &to);
    import(&mut second, &to);
    let verification = verified(&second, from.path());
    assert_eq!((verification.missing, verification.moved), (vec![], vec![]));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    use lab_import::apply::kept_in;
    use lab_import::export::{plan_export, write_export};
    use lab_store::Store;

    let from = Predecessor::with_everything();
    let mut store = lab();
    import(&mut store, from.path());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("mine")).expect("a folder");
    let plan = plan_export(&store.read(kept_in).expect("what is kept"));
    let told = write_export(&plan, folder.path()).expect_err("because it holds something");
    assert_eq!(
        told.to_string(),
        format!("{} is not empty", folder.path().display())
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        1
    );

    let nothing = plan_export(&lab().read(kept_in).expect("what is kept"));
    let told = write_export(&nothing, &folder.path().join("new"))
        .expect_err("because nothing was imported");
    assert_eq!(told.to_string(), "this lab keeps nothing of a predecessor");
}

#[test]
fn a_kept_name_never_leaves_the_folder() {
    use lab_import::export::{ExportPlan, write_export};

    let folder = tempfile::tempdir().expect("a folder");
    for odd in ["../out", "/etc/out", "a/../../out", ""] {
        let plan = ExportPlan {
            files: BTreeMap::from([(odd.to_owned(), vec![1])]),
            ..ExportPlan::default()
        };
        let told =
            write_export(&plan, &folder.path().join("to")).expect_err("because it would leave");
        assert_eq!(
            told.to_string(),
            format!("`{odd}` is no path within a folder")
        );
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0
    );
}
