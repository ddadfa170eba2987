//! Reads the sources again and proves that nothing of them is missing.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::EntityKind;
use lab_store::{Reader, StoreError};
use serde::Serialize;
use serde_json::Value;

use crate::apply::{Entities, Names, ThreeWay, kept_in};
use crate::finding::Finding;
use crate::merge::{MergeOptions, merge};
use crate::provenance::{Kept, split_version};
use crate::record::{Record, Sources};

/// A field of a source that the lab does not hold as it is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    /// The file.
    pub source: String,
    /// Which record of it; empty for a JSON file.
    pub record: String,
    /// Where in the record; empty for all of it.
    pub pointer: String,
    /// What is wrong.
    pub problem: String,
}

/// An entity whose fields are no longer those that its sources say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Which kind.
    pub kind: &'static str,
    /// Its label at the source.
    pub label: String,
    /// The fields that differ; all of them where the entity is not there.
    pub fields: Vec<String>,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Records that were read again.
    pub records: usize,
    /// Single values that were compared, at every depth of every record.
    pub values: usize,
    /// Whole files that were compared byte by byte.
    pub files: usize,
    /// What the lab does not hold; empty when nothing is lost.
    pub missing: Vec<Missing>,
    /// Entities that changed in the lab after the import, or were never written.
    pub moved: Vec<Moved>,
    /// What could not be read this time.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// Whether every value of every source was read and is in the lab.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unread() == 0
    }

    /// How many sources could not be compared because they could not be read.
    pub fn unread(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.kind.is_unread())
            .count()
    }
}

/// Compares what the lab keeps with the sources as they are now.
pub fn verify(
    reader: &dyn Reader,
    read: Sources,
    options: &MergeOptions,
) -> Result<VerifyReport, StoreError> {
    let kept = kept_in(reader)?;
    let decided = decided_fields(reader, &kept)?;
    let mut report = VerifyReport {
        findings: read.findings.clone(),
        ..VerifyReport::default()
    };
    let roots: BTreeMap<(&str, &str), &Record> = kept
        .sources
        .records
        .iter()
        .map(|record| ((record.source.as_str(), record.record.as_str()), record))
        .collect();
    for record in &read.records {
        report.records += 1;
        let mut check = Check {
            record,
            report: &mut report,
        };
        match roots.get(&(record.source.as_str(), record.record.as_str())) {
            None => check.miss("", "the record is not in the lab; `ai-lab import` takes it"),
            Some(known) => {
                check.compare("", &record.root.to_value(), Some(&known.root.to_value()));
                check.decisions(&decided);
            }
        }
    }
    for file in &read.kept {
        report.files += 1;
        let known = kept
            .sources
            .kept
            .iter()
            .any(|k| k.source == file.source && k.bytes == file.bytes);
        if !known {
            report.missing.push(Missing {
                source: file.source.clone(),
                record: String::new(),
                pointer: String::new(),
                problem: "the lab keeps no such bytes".to_owned(),
            });
        }
    }
    report.moved = moved(reader, &kept.overlaid_by(read), options)?;
    Ok(report)
}

type FieldKey = (String, String, String);

/// Every field of the last version of each record that has a decision.
fn decided_fields(reader: &dyn Reader, kept: &Kept) -> Result<BTreeSet<FieldKey>, StoreError> {
    let values = reader.imported_values(None)?;
    Ok(values
        .into_iter()
        .filter(|value| !value.decision.is_empty())
        .filter_map(|value| {
            let (record, version) = split_version(&value.record);
            let key = (value.source.clone(), record.to_owned());
            (kept.versions.get(&key) == Some(&version)).then_some((key.0, key.1, value.field))
        })
        .collect())
}

struct Check<'a> {
    record: &'a Record,
    report: &'a mut VerifyReport,
}

impl Check<'_> {
    fn miss(&mut self, pointer: &str, problem: impl Into<String>) {
        self.report.missing.push(Missing {
            source: self.record.source.clone(),
            record: self.record.record.clone(),
            pointer: pointer.to_owned(),
            problem: problem.into(),
        });
    }

    /// Walks the source's value on its own, so that a mistake in the accounts cannot hide one here.
    fn compare(&mut self, pointer: &str, source: &Value, kept: Option<&Value>) {
        match source {
            Value::Object(members) => {
                for (name, value) in members {
                    self.compare(
                        &format!("{pointer}/{name}"),
                        value,
                        kept.and_then(|k| k.get(name)),
                    );
                }
            }
            Value::Array(elements) => {
                for (at, value) in elements.iter().enumerate() {
                    self.compare(
                        &format!("{pointer}/{at}"),
                        value,
                        kept.and_then(|k| k.get(at)),
                    );
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.report.values += 1;
            }
        }
        match kept {
            None => self.miss(pointer, "the lab keeps nothing here"),
            Some(kept) if kept != source && !source.is_array() && !source.is_object() => {
                self.miss(
                    pointer,
                    format!("the source says {source}, the lab keeps {kept}"),
                );
            }
            Some(kept) if length(kept) != length(source) => {
                self.miss(pointer, "the lab keeps more than the source says");
            }
            Some(_) => {}
        }
    }

    fn decisions(&mut self, decided: &BTreeSet<FieldKey>) {
        for field in self.record.root.fields() {
            let key = (
                self.record.source.clone(),
                self.record.record.clone(),
                field.pointer.clone(),
            );
            if !decided.contains(&key) {
                self.miss(&field.pointer, "nobody decided about this field");
            }
        }
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len(),
        Value::Array(elements) => elements.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Entities that do not hold what the plan of their sources says.
fn moved(
    reader: &dyn Reader,
    sources: &Sources,
    options: &MergeOptions,
) -> Result<Vec<Moved>, StoreError> {
    let plan = merge(sources, options);
    let names = &Names::of(reader, &plan)?;
    let there = Entities::of(reader, names)?;
    let mut moved = Vec::new();
    compare_all(
        EntityKind::Repo,
        &plan.repos,
        &there.repos,
        names,
        &mut moved,
    );
    compare_all(
        EntityKind::Project,
        &plan.projects,
        &there.projects,
        names,
        &mut moved,
    );
    compare_all(
        EntityKind::Milestone,
        &plan.milestones,
        &there.milestones,
        names,
        &mut moved,
    );
    compare_all(
        EntityKind::Idea,
        &plan.ideas,
        &there.ideas,
        names,
        &mut moved,
    );
    compare_all(
        EntityKind::Item,
        &plan.items,
        &there.items,
        names,
        &mut moved,
    );
    Ok(moved)
}

fn compare_all<D: ThreeWay + Clone>(
    kind: EntityKind,
    plan: &BTreeMap<String, D>,
    there: &BTreeMap<lab_model::Uid, D>,
    names: &Names,
    moved: &mut Vec<Moved>,
) {
    for (label, expected) in plan {
        let mut expected = expected.clone();
        expected.settle();
        let fields = match names.uid(kind, label).and_then(|uid| there.get(uid)) {
            None => vec!["all: it is not in the lab".to_owned()],
            Some(held) => {
                let mut held = held.clone();
                held.settle();
                held.differences(&expected)
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            }
        };
        if !fields.is_empty() {
            moved.push(Moved {
                kind: kind.as_str(),
                label: label.clone(),
                fields,
            });
        }
    }
}
