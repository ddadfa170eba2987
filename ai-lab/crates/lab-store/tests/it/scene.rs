//! Entities to test with.

use lab_model::{
    Actor, Blocker, Criterion, Day, Dependency, GithubLink, GithubRepo, Head, Hours, Idea,
    IdeaStatus, ItemStatus, ItemType, Label, Line, Milestone, MilestoneStatus, Moment, Priority,
    Project, ProjectStatus, TimeEntry, Uid, Visibility, WorkItem,
};
use lab_store::{OpenMode, Opening, SqliteStore, Store, StoreError, Writer};

pub(crate) fn at(ms: i64) -> Moment {
    Moment::from_ms(ms).expect("in range")
}

pub(crate) fn uid(number: u64) -> Uid {
    Uid::from_parts(number, [1; 10])
}

pub(crate) fn label(text: &str) -> Label {
    text.parse().expect("a label")
}

pub(crate) fn head(number: u64, name: &str) -> Head {
    Head::new(uid(number), label(name), at(1_000))
}

pub(crate) fn jo() -> Actor {
    "person:jo".parse().expect("an actor")
}

pub(crate) fn opening(mode: OpenMode) -> Opening {
    Opening {
        mode,
        software_version: "0.1.0".to_owned(),
        at: at(500),
    }
}

pub(crate) fn memory() -> SqliteStore {
    SqliteStore::in_memory(&opening(OpenMode::Create)).expect("memory can be had")
}

/// Writes as jo at a time, and answers with what the body answers.
pub(crate) fn write<T>(
    store: &mut SqliteStore,
    ms: i64,
    body: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store.write(&jo(), at(ms), |tx| {
        tx.set_verb("test", None);
        body(tx)
    })
}

pub(crate) fn item(number: u64, name: &str) -> WorkItem {
    WorkItem::new(head(number, name), format!("Item {name}"))
}

pub(crate) fn project(number: u64, name: &str) -> Project {
    Project::new(head(number, name), format!("Project {name}"))
}

fn lines(first: u64, texts: &[&str]) -> Vec<Line> {
    (first..)
        .zip(texts)
        .map(|(n, text)| Line {
            uid: uid(n),
            text: (*text).to_owned(),
        })
        .collect()
}

fn criterion(number: u64, text: &str, evidence: Option<&str>) -> Criterion {
    Criterion {
        uid: uid(number),
        text: text.to_owned(),
        done: evidence.is_some(),
        evidence: evidence.map(str::to_owned),
    }
}

fn hours(number: f64) -> Option<Hours> {
    Hours::try_from(number).ok()
}

/// One entity of every kind with every field filled, pointing at each other in a ring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Everything {
    pub(crate) project: Project,
    pub(crate) idea: Idea,
    pub(crate) milestone: Milestone,
    pub(crate) repo: GithubRepo,
    pub(crate) first: WorkItem,
    pub(crate) full: WorkItem,
}

pub(crate) fn everything() -> Everything {
    Everything {
        project: full_project(),
        idea: full_idea(),
        milestone: Milestone {
            description: "Everything runs".to_owned(),
            project: Some(uid(1)),
            status: MilestoneStatus::Completed,
            due: Day::from_ymd(2026, 2, 28),
            completed_at: Some(at(77)),
            dependencies: [Dependency::Unresolved("M0".to_owned())].into(),
            notes: Some("n".to_owned()),
            github: Some(GithubLink {
                repo: Some(uid(4)),
                number: 7,
                synced_at: None,
            }),
            ..Milestone::new(head(3, "MS-001"), "First light".to_owned())
        },
        repo: GithubRepo {
            github_id: Some(1_096_080_970),
            description: "The code".to_owned(),
            visibility: Some(Visibility::Public),
            project: Some(uid(1)),
            notes: Some("n".to_owned()),
            ..GithubRepo::new(head(4, "REPO-001"), "o/n".parse().expect("a name"))
        },
        first: item(5, "FRM-001"),
        full: full_item(),
    }
}

