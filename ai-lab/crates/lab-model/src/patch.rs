//! Edits as values: what stays, what goes, what is set.

use std::collections::BTreeSet;

/// An edit of a field that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes empty.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Carries the edit out.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

/// An edit of a set, member by member: two edits at once never undo each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPatch<T> {
    /// What comes in.
    pub add: Vec<T>,
    /// What goes; nothing happens where it is not there.
    pub remove: Vec<T>,
}

impl<T> Default for SetPatch<T> {
    fn default() -> Self {
        Self {
            add: Vec::new(),
            remove: Vec::new(),
        }
    }
}

impl<T: Ord> SetPatch<T> {
    /// Carries the edit out: what is both added and removed is in.
    pub fn apply(self, set: &mut BTreeSet<T>) {
        for member in &self.remove {
            set.remove(member);
        }
        set.extend(self.add);
    }
}

/// An edit of an ordered list: entries go by their uid, new ones come at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPatch<T> {
    /// What comes in, in this order.
    pub add: Vec<T>,
    /// What goes.
    pub remove: Vec<crate::Uid>,
}

impl<T> Default for ListPatch<T> {
    fn default() -> Self {
        Self {
            add: Vec::new(),
            remove: Vec::new(),
        }
    }
}

/// An entry with an identity of its own.
pub trait Member {
    /// That identity.
    fn uid(&self) -> &crate::Uid;
}

impl Member for crate::Line {
    fn uid(&self) -> &crate::Uid {
        &self.uid
    }
}

impl Member for crate::Criterion {
    fn uid(&self) -> &crate::Uid {
        &self.uid
    }
}

impl<T: Member> ListPatch<T> {
    /// Carries the edit out.
    pub fn apply(self, list: &mut Vec<T>) {
        list.retain(|entry| !self.remove.contains(entry.uid()));
        list.extend(self.add);
    }
}

/// Sets a field that is never empty, where the edit says so.
pub(crate) fn set<T>(edit: Option<T>, field: &mut T) {
    if let Some(value) = edit {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_clear_and_set_do_what_they_say() {
        let after = [Patch::Keep, Patch::Clear, Patch::Set(2)].map(|patch| {
            let mut field = Some(1);
            patch.apply(&mut field);
            field
        });
        assert_eq!(after, [Some(1), None, Some(2)]);
    }

    #[test]
    fn sets_change_member_by_member() {
        let mut set = BTreeSet::from(["a", "b"]);
        SetPatch {
            add: vec!["c", "b"],
            remove: vec!["a", "b", "x"],
        }
        .apply(&mut set);
        assert_eq!(set, BTreeSet::from(["b", "c"]));
    }
}
