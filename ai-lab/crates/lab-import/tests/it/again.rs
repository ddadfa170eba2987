//! A second import changes nothing, and a third takes what changed at the source.

use lab_import::finding::FindingKind;
use lab_store::{Store, StoreError};
use serde_json::json;

use crate::bench::{dump, import, importer, item, lab, now, person, verified};
use crate::predecessor::Predecessor;

#[test]
fn a_second_import_changes_nothing() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    let first = import(&mut store, from.path());
    assert!(!first.changes.is_empty());
    let before = dump(&store);
    let second = import(&mut store, from.path());
    assert!(second.changes.is_empty(), "{:?}", second.changes);
    assert_eq!(second.findings, first.findings);
    assert_eq!(dump(&store), before);
    // Its data folder alone is the same lab.
    assert!(
        import(&mut store, &from.path().join("data"))
            .changes
            .is_empty()
    );
}

#[test]
fn a_changed_source_moves_what_the_lab_left_alone() {
    let from = Predecessor::empty();
    let write = |title: &str, priority: &str| {
        from.json(
            "work-items/A-1.json",
            &json!({"id": "A-1", "title": title, "priority": priority, "tags": ["x"]}),
        );
    };
    write("one", "low");
    let mut store = lab();
    import(&mut store, from.path());

    // The lab changes the title, the source changes title and priority.
    let mut edited = item(&store, "A-1");
    edited.title = "mine".into();
    store
        .write(&importer(), now(), |writer| {
            writer.update_item(&edited).map(|_| ())
        })
        .expect("an edit");
    write("two", "high");
    let report = import(&mut store, from.path());
    let kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::ChangedOnBothSides]);
    assert_eq!(
        report.findings[0].message,
        "item A-1: title changed here and at its source; this lab's value stays"
    );
    let after = item(&store, "A-1");
    assert_eq!(
        (after.title.as_str(), after.priority.as_str()),
        ("mine", "high")
    );
    assert!(import(&mut store, from.path()).changes.is_empty());
    assert_eq!(verified(&store, from.path()).missing, vec![]);

    // Back to what it was at first, and everything is kept on the way.
    write("one", "low");
    import(&mut store, from.path());
    assert_eq!(item(&store, "A-1").priority.as_str(), "low");
    assert_eq!(verified(&store, from.path()).missing, vec![]);
    assert!(import(&mut store, from.path()).changes.is_empty());
}

#[test]
fn what_left_its_source_stays_in_the_lab() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    import(&mut store, from.path());
    from.database()
        .execute("DELETE FROM work_items WHERE id = 'AAA-020'", [])
        .expect("deleted");
    std::fs::remove_file(from.data("work-items/AAA-010.json")).expect("deleted");
    std::fs::remove_file(from.data("README.md")).expect("deleted");
    import(&mut store, from.path());
    assert_eq!(item(&store, "AAA-020").title, "AAA-020");
    assert_eq!(item(&store, "AAA-010").title, "ten");
    assert_eq!(verified(&store, from.path()).missing, vec![]);
    assert!(import(&mut store, from.path()).changes.is_empty());
}

#[test]
fn a_label_that_the_lab_has_already_is_left_alone() {
    let from = Predecessor::empty();
    from.json(
        "work-items/A-1.json",
        &json!({"id": "A-1", "title": "theirs"}),
    );
    let mut store = lab();
    store
        .write(&person(), now(), |writer| {
            let head =
                lab_model::Head::new(writer.new_uid(), "A-1".parse().expect("a label"), now());
            writer.insert_item(&lab_model::WorkItem::new(head, "ours".into()))?;
            Ok::<_, StoreError>(())
        })
        .expect("an item");
    let report = import(&mut store, from.path());
    assert_eq!(item(&store, "A-1").title, "ours");
    assert_eq!(report.findings[0].kind, FindingKind::LabelTaken);
    assert_eq!(report.problems(), 1);
    assert_eq!(verified(&store, from.path()).missing, vec![]);
    // It stays the lab's own, whatever its source says later.
    from.json(
        "work-items/A-1.json",
        &json!({"id": "A-1", "title": "theirs", "author": "they"}),
    );
    let again = import(&mut store, from.path());
    assert_eq!(again.findings, report.findings);
    assert_eq!(item(&store, "A-1").author, None);
}

