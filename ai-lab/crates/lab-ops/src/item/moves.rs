//! Where an item can go, and the going there within a write.

use std::time::Duration;

use lab_model::ready::Hindrance;
use lab_model::steps::{self, Override, StepError};
use lab_model::{Claim, EntityKind, Moment, Uid, WorkItem};
use lab_store::{StoreError, Writer};

use super::step::StepItemError;
use super::view::{sentences, statuses_of_dependencies};
use crate::By;
use crate::lab::Inner;
use crate::names::{Labels, OrMissing};

/// The longest claim: whoever is gone for longer is not at it.
pub const LONGEST_CLAIM: Duration = Duration::from_hours(30 * 24);

/// Where an item is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Someone begins it.
    Start,
    /// It waits for someone's look.
    Review,
    /// It is finished; the text overrides what is open.
    Done(Option<String>),
    /// It cannot go on, and why.
    Block(String),
    /// It goes on where it stood, and what became of that which kept it.
    Unblock(Option<String>),
    /// It is given up.
    Cancel,
    /// It is as if not begun.
    Reopen,
    /// Whoever moves it takes it for so long, at most [`LONGEST_CLAIM`]; the text is the reason to take it from
    /// someone else.
    Claim(Duration, Option<String>),
    /// Whoever has it lets go; the text is the reason to do so for someone else.
    Release(Option<String>),
}

impl Move {
    /// The verb in the operation log.
    pub(super) const fn verb(&self) -> &'static str {
        self.names().0
    }

    const fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Start => ("item.start", "be started"),
            Self::Review => ("item.review", "go to review"),
            Self::Done(_) => ("item.done", "be done"),
            Self::Block(_) => ("item.block", "be blocked"),
            Self::Unblock(_) => ("item.unblock", "be unblocked"),
            Self::Cancel => ("item.cancel", "be cancelled"),
            Self::Reopen => ("item.reopen", "be reopened"),
            Self::Claim(..) => ("item.claim", "be claimed"),
            Self::Release(_) => ("item.release", "be released"),
        }
    }

    /// Why, as the log keeps it.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Block(reason) => Some(reason),
            Self::Done(reason)
            | Self::Unblock(reason)
            | Self::Claim(_, reason)
            | Self::Release(reason) => reason.as_deref(),
            Self::Start | Self::Review | Self::Cancel | Self::Reopen => None,
        }
    }
}

/// Moves the item; what it was then is stored no more.
pub(super) fn go(
    tx: &mut dyn Writer,
    by: &By,
    uid: &Uid,
    to: &Move,
) -> Result<(), Inner<StepItemError>> {
    tx.set_verb(to.verb(), to.reason());
    let before = tx.item(uid)?.or_missing(EntityKind::Item, uid)?;
    let label = before.head.label.clone();
    match moved(tx, by, before, to) {
        Ok(after) => {
            tx.update_item(&after)?;
            Ok(())
        }
        Err(Inner::Store(error)) => Err(error.into()),
        Err(Inner::Own(source)) => {
            let (_, verb) = to.names();
            let details = details(tx, &source)?;
            Err(Inner::Own(StepItemError::NotAllowed {
                label,
                verb,
                source,
                details,
            }))
        }
    }
}

fn moved(
    tx: &mut dyn Writer,
    by: &By,
    item: WorkItem,
    to: &Move,
) -> Result<WorkItem, Inner<StepError>> {
    let at = tx.at();
    match to {
        Move::Start => steps::start(item, at),
        Move::Review => steps::review(item),
        Move::Done(force) => {
            let force = overriding(force.as_ref())?;
            let statuses = statuses_of_dependencies(tx, &item)?;
            steps::done(item, at, |uid| statuses.get(uid).copied(), force.as_ref())
        }
        Move::Block(reason) => steps::block(item, at, tx.new_uid(), reason),
        Move::Unblock(resolution) => steps::unblock(item, at, resolution.as_deref()),
        Move::Cancel => steps::cancel(item, at),
        Move::Reopen => steps::reopen(item),
        Move::Claim(lease, steal) => {
            let claim = Claim {
                by: by.actor.clone(),
                until: later(at, (*lease).min(LONGEST_CLAIM)),
            };
            steps::claim(item, at, claim, overriding(steal.as_ref())?.as_ref())
        }
        Move::Release(force) => {
            let force = overriding(force.as_ref())?;
            steps::release(item, at, &by.actor, force.as_ref())
        }
    }
    .map_err(Inner::Own)
}

fn overriding(reason: Option<&String>) -> Result<Option<Override>, Inner<StepError>> {
    let given = reason.map(|reason| Override::because(reason));
    given.transpose().map_err(Inner::Own)
}

fn later(at: Moment, by: Duration) -> Moment {
    let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Moment::from_ms(at.ms().saturating_add(ms)).unwrap_or(at)
}

/// What a refused step waits for, in words.
fn details(tx: &dyn Writer, refusal: &StepError) -> Result<Vec<String>, StoreError> {
    match refusal {
        StepError::OpenDependencies(waiting) => {
            let waits = waiting.iter().filter_map(|hindrance| match hindrance {
                Hindrance::Waits(uid) => Some(uid),
                Hindrance::Status(_)
                | Hindrance::Draft
                | Hindrance::Archived
                | Hindrance::Blocker(_)
                | Hindrance::Unresolved(_) => None,
            });
            let labels = Labels::of_these(tx, waits)?;
            Ok(sentences(waiting, &labels))
        }
        StepError::Status { .. }
        | StepError::Blocked(_)
        | StepError::OpenCriteria(_)
        | StepError::NoReason
        | StepError::Claimed { .. }
        | StepError::NotClaimed
        | StepError::NotBlocked => Ok(Vec::new()),
    }
}
