//! Decides work items.

use lab_model::{EntityKind, Hours, ItemStatus, ItemType};

use crate::finding::FindingKind;
use crate::merge::desk::{Desk, Subject};
use crate::merge::ledger::{Claim, Parsed};
use crate::merge::parse;
use crate::merge::voice::{Class, Order, Voice};
use crate::node::Node;
use crate::plan::{ItemDraft, Outcome, Reference, document_name};

/// The predecessor's words for a status, beside ours.
const STATUSES: [(&str, ItemStatus); 8] = [
    ("completed", ItemStatus::Done),
    ("closed", ItemStatus::Done),
    ("open", ItemStatus::Todo),
    ("backlog", ItemStatus::Todo),
    ("proposed", ItemStatus::Todo),
    ("in-progress", ItemStatus::InProgress),
    ("in_review", ItemStatus::Review),
    ("canceled", ItemStatus::Cancelled),
];

/// The predecessor's words for a type, beside ours.
const TYPES: [(&str, ItemType); 3] = [
    ("framework", ItemType::Infrastructure),
    ("development", ItemType::Task),
    ("planning", ItemType::Task),
];

impl<'a> Desk<'a> {
    /// Decides one work item; links to others are resolved when all are known.
    pub(crate) fn item(&mut self, label: &str, voices: &[Voice<'a>]) -> ItemDraft {
        let subject = &Subject {
            kind: EntityKind::Item,
            label,
            voices,
        };
        let (created_at, updated_at) = self.dates(subject);
        let given = self.word(subject, "status", &["status"], &STATUSES);
        let status = given.unwrap_or(ItemStatus::Todo);
        let notes = self.item_notes(subject);
        let estimated_hours = self.hours(subject, "estimated_hours");
        let spent_hours = self.hours(subject, "actual_hours");
        self.name_unspent(subject, status, spent_hours);
        ItemDraft {
            title: self.title(subject, "title", &["title", "name"]),
            description: self.description(subject),
            status,
            priority: self.priority(subject),
            item_type: self.item_type(subject),
            category: self.text(subject, "category", &["category"]),
            project: self.item_project(subject),
            parent: self.text(subject, "parent", &["parent_issue_id"]),
            milestone: self.milestone_of(subject),
            assignee: self.text(subject, "assignee", &["assignee"]),
            author: self.text(subject, "author", &["author"]),
            labels: self.labels(subject),
            dependencies: self.dependencies(subject),
            criteria: self.criteria(subject),
            blockers: self
                .row_first(
                    subject,
                    "blockers",
                    &["blockers", "blocking_issues"],
                    parse::blockers,
                )
                .unwrap_or_default(),
            estimated_hours,
            spent_hours,
            due: self.file_first(subject, "due", &["due_date"], parse::day),
            created_at,
            updated_at,
            notes,
            file_path: self.file_first(subject, "file_path", &["file_path"], parse::text),
            github: self.issue(subject),
            is_draft: self.flag(subject, "is_draft"),
            archived: self.flag(subject, "archived"),
        }
    }

    fn name_unspent(
        &mut self,
        subject: &Subject<'_, 'a>,
        status: ItemStatus,
        spent: Option<Hours>,
    ) {
        if status == ItemStatus::Done && spent.is_some_and(|hours| hours.as_f64() == 0.0) {
            let message = format!("{} is done with 0 hours; kept as it was", subject.label);
            self.ledger
                .find(FindingKind::ClosedWithoutHours, &subject.place(), message);
        }
    }

    fn flag(&mut self, subject: &Subject<'_, 'a>, name: &str) -> bool {
        self.row_first(subject, name, &[name], parse::flag)
            .unwrap_or(false)
    }

    /// The type; where no source names one, the category where it is one of our words, else a task.
    fn item_type(&mut self, subject: &Subject<'_, 'a>) -> ItemType {
        let read = |node: &Node| parse::word(node, &TYPES);
        let given = self.row_first(subject, "item_type", &["type"], read);
        given.unwrap_or_else(|| {
            let category = subject
                .voices
                .iter()
                .find_map(|voice| voice.text(&["category"]));
            category
                .and_then(|word| word.parse().ok())
                .unwrap_or(ItemType::Task)
        })
    }

    /// Free text; a JSON document in its place was lifted and is kept whole.
    fn item_notes(&mut self, subject: &Subject<'_, 'a>) -> Option<String> {
        let claims = subject.hear(Order::RowFirst, &["notes"]);
        let mut plain: Vec<Claim<'a>> = Vec::new();
        for claim in claims {
            let row = &self.ledger.records[claim.place.record].record;
            let document = format!("{row}/notes");
            let lifted = !row.is_empty()
                && subject.voices.iter().any(|voice| {
                    voice.class == Class::Document
                        && self.ledger.records[voice.place.record].record == document
                });
            if lifted {
                let target = subject.target("attachment");
                let reason =
                    "a JSON document: its parts were lifted, its text is kept as an attachment";
                self.ledger
                    .note(&claim.place, Outcome::Converted, Some(&target), reason);
                if let Some(text) = claim.node.as_text() {
                    let source = &self.ledger.records[claim.place.record].source;
                    let name = document_name(source, row);
                    self.plan
                        .attachments
                        .insert((subject.label.to_owned(), name), text.into_bytes());
                }
            } else {
                plain.push(claim);
            }
        }
        self.ledger.choose(
            &subject.target("notes"),
            &plain,
            Order::RowFirst.why(),
            parse::text,
        )
    }

    /// Hours; a zero from a source that never measured yields to a number.
    fn hours(&mut self, subject: &Subject<'_, 'a>, name: &str) -> Option<Hours> {
        let mut claims = subject.hear(Order::RowFirst, &[name]);
        let is_zero = |claim: &Claim<'_>| matches!(parse::hours(claim.node), Parsed::Plain(hours) if hours.as_f64() == 0.0);
        claims.sort_by_key(is_zero);
        let field = if name == "actual_hours" {
            "spent_hours"
        } else {
            name
        };
        let why = "a number stands before a zero, and the database before the files";
        self.ledger
            .choose(&subject.target(field), &claims, why, parse::hours)
    }

    /// Tags: the file's where it has some, else those of the row and of the document in its notes together.
    fn labels(&mut self, subject: &Subject<'_, 'a>) -> Vec<String> {
        let names = ["tags", "labels"];
        let claims = subject.hear(Order::FileFirst, &names);
        let of_file = |claim: &Claim<'_>| {
            subject
                .voices
                .iter()
                .any(|voice| voice.class == Class::File && voice.place.record == claim.place.record)
        };
        let has_tags = |claim: &Claim<'_>| {
            matches!(
                parse::tags(claim.node),
                Parsed::Plain(_) | Parsed::Converted(..)
            )
        };
        if claims.iter().any(|claim| of_file(claim) && has_tags(claim)) {
            let target = subject.target("labels");
            return self
                .ledger
                .choose(&target, &claims, Order::FileFirst.why(), parse::tags)
                .unwrap_or_default();
        }
        let mut labels: Vec<String> = Vec::new();
        for claim in &claims {
            let target = subject.target("labels");
            let more = self
                .ledger
                .choose(&target, std::slice::from_ref(claim), "", parse::tags);
            for label in more.unwrap_or_default() {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        labels
    }

    /// Labels of what comes first, local ones prefixed; resolved later.
    pub(crate) fn dependencies(&mut self, subject: &Subject<'_, 'a>) -> Vec<Reference> {
        let scope = &subject.voices[0].scope;
        let claims = subject.hear(Order::RowFirst, &["dependencies"]);
        let target = subject.target("dependencies");
        let Some((labels, place)) =
            self.ledger
                .choose_placed(&target, &claims, Order::RowFirst.why(), parse::texts)
        else {
            return Vec::new();
        };
        self.dependency_places
            .insert((subject.kind, subject.label.to_owned()), place);
        labels
            .into_iter()
            .map(|label| Reference::Dangling(format!("{scope}{label}")))
            .collect()
    }

    fn milestone_of(&mut self, subject: &Subject<'_, 'a>) -> Option<String> {
        let scope = &subject.voices[0].scope;
        let given = self.text(subject, "milestone", &["milestone_id", "milestone"])?;
        Some(format!("{scope}{given}"))
    }
}
