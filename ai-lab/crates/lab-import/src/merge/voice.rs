//! Who speaks about an entity, and in which order they are heard.

use crate::merge::ledger::{Claim, Place};
use crate::node::{Node, escape};

/// What kind of source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A JSON file, or the full original that a row kept.
    File,
    /// A row of the database.
    Row,
    /// A JSON document that a row kept in its notes.
    Document,
    /// An entry in another record's list of sub-tasks.
    SubTask,
}

/// One source that speaks about one entity.
#[derive(Clone, Debug)]
pub(crate) struct Voice<'a> {
    /// Archived sources come after all others.
    pub(crate) archived: bool,
    pub(crate) class: Class,
    /// Where the object begins.
    pub(crate) place: Place,
    pub(crate) node: &'a Node,
    /// What local ids of this source are prefixed with, such as `PRJ-001-`.
    pub(crate) scope: String,
    /// The item whose sub-task this is.
    pub(crate) container: Option<String>,
}

/// In which order the sources are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Files first: the database lost or overwrote it.
    FileFirst,
    /// The database first: work went on there.
    RowFirst,
}

impl Order {
    /// Why the first one counts.
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::FileFirst => "the files kept what the database lost or overwrote",
            Self::RowFirst => "work went on in the database, and what comes later stands behind",
        }
    }
}

impl<'a> Voice<'a> {
    /// Every member by one of these names, the last of a repeated one.
    pub(crate) fn claims(&self, names: &[&str]) -> Vec<Claim<'a>> {
        let Node::Object(members) = self.node else {
            return Vec::new();
        };
        names
            .iter()
            .filter_map(|name| {
                let times = members.iter().filter(|(given, _)| given == name).count();
                let node = self.node.member(name)?;
                let repeat = if times > 1 {
                    format!("#{times}")
                } else {
                    String::new()
                };
                let pointer = format!("{}/{}{repeat}", self.place.pointer, escape(name));
                Some(Claim {
                    place: Place {
                        record: self.place.record,
                        pointer,
                    },
                    node,
                })
            })
            .collect()
    }

    /// The first text by one of these names; empty texts say nothing.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        self.claims(names)
            .iter()
            .find_map(|claim| claim.node.as_text().filter(|t| !t.is_empty()))
    }
}

/// The claims of all voices in that order, by one of these names.
pub(crate) fn hear<'a>(voices: &[Voice<'a>], order: Order, names: &[&str]) -> Vec<Claim<'a>> {
    let mut ordered: Vec<&Voice<'a>> = voices.iter().collect();
    ordered.sort_by_key(|voice| (voice.archived, rank(order, voice.class)));
    ordered
        .into_iter()
        .flat_map(|voice| voice.claims(names))
        .collect()
}

const fn rank(order: Order, class: Class) -> u8 {
    match (order, class) {
        (Order::FileFirst, Class::File) | (Order::RowFirst, Class::Row) => 0,
        (Order::FileFirst, Class::Row) | (Order::RowFirst, Class::File) => 1,
        (_, Class::Document) => 2,
        (_, Class::SubTask) => 3,
    }
}
