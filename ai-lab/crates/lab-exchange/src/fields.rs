//! The fields that items and issues, milestones and milestones have in common.

use lab_merge::{Kind, Policy, Rule};
use lab_model::ItemStatus;
use lab_store::Numbering;

pub(crate) const TITLE: &str = "title";
pub(crate) const BODY: &str = "body";
/// `open`, `completed` or `not_planned`.
pub(crate) const STATE: &str = "state";
/// Where an open item stands; on GitHub a label `status:…`.
pub(crate) const STAGE: &str = "stage";
pub(crate) const LABELS: &str = "labels";
pub(crate) const ASSIGNEE: &str = "assignee";
/// All who do it, as GitHub says; the lab knows one of them.
pub(crate) const ASSIGNEES: &str = "assignees";
/// The milestone's number there.
pub(crate) const MILESTONE: &str = "milestone";
/// The number there of the issue that it is a part of.
pub(crate) const PARENT: &str = "parent";
pub(crate) const DUE: &str = "due";

pub(crate) const OPEN: &str = "open";
pub(crate) const COMPLETED: &str = "completed";
pub(crate) const NOT_PLANNED: &str = "not_planned";

/// What labels that tell a stage begin with.
pub(crate) const STAGE_PREFIX: &str = "status:";

/// Every field's name.
const ALL: [&str; 10] = [
    TITLE, BODY, STATE, STAGE, LABELS, ASSIGNEE, ASSIGNEES, MILESTONE, PARENT, DUE,
];

/// The field of a name; `None` where a later version wrote one that this one does not know.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    ALL.into_iter().find(|field| *field == name)
}

/// Who wins where both sides changed a field: by field, for whichever is named.
pub type Policies = Vec<(String, Policy)>;

/// The names of the fields that can clash, for people to choose from.
pub fn issue_fields() -> Vec<&'static str> {
    rules(Numbering::Issue, &Vec::new())
        .into_iter()
        .map(|rule| rule.field)
        .collect()
}

/// How the fields of an issue or a milestone are merged.
pub(crate) fn rules(numbering: Numbering, policies: &Policies) -> Vec<Rule> {
    let fields: &[(&'static str, Kind)] = match numbering {
        Numbering::Issue => &[
            (TITLE, Kind::Scalar),
            (BODY, Kind::Prose),
            (STATE, Kind::Scalar),
            (STAGE, Kind::Scalar),
            (LABELS, Kind::Members),
            (ASSIGNEE, Kind::Scalar),
            (MILESTONE, Kind::Scalar),
            (PARENT, Kind::Scalar),
        ],
        Numbering::Milestone => &[
            (TITLE, Kind::Scalar),
            (BODY, Kind::Prose),
            (STATE, Kind::Scalar),
            (DUE, Kind::Scalar),
        ],
    };
    let policy = |field: &str| {
        let told = policies.iter().find(|(name, _)| name == field);
        told.map_or(Policy::Ask, |(_, policy)| *policy)
    };
    fields
        .iter()
        .map(|(field, kind)| Rule {
            field,
            kind: *kind,
            policy: policy(field),
        })
        .collect()
}

/// Where an open item stands, as GitHub's label says; `None` for what is settled.
pub(crate) const fn stage_of(status: ItemStatus) -> Option<&'static str> {
    match status {
        ItemStatus::Todo | ItemStatus::InProgress | ItemStatus::Review | ItemStatus::Blocked => {
            Some(status.as_str())
        }
        ItemStatus::Done | ItemStatus::Cancelled => None,
    }
}

/// The status that a stage names; `None` where it names none, or several.
pub(crate) fn status_of_stage(stage: &str) -> Option<ItemStatus> {
    let status: ItemStatus = stage.parse().ok()?;
    stage_of(status).map(|_| status)
}
