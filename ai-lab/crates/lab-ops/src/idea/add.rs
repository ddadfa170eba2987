//! Adds an idea.

use lab_model::{EntityKind, Head, Idea};

use super::edit::{EditIdeaError, IdeaEdit, edited};
use super::view::{IdeaView, view};
use crate::names::{OrMissing, prefix};
use crate::{By, Lab};

/// What labels of ideas begin with.
const PREFIX: &str = "IDEA";

/// A new idea.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewIdea {
    /// The idea in one line.
    pub title: String,
    /// Everything else.
    pub fields: IdeaEdit,
}

/// Adds an idea.
pub fn add(lab: &Lab, by: &By, new: NewIdea) -> Result<IdeaView, EditIdeaError> {
    lab.write(by, "idea.add", None, |tx| {
        let label = match new.fields.patch.label.clone() {
            Some(label) => label,
            None => tx.mint(EntityKind::Idea, &prefix(PREFIX))?,
        };
        let head = Head::new(tx.new_uid(), label, tx.at());
        let uid = head.uid.clone();
        let mut idea = Idea::new(head, new.title);
        idea.author = Some(by.actor.name.clone());
        let idea = edited(tx, idea, new.fields)?;
        tx.insert_idea(&idea)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Idea, &uid)?)
    })
}
