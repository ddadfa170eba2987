//! From entities back to drafts, to compare what the lab holds with what a plan says.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{
    Criterion, Dependency, Entity, GithubRepo, Idea, Line, Milestone, Project, Tag, Uid, WorkItem,
};
use lab_store::{ItemFilter, Reader, StoreError};

use crate::apply::names::Names;
use crate::plan::{
    BlockerDraft, CriterionDraft, IdeaDraft, ItemDraft, MilestoneDraft, ProjectDraft, Reference,
    RepoDraft,
};

/// Everything that the lab holds, as drafts by uid.
pub(crate) struct Entities {
    pub(crate) repos: BTreeMap<Uid, RepoDraft>,
    pub(crate) projects: BTreeMap<Uid, ProjectDraft>,
    pub(crate) milestones: BTreeMap<Uid, MilestoneDraft>,
    pub(crate) ideas: BTreeMap<Uid, IdeaDraft>,
    pub(crate) items: BTreeMap<Uid, ItemDraft>,
}

impl Entities {
    /// Reads all of them, settled and put-away ones too.
    pub(crate) fn of(reader: &dyn Reader, names: &Names) -> Result<Self, StoreError> {
        let all = ItemFilter {
            all: true,
            ..ItemFilter::default()
        };
        Ok(Self {
            repos: by_uid(&reader.repos()?, names, draft_of_repo),
            projects: by_uid(&reader.projects()?, names, draft_of_project),
            milestones: by_uid(&reader.milestones()?, names, draft_of_milestone),
            ideas: by_uid(&reader.ideas()?, names, draft_of_idea),
            items: by_uid(&reader.items(&all)?, names, draft_of_item),
        })
    }
}

fn by_uid<E: Entity, D>(
    entities: &[E],
    names: &Names,
    draft: fn(&E, &Names) -> D,
) -> BTreeMap<Uid, D> {
    entities
        .iter()
        .map(|entity| (entity.head().uid.clone(), draft(entity, names)))
        .collect()
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.clone()).collect()
}

fn criteria(criteria: &[Criterion]) -> Vec<CriterionDraft> {
    criteria
        .iter()
        .map(|criterion| CriterionDraft {
            text: criterion.text.clone(),
            done: criterion.done,
        })
        .collect()
}

fn tags(tags: &BTreeSet<Tag>) -> Vec<String> {
    tags.iter().map(|tag| tag.as_str().to_owned()).collect()
}

fn references(dependencies: &BTreeSet<Dependency>, names: &Names) -> Vec<Reference> {
    let mut references: Vec<Reference> =
        dependencies.iter().map(|on| names.reference(on)).collect();
    references.sort();
    references
}

fn draft_of_item(item: &WorkItem, names: &Names) -> ItemDraft {
    ItemDraft {
        title: item.title.clone(),
        description: item.description.clone(),
        status: item.status,
        priority: item.priority,
        item_type: item.item_type,
        category: item.category.clone(),
        project: names.label(item.project.as_ref()),
        parent: names.label(item.parent.as_ref()),
        milestone: names.label(item.milestone.as_ref()),
        assignee: item.assignee.clone(),
        author: item.author.clone(),
        labels: tags(&item.labels),
        dependencies: references(&item.dependencies, names),
        criteria: criteria(&item.criteria),
        blockers: item
            .blockers
            .iter()
            .map(|blocker| BlockerDraft {
                text: blocker.text.clone(),
                severity: blocker.severity,
                resolution: blocker.resolution.clone(),
            })
            .collect(),
        estimated_hours: item.estimated_hours,
        spent_hours: item.spent_hours,
        due: item.due,
        created_at: item.head.created_at,
        updated_at: item.head.updated_at,
        notes: item.notes.clone(),
        file_path: item.file_path.clone(),
        github: item.github.as_ref().map(|link| names.issue(link)),
        is_draft: item.is_draft,
        archived: item.head.archived,
    }
}

fn draft_of_idea(idea: &Idea, names: &Names) -> IdeaDraft {
    IdeaDraft {
        title: idea.title.clone(),
        description: idea.description.clone(),
        status: idea.status,
        priority: idea.priority,
        category: idea.category.clone(),
        tags: tags(&idea.tags),
        effort: idea.effort.clone(),
        author: idea.author.clone(),
        target_audience: idea.target_audience.clone(),
        related_project: names.label(idea.related_project.as_ref()),
        open_questions: texts(&idea.open_questions),
        next_steps: texts(&idea.next_steps),
        benefits: texts(&idea.benefits),
        prerequisites: texts(&idea.prerequisites),
        criteria: criteria(&idea.criteria),
        dependencies: references(&idea.dependencies, names),
        notes: idea.notes.clone(),
        github: idea.github.as_ref().map(|link| names.issue(link)),
        created_at: idea.head.created_at,
        updated_at: idea.head.updated_at,
    }
}

fn draft_of_project(project: &Project, names: &Names) -> ProjectDraft {
    ProjectDraft {
        name: project.name.clone(),
        description: project.description.clone(),
        status: project.status,
        priority: project.priority,
        category: project.category.clone(),
        visibility: project.visibility,
        health: project.health,
        owner: project.owner.clone(),
        team: texts(&project.team),
        tags: tags(&project.tags),
        vision: project.vision.clone(),
        objectives: texts(&project.objectives),
        deliverables: texts(&project.deliverables),
        technologies: texts(&project.technologies),
        risks: texts(&project.risks),
        criteria: criteria(&project.criteria),
        start: project.start,
        target: project.target,
        source_idea: names.label(project.source_idea.as_ref()),
        repository_url: project.repository_url.clone(),
        repo: names.label(project.repo.as_ref()),
        notes: project.notes.clone(),
        created_at: project.head.created_at,
        updated_at: project.head.updated_at,
        placeholder: false,
    }
}

fn draft_of_milestone(milestone: &Milestone, names: &Names) -> MilestoneDraft {
    MilestoneDraft {
        title: milestone.title.clone(),
        description: milestone.description.clone(),
        project: names.label(milestone.project.as_ref()),
        status: milestone.status,
        due: milestone.due,
        completed_at: milestone.completed_at,
        dependencies: references(&milestone.dependencies, names),
        created_at: milestone.head.created_at,
        updated_at: milestone.head.updated_at,
    }
}

fn draft_of_repo(repo: &GithubRepo, names: &Names) -> RepoDraft {
    RepoDraft {
        full_name: repo.full_name.clone(),
        github_id: repo.github_id,
        project: names.label(repo.project.as_ref()),
    }
}
