//! Which items to list, in which order, a page at a time.

use std::collections::BTreeMap;

use lab_model::ready::Stand;
use lab_model::{
    Day, EntityKind, ItemStatus, ItemType, Label, Moment, Priority, Progress, Tag, Uid,
};

/// How far the matches of a search are counted: a count beyond it would take as long as the lab is large.
pub const MOST_COUNTED: u64 = 1_000;

/// How many of the matches of a search are weighed against each other, the youngest first: a word that is
/// everywhere would otherwise take as long as the lab is large.
pub const MOST_RANKED: u32 = 2_000;

/// How many words of a text are looked for; a longer text is cut.
pub const MOST_WORDS: usize = 16;

/// Which items to list. The default is those that are neither settled nor put away.
///
/// An empty list of words or names lets everything through; `None` among names is an item without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Of these statuses; empty means all but done and cancelled.
    pub statuses: Vec<ItemStatus>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Of these types.
    pub types: Vec<ItemType>,
    /// Standing there, everything considered.
    pub stands: Vec<Stand>,
    /// Of these projects.
    pub projects: Vec<Option<Uid>>,
    /// Of these milestones.
    pub milestones: Vec<Option<Uid>>,
    /// Parts of these items.
    pub parents: Vec<Option<Uid>>,
    /// Of these people.
    pub assignees: Vec<Option<String>>,
    /// With every one of these labels, in the sense of tags, whatever the case of ASCII letters.
    pub labels: Vec<Tag>,
    /// With none of these.
    pub without_labels: Vec<Tag>,
    /// Due then.
    pub due: Option<DueFilter>,
    /// With every one of these words, or what they begin, in label, title, description or notes.
    pub text: Option<String>,
    /// Settled and put-away ones too.
    pub all: bool,
}

/// When an item has to be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueFilter {
    /// Nobody said when.
    Never,
    /// From this day on, up to that one, both included; `None` is open on that side.
    Between(Option<Day>, Option<Day>),
}

/// In which order items are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ItemOrder {
    /// By label, as people count.
    #[default]
    Label,
    /// Critical first, then by due day, then by label.
    Pressing,
}

/// Which part of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// What comes behind the item of this label; by label it need not exist.
    pub after: Option<Label>,
    /// At most so many; `None` means all.
    pub limit: Option<u32>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(u64),
    /// So many or more: counting stopped, as it would have taken as long as the lab is large.
    AtLeast(u64),
}

/// A part of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPage {
    /// The items of the page, in order.
    pub lines: Vec<ItemLine>,
    /// How many the filter lets through in all.
    pub total: Total,
    /// Whether more come behind the last of the page.
    pub more: bool,
}

/// An item as a listing shows it, with the labels of what it points to.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemLine {
    /// Identity.
    pub uid: Uid,
    /// What people call it.
    pub label: Label,
    /// What is to be done, in one line.
    pub title: String,
    /// Where it stands.
    pub status: ItemStatus,
    /// Where it stands, everything considered.
    pub stand: Stand,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of work it is.
    pub item_type: ItemType,
    /// Its project.
    pub project: Option<Label>,
    /// The item it is a part of.
    pub parent: Option<Label>,
    /// Its milestone.
    pub milestone: Option<Label>,
    /// Who does it.
    pub assignee: Option<String>,
    /// By which day it should be done.
    pub due: Option<Day>,
    /// Labels, in the sense of tags.
    pub labels: Vec<Tag>,
    /// How often it was written.
    pub revision: u64,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
}

/// Counts of items by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallies(pub(crate) BTreeMap<(Stand, ItemStatus), u64>);

impl Tallies {
    /// How many stand there.
    pub fn standing(&self, stand: Stand) -> u64 {
        let of_stand = self.0.iter().filter(|((of, _), _)| *of == stand);
        of_stand.map(|(_, items)| items).sum()
    }

    /// How far all of them have come, put-away ones too.
    pub fn progress(&self) -> Progress {
        let sum = |counts: fn(ItemStatus) -> bool| {
            let counted = self.0.iter().filter(|((_, status), _)| counts(*status));
            counted.map(|(_, items)| items).sum()
        };
        Progress {
            done: sum(|status| status == ItemStatus::Done),
            total: sum(|status| status != ItemStatus::Cancelled),
        }
    }
}

/// What a search looks through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// The words, each of which has to be there or begin a word that is.
    pub text: String,
    /// Only this kind; `None` means items and ideas.
    pub kind: Option<EntityKind>,
    /// So many of the best are skipped.
    pub skip: u32,
    /// At most so many.
    pub limit: u32,
}

/// What a search found, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    /// Those of the page.
    pub hits: Vec<SearchHit>,
    /// How many there are in all.
    pub total: Total,
}

/// One thing that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// An item or an idea.
    pub kind: EntityKind,
    /// Its identity.
    pub uid: Uid,
    /// What people call it.
    pub label: Label,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// What it is, at length.
    pub description: String,
    /// Whatever else is worth keeping.
    pub notes: String,
}
