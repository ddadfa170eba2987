//! The steps of a work item: which are allowed, and what they change.
//!
//! Every step takes an item and returns it changed, or says why not. Nothing is half done.

use crate::ready::{Hindrance, unsettled};
use crate::{Actor, Blocker, Claim, ItemStatus, Moment, Uid, WorkItem};

/// Why a step is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The step does not lead on from this status.
    #[error("it is {status}")]
    Status {
        /// Where the item stands.
        status: ItemStatus,
    },
    /// Blockers hold.
    #[error("it is blocked: {}", .0.join("; "))]
    Blocked(Vec<String>),
    /// Criteria are open: their texts.
    #[error("{} open: {}", counted(.0.len(), "acceptance criterion is", "acceptance criteria are"), .0.join("; "))]
    OpenCriteria(Vec<String>),
    /// Dependencies are not settled.
    #[error("{} not done", counted(.0.len(), "dependency is", "dependencies are"))]
    OpenDependencies(Vec<Hindrance>),
    /// A reason is missing or empty.
    #[error("a reason is missing")]
    NoReason,
    /// Someone else is at it.
    #[error("{by} is at it until {until}")]
    Claimed {
        /// Who.
        by: Actor,
        /// Until when.
        until: Moment,
    },
    /// Nobody is at it.
    #[error("nobody has claimed it")]
    NotClaimed,
    /// There is nothing to unblock.
    #[error("nothing blocks it")]
    NotBlocked,
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Begins, or begins again what was in review, done or cancelled.
///
/// Unsettled dependencies do not keep a person from starting; open blockers do.
pub fn start(mut item: WorkItem, at: Moment) -> Result<WorkItem, StepError> {
    let blockers: Vec<String> = item
        .open_blockers()
        .map(|blocker| blocker.text.clone())
        .collect();
    if item.status == ItemStatus::Blocked || !blockers.is_empty() {
        return Err(StepError::Blocked(blockers));
    }
    if item.status == ItemStatus::InProgress {
        return Err(StepError::Status {
            status: item.status,
        });
    }
    item.status = ItemStatus::InProgress;
    item.started_at.get_or_insert(at);
    item.settled_at = None;
    item.is_draft = false;
    Ok(item)
}

/// Why a person finishes an item although something is open. Kept in the operation log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override(String);

impl Override {
    /// A reason in at least one visible character.
    pub fn because(reason: &str) -> Result<Self, StepError> {
        let reason = reason.trim();
        if reason.is_empty() {
            Err(StepError::NoReason)
        } else {
            Ok(Self(reason.to_owned()))
        }
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.0
    }
}

/// Finishes, unless criteria, blockers or dependencies are open and nobody overrides them.
pub fn done(
    mut item: WorkItem,
    at: Moment,
    status_of: impl Fn(&Uid) -> Option<ItemStatus>,
    force: Option<&Override>,
) -> Result<WorkItem, StepError> {
    if item.status.is_settled() {
        return Err(StepError::Status {
            status: item.status,
        });
    }
    if force.is_none() {
        check_finished(&item, status_of)?;
    }
    item.status = ItemStatus::Done;
    item.blocked_from = None;
    item.claim = None;
    item.settled_at = Some(at);
    Ok(item)
}

fn check_finished(
    item: &WorkItem,
    status_of: impl Fn(&Uid) -> Option<ItemStatus>,
) -> Result<(), StepError> {
    let blockers: Vec<String> = item
        .open_blockers()
        .map(|blocker| blocker.text.clone())
        .collect();
    if item.status == ItemStatus::Blocked || !blockers.is_empty() {
        return Err(StepError::Blocked(blockers));
    }
    let criteria: Vec<String> = item
        .open_criteria()
        .map(|criterion| criterion.text.clone())
        .collect();
    if !criteria.is_empty() {
        return Err(StepError::OpenCriteria(criteria));
    }
    let waiting: Vec<Hindrance> = unsettled(item, status_of).collect();
    if waiting.is_empty() {
        Ok(())
    } else {
        Err(StepError::OpenDependencies(waiting))
    }
}

