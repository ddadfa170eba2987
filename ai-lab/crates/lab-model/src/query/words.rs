//! The words of the language, each with what it means.

use crate::ready::Stand;

/// What a `KEY:VALUE` is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Where an item stands.
    Status,
    /// How much it matters.
    Priority,
    /// What kind of work it is.
    Type,
    /// Which project.
    Project,
    /// Which milestone.
    Milestone,
    /// Part of which item.
    Parent,
    /// Which labels, in the sense of tags.
    Label,
    /// Who does it.
    Assignee,
    /// By when.
    Due,
    /// A bare word, said as a value.
    Is,
    /// Words in its texts.
    Text,
}

/// A key as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWord {
    /// The word before the colon; the beginning is enough where no other key begins so.
    pub word: &'static str,
    /// What it is about.
    pub key: Key,
    /// What may follow, for people.
    pub values: &'static str,
    /// What it means, for people.
    pub meaning: &'static str,
}

/// Every key. Two words of one key may stand side by side; the first is the one that people are told.
pub const KEYS: &[KeyWord] = &[
    key(
        "status",
        Key::Status,
        "todo,review · open · -blocked",
        "where it stands; `-` leaves out, here, for prio and for type",
    ),
    key(
        "prio",
        Key::Priority,
        "high · high.. · low..medium",
        "how much it matters; `..` is from and to",
    ),
    key("priority", Key::Priority, "", ""),
    key("type", Key::Type, "bug,feature", "what kind of work it is"),
    key(
        "project",
        Key::Project,
        "HS · PROJ-002 · none",
        "of this project, by label or prefix",
    ),
    key(
        "milestone",
        Key::Milestone,
        "MS-001 · none",
        "for this milestone",
    ),
    key(
        "parent",
        Key::Parent,
        "FRM-001 · none",
        "a part of this item",
    ),
    key(
        "label",
        Key::Label,
        "release,docs · -draft",
        "with all of these labels, without those after a `-`",
    ),
    key("tag", Key::Label, "", ""),
    key("assignee", Key::Assignee, "me · sam · none", "who does it"),
    key("who", Key::Assignee, "", ""),
    key(
        "due",
        Key::Due,
        "<14d · fri · today..eom · late · none",
        "by when it should be done",
    ),
    key("is", Key::Is, "ready · late", "a word from below"),
    key(
        "text",
        Key::Text,
        "pump",
        "with this word, also where it is a word from below",
    ),
];

const fn key(word: &'static str, key: Key, values: &'static str, meaning: &'static str) -> KeyWord {
    KeyWord {
        word,
        key,
        values,
        meaning,
    }
}

/// A word that stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareWord {
    /// Standing there.
    Stands(&'static [Stand]),
    /// Neither settled nor put away.
    Open,
    /// Done or cancelled.
    Closed,
    /// Due before today, and open.
    Late,
    /// Of the person who asks.
    Mine,
    /// Everything, settled and put away too.
    All,
}

/// Every bare word with what it means.
pub const BARE_WORDS: &[(&str, BareWord, &str)] = &[
    (
        "ready",
        BareWord::Stands(&[Stand::Ready]),
        "can be started now",
    ),
    (
        "waiting",
        BareWord::Stands(&[Stand::Waiting]),
        "to do, but another item has to be settled first",
    ),
    (
        "blocked",
        BareWord::Stands(&[Stand::Blocked, Stand::Waiting]),
        "cannot go on: a blocker, or another item",
    ),
    (
        "draft",
        BareWord::Stands(&[Stand::Draft]),
        "not yet meant to be worked on",
    ),
    (
        "doing",
        BareWord::Stands(&[Stand::UnderWay]),
        "someone is at it, or looks at it",
    ),
    (
        "open",
        BareWord::Open,
        "neither settled nor put away: what is listed anyway",
    ),
    ("closed", BareWord::Closed, "done or cancelled"),
    ("late", BareWord::Late, "open, and due before today"),
    ("mine", BareWord::Mine, "the same as assignee:me"),
    ("all", BareWord::All, "settled and put away too"),
];
