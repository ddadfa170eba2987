//! Whole documents: facts, names, unknown fields, disputes.

use std::collections::BTreeSet;

use lab_model::{Label, Uid};
use serde_json::{Map, Value};

use super::record::merge_records;
use super::{Outcome, three_way};
use crate::document::{Dispute, Document, EXTRA};

/// What a merge came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Merged {
    /// One document.
    Document {
        /// It holds what ours does where both changed the same fact; of its disputes all are older.
        document: Box<Document>,
        /// What both changed, differently.
        fresh: Vec<Dispute>,
    },
    /// They are two entities, not two versions of one.
    Different {
        /// Ours.
        ours: Option<Uid>,
        /// Theirs.
        theirs: Option<Uid>,
    },
}

/// Merges two versions of one document that come from a third, which may be empty.
pub fn merge_documents(base: &Document, ours: &Document, theirs: &Document) -> Merged {
    if ours.kind != theirs.kind || ours.uid != theirs.uid {
        return Merged::Different {
            ours: ours.uid.clone(),
            theirs: theirs.uid.clone(),
        };
    }
    let (record, mut fresh) = merge_records(ours.kind, &base.record, &ours.record, &theirs.record);
    let (label, mut aliases) = merge_names(base, ours, theirs);
    if let Some(label) = &label {
        aliases.remove(label);
    }
    let extras = merge_extras(&base.extras, &ours.extras, &theirs.extras, &mut fresh);
    let mut hints = ours.hints.clone();
    hints.extend(theirs.hints.clone());
    let mut document = Document {
        kind: ours.kind,
        uid: ours.uid.clone(),
        label,
        aliases,
        record,
        updated_at: ours.updated_at.max(theirs.updated_at),
        disputes: carried_disputes([&base.disputes, &ours.disputes, &theirs.disputes]),
        hints,
        extras,
    };
    document.tidy_disputes();
    Merged::Document {
        document: Box::new(document),
        fresh,
    }
}

/// The label, and all that it was called before. Two new labels are no dispute: the one that people count first wins.
pub(crate) fn merge_names(
    base: &Document,
    ours: &Document,
    theirs: &Document,
) -> (Option<Label>, BTreeSet<Label>) {
    let mut aliases: BTreeSet<Label> = ours.aliases.union(&theirs.aliases).cloned().collect();
    let label = match three_way(&base.label, &ours.label, &theirs.label) {
        Outcome::Agreed(label) => label.clone(),
        Outcome::Disputed => {
            let mut both: Vec<&Label> = ours.label.iter().chain(&theirs.label).collect();
            both.sort_by(|a, b| Label::counting_order(a, b));
            both.first().copied().cloned()
        }
    };
    aliases.extend(base.label.iter().cloned());
    aliases.extend(ours.label.iter().chain(&theirs.label).cloned());
    if let Some(label) = &label {
        aliases.remove(label);
    }
    (label, aliases)
}

fn merge_extras(
    base: &Map<String, Value>,
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
    disputes: &mut Vec<Dispute>,
) -> Map<String, Value> {
    let keys: BTreeSet<&String> = base
        .keys()
        .chain(ours.keys())
        .chain(theirs.keys())
        .collect();
    let mut merged = Map::new();
    for key in keys {
        let versions = (base.get(key), ours.get(key), theirs.get(key));
        let value = match three_way(&versions.0, &versions.1, &versions.2) {
            Outcome::Agreed(value) => *value,
            Outcome::Disputed => {
                let told = |value: Option<&Value>| value.map(Value::to_string);
                disputes.push(Dispute {
                    field: EXTRA.to_owned(),
                    member: key.clone(),
                    base: told(versions.0),
                    ours: told(versions.1),
                    theirs: told(versions.2),
                });
                versions.1
            }
        };
        if let Some(value) = value {
            merged.insert(key.clone(), value.clone());
        }
    }
    merged
}

/// Older disputes stay until one side has settled them.
fn carried_disputes([base, ours, theirs]: [&Vec<Dispute>; 3]) -> Vec<Dispute> {
    let mut merged: Vec<Dispute> = Vec::new();
    for dispute in ours.iter().chain(theirs) {
        let is_in = |list: &Vec<Dispute>| list.iter().any(|it| it.is_same(dispute));
        let was_settled = is_in(base) && !(is_in(ours) && is_in(theirs));
        if !was_settled && !is_in(&merged) {
            merged.push(dispute.clone());
        }
    }
    merged
}
