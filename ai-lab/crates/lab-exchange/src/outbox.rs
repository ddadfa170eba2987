//! What must not be sent twice: noted before it is sent, taken off the note when it is known to be there.

use lab_github::{Call, CallError, Comment};
use lab_model::Uid;
use lab_store::{Numbering, Order, OrderKind, Store, StoreError};
use serde::de::DeserializeOwned;

use crate::SyncError;
use crate::canon::marked_note;
use crate::pages::Desk;
use crate::pull::keep_comment;
use crate::snapshot::Snapshot;
use crate::there::DoneThere;

/// What came of a call whose second sending would make a second thing.
pub(crate) enum Sent<T> {
    /// It is there.
    Made(T),
    /// GitHub did not take it.
    Refused(String),
}

impl<S: Store> Desk<'_, '_, S> {
    /// The order for an item's issue: the one that was lost on its way, or a new one.
    pub(crate) fn order(&mut self, of: &Snapshot, uid: &Uid) -> Result<Order, StoreError> {
        let lost = of
            .orders
            .iter()
            .find(|one| one.of == *uid && one.kind == OrderKind::Issue);
        let now = self.client.now();
        let order = lost.cloned();
        self.write("github.push", |tx, _| {
            Ok(order.unwrap_or_else(|| Order {
                uid: tx.new_uid(),
                of: uid.clone(),
                kind: OrderKind::Issue,
                body: String::new(),
                queued_at: now,
                sent_at: None,
            }))
        })
    }

    /// Makes a call that must not be made twice: what is on its way is in the outbox before it is sent.
    pub(crate) fn once<T: DeserializeOwned>(
        &mut self,
        call: &Call,
        order: &Order,
    ) -> Result<Sent<T>, SyncError> {
        let sent = Order {
            sent_at: Some(self.client.now()),
            ..order.clone()
        };
        self.write("github.push", |tx, repo| tx.keep_order(repo, &sent))?;
        let error = match self.client.ask::<T>(call) {
            Ok(made) => return Ok(Sent::Made(made)),
            Err(error) => error,
        };
        if !error.may_have_happened() {
            let not_sent = Order {
                sent_at: None,
                ..order.clone()
            };
            self.write("github.push", |tx, repo| tx.keep_order(repo, &not_sent))?;
        }
        match error {
            CallError::Invalid { message, .. } => Ok(Sent::Refused(message)),
            error => Err(error.into()),
        }
    }

    /// Writes a comment on an item's issue.
    pub(crate) fn write_comment(
        &mut self,
        of: &Snapshot,
        order: &Order,
        done: &mut DoneThere,
    ) -> Result<(), SyncError> {
        let Some(number) = of.number_of(Numbering::Issue, &order.of) else {
            return Ok(());
        };
        let text = marked_note(&order.body, &order.uid);
        let call = Call::create_comment(&of.repo.full_name, number, &text);
        match self.once::<Comment>(&call, order)? {
            Sent::Refused(why) => done
                .warnings
                .push(format!("the comment on #{number}: {why}")),
            Sent::Made(comment) => {
                self.write("github.push", |tx, repo| {
                    keep_comment(tx, repo, &comment)?;
                    tx.drop_order(&order.uid)
                })?;
                done.comments += 1;
            }
        }
        Ok(())
    }
}
