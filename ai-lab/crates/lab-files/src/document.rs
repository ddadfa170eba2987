//! What one file says.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{EntityKind, Label, Moment, Record, Uid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the documents' format; only a change that older versions would misread counts it up.
pub const FORMAT: u64 = 1;

/// The field of disputes about what this version does not know; the member is the field's name.
pub const EXTRA: &str = "extra";

/// One entity as its file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it is.
    pub kind: EntityKind,
    /// Its identity; `None` in a file that a person wrote and nobody has taken up yet.
    pub uid: Option<Uid>,
    /// What people call it; `None` as above.
    pub label: Option<Label>,
    /// What people called it before.
    pub aliases: BTreeSet<Label>,
    /// Every fact but the label. A reference that a person wrote as a label is still that label here.
    pub record: Record,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
    /// What two branches say differently, until someone decides.
    pub disputes: Vec<Dispute>,
    /// The labels that references showed beside their uids.
    pub hints: BTreeMap<String, String>,
    /// Fields that this version does not know, as they were.
    pub extras: Map<String, Value>,
}

impl Document {
    /// Nothing but a kind.
    pub fn empty(kind: EntityKind) -> Self {
        Self {
            kind,
            uid: None,
            label: None,
            aliases: BTreeSet::new(),
            record: Record::default(),
            updated_at: None,
            disputes: Vec::new(),
            hints: BTreeMap::new(),
            extras: Map::new(),
        }
    }

    /// Adds disputes.
    pub fn add_disputes(&mut self, fresh: Vec<Dispute>) {
        self.disputes.extend(fresh);
        self.tidy_disputes();
    }

    /// Has every dispute once, with what the document holds now as `ours`; who says the same is in no dispute.
    pub fn tidy_disputes(&mut self) {
        let mut tidy: Vec<Dispute> = Vec::new();
        for mut dispute in std::mem::take(&mut self.disputes) {
            dispute.ours = self.value(&dispute.field, &dispute.member);
            if dispute.theirs != dispute.ours && !tidy.iter().any(|it| it.is_same(&dispute)) {
                tidy.push(dispute);
            }
        }
        tidy.sort();
        self.disputes = tidy;
    }

    /// What a fact says, or an unknown field as JSON.
    fn value(&self, field: &str, member: &str) -> Option<String> {
        if field == EXTRA {
            return self.extras.get(member).map(Value::to_string);
        }
        self.record.get(field, member).map(str::to_owned)
    }
}

/// One fact that two sides changed to different things. What the file or lab itself holds is `ours`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dispute {
    /// Field and part, such as `status` or `criteria.done`.
    pub field: String,
    /// The entry of a list; empty for a single field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub member: String,
    /// What both sides started from; `None` is its absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What stands until someone decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// What the other side says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
}

impl Dispute {
    /// Whether both are about the same fact and name the same other word.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.field, &self.member, &self.theirs) == (&other.field, &other.member, &other.theirs)
    }
}
