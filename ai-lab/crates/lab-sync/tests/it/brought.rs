//! Documents that come without files of their own.

use lab_files::Document;
use lab_model::EntityKind;
use lab_store::{Reader, Store, StoreError};
use lab_sync::{BringError, Brought, bring, document_of, names_in};

use crate::scene::{Scene, jo, uid};

fn one(number: u64, label: &str, facts: &[(&str, &str)]) -> Brought {
    let mut document = Document::empty(EntityKind::Item);
    document.uid = Some(uid(number));
    document.label = label.parse().ok();
    let standing = [
        ("title", "Brought"),
        ("status", "todo"),
        ("priority", "low"),
        ("item_type", "task"),
    ];
    for (field, text) in standing.iter().chain(facts) {
        document.record.put(field, "", Some((*text).to_owned()));
    }
    Brought {
        place: format!("line {number}"),
        document,
    }
}

fn take(scene: &mut Scene, brought: Vec<Brought>) -> Result<Vec<String>, BringError> {
    let at = scene.now();
    let did = scene.store.write(&jo(), at, |tx| bring(tx, brought))?;
    let line = |did: &lab_sync::Did| format!("{} {}", did.what.as_str(), did.label);
    Ok(did.iter().map(line).collect())
}

#[test]
fn what_is_brought_is_taken_once_and_keeps_older_names() {
    let mut scene = Scene::new();
    scene.add(5, "A-001");
    // A younger one of the same label, and a part that comes before what it is part of.
    let brought = || {
        vec![
            one(7, "A-002-1", &[("parent", "A-002")]),
            one(6, "A-001", &[]),
            one(8, "A-002", &[]),
        ]
    };
    let did = take(&mut scene, brought()).expect("it is taken");
    assert_eq!(
        did,
        [
            "create A-002-1",
            "create A-002",
            "renumber A-003",
            "create A-003"
        ]
    );
    assert_eq!(scene.item(7).parent, Some(uid(8)));
    let known = scene.read(|tx| document_of(tx, EntityKind::Item, &uid(7)));
    let known = known.expect("it is there");
    let names = scene.read(|tx| names_in(tx, std::slice::from_ref(&known)));
    assert_eq!(names.0[uid(8).as_str()], "A-002");
    // Brought as it is, it changes nothing.
    let again = Brought {
        place: "line 1".to_owned(),
        document: known,
    };
    let did = take(&mut scene, vec![again]).expect("it is taken");
    assert_eq!(did, [""; 0]);
}

#[test]
fn what_does_not_go_together_is_refused_with_its_place() {
    let mut scene = Scene::new();
    let lost = uid(99).to_string();
    for (brought, told) in [
        (
            one(1, "A-001", &[("parent", &lost)]),
            format!("line 1: it refers to {lost}, which neither the lab nor the text has"),
        ),
        (
            one(2, "A-002", &[("milestone", "M9")]),
            "line 2: `milestone`: no milestone is called `M9`".to_owned(),
        ),
    ] {
        let error = take(&mut scene, vec![brought]).expect_err("it is refused");
        assert_eq!(error.to_string(), told);
    }
    let mut nameless = one(3, "A-003", &[]);
    nameless.document.uid = None;
    let error = take(&mut scene, vec![nameless]).expect_err("it is refused");
    assert_eq!(error.to_string(), "line 3: it has no uid");
    let none: Result<_, StoreError> = scene.store.read(|tx: &dyn Reader| tx.item(&uid(1)));
    assert_eq!(none.expect("it is read"), None);
}
