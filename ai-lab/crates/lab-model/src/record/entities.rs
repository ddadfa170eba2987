//! Each kind of entity from its facts: field by field what [`Entity::facts`](crate::Entity::facts) tells.

use super::{Identity, Record, RecordError, Recorded};
use crate::{GithubRepo, Idea, Milestone, Project, WorkItem};

impl Recorded for WorkItem {
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError> {
        record.read(|of| {
            Ok(Self {
                head: of.head(identity)?,
                title: of.text("title"),
                description: of.text("description"),
                status: of.must("status")?,
                blocked_from: of.may("blocked_from")?,
                priority: of.must("priority")?,
                item_type: of.must("item_type")?,
                category: of.may("category")?,
                project: of.may("project")?,
                parent: of.may("parent")?,
                milestone: of.may("milestone")?,
                assignee: of.may("assignee")?,
                author: of.may("author")?,
                labels: of.tags("labels")?,
                dependencies: of.dependencies()?,
                criteria: of.criteria()?,
                blockers: of.blockers()?,
                estimated_hours: of.may("estimated_hours")?,
                spent_hours: of.may("spent_hours")?,
                time_entries: of.time_entries()?,
                due: of.may("due")?,
                started_at: of.may("started_at")?,
                settled_at: of.may("settled_at")?,
                claim: of.claim()?,
                notes: of.may("notes")?,
                file_path: of.may("file_path")?,
                github: of.github()?,
                is_draft: of.flag("is_draft", "")?,
            })
        })
    }
}

impl Recorded for Idea {
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError> {
        record.read(|of| {
            Ok(Self {
                head: of.head(identity)?,
                title: of.text("title"),
                description: of.text("description"),
                status: of.must("status")?,
                priority: of.must("priority")?,
                category: of.may("category")?,
                tags: of.tags("tags")?,
                effort: of.may("effort")?,
                author: of.may("author")?,
                target_audience: of.may("target_audience")?,
                related_project: of.may("related_project")?,
                open_questions: of.lines("open_questions")?,
                next_steps: of.lines("next_steps")?,
                benefits: of.lines("benefits")?,
                prerequisites: of.lines("prerequisites")?,
                criteria: of.criteria()?,
                dependencies: of.dependencies()?,
                notes: of.may("notes")?,
                github: of.github()?,
            })
        })
    }
}

impl Recorded for Project {
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError> {
        record.read(|of| {
            Ok(Self {
                head: of.head(identity)?,
                prefix: of.may("prefix")?,
                name: of.text("name"),
                description: of.text("description"),
                status: of.must("status")?,
                priority: of.must("priority")?,
                category: of.may("category")?,
                visibility: of.must("visibility")?,
                health: of.may("health")?,
                owner: of.may("owner")?,
                team: of.lines("team")?,
                tags: of.tags("tags")?,
                vision: of.may("vision")?,
                objectives: of.lines("objectives")?,
                deliverables: of.lines("deliverables")?,
                technologies: of.lines("technologies")?,
                risks: of.lines("risks")?,
                criteria: of.criteria()?,
                start: of.may("start")?,
                target: of.may("target")?,
                source_idea: of.may("source_idea")?,
                repository_url: of.may("repository_url")?,
                repo: of.may("repo")?,
                notes: of.may("notes")?,
            })
        })
    }
}

impl Recorded for Milestone {
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError> {
        record.read(|of| {
            Ok(Self {
                head: of.head(identity)?,
                title: of.text("title"),
                description: of.text("description"),
                project: of.may("project")?,
                status: of.must("status")?,
                due: of.may("due")?,
                completed_at: of.may("completed_at")?,
                dependencies: of.dependencies()?,
                notes: of.may("notes")?,
                github: of.github()?,
            })
        })
    }
}

impl Recorded for GithubRepo {
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError> {
        record.read(|of| {
            Ok(Self {
                head: of.head(identity)?,
                full_name: of.must("full_name")?,
                github_id: of.may("github_id")?,
                description: of.text("description"),
                visibility: of.may("visibility")?,
                project: of.may("project")?,
                notes: of.may("notes")?,
            })
        })
    }
}
