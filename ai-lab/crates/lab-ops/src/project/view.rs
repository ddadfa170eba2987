//! What a project looks like from outside.

use lab_model::{Progress, Project, Uid};
use lab_store::{Reader, StoreError};
use serde::Serialize;

use crate::item::CriterionView;
use crate::lines::texts;
use crate::names::Labels;

/// A project as one row of a listing. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectRow {
    /// What people call it.
    pub label: String,
    /// What the labels of its items begin with.
    pub prefix: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: &'static str,
    /// How much it matters.
    pub priority: &'static str,
    /// How it goes.
    pub health: Option<&'static str>,
    /// The day it should be completed.
    pub target: Option<String>,
    /// Items that are done.
    pub items_done: u64,
    /// Items that are done or still to be done.
    pub items_total: u64,
    /// Whole percent, rounded down; `null` without items.
    pub percent: Option<u64>,
}

impl ProjectRow {
    pub(crate) fn new(project: &Project, progress: Progress) -> Self {
        Self {
            label: project.head.label.to_string(),
            prefix: project.prefix.as_ref().map(ToString::to_string),
            name: project.name.clone(),
            status: project.status.as_str(),
            priority: project.priority.as_str(),
            health: project.health.map(lab_model::Health::as_str),
            target: project.target.map(|day| day.to_string()),
            items_done: progress.done,
            items_total: progress.total,
            percent: progress.percent(),
        }
    }
}

/// Everything about a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectView {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: ProjectRow,
    /// Its identity.
    pub uid: String,
    /// How often it was written.
    pub revision: u64,
    /// What it is.
    pub description: String,
    /// The person's own word for its kind.
    pub category: Option<String>,
    /// Who may see it.
    pub visibility: &'static str,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who takes part.
    pub team: Vec<String>,
    /// Tags.
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
    /// What must hold when it is completed.
    pub criteria: Vec<CriterionView>,
    /// The first day.
    pub start: Option<String>,
    /// The label of the idea it came from.
    pub source_idea: Option<String>,
    /// Its repository's address.
    pub repository_url: Option<String>,
    /// The label of its repository on GitHub.
    pub repo: Option<String>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Put away.
    pub archived: bool,
}

/// Looks a project up with all that it points to.
pub(crate) fn view(tx: &dyn Reader, uid: &Uid) -> Result<Option<ProjectView>, StoreError> {
    let Some(project) = tx.project(uid)? else {
        return Ok(None);
    };
    let pointed_to = project.source_idea.iter().chain(&project.repo);
    let labels = Labels::of_these(tx, pointed_to)?;
    let progress = tx.tallies(Some(uid))?.progress();
    Ok(Some(ProjectView {
        row: ProjectRow::new(&project, progress),
        uid: uid.to_string(),
        revision: project.head.revision,
        visibility: project.visibility.as_str(),
        team: texts(&project.team),
        tags: project.tags.iter().map(ToString::to_string).collect(),
        objectives: texts(&project.objectives),
        deliverables: texts(&project.deliverables),
        technologies: texts(&project.technologies),
        risks: texts(&project.risks),
        criteria: project.criteria.iter().map(CriterionView::new).collect(),
        start: project.start.map(|day| day.to_string()),
        source_idea: labels.option(project.source_idea.as_ref()),
        repo: labels.option(project.repo.as_ref()),
        archived: project.head.archived,
        description: project.description,
        category: project.category,
        owner: project.owner,
        vision: project.vision,
        repository_url: project.repository_url,
        notes: project.notes,
    }))
}
