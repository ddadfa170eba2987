//! Each kind of conflict: named, frozen on both sides, and settled by whoever is asked.

use lab_exchange::{Request, Settlement, settle};
use lab_merge::{Policy, Side};
use lab_model::{ItemStatus, Uid, WorkItem};
use lab_standin::Issue;

use crate::scene::{Scene, tags};

/// Two items, milestones and people on both sides, all alike.
fn alike() -> (Scene, Uid) {
    let mut scene = Scene::new();
    scene.github(|github| {
        let now = github.now;
        github.forge.add_milestone("One", now);
        github.forge.add_milestone("Two", now);
        github.forge.add_milestone("Three", now);
        for title in ["Whole", "Other", "Third"] {
            github.forge.add_issue(title, "ann", now);
        }
        let issue = github.forge.add_issue("Item", "ann", now);
        let issue = github.forge.issues.get_mut(&issue).expect("made");
        issue.body = Some("one\ntwo\nthree".to_owned());
        issue.labels = ["status:review".to_owned()].into();
        issue.assignees = ["octocat".to_owned()].into();
        (issue.milestone, issue.parent) = (Some(1), Some(1));
        github.manners.people.push("ann".to_owned());
    });
    scene.sync();
    let uid = scene.item_of(4).head.uid;
    (scene, uid)
}

/// What one side does to the item, what the other does to its issue, and which field that is.
struct Case {
    field: &'static str,
    here: fn(&Scene, &mut WorkItem),
    there: fn(&mut Issue),
    /// What the two sides show of it.
    shown: (&'static str, &'static str),
}

fn milestone(scene: &Scene, title: &str) -> Option<Uid> {
    let all = scene.read(|tx| tx.milestones()).into_iter();
    let found = all.into_iter().find(|milestone| milestone.title == title);
    found.map(|milestone| milestone.head.uid)
}

const CASES: &[Case] = &[
    Case {
        field: "title",
        here: |_, item| item.title = String::from("Here"),
        there: |issue| issue.title = String::from("There"),
        shown: ("Here", "There"),
    },
    Case {
        field: "body",
        here: |_, item| item.description = String::from("one\nHERE\nthree"),
        there: |issue| issue.body = Some("one\nTHERE\nthree".to_owned()),
        shown: ("one\nHERE\nthree", "one\nTHERE\nthree"),
    },
    Case {
        field: "state",
        here: |_, item| item.status = ItemStatus::Done,
        there: |issue| {
            (issue.state, issue.reason) = ("closed".to_owned(), Some("not_planned".to_owned()));
        },
        shown: ("completed", "not_planned"),
    },
    Case {
        field: "stage",
        here: |_, item| item.status = ItemStatus::InProgress,
        there: |issue| issue.labels = ["status:todo".to_owned()].into(),
        shown: ("in_progress", "todo"),
    },
    Case {
        field: "stage",
        here: |_, _| {},
        there: |issue| {
            issue.labels = ["status:todo".to_owned(), "status:review".to_owned()].into();
        },
        shown: ("review", "review, todo"),
    },
    Case {
        field: "stage",
        here: |_, _| {},
        there: |issue| issue.labels = ["status:proposed".to_owned()].into(),
        shown: ("review", "proposed"),
    },
    Case {
        field: "assignee",
        here: |_, item| item.assignee = Some("jo".to_owned()),
        there: |issue| issue.assignees = ["ann".to_owned()].into(),
        shown: ("jo", "ann"),
    },
    Case {
        field: "milestone",
        here: |scene, item| item.milestone = milestone(scene, "Two"),
        there: |issue| issue.milestone = Some(3),
        shown: ("2", "3"),
    },
    Case {
        field: "parent",
        here: |scene, item| item.parent = Some(scene.item_of(2).head.uid),
        there: |issue| issue.parent = Some(3),
        shown: ("2", "3"),
    },
];

/// Makes both changes, and runs.
fn clash(case: &Case) -> (Scene, Uid) {
    let (mut scene, uid) = alike();
    let mut item = scene.item(&uid);
    (case.here)(&scene, &mut item);
    scene.write(|tx| tx.update_item(&item));
    scene.github(|github| {
        let now = github.now;
        let issue = github.forge.issues.get_mut(&4).expect("there");
        (case.there)(issue);
        issue.updated = now;
    });
    (scene, uid)
}

#[test]
fn what_both_sides_changed_is_named_and_stays_on_both() {
    for case in CASES {
        let (mut scene, uid) = clash(case);
        let before = (
            scene.item(&uid),
            scene.github(|github| github.forge.issues[&4].clone()),
        );
        for _ in 0..2 {
            scene.forget();
            let run = scene.run(&Request::default()).expect("syncs");
            let named: Vec<_> = run
                .conflicts
                .iter()
                .map(|one| {
                    (
                        one.field.as_str(),
                        one.local.as_deref(),
                        one.remote.as_deref(),
                    )
                })
                .collect();
            assert_eq!(
                named,
                [(case.field, Some(case.shown.0), Some(case.shown.1))]
            );
            let after = (
                scene.item(&uid),
                scene.github(|github| github.forge.issues[&4].clone()),
            );
            assert_eq!(after, before, "{}", case.field);
            assert_eq!(scene.writes(), Vec::<String>::new(), "{}", case.field);
        }
    }
}

