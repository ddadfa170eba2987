//! What changes on one side comes to the other.

use lab_exchange::Request;
use lab_model::{Day, ItemStatus, MilestoneStatus};

use crate::scene::{Scene, tags};

/// A lab with a bit of everything.
fn full() -> Scene {
    let mut scene = Scene::new();
    let milestone = scene.add_milestone("First light");
    scene.edit_milestone(&milestone, |one| one.due = Day::from_ymd(2026, 3, 1));
    let whole = scene.add("Whole", |item| {
        item.description = String::from("one\r\ntwo  ");
        item.labels = tags(&["Bug", "ui/ux"]);
        item.assignee = Some("jo".to_owned());
        item.milestone = Some(milestone);
    });
    scene.add("Part", |item| {
        item.parent = Some(whole.clone());
        item.status = ItemStatus::InProgress;
    });
    scene.add("Finished", |item| item.status = ItemStatus::Done);
    scene.add("Given up", |item| item.status = ItemStatus::Cancelled);
    scene.add("Draft", |item| item.is_draft = true);
    scene
}

#[test]
fn a_first_run_shows_its_plan_and_changes_nothing() {
    let mut scene = full();
    let run = scene.run(&Request::default()).expect("plans");
    assert!(run.needs_a_look && !run.applied);
    let steps: Vec<String> = run.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        steps,
        [
            "make the milestone MS-001 there: First light (due)",
            "make an issue of FRM-001 there: Whole (assignee, body, labels, milestone)",
            "make an issue of FRM-002 there: Part (parent, stage)",
            "make an issue of FRM-003 there: Finished (state)",
            "make an issue of FRM-004 there: Given up (state)",
        ]
    );
    assert_eq!(scene.writes(), Vec::<String>::new());
    let stale = Request {
        hash: Some("0000000000000000".to_owned()),
        ..Request::default()
    };
    let told = scene
        .run(&stale)
        .map(|_| ())
        .map_err(|error| error.to_string());
    assert_eq!(
        told,
        Err(format!(
            "the plan is {} by now, not 0000000000000000",
            run.hash
        ))
    );
    assert_eq!(scene.writes(), Vec::<String>::new());
}

#[test]
fn items_become_issues_with_all_that_belongs_to_them() {
    let mut scene = full();
    let run = scene.sync();
    assert_eq!(
        (run.made_there, run.is_left, run.warnings),
        (5, false, Vec::new())
    );
    let draft = scene
        .items()
        .into_iter()
        .find(|item| item.is_draft)
        .expect("it is there");
    assert_eq!(draft.github, None);
    scene.github(|github| {
        let forge = &github.forge;
        let one = |title: &str| {
            forge
                .issues
                .values()
                .find(|issue| issue.title == title)
                .expect("there")
        };
        let whole = one("Whole");
        assert_eq!(whole.labels, ["Bug", "ui/ux"].map(str::to_owned).into());
        assert_eq!(
            (whole.milestone, whole.assignees.first().map(String::as_str)),
            (Some(1), Some("jo"))
        );
        assert!(
            whole
                .body
                .as_ref()
                .is_some_and(|body| body.starts_with("one\ntwo\n\n<!-- ai-lab uid="))
        );
        let part = one("Part");
        assert_eq!(part.labels, ["status:in_progress".to_owned()].into());
        assert_eq!(forge.issues.get(&part.parent.expect("a part")), Some(whole));
        assert_eq!(one("Finished").reason.as_deref(), Some("completed"));
        assert_eq!(one("Given up").reason.as_deref(), Some("not_planned"));
        assert_eq!(
            forge.milestones[&1].due_on.as_deref(),
            Some("2026-03-01T08:00:00Z")
        );
        assert_eq!(forge.issues.len(), 4);
    });
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    assert_eq!((again.steps, again.conflicts), (Vec::new(), Vec::new()));
    assert_eq!(scene.writes(), Vec::<String>::new());
    assert_eq!(scene.world(|world| world.github.bytes), 0);
}

