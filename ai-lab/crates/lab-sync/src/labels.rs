//! Labels that two entities claim: the older one keeps it, and the younger one's stays known.

use lab_model::{EntityKind, Label, Prefix, Uid};
use lab_store::{StoreError, Writer};

/// Who stands in the way of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nobody any more.
    Free,
    /// An entity that is called so now.
    Held(Uid),
}

/// Clears a label of whoever merely was called so once.
pub(crate) fn clear(
    tx: &mut dyn Writer,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
) -> Result<Way, StoreError> {
    let Some(owner) = tx.uid_of(kind, label)? else {
        return Ok(Way::Free);
    };
    if owner == *uid {
        return Ok(Way::Free);
    }
    let current = tx.label_of(&owner)?;
    let is_current = current.is_some_and(|it| it.as_str().eq_ignore_ascii_case(label.as_str()));
    if is_current {
        return Ok(Way::Held(owner));
    }
    tx.give_up_label(kind, &owner, label)?;
    Ok(Way::Free)
}

/// The next label of the same stem: `FRM-022` after `FRM-021`, `FRM-002-6` after `FRM-002-5`.
pub(crate) fn renumbered(
    tx: &mut dyn Writer,
    kind: EntityKind,
    label: &Label,
) -> Result<Label, StoreError> {
    let split = label.as_str().rsplit_once('-');
    let numbered = split.filter(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if let Some((stem, _)) = numbered {
        if let Ok(prefix) = stem.to_ascii_uppercase().parse::<Prefix>() {
            return tx.mint(kind, &prefix);
        }
        if let Ok(parent) = stem.parse::<Label>() {
            return tx.mint_child(kind, &parent);
        }
    }
    tx.mint_child(kind, label)
}

/// A label for an entity that has none: after its parent, its project, or its kind.
pub(crate) fn minted(
    tx: &mut dyn Writer,
    kind: EntityKind,
    parent: Option<&Uid>,
    project: Option<&Uid>,
) -> Result<Label, StoreError> {
    if let Some(parent) = parent
        && let Some(label) = tx.label_of(parent)?
    {
        return tx.mint_child(kind, &label);
    }
    let own = match project {
        Some(project) if kind == EntityKind::Item => {
            tx.project(project)?.and_then(|project| project.prefix)
        }
        Some(_) | None => None,
    };
    tx.mint(kind, &own.unwrap_or_else(|| of_kind(kind)))
}

/// What labels of a kind begin with where nothing says otherwise.
fn of_kind(kind: EntityKind) -> Prefix {
    let text = match kind {
        EntityKind::Project => "PROJ",
        EntityKind::Idea => "IDEA",
        EntityKind::Item => "ITEM",
        EntityKind::Milestone => "MS",
        EntityKind::Repo => "REPO",
    };
    text.parse().expect("our constants are prefixes")
}