#[test]
fn whoever_is_taken_wins_on_both_sides() {
    for case in CASES {
        for side in [Side::Local, Side::Remote] {
            let unclear = !["todo", "not_planned"].contains(&case.shown.1)
                && case.field == "stage"
                && side == Side::Remote;
            if unclear {
                // A label that names no status cannot be taken.
                continue;
            }
            let (mut scene, _) = clash(case);
            let run = scene.run(&Request::default()).expect("syncs");
            let conflict = run.conflicts[0].clone();
            let repo = scene.repo.clone();
            scene.write(|tx| {
                settle(tx, &repo, &conflict, Settlement::Take(side)).expect("settles");
                Ok(())
            });
            let run = scene.run(&Request::default()).expect("syncs");
            assert_eq!(run.conflicts, [], "{} {side:?}", case.field);
            let done = (run.changed_here > 0, run.changed_there > 0);
            assert_eq!(
                done,
                (side == Side::Remote, side == Side::Local),
                "{}",
                case.field
            );
            scene.assert_at_rest();
        }
    }
}

#[test]
fn a_policy_decides_without_asking() {
    for case in CASES.iter().filter(|case| case.field != "stage") {
        for side in [Side::Local, Side::Remote] {
            let (mut scene, _) = clash(case);
            let request = Request {
                policies: vec![(case.field.to_owned(), Policy::Take(side))],
                ..Request::default()
            };
            let run = scene.run(&request).expect("syncs");
            assert_eq!(run.conflicts, [], "{} {side:?}", case.field);
            scene.assert_at_rest();
        }
    }
}

#[test]
fn a_conflict_that_both_sides_make_alike_is_settled_by_itself() {
    let (mut scene, uid) = clash(&CASES[0]);
    assert_eq!(
        scene
            .run(&Request::default())
            .expect("syncs")
            .conflicts
            .len(),
        1
    );
    scene.edit(&uid, |item| item.title = String::from("There"));
    assert_eq!(scene.run(&Request::default()).expect("syncs").conflicts, []);
    scene.assert_at_rest();
}

#[test]
fn the_rest_flows_while_one_field_is_in_conflict() {
    let (mut scene, uid) = clash(&CASES[0]);
    scene.edit(&uid, |item| item.labels = tags(&["new"]));
    scene.github(|github| {
        let now = github.now;
        let issue = github.forge.issues.get_mut(&4).expect("there");
        issue.body = Some("one\ntwo\nthree\nfour".to_owned());
        issue.updated = now;
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (run.conflicts.len(), run.changed_here, run.changed_there),
        (1, 1, 1)
    );
    assert_eq!(scene.item(&uid).description, "one\ntwo\nthree\nfour");
    assert!(scene.github(|github| github.forge.issues[&4].labels.contains("new")));
}

#[test]
fn parts_that_would_go_round_in_a_circle_are_a_conflict() {
    let (mut scene, uid) = alike();
    let other = scene.item_of(2).head.uid;
    // Here Item comes under Other, there Other under Item, each fine by itself.
    scene.edit(&uid, |item| item.parent = Some(other.clone()));
    scene.github(|github| {
        let now = github.now;
        let issue = github.forge.issues.get_mut(&2).expect("there");
        (issue.parent, issue.updated) = (Some(4), now);
    });
    let run = scene.run(&Request::default()).expect("syncs");
    let fields: Vec<&str> = run.conflicts.iter().map(|one| one.field.as_str()).collect();
    assert!(fields.contains(&"parent"), "{fields:?}");
    assert_eq!(scene.item(&other).parent, None);
}

#[test]
fn a_link_without_a_base_is_compared_and_nothing_overwritten() {
    let mut scene = Scene::new();
    let uid = scene.add("Here", |item| item.labels = tags(&["a"]));
    let repo = scene.repo.clone();
    scene.github(|github| {
        let number = github.forge.add_issue("There", "ann", github.now);
        let issue = github.forge.issues.get_mut(&number).expect("made");
        issue.labels.insert("b".to_owned());
        github.forge.add_label("b");
    });
    scene.edit(&uid, |item| {
        item.github = Some(lab_model::GithubLink {
            repo: Some(repo),
            number: 1,
            synced_at: None,
        });
    });
    let run = scene.sync();
    assert_eq!(
        run.conflicts
            .iter()
            .map(|one| one.field.as_str())
            .collect::<Vec<_>>(),
        ["title"]
    );
    assert_eq!(scene.item(&uid).title, "Here");
    assert_eq!(scene.item(&uid).labels, tags(&["a", "b"]));
    let labels = scene.github(|github| github.forge.issues[&1].labels.clone());
    assert_eq!(labels, ["a", "b"].map(str::to_owned).into());
}
