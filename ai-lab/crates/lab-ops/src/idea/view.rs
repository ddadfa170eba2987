//! What an idea looks like from outside.

use lab_model::{Dependency, Idea, Uid};
use lab_store::{Reader, StoreError};
use serde::Serialize;

use crate::item::CriterionView;
use crate::lines::texts;
use crate::names::Labels;

/// An idea as one row of a listing. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdeaRow {
    /// What people call it.
    pub label: String,
    /// The idea in one line.
    pub title: String,
    /// How far it has come.
    pub status: &'static str,
    /// How much it matters.
    pub priority: &'static str,
    /// The person's own word for its kind.
    pub category: Option<String>,
    /// How much work it may be.
    pub effort: Option<String>,
    /// The label of the project it belongs to or became.
    pub related_project: Option<String>,
    /// How many questions are open.
    pub open_question_count: usize,
}

/// Everything about an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdeaView {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: IdeaRow,
    /// Its identity.
    pub uid: String,
    /// How often it was written.
    pub revision: u64,
    /// The idea at length.
    pub description: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Who had it.
    pub author: Option<String>,
    /// Whom it is for.
    pub target_audience: Option<String>,
    /// What has to be answered.
    pub open_questions: Vec<String>,
    /// What is to be done next.
    pub next_steps: Vec<String>,
    /// What it brings.
    pub benefits: Vec<String>,
    /// What it needs.
    pub prerequisites: Vec<String>,
    /// What must hold when it is carried out.
    pub criteria: Vec<CriterionView>,
    /// Ideas that come first.
    pub dependencies: Vec<String>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Put away.
    pub archived: bool,
    /// When it came to be.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
}

impl IdeaRow {
    pub(crate) fn new(idea: &Idea, labels: &Labels) -> Self {
        Self {
            label: idea.head.label.to_string(),
            title: idea.title.clone(),
            status: idea.status.as_str(),
            priority: idea.priority.as_str(),
            category: idea.category.clone(),
            effort: idea.effort.clone(),
            related_project: labels.option(idea.related_project.as_ref()),
            open_question_count: idea.open_questions.len(),
        }
    }
}

/// Looks an idea up with all that it points to.
pub(crate) fn view(tx: &dyn Reader, uid: &Uid) -> Result<Option<IdeaView>, StoreError> {
    let Some(idea) = tx.idea(uid)? else {
        return Ok(None);
    };
    let on = idea.dependencies.iter().filter_map(|it| match it {
        Dependency::On(uid) => Some(uid),
        Dependency::Unresolved(_) => None,
    });
    let labels = Labels::of_these(tx, idea.related_project.iter().chain(on))?;
    Ok(Some(IdeaView {
        row: IdeaRow::new(&idea, &labels),
        uid: uid.to_string(),
        revision: idea.head.revision,
        tags: idea.tags.iter().map(ToString::to_string).collect(),
        open_questions: texts(&idea.open_questions),
        next_steps: texts(&idea.next_steps),
        benefits: texts(&idea.benefits),
        prerequisites: texts(&idea.prerequisites),
        criteria: idea.criteria.iter().map(CriterionView::new).collect(),
        dependencies: labels.dependencies(&idea.dependencies),
        archived: idea.head.archived,
        created_at: idea.head.created_at.map(|at| at.to_string()),
        updated_at: idea.head.updated_at.map(|at| at.to_string()),
        description: idea.description,
        author: idea.author,
        target_audience: idea.target_audience,
        notes: idea.notes,
    }))
}
