//! Settles a conflict: who is right is said by what counts as unchanged from now on.

use lab_merge::{Image, Side};
use lab_model::Uid;
use lab_store::{GithubConflict, GithubThing, Reader, StoreError, Writer};

use crate::facts::{facts, image};
use crate::fields::{Policies, known};
use crate::plan::{Pair, decide};
use crate::snapshot::Snapshot;

/// How a conflict is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// What one side has goes to the other with the next run.
    Take(Side),
}

/// Why a conflict was not settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// There is none.
    #[error("{field} of #{number} is in no conflict")]
    None {
        /// The number there.
        number: u64,
        /// The field.
        field: String,
    },
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Settles a conflict without a call: the next run carries it out.
///
/// Where one side is right, the other side's value counts as what both once had, so that only the right one has
/// changed. What is then changed on either side is no part of this: it clashes anew.
pub fn settle(
    tx: &mut dyn Writer,
    repo: &Uid,
    conflict: &GithubConflict,
    how: Settlement,
) -> Result<(), SettleError> {
    let none = || SettleError::None {
        number: conflict.number,
        field: conflict.field.clone(),
    };
    let field = known(&conflict.field).ok_or_else(none)?;
    let pair = current(tx, repo, conflict)?.ok_or_else(none)?;
    let thing = tx.github_thing(repo, conflict.numbering, conflict.number)?;
    let thing: GithubThing = thing.ok_or_else(none)?;
    let Settlement::Take(side) = how;
    let unchanged = match side {
        Side::Local => pair.remote.get(field),
        Side::Remote => pair.local.get(field),
    };
    // Where no base is known, what is alike becomes one, and the rest still clashes.
    let mut base = match &thing.base {
        Some(base) => image(base),
        None => alike(&pair),
    };
    base.put(field, unchanged.cloned());
    let based = GithubThing {
        base: Some(facts(&base)),
        ..thing
    };
    tx.keep_github_thing(repo, &based)?;
    let words = match side {
        Side::Local => "local",
        Side::Remote => "remote",
    };
    if tx.settle_github_conflict(repo, conflict, words)? {
        Ok(())
    } else {
        Err(none())
    }
}

fn current(
    tx: &dyn Reader,
    repo: &Uid,
    conflict: &GithubConflict,
) -> Result<Option<Pair>, StoreError> {
    let Some(of) = Snapshot::read(tx, repo)? else {
        return Ok(None);
    };
    let pairs = decide(&of, &Policies::new()).pairs.into_iter();
    let same = |pair: &Pair| (pair.numbering, pair.number) == (conflict.numbering, conflict.number);
    Ok(pairs.into_iter().find(same))
}

/// What both sides hold alike.
fn alike(pair: &Pair) -> Image {
    let mut image = Image::default();
    for (field, value) in pair.local.fields() {
        if pair.remote.get(field) == Some(value) {
            image.put(field, Some(value.clone()));
        }
    }
    image
}
