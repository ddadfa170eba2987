//! What an import would do, as values: entities by label, an account of every field, findings.

use std::collections::BTreeMap;

use lab_model::{
    Day, EntityKind, Health, Hours, IdeaStatus, ItemStatus, ItemType, MilestoneStatus, Moment,
    Priority, ProjectStatus, RepoName, Visibility,
};
use serde::Serialize;

use crate::finding::Finding;

/// Everything that an import would do. Nothing is left to decide when it is carried out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportPlan {
    /// Projects by label, placeholders included.
    pub projects: BTreeMap<String, ProjectDraft>,
    /// Ideas by label.
    pub ideas: BTreeMap<String, IdeaDraft>,
    /// Work items by label, promoted sub-tasks included.
    pub items: BTreeMap<String, ItemDraft>,
    /// Milestones by label.
    pub milestones: BTreeMap<String, MilestoneDraft>,
    /// Repositories by their full name in lower case.
    pub repos: BTreeMap<String, RepoDraft>,
    /// Documents that an item's source kept in a text field, by the item's label and the document's name.
    pub attachments: BTreeMap<(String, String), Vec<u8>>,
    /// One account for each field of each record, in the order of the records.
    pub accounts: Vec<FieldAccount>,
    /// What was found while deciding.
    pub findings: Vec<Finding>,
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The model holds it as it was.
    Mapped,
    /// The model holds it in another form.
    Converted,
    /// It says what the value that was taken says.
    Same,
    /// Another source's value was taken; this one stays in the provenance.
    Overruled,
    /// It says nothing: null, an empty text or an empty list, each kept as what it was.
    Empty,
    /// The model has no place for it; it stays in the provenance.
    Kept,
    /// Only its parts count; they follow.
    Opened,
}

impl Outcome {
    /// The word used in the database and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapped => "mapped",
            Self::Converted => "converted",
            Self::Same => "same",
            Self::Overruled => "overruled",
            Self::Empty => "empty",
            Self::Kept => "kept",
            Self::Opened => "opened",
        }
    }
}

impl Outcome {
    /// Whether the model holds what the field says.
    pub const fn reaches_the_model(self) -> bool {
        match self {
            Self::Mapped | Self::Converted | Self::Same => true,
            Self::Overruled | Self::Empty | Self::Kept | Self::Opened => false,
        }
    }
}

/// A field of the model, as people address it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Which kind of entity.
    pub kind: EntityKind,
    /// Its label.
    pub label: String,
    /// Its field.
    pub field: String,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.kind, self.label, self.field)
    }
}

/// What became of one field of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldAccount {
    /// The file.
    pub source: String,
    /// Which record of the file; see [`crate::record::Record::record`].
    pub record: String,
    /// Where in the record, as a JSON pointer.
    pub pointer: String,
    /// Its JSON text as the source wrote it; `{}` or `[]` for a container whose parts follow.
    pub raw: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Which field of the model it speaks about; `None` where the model has none.
    pub target: Option<Target>,
    /// Why, for a person; empty where the outcome says it all.
    pub reason: String,
}

impl FieldAccount {
    /// What became of it and why, as one line.
    pub fn decision(&self) -> String {
        if self.reason.is_empty() {
            self.outcome.as_str().to_owned()
        } else {
            format!("{}: {}", self.outcome.as_str(), self.reason)
        }
    }
}

/// A reference to another entity of the plan, or to something that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// An entity of the plan, by label.
    To(String),
    /// A label that names nothing that would do.
    Dangling(String),
}

/// An issue on GitHub: its number counts within its repository alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDraft {
    /// The repository's key in [`ImportPlan::repos`]; `None` where the source did not say.
    pub repo: Option<String>,
    /// The number.
    pub number: u64,
    /// When both sides were last alike.
    pub synced_at: Option<Moment>,
}

/// One acceptance criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionDraft {
    /// What must hold.
    pub text: String,
    /// Whether the source ticked it.
    pub done: bool,
}

/// Something that keeps an item from going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockerDraft {
    /// What it is.
    pub text: String,
    /// How bad it is.
    pub severity: Option<Priority>,
    /// How it went away; `None` while it holds.
    pub resolution: Option<String>,
}

