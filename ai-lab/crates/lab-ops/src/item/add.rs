//! Adds an item.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, Head, Label, Patch, WorkItem};
use lab_store::Writer;

use super::ItemRow;
use super::edit::{EditItemError, ItemEdit, edited};
use crate::lab::Inner;
use crate::names::{OrMissing, prefix};
use crate::{By, Failure, Lab, LabError};

/// What labels of items without a project begin with.
const NO_PROJECT: &str = "ITEM";

/// A new item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewItem {
    /// What is to be done, in one line.
    pub title: String,
    /// Everything else.
    pub fields: ItemEdit,
}

/// Why an item was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddItemError {
    /// Its fields do not go together with what is there.
    #[error(transparent)]
    Edit(#[from] EditItemError),
    /// Its project has no prefix to mint labels with.
    #[error("project {project} has no prefix for the labels of its items")]
    NoPrefix {
        /// The project.
        project: Label,
    },
}

impl From<LabError> for AddItemError {
    fn from(error: LabError) -> Self {
        Self::Edit(error.into())
    }
}

impl Failure for AddItemError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Edit(error) => error.class(),
            Self::NoPrefix { .. } => ErrorClass::Refused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.hint(),
            Self::NoPrefix { project } => Some(format!(
                "`ai-lab project edit {project} --prefix ABC` gives it one"
            )),
        }
    }
}

/// Adds an item, under a label minted from its parent or its project.
pub fn add(lab: &Lab, by: &By, new: NewItem) -> Result<ItemRow, AddItemError> {
    lab.write(by, "item.add", None, |tx| {
        let stored = inserted(tx, by, new)?;
        Ok(ItemRow::all(tx, &[stored])?.swap_remove(0))
    })
}

/// The item as it was stored.
pub(super) fn inserted(
    tx: &mut dyn Writer,
    by: &By,
    new: NewItem,
) -> Result<WorkItem, Inner<AddItemError>> {
    let label = match new.fields.patch.label.clone() {
        Some(label) => label,
        None => mint(tx, &new.fields)?,
    };
    let head = Head::new(tx.new_uid(), label, tx.at());
    let uid = head.uid.clone();
    let mut item = WorkItem::new(head, new.title);
    item.author = Some(by.actor.name.clone());
    inherit(tx, &mut item, &new.fields)?;
    let item = edited(tx, by, item, new.fields).map_err(Inner::widened)?;
    tx.insert_item(&item)?;
    Ok(tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?)
}

/// A part belongs to its whole's project, unless said otherwise.
fn inherit(
    tx: &dyn Writer,
    item: &mut WorkItem,
    fields: &ItemEdit,
) -> Result<(), Inner<AddItemError>> {
    if let Patch::Set(parent) = &fields.parent {
        let parent = tx.item(&tx.resolve(EntityKind::Item, parent)?)?;
        item.project = parent.and_then(|parent| parent.project);
    }
    Ok(())
}

fn mint(tx: &mut dyn Writer, fields: &ItemEdit) -> Result<Label, Inner<AddItemError>> {
    if let Patch::Set(parent) = &fields.parent {
        let uid = tx.resolve(EntityKind::Item, parent)?;
        let parent = tx.label_of(&uid)?.or_missing(EntityKind::Item, &uid)?;
        return Ok(tx.mint_child(EntityKind::Item, &parent)?);
    }
    let prefix = match &fields.project {
        Patch::Set(project) => {
            let uid = tx.resolve(EntityKind::Project, project)?;
            let project = tx.project(&uid)?.or_missing(EntityKind::Project, &uid)?;
            let label = project.head.label;
            project
                .prefix
                .ok_or(Inner::Own(AddItemError::NoPrefix { project: label }))?
        }
        Patch::Keep | Patch::Clear => prefix(NO_PROJECT),
    };
    Ok(tx.mint(EntityKind::Item, &prefix)?)
}
