//! Writes something down with an item.

use lab_model::{EntityKind, Patch};

use super::ItemEdit;
use super::change::{ChangeItemError, ChangedItem};
use super::edit::edited;
use super::view::view;
use crate::lab::{Inner, check_seen};
use crate::names::OrMissing;
use crate::{By, Lab, LabError};

/// Adds a paragraph to the item's notes, with who wrote it and when; what is there stays.
pub fn note(lab: &Lab, by: &By, item: &str, text: &str) -> Result<ChangedItem, ChangeItemError> {
    lab.write(by, "item.note", None, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let before = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen::<LabError>(tx, by, &before.head).map_err(Inner::widened)?;
        let was = before.status.as_str();
        let mut edit = ItemEdit::default();
        edit.patch.notes = Patch::Set(with(before.notes.as_deref(), by, text));
        let after = edited(tx, by, before, edit).map_err(Inner::widened)?;
        tx.update_item(&after)?;
        let now = view(tx, &uid)?.or_missing(EntityKind::Item, &uid)?;
        Ok(ChangedItem { was, now })
    })
}

fn with(before: Option<&str>, by: &By, text: &str) -> String {
    let paragraph = format!("{} {}: {}", by.at, by.actor, text.trim());
    match before.map(str::trim_end) {
        None | Some("") => paragraph,
        Some(before) => format!("{before}\n\n{paragraph}"),
    }
}