/// A work item to be.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemDraft {
    /// See [`lab_model::WorkItem`] for this and all that follows.
    pub title: String,
    /// At length.
    pub description: String,
    /// Where it stands.
    pub status: ItemStatus,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of work.
    pub item_type: ItemType,
    /// The person's own word.
    pub category: Option<String>,
    /// A label of [`ImportPlan::projects`].
    pub project: Option<String>,
    /// A label of [`ImportPlan::items`].
    pub parent: Option<String>,
    /// A label of [`ImportPlan::milestones`].
    pub milestone: Option<String>,
    /// Who does it.
    pub assignee: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Tags in the order of the source.
    pub labels: Vec<String>,
    /// What comes first.
    pub dependencies: Vec<Reference>,
    /// What must hold.
    pub criteria: Vec<CriterionDraft>,
    /// What is in the way.
    pub blockers: Vec<BlockerDraft>,
    /// How long it should take.
    pub estimated_hours: Option<Hours>,
    /// How long it took.
    pub spent_hours: Option<Hours>,
    /// By which day.
    pub due: Option<Day>,
    /// When it came to be.
    pub created_at: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
    /// Free text.
    pub notes: Option<String>,
    /// Opaque text of another machine.
    pub file_path: Option<String>,
    /// Its issue.
    pub github: Option<IssueDraft>,
    /// Not yet meant to be worked on.
    pub is_draft: bool,
    /// Put away.
    pub archived: bool,
}

/// An idea to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdeaDraft {
    /// See [`lab_model::Idea`] for this and all that follows.
    pub title: String,
    /// At length.
    pub description: String,
    /// How far it has come.
    pub status: IdeaStatus,
    /// How much it matters.
    pub priority: Priority,
    /// The person's own word.
    pub category: Option<String>,
    /// Tags in the order of the source.
    pub tags: Vec<String>,
    /// How much work it may be.
    pub effort: Option<String>,
    /// Who had it.
    pub author: Option<String>,
    /// Whom it is for.
    pub target_audience: Option<String>,
    /// A label of [`ImportPlan::projects`].
    pub related_project: Option<String>,
    /// What has to be answered.
    pub open_questions: Vec<String>,
    /// What is to be done next.
    pub next_steps: Vec<String>,
    /// What it brings.
    pub benefits: Vec<String>,
    /// What it needs.
    pub prerequisites: Vec<String>,
    /// What must hold.
    pub criteria: Vec<CriterionDraft>,
    /// Ideas that come first.
    pub dependencies: Vec<Reference>,
    /// Free text.
    pub notes: Option<String>,
    /// Its issue.
    pub github: Option<IssueDraft>,
    /// When it came to be.
    pub created_at: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
}

/// A project to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectDraft {
    /// See [`lab_model::Project`] for this and all that follows.
    pub name: String,
    /// At length.
    pub description: String,
    /// Where it stands.
    pub status: ProjectStatus,
    /// How much it matters.
    pub priority: Priority,
    /// The person's own word.
    pub category: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it goes.
    pub health: Option<Health>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who takes part.
    pub team: Vec<String>,
    /// Tags in the order of the source.
    pub tags: Vec<String>,
    /// Where it should lead.
    pub vision: Option<String>,
    /// What it is to reach.
    pub objectives: Vec<String>,
    /// What it is to hand over.
    pub deliverables: Vec<String>,
    /// What it is made with.
    pub technologies: Vec<String>,
    /// What may go wrong.
    pub risks: Vec<String>,
    /// What must hold.
    pub criteria: Vec<CriterionDraft>,
    /// The first day.
    pub start: Option<Day>,
    /// The day it should be completed.
    pub target: Option<Day>,
    /// A label of [`ImportPlan::ideas`].
    pub source_idea: Option<String>,
    /// Its repository, as a URL.
    pub repository_url: Option<String>,
    /// A key of [`ImportPlan::repos`].
    pub repo: Option<String>,
    /// Free text.
    pub notes: Option<String>,
    /// When it came to be.
    pub created_at: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
    /// Whether it is only referred to.
    pub placeholder: bool,
}

/// A milestone to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneDraft {
    /// See [`lab_model::Milestone`] for this and all that follows.
    pub title: String,
    /// At length.
    pub description: String,
    /// A label of [`ImportPlan::projects`].
    pub project: Option<String>,
    /// Where it stands.
    pub status: MilestoneStatus,
    /// By which day.
    pub due: Option<Day>,
    /// When it was reached.
    pub completed_at: Option<Moment>,
    /// Milestones that come first.
    pub dependencies: Vec<Reference>,
    /// When it came to be.
    pub created_at: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
}

/// A repository to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoDraft {
    /// `owner/name` as the source wrote it.
    pub full_name: RepoName,
    /// GitHub's own number for it.
    pub github_id: Option<u64>,
    /// A label of [`ImportPlan::projects`].
    pub project: Option<String>,
}

/// What a document that a row kept in its notes is called among the item's attachments.
pub(crate) fn document_name(source: &str, record: &str) -> String {
    format!("{source}#{record}#notes.json")
}
