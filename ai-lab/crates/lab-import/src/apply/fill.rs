//! From drafts to entities. Entries that an entity has already keep their identity.

use lab_model::{
    Blocker, Criterion, EntityKind, GithubRepo, Idea, ItemStatus, Line, Milestone, Project, Tag,
    Uid, WorkItem,
};

use crate::apply::names::Names;
use crate::plan::{
    BlockerDraft, CriterionDraft, IdeaDraft, ItemDraft, MilestoneDraft, ProjectDraft, RepoDraft,
};

/// Where new entries get their identity from.
pub(crate) type NewUid<'a> = &'a mut dyn FnMut() -> Uid;

pub(crate) fn fill_item(item: &mut WorkItem, draft: &ItemDraft, names: &Names, uid: NewUid<'_>) {
    item.title.clone_from(&draft.title);
    item.description.clone_from(&draft.description);
    item.status = draft.status;
    if draft.status == ItemStatus::Blocked {
        // Nobody knows where it stood before; it was not begun as far as we can tell.
        item.blocked_from.get_or_insert(ItemStatus::Todo);
    } else {
        item.blocked_from = None;
    }
    item.priority = draft.priority;
    item.item_type = draft.item_type;
    item.category.clone_from(&draft.category);
    item.project = names.uid_of(EntityKind::Project, draft.project.as_ref());
    item.parent = names.uid_of(EntityKind::Item, draft.parent.as_ref());
    item.milestone = names.uid_of(EntityKind::Milestone, draft.milestone.as_ref());
    item.assignee.clone_from(&draft.assignee);
    item.author.clone_from(&draft.author);
    item.labels = tags(&draft.labels);
    item.dependencies = draft
        .dependencies
        .iter()
        .map(|on| names.dependency(EntityKind::Item, on))
        .collect();
    item.criteria = criteria(&draft.criteria, std::mem::take(&mut item.criteria), uid);
    let is_open = !draft.status.is_settled();
    item.blockers = blockers(
        &draft.blockers,
        std::mem::take(&mut item.blockers),
        is_open,
        uid,
    );
    item.estimated_hours = draft.estimated_hours;
    item.spent_hours = draft.spent_hours;
    item.due = draft.due;
    item.notes.clone_from(&draft.notes);
    item.file_path.clone_from(&draft.file_path);
    item.github = draft.github.as_ref().map(|issue| names.link(issue));
    item.is_draft = draft.is_draft;
    item.head.archived = draft.archived;
    item.head.created_at = draft.created_at;
    item.head.updated_at = draft.updated_at;
}

pub(crate) fn fill_idea(idea: &mut Idea, draft: &IdeaDraft, names: &Names, uid: NewUid<'_>) {
    idea.title.clone_from(&draft.title);
    idea.description.clone_from(&draft.description);
    idea.status = draft.status;
    idea.priority = draft.priority;
    idea.category.clone_from(&draft.category);
    idea.tags = tags(&draft.tags);
    idea.effort.clone_from(&draft.effort);
    idea.author.clone_from(&draft.author);
    idea.target_audience.clone_from(&draft.target_audience);
    idea.related_project = names.uid_of(EntityKind::Project, draft.related_project.as_ref());
    refill(&mut idea.open_questions, &draft.open_questions, uid);
    refill(&mut idea.next_steps, &draft.next_steps, uid);
    refill(&mut idea.benefits, &draft.benefits, uid);
    refill(&mut idea.prerequisites, &draft.prerequisites, uid);
    idea.criteria = criteria(&draft.criteria, std::mem::take(&mut idea.criteria), uid);
    idea.dependencies = draft
        .dependencies
        .iter()
        .map(|on| names.dependency(EntityKind::Idea, on))
        .collect();
    idea.notes.clone_from(&draft.notes);
    idea.github = draft.github.as_ref().map(|issue| names.link(issue));
    idea.head.created_at = draft.created_at;
    idea.head.updated_at = draft.updated_at;
}

