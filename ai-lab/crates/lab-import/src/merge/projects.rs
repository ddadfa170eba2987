//! Decides projects and milestones, and which project an item belongs to.

use lab_model::{EntityKind, Health, Label, MilestoneStatus, ProjectStatus, Visibility};

use crate::finding::FindingKind;
use crate::merge::catalog::Catalog;
use crate::merge::desk::{Desk, KnownName, Subject};
use crate::merge::ledger::{Claim, Parsed, Place};
use crate::merge::parse;
use crate::merge::voice::{Order, Voice};
use crate::plan::{MilestoneDraft, ProjectDraft};

/// The predecessor's words for a status, beside ours.
const STATUSES: [(&str, ProjectStatus); 5] = [
    ("in_progress", ProjectStatus::Active),
    ("paused", ProjectStatus::OnHold),
    ("done", ProjectStatus::Completed),
    ("archived", ProjectStatus::Completed),
    ("canceled", ProjectStatus::Cancelled),
];

/// The predecessor's words for health, beside ours.
const HEALTHS: [(&str, Health); 3] = [
    ("healthy", Health::OnTrack),
    ("good", Health::OnTrack),
    ("critical", Health::OffTrack),
];

/// The predecessor's words for a milestone's status, beside ours.
const MILESTONE_STATUSES: [(&str, MilestoneStatus); 4] = [
    ("pending", MilestoneStatus::Planned),
    ("open", MilestoneStatus::Planned),
    ("todo", MilestoneStatus::Planned),
    ("done", MilestoneStatus::Completed),
];

/// Names under which sources name an item's project by its name.
const PROJECT_NAMES: [&str; 2] = ["project", "project_name"];

impl<'a> Desk<'a> {
    /// Learns which name belongs to which project, before the first item is decided.
    pub(crate) fn learn_project_names(&mut self, catalog: &Catalog<'a>) {
        for (label, voices) in &catalog.projects {
            for name in voices
                .iter()
                .filter_map(|voice| voice.text(&["name", "project_name"]))
            {
                self.know_project_name(label, &name);
            }
        }
        for voice in catalog.items.values().flatten() {
            let (id, name) = (voice.text(&["project_id"]), voice.text(&PROJECT_NAMES));
            if let (Some(id), Some(name)) = (id, name)
                && id.parse::<Label>().is_ok()
            {
                self.know_project_name(&id, &name);
            }
        }
        for voice in catalog.items.values().flatten() {
            if let (None, Some(name)) = (voice.text(&["project_id"]), voice.text(&PROJECT_NAMES)) {
                let label = slug(&name);
                let is_label = catalog
                    .projects
                    .keys()
                    .any(|known| known.eq_ignore_ascii_case(&name));
                if !is_label && !label.is_empty() {
                    self.know_project_name(&label, &name);
                }
            }
        }
    }

    fn know_project_name(&mut self, label: &str, name: &str) {
        self.project_names
            .entry(name.to_lowercase())
            .or_insert_with(|| KnownName {
                label: label.to_owned(),
                name: name.to_owned(),
            });
    }

