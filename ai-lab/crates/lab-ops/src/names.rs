//! From names to uids and back.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{Dependency, EntityKind, Label, Patch, Prefix, SetPatch, Uid};
use lab_store::{Reader, StoreError};

/// A constant as a prefix to mint labels with.
pub(crate) fn prefix(constant: &str) -> Prefix {
    constant.parse().expect("our constants are prefixes")
}

/// For what was resolved or written within the same transaction.
pub(crate) trait OrMissing<T> {
    /// It is missing only from a damaged database.
    fn or_missing(self, kind: EntityKind, uid: &Uid) -> Result<T, StoreError>;
}

impl<T> OrMissing<T> for Option<T> {
    fn or_missing(self, kind: EntityKind, uid: &Uid) -> Result<T, StoreError> {
        self.ok_or_else(|| StoreError::NotFound {
            kind,
            given: uid.to_string(),
        })
    }
}

/// What a named entity is; naming nothing keeps or clears.
pub(crate) fn resolve_patch(
    tx: &dyn Reader,
    kind: EntityKind,
    name: Patch<String>,
) -> Result<Patch<Uid>, StoreError> {
    Ok(match name {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(name) => Patch::Set(tx.resolve(kind, &name)?),
    })
}

/// What a named entity is, where one is named.
pub(crate) fn resolve_option(
    tx: &dyn Reader,
    kind: EntityKind,
    name: Option<&String>,
) -> Result<Option<Uid>, StoreError> {
    name.map(|name| tx.resolve(kind, name)).transpose()
}

/// Which entities of one kind have to be settled first, and which no longer have to, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DependencyEdit {
    /// These have to be.
    pub depends_on: Vec<String>,
    /// These no longer have to; also what names nothing known.
    pub independent_of: Vec<String>,
}

impl DependencyEdit {
    /// The same with uids.
    pub(crate) fn looked_up(
        self,
        tx: &dyn Reader,
        kind: EntityKind,
        before: &BTreeSet<Dependency>,
    ) -> Result<SetPatch<Dependency>, StoreError> {
        let on = |name: String| Ok(Dependency::On(tx.resolve(kind, &name)?));
        let no_longer = |name: String| {
            let unresolved = Dependency::Unresolved(name.clone());
            if before.contains(&unresolved) {
                Ok(unresolved)
            } else {
                on(name)
            }
        };
        Ok(SetPatch {
            add: self
                .depends_on
                .into_iter()
                .map(on)
                .collect::<Result<_, StoreError>>()?,
            remove: self
                .independent_of
                .into_iter()
                .map(no_longer)
                .collect::<Result<_, StoreError>>()?,
        })
    }
}

/// The labels of every kind that others point to.
#[derive(Debug, Default)]
pub(crate) struct Labels(BTreeMap<Uid, Label>);

impl Labels {
    /// Reads the labels of some kinds.
    pub(crate) fn of(tx: &dyn Reader, kinds: &[EntityKind]) -> Result<Self, StoreError> {
        let mut labels = BTreeMap::new();
        for kind in kinds {
            labels.extend(tx.labels(*kind)?);
        }
        Ok(Self(labels))
    }

    /// Reads the labels of the entities that are pointed to.
    pub(crate) fn of_these<'a>(
        tx: &dyn Reader,
        uids: impl Iterator<Item = &'a Uid>,
    ) -> Result<Self, StoreError> {
        let mut labels = BTreeMap::new();
        for uid in uids {
            if !labels.contains_key(uid)
                && let Some(label) = tx.label_of(uid)?
            {
                labels.insert(uid.clone(), label);
            }
        }
        Ok(Self(labels))
    }

    /// One label; the uid itself where the kind was not read.
    pub(crate) fn name(&self, uid: &Uid) -> String {
        self.0
            .get(uid)
            .map_or_else(|| uid.to_string(), Label::to_string)
    }

    /// What has to be settled first, in the order of the labels.
    pub(crate) fn dependencies(&self, dependencies: &BTreeSet<Dependency>) -> Vec<String> {
        let name = |dependency: &Dependency| match dependency {
            Dependency::On(uid) => self.name(uid),
            Dependency::Unresolved(label) => label.clone(),
        };
        let mut names: Vec<String> = dependencies.iter().map(name).collect();
        names.sort();
        names
    }

    /// The same of an optional reference.
    pub(crate) fn option(&self, uid: Option<&Uid>) -> Option<String> {
        uid.map(|uid| self.name(uid))
    }
}