pub(crate) fn fill_project(
    project: &mut Project,
    draft: &ProjectDraft,
    names: &Names,
    uid: NewUid<'_>,
) {
    project.name.clone_from(&draft.name);
    project.description.clone_from(&draft.description);
    project.status = draft.status;
    project.priority = draft.priority;
    project.category.clone_from(&draft.category);
    project.visibility = draft.visibility;
    project.health = draft.health;
    project.owner.clone_from(&draft.owner);
    refill(&mut project.team, &draft.team, uid);
    project.tags = tags(&draft.tags);
    project.vision.clone_from(&draft.vision);
    refill(&mut project.objectives, &draft.objectives, uid);
    refill(&mut project.deliverables, &draft.deliverables, uid);
    refill(&mut project.technologies, &draft.technologies, uid);
    refill(&mut project.risks, &draft.risks, uid);
    project.criteria = criteria(&draft.criteria, std::mem::take(&mut project.criteria), uid);
    project.start = draft.start;
    project.target = draft.target;
    project.source_idea = names.uid_of(EntityKind::Idea, draft.source_idea.as_ref());
    project.repository_url.clone_from(&draft.repository_url);
    project.repo = names.uid_of(EntityKind::Repo, draft.repo.as_ref());
    project.notes.clone_from(&draft.notes);
    project.head.created_at = draft.created_at;
    project.head.updated_at = draft.updated_at;
}

pub(crate) fn fill_milestone(milestone: &mut Milestone, draft: &MilestoneDraft, names: &Names) {
    milestone.title.clone_from(&draft.title);
    milestone.description.clone_from(&draft.description);
    milestone.project = names.uid_of(EntityKind::Project, draft.project.as_ref());
    milestone.status = draft.status;
    milestone.due = draft.due;
    milestone.completed_at = draft.completed_at;
    milestone.dependencies = draft
        .dependencies
        .iter()
        .map(|on| names.dependency(EntityKind::Milestone, on))
        .collect();
    milestone.head.created_at = draft.created_at;
    milestone.head.updated_at = draft.updated_at;
}

pub(crate) fn fill_repo(repo: &mut GithubRepo, draft: &RepoDraft, names: &Names) {
    repo.github_id = draft.github_id;
    repo.project = names.uid_of(EntityKind::Project, draft.project.as_ref());
}

fn tags(given: &[String]) -> std::collections::BTreeSet<Tag> {
    given.iter().filter_map(|tag| tag.parse().ok()).collect()
}

/// Takes the first of what is there that fits; `None` where nothing does.
fn take_where<T>(there: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> Option<T> {
    there.iter().position(fits).map(|at| there.remove(at))
}

fn refill(lines: &mut Vec<Line>, texts: &[String], uid: NewUid<'_>) {
    let mut there = std::mem::take(lines);
    *lines = texts
        .iter()
        .map(|text| {
            take_where(&mut there, |line| line.text == *text).unwrap_or_else(|| Line {
                uid: uid(),
                text: text.clone(),
            })
        })
        .collect();
}

fn criteria(
    drafts: &[CriterionDraft],
    mut there: Vec<Criterion>,
    uid: NewUid<'_>,
) -> Vec<Criterion> {
    drafts
        .iter()
        .map(|draft| {
            let known = take_where(&mut there, |criterion| criterion.text == draft.text);
            let known = known.unwrap_or_else(|| Criterion {
                uid: uid(),
                text: draft.text.clone(),
                done: false,
                evidence: None,
            });
            Criterion {
                done: draft.done,
                ..known
            }
        })
        .collect()
}

fn blockers(
    drafts: &[BlockerDraft],
    mut there: Vec<Blocker>,
    is_open: bool,
    uid: NewUid<'_>,
) -> Vec<Blocker> {
    drafts
        .iter()
        .map(|draft| {
            let known = take_where(&mut there, |blocker| blocker.text == draft.text);
            let known = known.unwrap_or_else(|| Blocker {
                uid: uid(),
                text: draft.text.clone(),
                severity: None,
                opened_at: None,
                open: is_open && draft.resolution.is_none(),
                closed_at: None,
                resolution: None,
            });
            Blocker {
                severity: draft.severity,
                resolution: draft.resolution.clone(),
                ..known
            }
        })
        .collect()
}
