//! What an import did or would do, for people and programs.

use std::collections::BTreeMap;

use lab_model::EntityKind;
use serde::Serialize;

use crate::apply::{Decision, Step};
use crate::finding::{Finding, Severity};
use crate::plan::{FieldAccount, document_name};

/// What was written, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Entities that came to be, by kind.
    pub created: BTreeMap<&'static str, usize>,
    /// Entities that changed, by kind.
    pub updated: BTreeMap<&'static str, usize>,
    /// Field values newly kept as provenance.
    pub values: usize,
    /// Files newly kept whole.
    pub files: usize,
}

impl Changes {
    pub(crate) fn count_created(&mut self, kind: EntityKind) {
        *self.created.entry(kind.as_str()).or_insert(0) += 1;
    }

    pub(crate) fn count_updated(&mut self, kind: EntityKind) {
        *self.updated.entry(kind.as_str()).or_insert(0) += 1;
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What became of one field, as `--json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldLine {
    /// The file.
    pub source: String,
    /// Which record of it; empty for a JSON file.
    pub record: String,
    /// Where in the record.
    pub pointer: String,
    /// One of mapped, converted, same, lost, empty, kept, opened.
    pub outcome: &'static str,
    /// The field of the model that it speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What an import did or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Whether nothing was written because only the plan was asked for.
    pub dry_run: bool,
    /// What was written, or would be.
    pub changes: Changes,
    /// How many fields of how many records were accounted for.
    pub fields: usize,
    /// Records: files, rows, documents in rows.
    pub records: usize,
    /// How many fields had which outcome.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Everything that was found; problems first.
    pub findings: Vec<Finding>,
    /// Every field, in the order of the sources.
    pub decisions: Vec<FieldLine>,
}

impl FieldLine {
    fn of(account: &FieldAccount) -> Self {
        Self {
            source: account.source.clone(),
            record: account.record.clone(),
            pointer: account.pointer.clone(),
            outcome: account.outcome.as_str(),
            target: account.target.as_ref().map(ToString::to_string),
            reason: account.reason.clone(),
        }
    }

    /// Whether somebody decided something here: another form, another source's value, no place.
    pub fn is_a_choice(&self) -> bool {
        matches!(self.outcome, "converted" | "overruled" | "kept")
    }
}

impl ImportReport {
    /// The report of a decision and of what was written of it.
    pub fn of(decision: &Decision, changes: Changes, dry_run: bool) -> Self {
        let accounts = &decision.plan.accounts;
        let mut outcomes = BTreeMap::new();
        let mut records = std::collections::BTreeSet::new();
        for account in accounts {
            *outcomes.entry(account.outcome.as_str()).or_insert(0) += 1;
            records.insert((&account.source, &account.record));
        }
        let mut findings = decision.findings.clone();
        findings.sort_by_key(Finding::severity);
        Self {
            dry_run,
            changes,
            fields: accounts.len(),
            records: records.len(),
            outcomes,
            findings,
            decisions: accounts.iter().map(FieldLine::of).collect(),
        }
    }

    /// How many parts of the input were left outside.
    pub fn problems(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Problem)
            .count()
    }
}

/// What carrying a decision out would write.
pub fn foreseen(decision: &Decision) -> Changes {
    let mut changes = Changes::default();
    foresee(&mut changes, EntityKind::Repo, &decision.repos);
    foresee(&mut changes, EntityKind::Project, &decision.projects);
    foresee(&mut changes, EntityKind::Milestone, &decision.milestones);
    foresee(&mut changes, EntityKind::Idea, &decision.ideas);
    foresee(&mut changes, EntityKind::Item, &decision.items);
    let is_new = |account: &&FieldAccount| {
        decision
            .records
            .contains_key(&(account.source.clone(), account.record.clone()))
    };
    changes.values = decision.plan.accounts.iter().filter(is_new).count() + decision.gone.len();
    let is_new_document = |(label, name): &&(String, String)| {
        let is_free = !decision.taken.contains(&(EntityKind::Item, label.clone()));
        is_free
            && decision
                .records
                .keys()
                .any(|(source, record)| document_name(source, record) == *name)
    };
    let documents = decision.plan.attachments.keys().filter(is_new_document);
    changes.files = decision.files.len() + documents.count();
    changes
}

fn foresee<D>(changes: &mut Changes, kind: EntityKind, steps: &BTreeMap<String, Step<D>>) {
    for step in steps.values() {
        match step {
            Step::Create(_) => changes.count_created(kind),
            Step::Update { .. } => changes.count_updated(kind),
            Step::Leave => {}
        }
    }
}
