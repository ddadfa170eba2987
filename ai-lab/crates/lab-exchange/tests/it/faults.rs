//! What GitHub may do: limits, refusals, names that change, things that go.

use lab_exchange::{Request, SyncError};
use lab_github::Wait;
use lab_standin::Reply;

use crate::scene::{Scene, tags};

/// One item with its issue, alike.
fn one() -> Scene {
    let mut scene = Scene::new();
    scene.add("Item", |item| item.labels = tags(&["bug"]));
    scene.sync();
    scene.forget();
    scene
}

#[test]
fn a_limit_is_waited_for_and_the_run_goes_on() {
    let mut scene = one();
    scene.add("Second", |_| {});
    scene.github(|github| {
        let secondary = "You have exceeded a secondary rate limit";
        github.manners.instead = vec![
            Reply::said(403, secondary).with("retry-after", "30"),
            Reply::said(429, "Too many requests").with("retry-after", "7"),
            Reply::said(502, "Bad gateway"),
        ];
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(run.made_there, 1);
    let waits = scene.world(|world| world.waits.clone());
    assert_eq!(
        waits,
        [(30, Wait::Limit), (7, Wait::Limit), (1, Wait::Again)]
    );
    scene.assert_at_rest();
}

#[test]
fn a_wait_too_long_ends_the_run_and_the_next_one_goes_on() {
    let mut scene = one();
    scene.add("Second", |_| {});
    scene.github(|github| {
        github.manners.instead = vec![Reply::said(403, "rate limit").with("retry-after", "3600")];
    });
    let ended = scene.run(&Request::default());
    assert!(matches!(ended, Err(SyncError::Call(_))), "{ended:?}");
    assert_eq!(scene.run(&Request::default()).expect("syncs").made_there, 1);
    scene.assert_at_rest();
}

#[test]
fn a_wrong_token_says_so_and_changes_nothing() {
    let mut scene = one();
    scene.github(|github| github.manners.token = Some("right".to_owned()));
    let told = scene
        .run(&Request::default())
        .map(|_| ())
        .map_err(|error| error.to_string());
    assert_eq!(told, Err("GitHub does not take the token".to_owned()));
}

#[test]
fn a_renamed_repository_is_followed_by_its_number() {
    let mut scene = one();
    scene.add("Second", |_| {});
    scene.github(|github| {
        github.forge.full_name = "octo/new-name".to_owned();
        github.manners.former_name = Some("octo/lab".to_owned());
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(run.made_there, 1);
    let repo = scene.repo.clone();
    let name = scene.read(|tx| tx.repo(&repo)).expect("there").full_name;
    assert_eq!(name.as_str(), "octo/new-name");
    scene.assert_at_rest();
}

#[test]
fn another_repository_of_the_same_name_is_not_taken_for_the_linked_one() {
    let mut scene = one();
    scene.github(|github| github.forge.id = 2_000);
    let ended = scene.run(&Request::default());
    assert!(matches!(ended, Err(SyncError::Another(_))), "{ended:?}");
}

#[test]
fn a_repository_that_is_not_shown_or_takes_no_issues_ends_the_run() {
    let mut scene = one();
    scene.github(|github| github.forge.full_name = "octo/other".to_owned());
    let ended = scene.run(&Request::default());
    assert!(matches!(ended, Err(SyncError::NotThere(_))), "{ended:?}");
    let mut scene = one();
    scene.github(|github| github.forge.has_issues = false);
    let ended = scene.run(&Request::default());
    assert!(matches!(ended, Err(SyncError::NoIssues(_))), "{ended:?}");
    assert_eq!(scene.items().len(), 1);
}

#[test]
fn a_deleted_issue_keeps_its_item_and_is_not_made_again() {
    let mut scene = one();
    let item = scene.items().remove(0);
    scene.github(|github| {
        github.forge.issues.remove(&1);
        github.forge.deleted.insert(1);
    });
    let sweep = Request {
        sweep: true,
        ..Request::default()
    };
    let run = scene.run(&sweep).expect("syncs");
    assert_eq!((run.steps.len(), scene.items()), (0, vec![item.clone()]));
    scene.edit(&item.head.uid, |item| item.title = "Changed".to_owned());
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!((run.made_there, run.changed_there), (0, 0));
    assert_eq!(scene.github(|github| github.forge.issues.len()), 0);
}

#[test]
fn an_issue_that_goes_while_it_is_changed_is_noted() {
    let mut scene = one();
    let item = scene.items().remove(0);
    scene.edit(&item.head.uid, |item| item.title = "Changed".to_owned());
    scene.github(|github| {
        github.forge.issues.remove(&1);
        github.forge.deleted.insert(1);
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!((run.changed_there, run.made_there), (0, 0));
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(run.steps, []);
}

#[test]
fn what_github_drops_without_a_word_is_told_and_not_tried_again() {
    let mut scene = Scene::new();
    let uid = scene.add("Item", |item| {
        item.labels = tags(&["bug"]);
        item.assignee = Some("nobody".to_owned());
    });
    scene.github(|github| github.manners.may_triage = false);
    let run = scene.sync();
    assert_eq!(
        run.warnings,
        [
            "FRM-001: GitHub did not take labels bug",
            "FRM-001: GitHub did not take assignee nobody"
        ]
    );
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    assert_eq!((again.steps, scene.writes()), (Vec::new(), Vec::new()));
    assert_eq!(scene.item(&uid).labels, tags(&["bug"]));
    // What is said anew there comes in.
    scene.github(|github| {
        let now = github.now;
        let issue = github.forge.issues.get_mut(&1).expect("there");
        issue.assignees.insert("jo".to_owned());
        issue.updated = now;
    });
    scene.run(&Request::default()).expect("syncs");
    assert_eq!(scene.item(&uid).assignee.as_deref(), Some("jo"));
}

#[test]
fn a_label_with_another_name_changes_items_that_nobody_touched() {
    let mut scene = one();
    scene.github(|github| {
        github.forge.labels[0].name = "defect".to_owned();
        let issue = github.forge.issues.get_mut(&1).expect("there");
        issue.labels = ["defect".to_owned()].into();
    });
    scene.run(&Request::default()).expect("syncs");
    assert_eq!(scene.items()[0].labels, tags(&["defect"]));
    scene.github(|github| {
        github.forge.labels.clear();
        github
            .forge
            .issues
            .get_mut(&1)
            .expect("there")
            .labels
            .clear();
    });
    scene.run(&Request::default()).expect("syncs");
    assert_eq!(scene.items()[0].labels, tags(&[]));
    scene.assert_at_rest();
}

#[test]
fn titles_and_texts_that_github_does_not_take_are_told() {
    let mut scene = one();
    scene.add(&"x".repeat(257), |_| {});
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        run.warnings,
        ["FRM-002: GitHub takes titles of 1 to 256 characters"]
    );
    let uid = scene.add("Long", |item| item.description = "ä".repeat(70_000));
    let run = scene.run(&Request::default()).expect("syncs");
    assert!(
        run.warnings
            .iter()
            .any(|told| told.starts_with("FRM-003: GitHub did not take body"))
    );
    assert_eq!(scene.item(&uid).description.chars().count(), 70_000);
}

#[test]
fn a_comment_is_written_once_whatever_becomes_of_its_answer() {
    let mut scene = one();
    let (item, repo) = (scene.items().remove(0).head.uid, scene.repo.clone());
    let order = lab_store::Order {
        uid: lab_model::Uid::from_parts(9, [9; 10]),
        of: item,
        kind: lab_store::OrderKind::Comment,
        body: "hello".to_owned(),
        queued_at: crate::scene::at(crate::scene::START),
        sent_at: None,
    };
    for number in 0..20 {
        for cut in [
            crate::scene::Cut::Before(number),
            crate::scene::Cut::After(number),
        ] {
            let mut fresh = one();
            let item = fresh.items().remove(0).head.uid;
            let order = lab_store::Order {
                of: item,
                ..order.clone()
            };
            let repo = fresh.repo.clone();
            fresh.write(|tx| tx.keep_order(&repo, &order));
            let _ = fresh.run_cut(&Request::default(), cut);
            fresh.run(&Request::default()).expect("syncs");
            let bodies = fresh.github(|github| github.forge.comments.len());
            assert_eq!(
                (bodies, fresh.read(|tx| tx.github_outbox(&repo))),
                (1, Vec::new()),
                "{cut:?}"
            );
        }
    }
    scene.write(|tx| tx.keep_order(&repo, &order));
    assert_eq!(
        scene
            .run(&Request::default())
            .expect("syncs")
            .comments_there,
        1
    );
    scene.assert_at_rest();
}

#[test]
fn two_issues_that_claim_one_item_are_two_items() {
    let mut scene = one();
    scene.github(|github| {
        let now = github.now;
        let body = github.forge.issues[&1].body.clone();
        let copy = github.forge.add_issue("Copied", "ann", now);
        github.forge.issues.get_mut(&copy).expect("made").body = body;
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!((run.made_here, scene.items().len()), (1, 2));
    assert_eq!(scene.run(&Request::default()).expect("syncs").steps, []);
}

#[test]
fn what_the_predecessor_wrote_is_known_by_its_title() {
    let mut scene = Scene::new();
    let uid = scene.add("Pump", |_| {});
    scene.github(|github| {
        let number = github.forge.add_issue("[FRM-001] Pump", "ann", github.now);
        let label = github.forge.add_label("ai-lab");
        github
            .forge
            .issues
            .get_mut(&number)
            .expect("made")
            .labels
            .insert(label);
    });
    let run = scene.sync();
    assert_eq!(
        (
            run.linked,
            run.made_here,
            run.made_there,
            run.conflicts.len()
        ),
        (1, 0, 0, 0)
    );
    assert_eq!(scene.item(&uid).title, "Pump");
    assert_eq!(scene.number(&uid), 1);
}

/// Changes the issue's title there right before the request that answers this question, and runs.
fn changed_before(is_it: fn(&lab_standin::Asked) -> bool) -> (Scene, lab_exchange::Run) {
    let both = || {
        let mut scene = one();
        let item = scene.items().remove(0).head.uid;
        scene.edit(&item, |item| item.title = String::from("Here"));
        scene
    };
    let mut scene = both();
    scene.run(&Request::default()).expect("syncs");
    let place = scene.world(|world| world.github.asked.iter().position(is_it));
    let mut scene = both();
    scene.world(|world| {
        world
            .meanwhile
            .insert(place.expect("it was asked"), |github| {
                let now = github.now;
                let issue = github.forge.issues.get_mut(&1).expect("there");
                issue.title = String::from("There");
                issue.updated = now;
            })
    });
    let run = scene.run(&Request::default()).expect("syncs");
    (scene, run)
}

#[test]
fn what_changes_there_while_a_run_goes_on_is_never_overwritten_unseen() {
    let look = |asked: &lab_standin::Asked| asked.target.ends_with("/issues/1");
    let (scene, run) = changed_before(look);
    let named: Vec<_> = run
        .conflicts
        .iter()
        .map(|one| one.remote.as_deref())
        .collect();
    assert_eq!(named, [Some("There")]);
    assert_eq!(
        scene.github(|github| github.forge.issues[&1].title.clone()),
        "There"
    );
    assert_eq!(scene.items()[0].title, "Here");
}