    /// Decides one project.
    pub(crate) fn project(&mut self, label: &str, voices: &[Voice<'a>]) -> ProjectDraft {
        let subject = &Subject {
            kind: EntityKind::Project,
            label,
            voices,
        };
        let (created_at, updated_at) = self.dates(subject);
        let status = self.word(subject, "status", &["status"], &STATUSES);
        let repository_url = self.text(subject, "repository_url", &["repository_url"]);
        ProjectDraft {
            name: self.title(subject, "name", &["name", "project_name", "title"]),
            description: self.description(subject),
            status: status.unwrap_or(ProjectStatus::Planning),
            priority: self.priority(subject),
            category: self.text(subject, "category", &["category"]),
            visibility: self
                .word(subject, "visibility", &["visibility"], &[])
                .unwrap_or(Visibility::Private),
            health: self.word(subject, "health", &["health_status", "health"], &HEALTHS),
            owner: self.text(subject, "owner", &["owner", "author"]),
            team: self.list(subject, "team", &["team"]),
            tags: self.tags(subject),
            vision: self.text(subject, "vision", &["vision"]),
            objectives: self.list(subject, "objectives", &["objectives"]),
            deliverables: self.list(subject, "deliverables", &["deliverables"]),
            technologies: self.list(subject, "technologies", &["technologies"]),
            risks: self.list(subject, "risks", &["risks"]),
            criteria: self.criteria(subject),
            start: self.row_first(subject, "start", &["start_date"], parse::day),
            target: self.row_first(subject, "target", &["target_date"], parse::day),
            source_idea: self.text(subject, "source_idea", &["source_idea"]),
            repo: self.project_repo(subject, repository_url.as_deref()),
            repository_url,
            notes: self.project_notes(subject),
            created_at,
            updated_at,
            placeholder: false,
        }
    }

    /// A project's notes are text; a list of them stays in the provenance.
    fn project_notes(&mut self, subject: &Subject<'_, 'a>) -> Option<String> {
        let mut claims = subject.hear(Order::RowFirst, &["notes"]);
        claims.retain(|claim| !matches!(claim.node, crate::node::Node::Array(_)));
        self.ledger.choose(
            &subject.target("notes"),
            &claims,
            Order::RowFirst.why(),
            parse::text,
        )
    }

    fn project_repo(&mut self, subject: &Subject<'_, 'a>, url: Option<&str>) -> Option<String> {
        let names = &["github_repo_id"];
        let github_id = self.row_first(subject, "repo.github_id", names, parse::number);
        let key = self.know_repo(url?.parse().ok()?);
        if let Some(repo) = self.plan.repos.get_mut(&key) {
            repo.github_id = repo.github_id.or(github_id);
            repo.project.get_or_insert_with(|| subject.label.to_owned());
        }
        Some(key)
    }

    /// Decides one milestone.
    pub(crate) fn milestone(&mut self, label: &str, voices: &[Voice<'a>]) -> MilestoneDraft {
        let subject = &Subject {
            kind: EntityKind::Milestone,
            label,
            voices,
        };
        let (created_at, updated_at) = self.dates(subject);
        let status = self.word(subject, "status", &["status"], &MILESTONE_STATUSES);
        let of_scope = voices[0].scope.strip_suffix('-').map(str::to_owned);
        MilestoneDraft {
            title: self.title(subject, "title", &["title", "name"]),
            description: self.description(subject),
            project: self.text(subject, "project", &["project_id"]).or(of_scope),
            status: status.unwrap_or(MilestoneStatus::Planned),
            due: self.row_first(subject, "due", &["due_date"], parse::day),
            completed_at: self.row_first(subject, "completed_at", &["completed_date"], |node| {
                parse::moment(node, &jiff::tz::TimeZone::UTC)
            }),
            dependencies: self.dependencies(subject),
            created_at,
            updated_at,
        }
    }

    /// The label of an item's project: by its id, else by its name.
    pub(crate) fn item_project(&mut self, subject: &Subject<'_, 'a>) -> Option<String> {
        let order = Order::FileFirst;
        let claims: Vec<Claim<'a>> =
            subject.hear(order, &["project_id", "project", "project_name"]);
        let names = self.project_names.clone();
        let read = |node: &crate::node::Node| match parse::text(node) {
            Parsed::Plain(given) => match names.get(&given.to_lowercase()) {
                Some(known) if known.label != given => {
                    let how = format!("the name of {}", known.label);
                    Parsed::Converted(known.label.clone(), how)
                }
                Some(_) | None => Parsed::Plain(given),
            },
            other => other,
        };
        let given = self
            .ledger
            .choose(&subject.target("project"), &claims, order.why(), read);
        given.or_else(|| subject.voices[0].scope.strip_suffix('-').map(str::to_owned))
    }

    /// A project that is only referred to comes to be as a placeholder; `None` for a label that cannot be one.
    pub(crate) fn refer_to_project(&mut self, given: &str, place: &Place) -> Option<String> {
        let known = self
            .plan
            .projects
            .keys()
            .find(|label| label.eq_ignore_ascii_case(given));
        if let Some(label) = known {
            return Some(label.clone());
        }
        if given.parse::<Label>().is_err() {
            let message = format!(
                "`{}` cannot be a project's label; kept as it was",
                given.escape_debug()
            );
            self.ledger
                .find(FindingKind::DanglingReference, place, message);
            return None;
        }
        let named = self
            .project_names
            .values()
            .find(|known| known.label == given);
        let name = named.map_or_else(|| given.to_owned(), |known| known.name.clone());
        let message =
            format!("{given} is only referred to; a placeholder of that label stands for it");
        self.ledger
            .find(FindingKind::PlaceholderProject, place, message);
        self.plan
            .projects
            .insert(given.to_owned(), placeholder(name));
        Some(given.to_owned())
    }
}

fn placeholder(name: String) -> ProjectDraft {
    ProjectDraft {
        name,
        description: String::new(),
        status: ProjectStatus::Planning,
        priority: lab_model::Priority::Medium,
        category: None,
        visibility: Visibility::Private,
        health: None,
        owner: None,
        team: Vec::new(),
        tags: Vec::new(),
        vision: None,
        objectives: Vec::new(),
        deliverables: Vec::new(),
        technologies: Vec::new(),
        risks: Vec::new(),
        criteria: Vec::new(),
        start: None,
        target: None,
        source_idea: None,
        repository_url: None,
        repo: None,
        notes: None,
        created_at: None,
        updated_at: None,
        placeholder: true,
    }
}

/// A label made of a name: lower-case letters and digits of any script, the rest as hyphens.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars().take(64) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