fn full_project() -> Project {
    Project {
        prefix: "FRM".parse().ok(),
        description: "A house that\nlooks after itself: ä, 🏠".to_owned(),
        status: ProjectStatus::Active,
        priority: Priority::High,
        category: Some("infrastructure".to_owned()),
        visibility: Visibility::Public,
        health: Some(lab_model::Health::AtRisk),
        owner: Some("jo".to_owned()),
        team: lines(100, &["jo", "sam"]),
        tags: ["b", "a/b"].map(|tag| tag.parse().expect("a tag")).into(),
        vision: Some("quiet".to_owned()),
        objectives: lines(110, &["z first", "a second"]),
        deliverables: lines(120, &["d"]),
        technologies: lines(130, &["Rust"]),
        risks: lines(140, &["fire"]),
        criteria: vec![
            criterion(150, "it runs", Some("seen")),
            criterion(151, "it stays", None),
        ],
        start: Day::from_ymd(2025, 11, 21),
        target: Day::from_ymd(2026, 1, 13),
        source_idea: Some(uid(2)),
        repository_url: Some("https://example.org/r".to_owned()),
        repo: Some(uid(4)),
        notes: Some("n".to_owned()),
        ..project(1, "PROJ-001")
    }
}

fn full_idea() -> Idea {
    Idea {
        description: "d".to_owned(),
        status: IdeaStatus::Converted,
        priority: Priority::Low,
        category: Some("c".to_owned()),
        tags: ["t".parse().expect("a tag")].into(),
        effort: Some("1-2 weeks".to_owned()),
        author: Some("jns".to_owned()),
        target_audience: Some("me".to_owned()),
        related_project: Some(uid(1)),
        open_questions: lines(200, &["which?", "when?"]),
        next_steps: lines(210, &["ask"]),
        benefits: lines(220, &["calm"]),
        prerequisites: lines(230, &["a server"]),
        criteria: vec![criterion(240, "quiet", None)],
        dependencies: [Dependency::Unresolved("IDEA-002".to_owned())].into(),
        notes: Some("n".to_owned()),
        github: Some(GithubLink {
            repo: None,
            number: 2,
            synced_at: Some(at(9)),
        }),
        ..Idea::new(head(2, "IDEA-003"), "Calm".to_owned())
    }
}

fn full_item() -> WorkItem {
    let blocker = |number, open| Blocker {
        uid: uid(number),
        text: "no power".to_owned(),
        severity: Some(Priority::Critical),
        opened_at: Some(at(3)),
        open,
        closed_at: (!open).then(|| at(4)),
        resolution: (!open).then(|| "bought a cable".to_owned()),
    };
    let entry = |number, spent: f64| TimeEntry {
        uid: uid(number),
        hours: Hours::try_from(spent).expect("hours"),
        at: at(5),
        who: "jo".to_owned(),
        note: "soldering".to_owned(),
    };
    WorkItem {
        description: "d".to_owned(),
        status: ItemStatus::Blocked,
        blocked_from: Some(ItemStatus::InProgress),
        priority: Priority::Critical,
        item_type: ItemType::Research,
        category: Some("refactoring".to_owned()),
        project: Some(uid(1)),
        parent: Some(uid(5)),
        milestone: Some(uid(3)),
        assignee: Some("sam".to_owned()),
        author: Some("jo".to_owned()),
        labels: ["ui/ux", "x"].map(|tag| tag.parse().expect("a tag")).into(),
        dependencies: [
            Dependency::On(uid(5)),
            Dependency::Unresolved("FRM-999".to_owned()),
        ]
        .into(),
        criteria: vec![
            criterion(300, "b", Some("commit 1")),
            criterion(301, "a", None),
        ],
        blockers: vec![blocker(310, false), blocker(311, true)],
        estimated_hours: hours(16.0),
        spent_hours: hours(0.1),
        time_entries: vec![entry(320, 0.3), entry(321, 2.0)],
        due: Day::from_ymd(2026, 2, 3),
        started_at: Some(at(6)),
        settled_at: Some(at(7)),
        claim: Some(lab_model::Claim {
            by: jo(),
            until: at(9_000),
        }),
        notes: Some("\u{0}odd\r\n".to_owned()),
        file_path: Some("/Users/x/a | b.json".to_owned()),
        github: Some(GithubLink {
            repo: Some(uid(4)),
            number: 7,
            synced_at: Some(at(8)),
        }),
        is_draft: true,
        ..item(6, "FRM-001-1.1")
    }
}

/// Inserts all of it; the ring closes only at the end.
pub(crate) fn insert_everything(store: &mut SqliteStore, all: &Everything) {
    write(store, 2_000, |tx| {
        tx.insert_item(&all.full)?;
        tx.insert_item(&all.first)?;
        tx.insert_milestone(&all.milestone)?;
        tx.insert_idea(&all.idea)?;
        tx.insert_project(&all.project)?;
        tx.insert_repo(&all.repo)
    })
    .expect("every reference holds in the end");
}