/// A repository with a bit of everything.
fn full_there() -> Scene {
    let scene = Scene::new();
    scene.github(|github| {
        let now = github.now;
        let forge = &mut github.forge;
        let milestone = forge.add_milestone("First light", now);
        forge.add_label("Bug");
        let whole = forge.add_issue("Whole", "ann", now);
        let issue = forge.issues.get_mut(&whole).expect("made");
        issue.body = Some("one\r\ntwo\r\n".to_owned());
        issue.labels = ["Bug".to_owned(), "status:review".to_owned()].into();
        issue.assignees = ["jo".to_owned(), "octocat".to_owned()].into();
        issue.milestone = Some(milestone);
        let part = forge.add_issue("Part", "ann", now);
        let issue = forge.issues.get_mut(&part).expect("made");
        issue.parent = Some(whole);
        (issue.state, issue.reason) = ("closed".to_owned(), Some("duplicate".to_owned()));
        issue.closed = Some(now - 60);
        let pull = forge.add_issue("A pull request", "ann", now);
        forge.issues.get_mut(&pull).expect("made").is_pull = true;
        forge.add_comment(whole, "hello", "ann", now);
    });
    scene
}

#[test]
fn issues_become_items_with_all_that_belongs_to_them() {
    let mut scene = full_there();
    let run = scene.sync();
    assert_eq!(
        (run.made_here, run.made_there, run.changed_there),
        (3, 0, 0)
    );
    let (whole, part) = (scene.item_of(1), scene.item_of(2));
    assert_eq!(
        (whole.head.label.as_str(), part.head.label.as_str()),
        ("FRM-001", "FRM-001-1")
    );
    assert_eq!(
        (whole.title.as_str(), whole.description.as_str()),
        ("Whole", "one\ntwo")
    );
    assert_eq!(
        (whole.status, part.status),
        (ItemStatus::Review, ItemStatus::Cancelled)
    );
    assert_eq!(
        (whole.assignee.as_deref(), whole.author.as_deref()),
        (Some("jo"), Some("ann"))
    );
    assert_eq!(whole.labels, tags(&["Bug"]));
    assert_eq!(part.parent, Some(whole.head.uid.clone()));
    assert!(part.settled_at < part.head.updated_at);
    let milestone = scene.read(|tx| tx.milestones()).pop().expect("made");
    assert_eq!(
        (whole.milestone, milestone.status),
        (Some(milestone.head.uid), MilestoneStatus::Planned)
    );
    assert_eq!(scene.items().len(), 2);
    let (repo, history) = (scene.repo.clone(), whole.head.uid);
    let comments = scene.read(|tx| tx.github_comments(&repo, Some(1)));
    assert_eq!(
        comments
            .iter()
            .map(|one| one.body.as_str())
            .collect::<Vec<_>>(),
        ["hello"]
    );
    let actors = scene.read(|tx| tx.history(&history));
    assert!(
        actors
            .iter()
            .all(|operation| operation.actor.to_string() == "sync:github")
    );
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (again.steps, scene.world(|world| world.github.bytes)),
        (Vec::new(), 0)
    );
}

#[test]
fn each_field_goes_both_ways() {
    let mut scene = full();
    scene.sync();
    let whole = scene.items().remove(0).head.uid;
    let number = scene.number(&whole);
    scene.edit(&whole, |item| {
        item.title = "Whole again".to_owned();
        item.labels = tags(&["ui/ux", "new"]);
        item.status = ItemStatus::Review;
        item.milestone = None;
    });
    scene.github(|github| {
        let now = github.now;
        let issue = github.forge.issues.get_mut(&number).expect("there");
        issue.body = issue.body.as_ref().map(|body| body.replace("one", "ONE"));
        issue.labels.insert("from there".to_owned());
        issue.assignees = ["octocat".to_owned()].into();
        issue.updated = now;
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (run.changed_here, run.changed_there, run.conflicts.len()),
        (1, 1, 0)
    );
    let item = scene.item(&whole);
    assert_eq!(item.description, "ONE\ntwo");
    assert_eq!(item.labels, tags(&["from there", "new", "ui/ux"]));
    assert_eq!(item.assignee.as_deref(), Some("octocat"));
    scene.github(|github| {
        let issue = &github.forge.issues[&number];
        let labels = ["from there", "new", "status:review", "ui/ux"];
        assert_eq!(issue.labels, labels.map(str::to_owned).into());
        assert_eq!(
            (issue.title.as_str(), issue.milestone),
            ("Whole again", None)
        );
        let body = issue.body.as_deref().expect("a body");
        assert!(body.contains("<!-- ai-lab uid="), "{body}");
    });
    let part = scene.items().remove(1).head.uid;
    scene.edit(&part, |item| item.parent = None);
    scene.edit(&whole, |item| item.status = ItemStatus::Todo);
    scene.run(&Request::default()).expect("syncs");
    let part = scene.number(&part);
    scene.github(|github| {
        assert_eq!(github.forge.issues[&part].parent, None);
        assert!(
            !github.forge.issues[&number]
                .labels
                .contains("status:review")
        );
    });
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (again.steps, scene.world(|world| world.github.bytes)),
        (Vec::new(), 0)
    );
}

