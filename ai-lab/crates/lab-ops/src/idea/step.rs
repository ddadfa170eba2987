//! Refines an idea, says that it is ready, converts it into a project with items.

use ai_lab_contract::ErrorClass;
use lab_model::idea_steps::{self, IdeaStepError};
use lab_model::steps::{Override, StepError};
use lab_model::{
    Criterion, EntityKind, Head, Idea, Label, Line, Prefix, Project, ProjectStatus, Uid, WorkItem,
};
use lab_store::Writer;
use serde::Serialize;

use super::view::{IdeaView, view};
use crate::lab::{Inner, check_seen};
use crate::names::{OrMissing, prefix};
use crate::project::{PROJECT_PREFIX, suggest_prefix};
use crate::{By, Failure, Lab, LabError};

/// What to do with the questions of an idea.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refinement {
    /// New ones.
    pub questions: Vec<String>,
    /// Answers, by the number of the question, counted from 1 as they were before.
    pub answers: Vec<(usize, String)>,
    /// Whether it could become work now.
    pub is_ready: bool,
    /// The reason to go on although questions are open.
    pub force: Option<String>,
}

/// What an idea becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// The project that it becomes a part of; `None` makes a new one.
    pub project: Option<String>,
    /// What the labels of a new project's items begin with; `None` makes one from the title.
    pub prefix: Option<Prefix>,
    /// The reason to go on although questions are open.
    pub force: Option<String>,
}

/// What an idea became. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// The idea.
    pub idea: String,
    /// The project.
    pub project: String,
    /// The items that its next steps became.
    pub items: Vec<String>,
}

/// Why an idea did not go on.
#[derive(Debug, thiserror::Error)]
pub enum StepIdeaError {
    /// Something was not found or not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The rules say no.
    #[error("{label} cannot {verb}")]
    NotAllowed {
        /// The idea.
        label: Label,
        /// What it should have done.
        verb: &'static str,
        /// The rule.
        #[source]
        source: IdeaStepError,
    },
    /// An override without a reason.
    #[error(transparent)]
    Override(StepError),
    /// There is no question of this number.
    #[error("there are {count} open questions, no number {number}")]
    NoSuchQuestion {
        /// The number given.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// Its project has no prefix, or none can be made from its title.
    #[error("no prefix for the labels of its items")]
    NoPrefix,
}

impl Failure for StepIdeaError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::NotAllowed { .. } => ErrorClass::Refused,
            Self::Override(_) | Self::NoSuchQuestion { .. } | Self::NoPrefix => {
                ErrorClass::InvalidInput
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::NotAllowed {
                label,
                source: IdeaStepError::OpenQuestions(_),
                ..
            } => Some(format!(
                "`ai-lab idea refine {label} --answer NUMBER=TEXT` answers one; `--force REASON` overrides"
            )),
            Self::NotAllowed { label, .. } => {
                Some(format!("`ai-lab idea show {label}` shows where it stands"))
            }
            Self::Override(_) => Some("give a reason in a few words".to_owned()),
            Self::NoSuchQuestion { .. } => Some("`ai-lab idea show` numbers them".to_owned()),
            Self::NoPrefix => Some("`--prefix ABC` names one".to_owned()),
        }
    }
}

type Within<T> = Result<T, Inner<StepIdeaError>>;

/// Thinks an idea through.
pub fn refine(
    lab: &Lab,
    by: &By,
    idea: &str,
    refinement: Refinement,
) -> Result<IdeaView, StepIdeaError> {
    let reason = refinement.force.clone();
    lab.write(by, "idea.refine", reason.as_deref(), |tx| {
        let before = seen(tx, by, idea)?;
        let (label, uid) = (before.head.label.clone(), before.head.uid.clone());
        let count = before.open_questions.len();
        let answers = refinement.answers.into_iter().map(|(number, answer)| {
            let question = number
                .checked_sub(1)
                .and_then(|it| before.open_questions.get(it));
            let question = question.ok_or(StepIdeaError::NoSuchQuestion { number, count })?;
            Ok((question.uid.clone(), answer))
        });
        let answers: Vec<(Uid, String)> = answers.collect::<Result<_, _>>().map_err(Inner::Own)?;
        let mut questions = Vec::new();
        for text in refinement.questions {
            questions.push(Line {
                uid: tx.new_uid(),
                text,
            });
        }
        let force = overriding(refinement.force.as_deref())?;
        let refined = idea_steps::refine(before, questions, &answers);
        let after = if refinement.is_ready {
            refined.and_then(|idea| idea_steps::ready(idea, force.as_ref()))
        } else {
            refined
        };
        let after = after.map_err(|source| not_allowed(label, "be refined", source))?;
        tx.update_idea(&after)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Idea, &uid)?)
    })
}

