//! Two branches that took the same label.

use lab_model::{EntityKind, ItemPatch};

use crate::scene::{Scene, uid};

#[test]
fn of_two_of_one_label_the_older_keeps_it_and_the_younger_stays_known() {
    // The younger is in the lab; the older comes by file.
    let mut ours = Scene::new();
    ours.add(20, "FRM-021");
    ours.synced();
    let mut theirs = Scene::new();
    theirs.add(10, "FRM-021");
    theirs.synced();
    let (mine, other) = (ours.path(20), theirs.path(10));
    assert_ne!(mine, other, "two branches never make the same file");
    ours.put(&other, &theirs.text(&other));
    assert_eq!(
        ours.synced(),
        ["create FRM-021", "renumber FRM-022", "write FRM-022"]
    );
    assert_eq!(ours.item(10).head.label.as_str(), "FRM-021");
    assert_eq!(ours.item(20).head.label.as_str(), "FRM-022");
    let json = ours.json(&mine);
    assert_eq!(
        (&json["label"], &json["aliases"][0]),
        (&"FRM-022".into(), &"FRM-021".into())
    );
    assert_eq!(ours.synced(), [""; 0]);
    // The other way round: the same.
    theirs.put(&mine, &{
        let mut younger = Scene::new();
        younger.add(20, "FRM-021");
        younger.synced();
        younger.text(&younger.path(20))
    });
    assert_eq!(
        theirs.synced(),
        ["create FRM-022", "renumber FRM-022", "write FRM-022"]
    );
    assert_eq!(theirs.item(20).head.label.as_str(), "FRM-022");
    assert_eq!(theirs.read(|tx| tx.aliases(&uid(20))).len(), 1);
    assert_eq!(theirs.synced(), [""; 0]);
    // Both clones then merge each other's files, and agree.
    for path in [&mine, &other] {
        assert_eq!(ours.json(path)["label"], theirs.json(path)["label"]);
    }
}

#[test]
fn labels_that_come_together_are_sorted_out_together() {
    let mut source = Scene::new();
    for (number, label) in [(1, "A-001"), (2, "A-002"), (3, "A-003"), (4, "A-003-1")] {
        source.add(number, label);
    }
    source.synced();
    let mut scene = source.cloned();
    // Both new, of one label, and a third that already has what is next.
    let renamed = |number: u64, label: &str| {
        let path = source.path(number);
        scene.set(&path, "label", label);
    };
    renamed(2, "A-001");
    renamed(4, "a-003");
    assert_eq!(
        scene.synced(),
        [
            "create A-001",
            "create A-003",
            "create A-004",
            "renumber A-004",
            "write A-004",
            "create A-005",
            "renumber A-005",
            "write A-005",
        ]
    );
    assert_eq!(scene.labels(), ["A-001", "A-004", "A-003", "A-005"]);
    assert_eq!(scene.synced(), [""; 0]);
    // Two swap their labels in the files.
    let (first, third) = (scene.path(1), scene.path(3));
    scene.set(&first, "label", "A-003");
    scene.set(&third, "label", "A-001");
    let report = scene.sync();
    assert_eq!(report.problems, []);
    let labels = scene.labels();
    assert_eq!(
        labels
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        4,
        "{labels:?}"
    );
    assert_eq!(scene.synced(), [""; 0]);
}

#[test]
fn a_label_that_was_another_s_once_is_free() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    scene.edit(
        1,
        ItemPatch {
            label: "B-001".parse().ok(),
            ..ItemPatch::default()
        },
    );
    scene.synced();
    let mut other = Scene::new();
    other.add(9, "A-001");
    other.synced();
    let path = other.path(9);
    scene.put(&path, &other.text(&path));
    assert_eq!(scene.synced(), ["create A-001"]);
    assert_eq!(
        scene.read(|tx| tx.resolve(EntityKind::Item, "A-001")),
        uid(9)
    );
    let known = scene.read(|tx| tx.aliases(&uid(1)));
    assert_eq!(
        known
            .iter()
            .map(lab_model::Label::as_str)
            .collect::<Vec<_>>(),
        ["A-001"]
    );
    assert_eq!(scene.synced(), [""; 0]);
}