/// Takes an item for a while: begins it, and keeps others from taking it until the claim ends.
///
/// Whoever has it already takes it anew. Of another's claim that has not ended only an override takes it.
pub fn claim(
    mut item: WorkItem,
    at: Moment,
    claim: Claim,
    steal: Option<&Override>,
) -> Result<WorkItem, StepError> {
    let blockers: Vec<String> = item
        .open_blockers()
        .map(|blocker| blocker.text.clone())
        .collect();
    if item.status == ItemStatus::Blocked || !blockers.is_empty() {
        return Err(StepError::Blocked(blockers));
    }
    if item.status.is_settled() {
        return Err(StepError::Status {
            status: item.status,
        });
    }
    if steal.is_none() {
        check_unclaimed(&item, at, &claim.by)?;
    }
    if item.status == ItemStatus::Todo {
        item.status = ItemStatus::InProgress;
        item.started_at.get_or_insert(at);
        item.is_draft = false;
    }
    item.assignee = Some(claim.by.name.clone());
    item.claim = Some(claim);
    Ok(item)
}

/// Lets go of an item that was claimed; what was only begun is to do again.
pub fn release(
    mut item: WorkItem,
    at: Moment,
    by: &Actor,
    force: Option<&Override>,
) -> Result<WorkItem, StepError> {
    if force.is_none() {
        check_unclaimed(&item, at, by)?;
    }
    let claim = item.claim.take().ok_or(StepError::NotClaimed)?;
    if item.status == ItemStatus::InProgress {
        item.status = ItemStatus::Todo;
    }
    if item.assignee.as_ref() == Some(&claim.by.name) {
        item.assignee = None;
    }
    Ok(item)
}

/// Refuses what someone else has claimed.
fn check_unclaimed(item: &WorkItem, at: Moment, by: &Actor) -> Result<(), StepError> {
    match &item.claim {
        Some(claim) if claim.by != *by && claim.until > at => Err(StepError::Claimed {
            by: claim.by.clone(),
            until: claim.until,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Adds a blocker, under the uid given, and stops the item.
pub fn block(
    mut item: WorkItem,
    at: Moment,
    blocker: Uid,
    reason: &str,
) -> Result<WorkItem, StepError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(StepError::NoReason);
    }
    if item.status.is_settled() {
        return Err(StepError::Status {
            status: item.status,
        });
    }
    if item.status != ItemStatus::Blocked {
        item.blocked_from = Some(item.status);
        item.status = ItemStatus::Blocked;
    }
    item.blockers.push(Blocker {
        uid: blocker,
        text: reason.to_owned(),
        severity: None,
        opened_at: Some(at),
        open: true,
        closed_at: None,
        resolution: None,
    });
    Ok(item)
}

/// Closes every open blocker and goes back to where the item stood.
pub fn unblock(
    mut item: WorkItem,
    at: Moment,
    resolution: Option<&str>,
) -> Result<WorkItem, StepError> {
    if item.status != ItemStatus::Blocked && item.open_blockers().next().is_none() {
        return Err(StepError::NotBlocked);
    }
    for blocker in item.blockers.iter_mut().filter(|blocker| blocker.open) {
        blocker.open = false;
        blocker.closed_at = Some(at);
        blocker.resolution = resolution.map(str::to_owned);
    }
    if item.status == ItemStatus::Blocked {
        item.status = item.blocked_from.unwrap_or(ItemStatus::Todo);
    }
    item.blocked_from = None;
    Ok(item)
}

/// Hands the work to someone's eyes.
pub fn review(mut item: WorkItem) -> Result<WorkItem, StepError> {
    match item.status {
        ItemStatus::Todo | ItemStatus::InProgress => {
            item.status = ItemStatus::Review;
            Ok(item)
        }
        ItemStatus::Review | ItemStatus::Done | ItemStatus::Blocked | ItemStatus::Cancelled => {
            Err(StepError::Status {
                status: item.status,
            })
        }
    }
}

/// Gives the item up.
pub fn cancel(mut item: WorkItem, at: Moment) -> Result<WorkItem, StepError> {
    if item.status.is_settled() {
        return Err(StepError::Status {
            status: item.status,
        });
    }
    item.status = ItemStatus::Cancelled;
    item.blocked_from = None;
    item.claim = None;
    item.settled_at = Some(at);
    Ok(item)
}

/// Puts the item back to where it is not begun.
pub fn reopen(mut item: WorkItem) -> Result<WorkItem, StepError> {
    match item.status {
        ItemStatus::InProgress | ItemStatus::Review | ItemStatus::Done | ItemStatus::Cancelled => {
            item.status = ItemStatus::Todo;
            item.settled_at = None;
            Ok(item)
        }
        ItemStatus::Todo | ItemStatus::Blocked => Err(StepError::Status {
            status: item.status,
        }),
    }
}

#[cfg(test)]
mod tests;