/// Makes a project of an idea, or work of an existing project: its next steps become items.
pub fn convert(
    lab: &Lab,
    by: &By,
    idea: &str,
    conversion: Conversion,
) -> Result<Converted, StepIdeaError> {
    let reason = conversion.force.clone();
    lab.write(by, "idea.convert", reason.as_deref(), |tx| {
        let before = seen(tx, by, idea)?;
        let force = overriding(conversion.force.as_deref())?;
        let project = match &conversion.project {
            Some(name) => {
                let uid = tx.resolve(EntityKind::Project, name)?;
                tx.project(&uid)?.or_missing(EntityKind::Project, &uid)?
            }
            None => new_project(tx, &before, conversion.prefix)?,
        };
        let label = before.head.label.clone();
        let after = idea_steps::convert(before, project.head.uid.clone(), force.as_ref())
            .map_err(|source| not_allowed(label, "be converted", source))?;
        let prefix = project
            .prefix
            .clone()
            .ok_or(Inner::Own(StepIdeaError::NoPrefix))?;
        let mut items = Vec::new();
        for step in &after.next_steps {
            items.push(new_item(tx, by, &after, &project, (&prefix, &step.text))?);
        }
        tx.update_idea(&after)?;
        Ok(Converted {
            idea: after.head.label.to_string(),
            project: project.head.label.to_string(),
            items,
        })
    })
}

fn seen(tx: &mut dyn Writer, by: &By, idea: &str) -> Within<Idea> {
    let uid = tx.resolve(EntityKind::Idea, idea)?;
    let before = tx.idea(&uid)?.or_missing(EntityKind::Idea, &uid)?;
    check_seen(tx, by, &before.head)?;
    Ok(before)
}

fn overriding(reason: Option<&str>) -> Within<Option<Override>> {
    let force = reason.map(Override::because).transpose();
    force.map_err(|error| Inner::Own(StepIdeaError::Override(error)))
}

fn not_allowed(label: Label, verb: &'static str, source: IdeaStepError) -> Inner<StepIdeaError> {
    Inner::Own(StepIdeaError::NotAllowed {
        label,
        verb,
        source,
    })
}

/// An active project that knows the idea it came from.
fn new_project(tx: &mut dyn Writer, idea: &Idea, given: Option<Prefix>) -> Within<Project> {
    let made = given.or_else(|| suggest_prefix(&idea.title));
    let made = made.ok_or(Inner::Own(StepIdeaError::NoPrefix))?;
    let label = tx.mint(EntityKind::Project, &prefix(PROJECT_PREFIX))?;
    let head = Head::new(tx.new_uid(), label, tx.at());
    let mut criteria = Vec::new();
    for criterion in &idea.criteria {
        criteria.push(Criterion {
            uid: tx.new_uid(),
            ..criterion.clone()
        });
    }
    let project = Project {
        prefix: Some(made),
        description: idea.description.clone(),
        status: ProjectStatus::Active,
        priority: idea.priority,
        category: idea.category.clone(),
        tags: idea.tags.clone(),
        criteria,
        source_idea: Some(idea.head.uid.clone()),
        ..Project::new(head, idea.title.clone())
    };
    tx.insert_project(&project)?;
    Ok(project)
}

/// An item of a next step; its notes name the idea.
fn new_item(
    tx: &mut dyn Writer,
    by: &By,
    idea: &Idea,
    project: &Project,
    (prefix, title): (&Prefix, &str),
) -> Within<String> {
    let label = tx.mint(EntityKind::Item, prefix)?;
    let name = label.to_string();
    let head = Head::new(tx.new_uid(), label, tx.at());
    let item = WorkItem {
        priority: idea.priority,
        project: Some(project.head.uid.clone()),
        author: Some(by.actor.name.clone()),
        notes: Some(format!("from {}", idea.head.label)),
        ..WorkItem::new(head, title.to_owned())
    };
    tx.insert_item(&item)?;
    Ok(name)
}
