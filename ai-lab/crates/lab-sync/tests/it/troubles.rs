//! What is wrong with one file is named and keeps no other from being taken.

use lab_sync::{ProblemKind, SyncError, SyncRequest, sync};

use crate::scene::{Scene, told, uid};

fn problems(scene: &mut Scene) -> Vec<(ProblemKind, String)> {
    let report = scene.sync();
    let problems = report.problems.into_iter();
    problems.map(|it| (it.kind, it.message)).collect()
}

#[test]
fn an_unreadable_file_is_told_with_its_line_and_nothing_of_it_is_touched() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.add(2, "A-002");
    scene.synced();
    let (path, good) = (scene.path(1), scene.text(&scene.path(1)));
    scene.set(&scene.path(2), "title", "Taken all the same");
    for (text, kind, message) in [
        (
            "{\n  \"format\": 1,\n",
            ProblemKind::Unreadable,
            "line 3, column 1: no JSON: EOF while parsing a value",
        ),
        (
            "{\n<<<<<<< HEAD\n",
            ProblemKind::ConflictMarkers,
            "line 2, column 1: a merge left its conflict markers here",
        ),
        (
            "",
            ProblemKind::Unreadable,
            "line 1, column 1: no JSON: EOF while parsing a value",
        ),
    ] {
        scene.put(&path, text);
        assert_eq!(problems(&mut scene), [(kind, message.to_owned())]);
        assert_eq!(scene.text(&path), text);
    }
    assert!(!scene.item(1).head.archived);
    assert_eq!(scene.item(2).title, "Taken all the same");
    scene.put(&path, &good);
    assert_eq!(scene.synced(), [""; 0]);
}

#[test]
fn copies_and_files_that_refer_to_nothing_are_named() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    let path = scene.path(1);
    scene.put("data/work-items/copy 2.json", &scene.text(&path));
    let copy = (ProblemKind::Copy, format!("it is a copy of {path}"));
    assert_eq!(problems(&mut scene), [copy]);
    scene.remove("data/work-items/copy 2.json");
    let (lost, own) = (uid(77), uid(5));
    scene.put(
        "data/work-items/x.json",
        r#"{"format": 1, "title": "x", "project": "NONE"}"#,
    );
    scene.put(
        "data/work-items/y.json",
        &format!(r#"{{"format": 1, "uid": "{own}", "title": "y", "parent": "A-9 <{lost}>"}}"#),
    );
    scene.put(
        "data/work-items/z.json",
        &format!(r#"{{"format": 1, "title": "z", "parent": "{own}"}}"#),
    );
    assert_eq!(
        problems(&mut scene),
        [
            (
                ProblemKind::Dangling,
                "`project`: no project is called `NONE`".to_owned()
            ),
            (
                ProblemKind::Dangling,
                format!("it refers to A-9 <{lost}>, which neither the lab nor a file has")
            ),
            (
                ProblemKind::Dangling,
                format!("it refers to {own}, which neither the lab nor a file has")
            ),
        ]
    );
    assert_eq!(scene.labels(), ["A-001"]);
}

#[test]
fn files_that_together_go_round_in_a_circle_bring_everything_but_that() {
    let mut scene = Scene::new();
    for number in 1..5 {
        scene.add(number, &format!("A-{number:03}"));
    }
    scene.synced();
    for (from, to) in [(1, 2), (2, 1), (3, 4)] {
        let path = scene.path(from);
        scene.set(&path, "dependencies", vec![format!("A-{to:03}")]);
        scene.set(&path, "title", "Taken all the same");
    }
    let report = scene.sync();
    assert_eq!(report.problems, []);
    let open: Vec<(&str, &str, Option<&str>)> = report
        .conflicts
        .iter()
        .map(|it| (it.label.as_str(), it.field.as_str(), it.lab.as_deref()))
        .collect();
    assert_eq!(
        open,
        [
            ("A-001", "dependencies", None),
            ("A-002", "dependencies", None)
        ]
    );
    for number in 1..4 {
        assert_eq!(scene.item(number).title, "Taken all the same");
    }
    assert_eq!(scene.item(1).dependencies.len(), 0);
    assert_eq!(scene.item(3).dependencies.len(), 1);
    // Each file keeps its own until someone decides; a second sync has nothing to add.
    assert_eq!(
        scene.json(&scene.path(1))["dependencies"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let again = scene.sync();
    assert_eq!((again.did.len(), again.conflicts.len()), (0, 2));
    // One side gives in: then there is no circle, and the other's stands.
    scene.set(&scene.path(1), "dependencies", Vec::<String>::new());
    assert_eq!(scene.sync().conflicts.len(), 1);
    scene.put(&scene.path(2), &scene.text(&scene.path(2)));
    scene.sync();
    assert_eq!(scene.item(1).dependencies.len(), 0);
}

#[test]
fn what_only_one_entity_can_have_is_refused_to_the_second() {
    let mut scene = Scene::new();
    scene.project(1, "PROJ-001", "FRM");
    scene.synced();
    scene.put(
        "projects/b/data/project.json",
        r#"{"format": 1, "name": "b", "prefix": "FRM"}"#,
    );
    scene.put("data/ideas/i.json", r#"{"format": 1, "title": "i"}"#);
    let report = scene.sync();
    assert_eq!(told(&report), ["create IDEA-001", "write IDEA-001"]);
    let messages: Vec<&str> = report
        .problems
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(messages, ["the project name `FRM` is taken"]);
}

#[test]
fn many_files_gone_at_once_are_asked_about() {
    let mut scene = Scene::new();
    for number in 1..=30 {
        scene.add(number, &format!("A-{number:03}"));
    }
    scene.synced();
    std::fs::remove_dir_all(scene.root().join("data/work-items")).expect("it goes");
    let (at, root) = (scene.now(), scene.root().to_owned());
    let mut request = SyncRequest {
        root: &root,
        at,
        many_gone: false,
    };
    let error = sync(&mut scene.store, &request).expect_err("it is asked about");
    assert!(matches!(
        error,
        SyncError::ManyGone {
            gone: 30,
            files: 30
        }
    ));
    assert!(!scene.item(1).head.archived);
    request.many_gone = true;
    let report = sync(&mut scene.store, &request).expect("it was meant");
    assert_eq!(report.did.len(), 30);
    assert!(scene.item(1).head.archived);
}

#[test]
fn a_file_that_cannot_be_written_costs_the_lab_nothing() {
    let mut scene = Scene::new();
    scene.put("data/work-items", "in the way");
    scene.add(1, "A-001");
    let (at, touched) = (scene.now(), scene.store.take_touched());
    let root = scene.root().to_owned();
    let left = lab_sync::mirror(&mut scene.store, &root, at, &touched).expect("it is told");
    assert_eq!((left.len(), left[0].kind), (1, ProblemKind::Unwritten));
    assert_eq!(scene.item(1).title, "Item A-001");
    scene.remove("data/work-items");
    assert_eq!(scene.synced(), ["write A-001"]);
}
