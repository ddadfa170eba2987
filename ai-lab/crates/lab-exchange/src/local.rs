//! Items and milestones in the words that both sides share.

use lab_merge::{Image, Value};
use lab_model::{ItemStatus, Milestone, MilestoneStatus, WorkItem};
use lab_store::GithubFact;

use crate::canon::{clean, folded};
use crate::fields::{
    ASSIGNEE, BODY, COMPLETED, DUE, LABELS, MILESTONE, NOT_PLANNED, OPEN, PARENT, STAGE,
    STAGE_PREFIX, STATE, TITLE, stage_of,
};
use crate::snapshot::Snapshot;

/// The longest name of a label that GitHub takes; longer tags stay in the lab.
const LONGEST_LABEL: usize = 50;

/// What is shown, and kept, for nothing.
pub(crate) const NOTHING: &str = "(nothing)";

/// A tag that GitHub can have as a label.
pub(crate) fn goes_there(tag: &str) -> bool {
    tag.chars().count() <= LONGEST_LABEL && !tag.starts_with(STAGE_PREFIX)
}

/// An item as it would be there. The base tells what is unchanged where the lab has no word.
pub(crate) fn item_image(item: &WorkItem, of: &Snapshot, base: &Image) -> Image {
    let mut image = Image::default();
    image.put(TITLE, Value::text(item.title.trim()));
    image.put(BODY, Value::text(clean(&item.description)));
    image.put(STATE, Value::text(item_state(item)));
    let stage = stage_of(item.status).map(|stage| Value::Text(stage.to_owned()));
    image.put(STAGE, stage.or_else(|| base.get(STAGE).cloned()));
    let tags = item
        .labels
        .iter()
        .map(lab_model::Tag::as_str)
        .filter(|tag| goes_there(tag));
    image.put(LABELS, Value::set(tags.map(folded)));
    image.put(ASSIGNEE, item.assignee.as_deref().and_then(Value::text));
    let milestone = match &item.milestone {
        None => None,
        Some(uid) => of
            .milestone_there(uid)
            .or_else(|| base.get(MILESTONE).cloned()),
    };
    image.put(MILESTONE, milestone);
    let parent = match &item.parent {
        None => None,
        Some(uid) => of.item_there(uid).or_else(|| base.get(PARENT).cloned()),
    };
    image.put(PARENT, parent);
    image
}

/// What was put away unsettled will not be done.
const fn item_state(item: &WorkItem) -> &'static str {
    match item.status {
        ItemStatus::Done => COMPLETED,
        ItemStatus::Cancelled => NOT_PLANNED,
        ItemStatus::Todo | ItemStatus::InProgress | ItemStatus::Review | ItemStatus::Blocked => {
            if item.head.archived {
                NOT_PLANNED
            } else {
                OPEN
            }
        }
    }
}

/// A milestone as it would be there.
pub(crate) fn milestone_image(milestone: &Milestone) -> Image {
    let mut image = Image::default();
    image.put(TITLE, Value::text(milestone.title.trim()));
    image.put(BODY, Value::text(clean(&milestone.description)));
    let open = match milestone.status {
        MilestoneStatus::Planned | MilestoneStatus::InProgress => !milestone.head.archived,
        MilestoneStatus::Completed | MilestoneStatus::Cancelled => false,
    };
    image.put(STATE, Value::text(if open { OPEN } else { COMPLETED }));
    image.put(
        DUE,
        milestone.due.and_then(|due| Value::text(due.to_string())),
    );
    image
}

/// How a value is kept that GitHub did not take.
pub(crate) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), Value::shown)
}

/// An image in which what GitHub did not take counts as unchanged, as long as it is what was not taken.
pub(crate) fn without_refused(mut image: Image, refused: &[GithubFact], base: &Image) -> Image {
    for fact in refused {
        let GithubFact::Text { field, text } = fact else {
            continue;
        };
        if let Some(field) = crate::fields::known(field)
            && shown(image.get(field)) == *text
        {
            image.put(field, base.get(field).cloned());
        }
    }
    image
}
