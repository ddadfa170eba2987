//! Changes an item's fields.

use ai_lab_contract::ErrorClass;
use lab_model::{Criterion, Dependency, EntityKind, Hours, ItemPatch, Patch, TimeEntry, WorkItem};
use lab_store::{StoreError, Writer};

use super::ItemRow;
use crate::lab::{Inner, check_seen};
use crate::names::{OrMissing, resolve_patch};
use crate::{By, Failure, Lab, LabError};

/// What is to change, with names where the item holds uids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemEdit {
    /// The fields that need no looking up.
    pub patch: ItemPatch,
    /// Into which project.
    pub project: Patch<String>,
    /// Part of which item.
    pub parent: Patch<String>,
    /// For which milestone.
    pub milestone: Patch<String>,
    /// Items that have to be settled first.
    pub depends_on: Vec<String>,
    /// Items that no longer have to.
    pub independent_of: Vec<String>,
    /// What happens to the acceptance criteria.
    pub criteria: Vec<CriterionEdit>,
    /// Hours spent now, and on what.
    pub spent: Option<(Hours, String)>,
}

/// What happens to a criterion; numbers count from 1 as the list was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CriterionEdit {
    /// A new one comes to the end.
    Add(String),
    /// This one holds, as something may show.
    Meet(usize, Option<String>),
    /// This one does not hold.
    Reopen(usize),
    /// This one goes.
    Remove(usize),
}

/// Why an item was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditItemError {
    /// Something was not found or not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The item has no such criterion.
    #[error("there are {count} acceptance criteria, no number {number}")]
    NoSuchCriterion {
        /// The number given.
        number: usize,
        /// How many there are.
        count: usize,
    },
}

impl Failure for EditItemError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::NoSuchCriterion { .. } => ErrorClass::InvalidInput,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::NoSuchCriterion { .. } => Some("`ai-lab item show` numbers them".to_owned()),
        }
    }
}

/// Changes the item of this name.
pub fn edit(lab: &Lab, by: &By, item: &str, edit: ItemEdit) -> Result<ItemRow, EditItemError> {
    lab.write(by, "item.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let before = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen(tx, by, &before.head)?;
        let after = edited(tx, by, before, edit)?;
        tx.update_item(&after)?;
        let stored = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        Ok(ItemRow::all(tx, &[stored])?.swap_remove(0))
    })
}

/// The item with the edit carried out.
pub(crate) fn edited(
    tx: &mut dyn Writer,
    by: &By,
    mut item: WorkItem,
    edit: ItemEdit,
) -> Result<WorkItem, Inner<EditItemError>> {
    let mut patch = edit.patch;
    patch.project = resolve_patch(tx, EntityKind::Project, edit.project)?;
    patch.parent = resolve_patch(tx, EntityKind::Item, edit.parent)?;
    patch.milestone = resolve_patch(tx, EntityKind::Milestone, edit.milestone)?;
    for name in &edit.depends_on {
        patch
            .dependencies
            .add
            .push(Dependency::On(tx.resolve(EntityKind::Item, name)?));
    }
    for name in edit.independent_of {
        patch.dependencies.remove.push(dependency(tx, &item, name)?);
    }
    for change in edit.criteria {
        edit_criterion(tx, &item.criteria, &mut patch, change).map_err(Inner::Own)?;
    }
    if let Some((hours, note)) = edit.spent {
        let (uid, at) = (tx.new_uid(), tx.at());
        patch.time_entries.push(TimeEntry {
            uid,
            hours,
            at,
            who: by.actor.name.clone(),
            note,
        });
    }
    patch.apply(&mut item);
    Ok(item)
}

/// The dependency of a name, which may be one that names nothing known.
fn dependency(tx: &dyn Writer, item: &WorkItem, name: String) -> Result<Dependency, StoreError> {
    let unresolved = Dependency::Unresolved(name);
    if item.dependencies.contains(&unresolved) {
        return Ok(unresolved);
    }
    let Dependency::Unresolved(name) = unresolved else {
        unreachable!("it was made so above")
    };
    Ok(Dependency::On(tx.resolve(EntityKind::Item, &name)?))
}

fn edit_criterion(
    tx: &mut dyn Writer,
    before: &[Criterion],
    patch: &mut ItemPatch,
    change: CriterionEdit,
) -> Result<(), EditItemError> {
    let numbered = |number: usize| {
        let found = number.checked_sub(1).and_then(|index| before.get(index));
        let count = before.len();
        found
            .map(|it| it.uid.clone())
            .ok_or(EditItemError::NoSuchCriterion { number, count })
    };
    match change {
        CriterionEdit::Add(text) => {
            let uid = tx.new_uid();
            patch.criteria.add.push(Criterion {
                uid,
                text,
                done: false,
                evidence: None,
            });
        }
        CriterionEdit::Meet(number, evidence) => {
            patch.criteria_done.push((numbered(number)?, evidence));
        }
        CriterionEdit::Reopen(number) => patch.criteria_open.push(numbered(number)?),
        CriterionEdit::Remove(number) => patch.criteria.remove.push(numbered(number)?),
    }
    Ok(())
}
