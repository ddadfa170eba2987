//! Comments: those on an item's issue, and new ones on their way there.

use lab_model::{EntityKind, Moment};
use lab_store::{Order, OrderKind};
use serde::Serialize;

use super::named::NoSuchLink;
use crate::lab::Inner;
use crate::names::OrMissing;
use crate::{By, Lab, LabError};

/// A comment. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommentRow {
    /// Who wrote it; `None` where it is still on its way.
    pub author: Option<String>,
    /// When it was written, or asked for.
    pub at: String,
    /// Its text.
    pub text: String,
    /// Whether it is on GitHub.
    pub is_there: bool,
}

/// A comment that the next run writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueuedComment {
    /// The item's label.
    pub label: String,
    /// `owner/name`.
    pub repo: String,
    /// The number; `None` where the next run makes it first.
    pub number: Option<u64>,
}

/// The comments on an item's issue, oldest first, and behind them those on their way.
pub fn comments(lab: &Lab, at: Moment, item: &str) -> Result<Vec<CommentRow>, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let item = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        let mut rows = Vec::new();
        for repo in tx.repos()? {
            let repo = repo.head.uid;
            let number = item
                .github
                .as_ref()
                .filter(|link| link.repo.as_ref() == Some(&repo));
            if let Some(link) = number {
                let there = tx.github_comments(&repo, Some(link.number))?.into_iter();
                rows.extend(there.map(|comment| CommentRow {
                    author: comment.author,
                    at: comment.created_at.to_string(),
                    text: lab_exchange::note_text(&comment.body),
                    is_there: true,
                }));
            }
            let orders = tx.github_outbox(&repo)?.into_iter();
            let own = orders.filter(|order| order.of == uid && order.kind == OrderKind::Comment);
            rows.extend(own.map(|order| CommentRow {
                author: None,
                at: order.queued_at.to_string(),
                text: order.body,
                is_there: false,
            }));
        }
        Ok(rows)
    })
}

/// Asks for a comment on an item's issue; the next run writes it, once.
pub fn comment(lab: &Lab, by: &By, item: &str, text: &str) -> Result<QueuedComment, NoSuchLink> {
    lab.write(by, "github.comment", None, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let item = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        let linked = item.github.as_ref().and_then(|link| link.repo.clone());
        let repos = super::named::linked(tx)?;
        // An item without an issue gets it from the repository of its project.
        let repo = repos.into_iter().find(|repo| match &linked {
            Some(linked) => repo.head.uid == *linked,
            None => repo.project == item.project,
        });
        let repo = repo.ok_or(Inner::Own(NoSuchLink::Nothing))?;
        let order = Order {
            uid: tx.new_uid(),
            of: uid,
            kind: OrderKind::Comment,
            body: text.to_owned(),
            queued_at: tx.at(),
            sent_at: None,
        };
        tx.keep_order(&repo.head.uid, &order)?;
        Ok(QueuedComment {
            label: item.head.label.to_string(),
            repo: repo.full_name.to_string(),
            number: item.github.map(|link| link.number),
        })
    })
}