#[test]
fn verification_names_what_the_lab_does_not_hold() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    let before = verified(&store, from.path());
    assert!(!before.is_complete());
    import(&mut store, from.path());
    assert!(verified(&store, from.path()).is_complete());

    from.json(
        "ideas/IDEA-001.json",
        &json!({"id": "IDEA-001", "title": "Wärme", "new": {"deep": [1]}}),
    );
    from.write("README.md", "# Other\n");
    let after = verified(&store, from.path());
    let places: Vec<String> = after
        .missing
        .iter()
        .map(|m| format!("{} {}: {}", m.source, m.pointer, m.problem))
        .collect();
    assert_eq!(
        places,
        [
            "ideas/IDEA-001.json /new/deep/0: the lab keeps nothing here",
            "ideas/IDEA-001.json /new/deep: the lab keeps nothing here",
            "ideas/IDEA-001.json /new: the lab keeps nothing here",
            "ideas/IDEA-001.json : the lab keeps more than the source says",
            "ideas/IDEA-001.json /new: nobody decided about this field",
            "ideas/IDEA-001.json /new/deep: nobody decided about this field",
            "README.md : the lab keeps no such bytes",
        ]
    );
}

#[test]
fn a_second_import_leaves_the_database_as_it_was_row_by_row() {
    use lab_store::SqliteStore;

    let from = Predecessor::with_everything();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let once = || {
        let mut store = SqliteStore::open(&path, &crate::bench::opening()).expect("a database");
        import(&mut store, from.path());
        drop(store);
        crate::real::rows(&path)
    };
    let first = once();
    assert!(first["imported_values"].len() > 300);
    assert_eq!(once(), first);
}

#[test]
fn two_predecessors_in_one_lab_are_kept_apart() {
    use lab_import::apply::{carry_out, decide};
    use lab_import::read::read_lab;

    let (one, two) = (Predecessor::empty(), Predecessor::empty());
    one.json("work-items/1.json", &json!({"id": "A-1", "title": "one"}));
    two.json("work-items/1.json", &json!({"id": "B-1", "title": "two"}));
    let mut store = lab();
    import(&mut store, one.path());
    let mut read = read_lab(two.path(), &crate::bench::limits()).expect("a folder");
    read.below("second");
    store
        .write(&importer(), now(), |writer| {
            let decision = decide(writer, read, &crate::bench::options())?;
            carry_out(writer, &decision).map(|_| ())
        })
        .expect("an import");
    assert_eq!(
        (
            item(&store, "A-1").title.as_str(),
            item(&store, "B-1").title.as_str()
        ),
        ("one", "two")
    );
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("back");
    crate::bench::export(&store, &to);
    assert!(to.join("data/work-items/1.json").is_file());
    assert!(to.join("data/second/work-items/1.json").is_file());
}

#[test]
fn files_first_and_the_database_later_give_the_same_lab() {
    let from = Predecessor::with_everything();
    let mut store = lab();
    let (here, away) = (from.data("lab.db"), from.path().join("away.db"));
    std::fs::rename(&here, &away).expect("away");
    import(&mut store, from.path());
    std::fs::rename(&away, &here).expect("back");
    let report = import(&mut store, from.path());
    assert!(report.changes.updated["item"] > 0, "{:?}", report.changes);
    let verification = verified(&store, from.path());
    assert_eq!((verification.missing, verification.moved), (vec![], vec![]));
    assert!(import(&mut store, from.path()).changes.is_empty());
}
