//! An item's fields and status, set as both sides agreed.

use std::collections::BTreeSet;

use lab_merge::{Image, Value};
use lab_model::steps::{self, Override, StepError};
use lab_model::{ItemStatus, Moment, Tag, Uid, WorkItem};
use lab_store::GithubThing;

use crate::canon::folded;
use crate::fields::{
    ASSIGNEE, BODY, LABELS, NOT_PLANNED, OPEN, STAGE, STATE, TITLE, status_of_stage,
};
use crate::local::goes_there;

/// Why, as the log says where rules ask for a reason.
const REASON: &str = "on GitHub";

/// Sets a field that needs no looking up. Labels keep the spelling that they have on one of the sides.
pub(crate) fn set_item(
    item: &mut WorkItem,
    field: &'static str,
    value: Option<&Value>,
    there: &Image,
) {
    let text = value.map(Value::shown);
    match field {
        TITLE => item.title = text.unwrap_or_default(),
        BODY => item.description = text.unwrap_or_default(),
        ASSIGNEE => item.assignee = text,
        LABELS => {
            let wanted = match value {
                Some(Value::Set(members)) => members.clone(),
                Some(Value::Text(_)) | None => BTreeSet::new(),
            };
            item.labels
                .retain(|tag| !goes_there(tag.as_str()) || wanted.contains(&folded(tag.as_str())));
            let has: Vec<String> = item.labels.iter().map(|tag| folded(tag.as_str())).collect();
            let spelled = there.members(LABELS);
            for name in wanted.iter().filter(|name| !has.contains(name)) {
                let spelling = spelled
                    .iter()
                    .find(|one| folded(one) == **name)
                    .unwrap_or(name);
                item.labels.extend(spelling.trim().parse::<Tag>());
            }
        }
        _ => {}
    }
}

/// Brings an item to where both sides agreed that it stands, by the steps that a person would take.
pub(crate) fn stand(
    item: WorkItem,
    agreed: &Image,
    thing: &GithubThing,
    fresh: (Moment, Uid),
) -> WorkItem {
    let wanted = match agreed.text(STATE) {
        Some(OPEN) => {
            let stage = agreed.text(STAGE).and_then(status_of_stage);
            stage.unwrap_or(ItemStatus::Todo)
        }
        Some(NOT_PLANNED) => ItemStatus::Cancelled,
        Some(_) => ItemStatus::Done,
        // Nobody has agreed on it.
        None => return item,
    };
    let mut item = item;
    item.head.archived = item.head.archived && wanted.is_settled();
    if item.status == wanted {
        return item;
    }
    let before = item.clone();
    step_to(item, wanted, thing.closed_at, fresh).unwrap_or(before)
}

fn step_to(
    mut item: WorkItem,
    wanted: ItemStatus,
    closed_at: Option<Moment>,
    (at, blocker): (Moment, Uid),
) -> Result<WorkItem, StepError> {
    if item.status == ItemStatus::Blocked {
        item = steps::unblock(item, at, Some(REASON))?;
    }
    if item.status.is_settled() {
        item = steps::reopen(item)?;
    }
    if item.status == wanted {
        return Ok(item);
    }
    match wanted {
        ItemStatus::Todo => steps::reopen(item),
        ItemStatus::InProgress => steps::start(item, at),
        ItemStatus::Review => steps::review(item),
        ItemStatus::Blocked => steps::block(item, at, blocker, REASON),
        ItemStatus::Done => {
            let because = Override::because(REASON)?;
            steps::done(item, closed_at.unwrap_or(at), |_| None, Some(&because))
        }
        ItemStatus::Cancelled => steps::cancel(item, closed_at.unwrap_or(at)),
    }
}
