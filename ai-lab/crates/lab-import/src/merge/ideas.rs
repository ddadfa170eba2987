//! Decides ideas.

use lab_model::{EntityKind, IdeaStatus};

use crate::merge::desk::{Desk, Subject};
use crate::merge::parse;
use crate::merge::voice::Voice;
use crate::plan::IdeaDraft;

/// The predecessor's words for a status, beside ours.
const STATUSES: [(&str, IdeaStatus); 3] = [
    ("done", IdeaStatus::Implemented),
    ("completed", IdeaStatus::Implemented),
    ("new", IdeaStatus::Backlog),
];

impl<'a> Desk<'a> {
    /// Decides one idea; links to others are resolved when all are known.
    pub(crate) fn idea(&mut self, label: &str, voices: &[Voice<'a>]) -> IdeaDraft {
        let subject = &Subject {
            kind: EntityKind::Idea,
            label,
            voices,
        };
        let (created_at, updated_at) = self.dates(subject);
        let status = self.word(subject, "status", &["status"], &STATUSES);
        IdeaDraft {
            title: self.title(subject, "title", &["title", "name"]),
            description: self.description(subject),
            status: status.unwrap_or(IdeaStatus::Backlog),
            priority: self.priority(subject),
            category: self.text(subject, "category", &["category"]),
            tags: self.tags(subject),
            effort: self.text(subject, "effort", &["estimated_effort"]),
            author: self.text(subject, "author", &["author"]),
            target_audience: self.text(subject, "target_audience", &["target_audience"]),
            related_project: self.file_first(
                subject,
                "related_project",
                &["related_project", "project_id"],
                parse::text,
            ),
            open_questions: self.list(subject, "open_questions", &["open_questions"]),
            next_steps: self.list(subject, "next_steps", &["next_steps"]),
            benefits: self.list(subject, "benefits", &["benefits"]),
            prerequisites: self.list(subject, "prerequisites", &["prerequisites"]),
            criteria: self.criteria(subject),
            dependencies: self.dependencies(subject),
            notes: self.text(subject, "notes", &["notes"]),
            github: self.issue(subject),
            created_at,
            updated_at,
        }
    }
}
