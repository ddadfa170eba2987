//! Lab and files become alike, from either side, and stay so.

use std::collections::BTreeSet;

use lab_model::{
    ActorKind, Blocker, Criterion, Dependency, EntityKind, GithubLink, GithubRepo, Hours, Idea,
    ItemPatch, ItemStatus, Line, Milestone, Patch, SetPatch, TimeEntry, WorkItem,
};
use lab_store::ItemFilter;

use crate::scene::{Scene, bare, head, told, uid};

fn title(text: &str) -> ItemPatch {
    ItemPatch {
        title: Some(text.to_owned()),
        ..ItemPatch::default()
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one entity of each kind")]
fn the_whole_lab_can_be_made_again_from_its_files() {
    let mut scene = Scene::new();
    scene.project(1, "PROJ-001", "FRM");
    scene.write(|tx| {
        let mut idea = Idea::new(head(2, "IDEA-001"), "Größe 😀".to_owned());
        idea.open_questions = [4, 3]
            .map(|n| Line {
                uid: uid(n),
                text: format!("q{n}"),
            })
            .into();
        idea.related_project = Some(uid(1));
        let mut milestone = Milestone::new(head(5, "MS-001"), "First".to_owned());
        milestone.project = Some(uid(1));
        let mut repo = GithubRepo::new(head(6, "REPO-001"), "o/n".parse().expect("a name"));
        repo.project = Some(uid(1));
        let mut project = tx.project(&uid(1))?.expect("it is there");
        (project.repo, project.source_idea) = (Some(uid(6)), Some(uid(2)));
        tx.insert_idea(&idea)?;
        tx.insert_milestone(&milestone)?;
        tx.insert_repo(&repo)?;
        tx.update_project(&project)
    });
    scene.add(10, "FRM-001");
    scene.write(|tx| {
        let mut item = WorkItem::new(head(11, "FRM-001-1"), "Two\nlines".to_owned());
        item.parent = Some(uid(10));
        item.project = Some(uid(1));
        item.milestone = Some(uid(5));
        item.dependencies = [
            Dependency::On(uid(10)),
            Dependency::Unresolved("ARCH-1".to_owned()),
        ]
        .into();
        item.criteria = vec![Criterion {
            uid: uid(12),
            text: "c".to_owned(),
            done: true,
            evidence: Some("e".to_owned()),
        }];
        item.blockers = vec![Blocker {
            uid: uid(13),
            text: "b".to_owned(),
            severity: None,
            opened_at: None,
            open: false,
            closed_at: None,
            resolution: None,
        }];
        item.time_entries = vec![TimeEntry {
            uid: uid(14),
            hours: Hours::try_from(0.1).expect("hours"),
            at: tx.at(),
            who: "jo".to_owned(),
            note: String::new(),
        }];
        item.github = Some(GithubLink {
            repo: Some(uid(6)),
            number: 7,
            synced_at: None,
        });
        tx.insert_item(&item)?;
        item.head.label = "FRM-009".parse().expect("a label");
        item.head.revision = 1;
        item.head.archived = true;
        tx.update_item(&item)
    });
    let first = scene.sync();
    assert_eq!(
        (first.did.len(), first.problems.len(), first.files),
        (6, 0, 0)
    );
    assert_eq!(
        scene
            .files()
            .iter()
            .map(|path| path.rsplit_once('_').map_or(path.as_str(), |it| it.0))
            .collect::<Vec<_>>(),
        [
            "data/ideas/IDEA-001",
            "data/repos/REPO-001",
            "data/work-items/FRM-001",
            "projects/project-proj-001/data/milestones/MS-001",
            "projects/project-proj-001/data/project.json",
            "projects/project-proj-001/data/work-items/FRM-009",
        ]
    );
    let all = |scene: &Scene| {
        scene.read(|tx| {
            let items = tx.items(&ItemFilter::default())?;
            Ok((
                tx.projects()?.iter().map(bare).collect::<Vec<_>>(),
                tx.ideas()?.iter().map(bare).collect::<Vec<_>>(),
                tx.milestones()?.iter().map(bare).collect::<Vec<_>>(),
                tx.repos()?.iter().map(bare).collect::<Vec<_>>(),
                items.iter().map(bare).collect::<Vec<_>>(),
                tx.aliases(&uid(11))?,
            ))
        })
    };
    let (before, texts) = (
        all(&scene),
        scene
            .files()
            .iter()
            .map(|it| scene.text(it))
            .collect::<Vec<_>>(),
    );
    scene.forget();
    let report = scene.sync();
    assert_eq!(report.problems, []);
    assert_eq!(
        told(&report)
            .iter()
            .filter(|it| it.starts_with("create"))
            .count(),
        6
    );
    assert_eq!(all(&scene), before);
    assert_eq!(scene.synced(), [""; 0]);
    assert_eq!(
        scene
            .files()
            .iter()
            .map(|it| scene.text(it))
            .collect::<Vec<_>>(),
        texts
    );
}

#[test]
fn a_second_sync_reads_no_file_and_changes_nothing() {
    let mut scene = Scene::new();
    for number in 1..20 {
        scene.add(number, &format!("A-{number:03}"));
    }
    assert_eq!(scene.synced().len(), 19);
    let again = scene.sync();
    assert_eq!((again.files, again.read, again.did.len()), (19, 0, 0));
    let writes = scene.read(|tx| tx.last_to_undo(&lab_sync::file_actor(), None));
    assert_eq!(writes, None, "writing files is no change of the lab");
    // Looked at again, it says the same.
    let path = scene.path(7);
    scene.put(&path, &scene.text(&path));
    let looked = scene.sync();
    assert_eq!((looked.read, looked.did.len()), (1, 0));
    assert_eq!(scene.sync().read, 0);
}

#[test]
fn what_a_person_writes_into_a_file_the_lab_takes_and_the_file_stays_theirs() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    let path = scene.path(1);
    scene.set(&path, "title", "Theirs");
    scene.set(&path, "labels", vec!["b", "a"]);
    scene.set(&path, "colour", "red");
    let text = scene.text(&path);
    assert_eq!(told(&scene.plan()), ["take A-001"]);
    assert_eq!(scene.item(1).title, "Item A-001", "a plan writes nothing");
    assert_eq!(scene.synced(), ["take A-001"]);
    assert_eq!(scene.item(1).title, "Theirs");
    assert_eq!(scene.text(&path), text);
    let last = scene
        .read(|tx| tx.history(&uid(1)))
        .pop()
        .expect("it has a history");
    assert_eq!(
        (last.actor.kind, last.verb.as_str()),
        (ActorKind::Sync, "sync")
    );
    // What this version does not know outlives a change of the lab.
    scene.edit(
        1,
        ItemPatch {
            due: Patch::Set("2026-05-05".parse().expect("a day")),
            ..ItemPatch::default()
        },
    );
    assert_eq!(scene.synced(), ["write A-001"]);
    let json = scene.json(&path);
    assert_eq!(
        (&json["colour"], &json["due"]),
        (&"red".into(), &"2026-05-05".into())
    );
}

#[test]
fn what_both_changed_both_have() {
    let mut scene = Scene::new();
    scene.add(1, "A-001");
    scene.synced();
    let path = scene.path(1);
    scene.set(&path, "labels", vec!["file"]);
    scene.set(&path, "priority", "high");
    scene.edit(
        1,
        ItemPatch {
            title: Some("Lab".to_owned()),
            labels: SetPatch {
                add: vec!["lab".parse().expect("a tag")],
                remove: Vec::new(),
            },
            ..ItemPatch::default()
        },
    );
    assert_eq!(scene.synced(), ["merge A-001", "write A-001"]);
    let item = scene.item(1);
    let labels: Vec<&str> = item.labels.iter().map(lab_model::Tag::as_str).collect();
    assert_eq!(
        (item.title.as_str(), item.priority.as_str(), labels),
        ("Lab", "high", vec!["file", "lab"])
    );
    assert_eq!(scene.json(&path)["title"], "Lab");
    assert_eq!(scene.synced(), [""; 0]);
}

#[test]
fn a_file_that_is_gone_puts_its_entity_away_and_one_that_comes_back_brings_it_back() {
    let mut scene = Scene::new();
    for number in 1..5 {
        scene.add(number, &format!("A-{number:03}"));
    }
    scene.synced();
    let (path, text) = (scene.path(1), scene.text(&scene.path(1)));
    scene.remove(&path);
    assert_eq!(scene.synced(), ["put_away A-001"]);
    assert!(scene.item(1).head.archived);
    assert_eq!(scene.synced(), [""; 0]);
    scene.put(&path, &text);
    assert_eq!(scene.synced(), ["take A-001"]);
    assert!(!scene.item(1).head.archived);
    // What the lab changed since is not lost with a file.
    let gone = scene.path(2);
    scene.edit(2, title("New"));
    scene.remove(&gone);
    assert_eq!(scene.synced(), ["write A-002"]);
    assert_eq!(scene.json(&gone)["title"], "New");
    // Brought back in the lab, it has a file again.
    scene.remove(&scene.path(3));
    scene.synced();
    scene.edit(
        3,
        ItemPatch {
            archived: Some(false),
            ..ItemPatch::default()
        },
    );
    assert_eq!(scene.synced(), ["write A-003"]);
}

#[test]
fn a_file_may_be_called_otherwise_and_moves_with_its_project() {
    let mut scene = Scene::new();
    scene.project(1, "PROJ-001", "AAA");
    scene.project(2, "PROJ-002", "BBB");
    scene.add(3, "AAA-001");
    scene.edit(
        3,
        ItemPatch {
            project: Patch::Set(uid(1)),
            ..ItemPatch::default()
        },
    );
    scene.synced();
    let (path, own) = (
        scene.path(3),
        "projects/project-proj-001/data/work-items/mine.json",
    );
    scene.put(own, &scene.text(&path));
    scene.remove(&path);
    assert_eq!(scene.synced(), [""; 0]);
    scene.edit(3, title("T"));
    assert_eq!(scene.synced(), ["write AAA-001"]);
    assert_eq!(scene.json(own)["title"], "T");
    scene.edit(
        3,
        ItemPatch {
            project: Patch::Set(uid(2)),
            ..ItemPatch::default()
        },
    );
    assert_eq!(scene.synced(), ["write AAA-001"]);
    let files: BTreeSet<String> = scene.files().into_iter().collect();
    assert!(
        files.contains("projects/project-proj-002/data/work-items/mine.json"),
        "{files:?}"
    );
    assert!(!files.contains(own));
    // A label is no part of where a file lies.
    scene.edit(
        3,
        ItemPatch {
            label: "BBB-001".parse().ok(),
            ..ItemPatch::default()
        },
    );
    scene.synced();
    assert_eq!(scene.files().into_iter().collect::<BTreeSet<_>>(), files);
}

#[test]
fn a_file_that_a_person_wrote_gets_what_it_lacks() {
    let mut scene = Scene::new();
    scene.project(1, "PROJ-001", "FRM");
    scene.add(2, "FRM-007");
    scene.synced();
    let path = "projects/project-proj-001/data/work-items/pump.json";
    scene.put(path, r#"{"format": 1, "title": "Buy a pump", "project": "FRM", "parent": "FRM-007", "dependencies": ["frm-007", "FRM-999"], "criteria": ["it runs"]}"#);
    assert_eq!(scene.synced(), ["create FRM-007-1", "write FRM-007-1"]);
    let found = scene.read(|tx| tx.resolve(EntityKind::Item, "FRM-007-1"));
    let item = scene.read(|tx| tx.item(&found)).expect("it is there");
    assert_eq!(
        (item.project, item.parent, item.status),
        (Some(uid(1)), Some(uid(2)), ItemStatus::Todo)
    );
    assert_eq!(
        item.dependencies,
        [
            Dependency::On(uid(2)),
            Dependency::Unresolved("FRM-999".to_owned())
        ]
        .into()
    );
    let json = scene.json(path);
    assert_eq!(json["uid"], found.as_str());
    assert_eq!(json["project"], format!("PROJ-001 <{}>", uid(1)));
    assert_eq!(json["criteria"][0]["uid"], item.criteria[0].uid.as_str());
    assert_eq!(scene.synced(), [""; 0]);
}

#[test]
fn one_write_of_the_lab_writes_one_file() {
    let mut scene = Scene::new();
    scene.project(1, "PROJ-001", "FRM");
    for number in 2..6 {
        scene.add(number, &format!("FRM-{number:03}"));
        scene.edit(
            number,
            ItemPatch {
                project: Patch::Set(uid(1)),
                ..ItemPatch::default()
            },
        );
    }
    assert_eq!(scene.mirror(), 0);
    let files = scene.files();
    assert_eq!(files.len(), 5);
    let stamps = |scene: &Scene| lab_mirror::scan(scene.root()).expect("listed").files;
    let before = stamps(&scene);
    scene.edit(3, title("New"));
    assert_eq!(scene.mirror(), 0);
    let after = stamps(&scene);
    let changed: Vec<&String> = files
        .iter()
        .filter(|it| before[*it] != after[*it])
        .collect();
    assert_eq!(changed, [&scene.path(3)]);
    assert_eq!(scene.synced(), [""; 0]);
    // What a person has changed meanwhile is left to the sync.
    let path = scene.path(4);
    scene.set(&path, "priority", "low");
    scene.edit(4, title("New too"));
    assert_eq!(scene.mirror(), 1);
    assert_eq!(scene.json(&path)["title"], "Item FRM-004");
    assert_eq!(scene.synced(), ["merge FRM-004", "write FRM-004"]);
}
