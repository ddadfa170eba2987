//! One entity of each kind that has everything.

use lab_files::Document;
use lab_model::{
    Blocker, Claim, Criterion, Dependency, Entity, GithubLink, GithubRepo, Head, Health, Hours,
    Idea, IdeaStatus, ItemStatus, ItemType, Line, Milestone, MilestoneStatus, Moment, Priority,
    Project, ProjectStatus, Record, TimeEntry, Uid, Visibility, WorkItem,
};

pub(crate) fn uid(number: u8) -> Uid {
    Uid::from_parts(1_700_000_000_000 + u64::from(number), [number; 10])
}

fn at(ms: i64) -> Moment {
    Moment::from_ms(1_700_000_000_000 + ms).expect("in range")
}

fn head(number: u8, label: &str) -> Head {
    Head {
        archived: true,
        revision: 3,
        updated_at: Some(at(999)),
        ..Head::new(uid(number), label.parse().expect("a label"), at(1))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "most fields may be empty")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn lines(number: u8) -> Vec<Line> {
    [number + 1, number]
        .map(|number| Line {
            uid: uid(number),
            text: format!("line {number}"),
        })
        .into()
}

fn criteria(number: u8) -> Vec<Criterion> {
    [(number + 1, true), (number, false)]
        .map(|(number, done)| Criterion {
            uid: uid(number),
            text: format!("criterion {number}"),
            done,
            evidence: done.then(|| "seen".to_owned()),
        })
        .into()
}

#[expect(clippy::unnecessary_wraps, reason = "the field may be empty")]
fn github() -> Option<GithubLink> {
    Some(GithubLink {
        repo: Some(uid(90)),
        number: 12,
        synced_at: Some(at(5)),
    })
}

fn tags() -> std::collections::BTreeSet<lab_model::Tag> {
    ["ui/ux", "größe"]
        .map(|tag| tag.parse().expect("a tag"))
        .into()
}

/// Every field is named: a new one does not compile until it is here, and then has to be in the documents.
pub(crate) fn item() -> WorkItem {
    let hours = |hours: f64| Hours::try_from(hours).expect("hours");
    WorkItem {
        head: head(1, "FRM-020"),
        title: "Größe \u{1f600} \"quoted\"".to_owned(),
        description: "two\nlines\n".to_owned(),
        status: ItemStatus::Blocked,
        blocked_from: Some(ItemStatus::InProgress),
        priority: Priority::High,
        item_type: ItemType::Bug,
        category: some(""),
        project: Some(uid(91)),
        parent: Some(uid(92)),
        milestone: Some(uid(93)),
        assignee: some("jo"),
        author: some("jo"),
        labels: tags(),
        dependencies: [
            Dependency::On(uid(94)),
            Dependency::Unresolved("ARCH-001".to_owned()),
        ]
        .into(),
        criteria: criteria(20),
        blockers: vec![Blocker {
            uid: uid(30),
            text: "no part".to_owned(),
            severity: Some(Priority::Critical),
            opened_at: Some(at(7)),
            open: true,
            closed_at: Some(at(8)),
            resolution: some("bought"),
        }],
        estimated_hours: Some(hours(0.1)),
        spent_hours: Some(hours(16.0)),
        time_entries: vec![TimeEntry {
            uid: uid(40),
            hours: hours(1.5),
            at: at(9),
            who: String::new(),
            note: String::new(),
        }],
        due: "2026-02-03".parse().ok(),
        started_at: Some(at(10)),
        settled_at: Some(at(11)),
        claim: Some(Claim {
            by: "agent:a:b".parse().expect("an actor"),
            until: at(12),
        }),
        notes: some(""),
        file_path: some("/elsewhere/a | b.json"),
        github: github(),
        is_draft: true,
    }
}

pub(crate) fn idea() -> Idea {
    Idea {
        head: head(2, "IDEA-003"),
        title: "An idea".to_owned(),
        description: String::new(),
        status: IdeaStatus::Refining,
        priority: Priority::Low,
        category: some("x"),
        tags: tags(),
        effort: some("1-2 weeks"),
        author: some("jo"),
        target_audience: some("all"),
        related_project: Some(uid(91)),
        open_questions: lines(20),
        next_steps: lines(22),
        benefits: lines(24),
        prerequisites: lines(26),
        criteria: criteria(28),
        dependencies: [Dependency::On(uid(95))].into(),
        notes: some("n"),
        github: github(),
    }
}

pub(crate) fn project() -> Project {
    Project {
        head: head(3, "PRJ-001"),
        prefix: "FRM".parse().ok(),
        name: "Frame".to_owned(),
        description: "d".to_owned(),
        status: ProjectStatus::Active,
        priority: Priority::Critical,
        category: some("c"),
        visibility: Visibility::Public,
        health: Some(Health::AtRisk),
        owner: some("jo"),
        team: lines(20),
        tags: tags(),
        vision: some("v"),
        objectives: lines(22),
        deliverables: lines(24),
        technologies: lines(26),
        risks: lines(28),
        criteria: criteria(30),
        start: "2026-01-01".parse().ok(),
        target: "2026-12-31".parse().ok(),
        source_idea: Some(uid(2)),
        repository_url: some("https://example.org"),
        repo: Some(uid(90)),
        notes: some("n"),
    }
}

pub(crate) fn milestone() -> Milestone {
    Milestone {
        head: head(4, "M1"),
        title: "First".to_owned(),
        description: "d".to_owned(),
        project: Some(uid(3)),
        status: MilestoneStatus::Completed,
        due: "2026-03-01".parse().ok(),
        completed_at: Some(at(3)),
        dependencies: [Dependency::On(uid(96))].into(),
        notes: some("n"),
        github: github(),
    }
}

pub(crate) fn repo() -> GithubRepo {
    GithubRepo {
        head: head(5, "REPO-001"),
        full_name: "o/n".parse().expect("a name"),
        github_id: Some(u64::MAX / 2),
        description: "d".to_owned(),
        visibility: Some(Visibility::Internal),
        project: Some(uid(3)),
        notes: some("n"),
    }
}

/// What an entity's file says.
pub(crate) fn document<E: Entity>(entity: &E) -> Document {
    let mut record = Record::from(entity.facts());
    record.put("label", "", None);
    Document {
        uid: Some(entity.head().uid.clone()),
        label: Some(entity.head().label.clone()),
        aliases: ["OLD-1".parse().expect("a label")].into(),
        updated_at: entity.head().updated_at,
        record,
        ..Document::empty(E::KIND)
    }
}
