//! What lab and file say differently is named, kept on both sides, and settled by whoever decides.

use lab_model::{ItemPatch, ItemStatus, Patch};
use lab_sync::{ResolveError, Settlement, Take, disputes, resolve};

use crate::scene::{Scene, jo, told, uid};

fn title(text: &str) -> ItemPatch {
    ItemPatch {
        title: Some(text.to_owned()),
        ..ItemPatch::default()
    }
}

/// An item whose title both sides changed, and whose assignee only the lab did.
fn disputed() -> Scene {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    scene.set(&scene.path(1), "title", "File");
    scene.edit(
        1,
        ItemPatch {
            assignee: Patch::Set("jo".to_owned()),
            ..title("Lab")
        },
    );
    let report = scene.sync();
    assert_eq!(told(&report), ["merge A-001", "write A-001"]);
    assert_eq!(report.conflicts.len(), 1);
    scene
}

fn settle(scene: &mut Scene, field: Option<&str>, take: Take) -> Result<usize, ResolveError> {
    let at = scene.now();
    let settlement = Settlement {
        name: "a-001",
        field,
        take,
    };
    let root = scene.root().to_owned();
    let rows = resolve(&mut scene.store, &root, (&jo(), at), &settlement)?;
    Ok(rows.len())
}

fn titles(scene: &Scene) -> (String, String) {
    let file = scene.json(&scene.path(1))["title"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (scene.item(1).title, file)
}

fn both(text: &str) -> (String, String) {
    (text.to_owned(), text.to_owned())
}

#[test]
fn both_values_stay_until_someone_decides_and_the_rest_flows() {
    let mut scene = disputed();
    assert_eq!(titles(&scene), ("Lab".to_owned(), "File".to_owned()));
    assert_eq!(scene.json(&scene.path(1))["assignee"], "jo");
    let row = disputes(&scene.store).expect("listed").remove(0);
    let values = [row.base, row.lab, row.file].map(Option::unwrap_or_default);
    assert_eq!(
        (row.label.as_str(), row.field.as_str(), row.source),
        ("A-001", "title", "sync")
    );
    assert_eq!(values, ["Item A-001", "Lab", "File"]);
    assert_eq!(scene.synced(), [""; 0]);
    // The field is frozen, the others are not.
    scene.set(&scene.path(1), "priority", "low");
    scene.edit(1, title("Lab again"));
    scene.sync();
    assert_eq!(titles(&scene), ("Lab again".to_owned(), "File".to_owned()));
    assert_eq!(scene.item(1).priority.as_str(), "low");
    let row = disputes(&scene.store).expect("listed").remove(0);
    assert_eq!(row.lab.as_deref(), Some("Lab again"));
}

#[test]
fn whoever_decides_has_both_sides_say_so() {
    for (take, text) in [
        (Take::Lab, "Lab"),
        (Take::File, "File"),
        (Take::Text("Neither".to_owned()), "Neither"),
    ] {
        let mut scene = disputed();
        assert_eq!(settle(&mut scene, None, take).expect("settled"), 1);
        assert_eq!(titles(&scene), both(text));
        let report = scene.sync();
        assert_eq!((told(&report).len(), report.conflicts.len()), (0, 0));
        assert_eq!(titles(&scene), both(text));
    }
}

#[test]
fn a_conflict_ends_by_itself_when_one_side_gives_in() {
    let mut scene = disputed();
    scene.set(&scene.path(1), "title", "Lab");
    assert_eq!(scene.sync().conflicts, []);
    assert_eq!(titles(&scene), both("Lab"));
    let mut scene = disputed();
    scene.edit(1, title("File"));
    assert_eq!(scene.mirror(), 0);
    assert_eq!(scene.sync().conflicts, []);
    assert_eq!(titles(&scene), both("File"));
    // Back to what both came from: then the other's change stands.
    let mut scene = disputed();
    scene.set(&scene.path(1), "title", "Item A-001");
    assert_eq!(scene.sync().conflicts, []);
    assert_eq!(titles(&scene), both("Lab"));
}

#[test]
fn what_cannot_be_settled_says_why() {
    let mut scene = disputed();
    let told = |error: Result<usize, ResolveError>| error.expect_err("it cannot").to_string();
    let nothing = told(settle(&mut scene, Some("due"), Take::Lab));
    assert_eq!(nothing, "nothing of `a-001` is in conflict about `due`");
    scene.set(&scene.path(1), "due", "2026-01-01");
    let path = scene.path(1);
    let changed = told(settle(&mut scene, None, Take::Lab));
    assert_eq!(changed, format!("{path} was changed since the last sync"));
    scene.sync();
    assert_eq!(
        settle(&mut scene, Some("title"), Take::Lab).expect("settled"),
        1
    );
    let nothing = told(settle(&mut scene, None, Take::Lab));
    assert_eq!(nothing, "nothing of `a-001` is in conflict");
}

#[test]
fn a_status_that_is_decided_brings_what_belongs_to_it() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    scene.set(&scene.path(1), "status", "done");
    scene.write(|tx| {
        let mut item = tx.item(&uid(1))?.expect("it is there");
        item.status = ItemStatus::Review;
        tx.update_item(&item)
    });
    assert_eq!(scene.sync().conflicts.len(), 1);
    let wrong = settle(&mut scene, None, Take::Text("ready".to_owned()));
    assert!(matches!(wrong, Err(ResolveError::NotSo { .. })));
    settle(&mut scene, None, Take::File).expect("settled");
    let item = scene.item(1);
    assert_eq!(
        (item.status, item.settled_at.is_some()),
        (ItemStatus::Done, true)
    );
}

#[test]
fn what_two_branches_said_differently_comes_with_the_file_and_goes_with_it() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    let path = scene.path(1);
    let dispute = serde_json::json!([{"field": "title", "base": "Item A-001", "ours": "Mine", "theirs": "Theirs"}]);
    scene.set(&path, "title", "Mine");
    scene.set(&path, "conflicts", dispute);
    let report = scene.sync();
    assert_eq!(
        (report.conflicts.len(), report.conflicts[0].source),
        (1, "merge")
    );
    assert_eq!(scene.synced(), [""; 0]);
    let mut other = scene.cloned();
    other.sync();
    assert_eq!(settle(&mut scene, None, Take::File).expect("settled"), 1);
    assert_eq!(titles(&scene), both("Theirs"));
    assert_eq!(scene.json(&path).get("conflicts"), None);
    assert_eq!(scene.sync().conflicts, []);
    // The other clone gets the file, and with it the decision.
    assert_eq!(disputes(&other.store).expect("listed").len(), 1);
    other.put(&path, &scene.text(&path));
    assert_eq!(other.sync().conflicts, []);
    assert_eq!(titles(&other), both("Theirs"));
}