#[test]
fn closing_and_opening_go_both_ways() {
    let mut scene = full();
    scene.sync();
    let whole = scene.items().remove(0).head.uid;
    let number = scene.number(&whole);
    let mut close_there = |state: &'static str, reason: Option<&'static str>| {
        scene.github(|github| {
            let now = github.now;
            let issue = github.forge.issues.get_mut(&number).expect("there");
            (issue.state, issue.reason) = (state.to_owned(), reason.map(str::to_owned));
            issue.updated = now;
        });
        scene.run(&Request::default()).expect("syncs");
        scene.item(&whole).status
    };
    assert_eq!(close_there("closed", Some("completed")), ItemStatus::Done);
    assert_eq!(close_there("open", Some("reopened")), ItemStatus::Todo);
    assert_eq!(
        close_there("closed", Some("not_planned")),
        ItemStatus::Cancelled
    );
    // To GitHub a duplicate is something else than not planned; to the lab it is not.
    assert_eq!(
        close_there("closed", Some("duplicate")),
        ItemStatus::Cancelled
    );
    scene.edit(&whole, |item| {
        (item.status, item.settled_at) = (ItemStatus::Todo, None);
    });
    scene.run(&Request::default()).expect("syncs");
    let issue = scene.github(|github| github.forge.issues[&number].clone());
    assert_eq!(
        (issue.state.as_str(), issue.reason.as_deref()),
        ("open", Some("reopened"))
    );
    scene.edit(&whole, |item| item.head.archived = true);
    scene.run(&Request::default()).expect("syncs");
    let issue = scene.github(|github| github.forge.issues[&number].clone());
    assert_eq!(
        (issue.state.as_str(), issue.reason.as_deref()),
        ("closed", Some("not_planned"))
    );
}

#[test]
fn milestones_go_both_ways() {
    let mut scene = full();
    scene.sync();
    let uid = scene.read(|tx| tx.milestones()).remove(0).head.uid;
    scene.edit_milestone(&uid, |one| one.title = "Second light".to_owned());
    scene.github(|github| {
        let milestone = github.forge.milestones.get_mut(&1).expect("there");
        milestone.description = Some("All of it".to_owned());
        milestone.state = "closed".to_owned();
    });
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!((run.changed_here, run.changed_there), (1, 1));
    let milestone = scene.read(|tx| tx.milestone(&uid)).expect("there");
    assert_eq!(
        (milestone.description.as_str(), milestone.status),
        ("All of it", MilestoneStatus::Completed)
    );
    assert_eq!(
        scene.github(|github| github.forge.milestones[&1].title.clone()),
        "Second light"
    );
    // GitHub describes no way to take a due day back: told once, and at rest.
    scene.edit_milestone(&uid, |one| one.due = None);
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(run.warnings, ["MS-001: GitHub did not take due (nothing)"]);
    scene.forget();
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!((run.steps, run.warnings), (Vec::new(), Vec::new()));
    scene.edit_milestone(&uid, |one| one.due = Day::from_ymd(2026, 5, 1));
    scene.run(&Request::default()).expect("syncs");
    let due = scene.github(|github| github.forge.milestones[&1].due_on.clone());
    assert_eq!(due.as_deref(), Some("2026-05-01T08:00:00Z"));
}
