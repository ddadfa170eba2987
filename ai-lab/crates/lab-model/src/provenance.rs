//! Where imported values came from: what the source said, word for word.

use crate::words::words;
use crate::{EntityKind, Moment, Uid};

words! {
    /// What the source held, so that null, nothing, `""` and `0` stay apart.
    RawKind, "raw kind", {
        /// The key or column was not there.
        Absent = "absent",
        /// A null.
        Null = "null",
        /// Text, kept as it is.
        Text = "text",
        /// A number, as the source wrote it.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// An array or object, kept as JSON text.
        Json = "json",
        /// Bytes that are no text, kept as hexadecimal digits.
        Bytes = "bytes",
    }
}

/// One value of an imported source and what became of it.
///
/// Source, record, field, kind and text together are its identity: kept twice, it is there once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedValue {
    /// The file or table, such as `data/ai_lab.db:work_items`.
    pub source: String,
    /// Which record there, such as `FRM-020`.
    pub record: String,
    /// Which field of the record, such as `due_date` or `sub_tasks/2/title`.
    pub field: String,
    /// What kind of value it was.
    pub kind: RawKind,
    /// The value as text; empty for null and absent.
    pub raw: String,
    /// The entity that it went into; `None` where it went into none.
    pub entity: Option<(EntityKind, Uid)>,
    /// The field that it went into, such as `due`; `None` where it is kept here alone.
    pub went_to: Option<String>,
    /// What was decided and why, such as `completed becomes done`.
    pub decision: String,
}

/// A document kept as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its identity.
    pub uid: Uid,
    /// What it belongs to; `None` for the lab as a whole.
    pub entity: Option<(EntityKind, Uid)>,
    /// Its name or path at the source; opaque text, never opened.
    pub name: String,
    /// What it is, such as `application/json`.
    pub media_type: String,
    /// When it was kept.
    pub kept_at: Moment,
    /// Its bytes, unchanged.
    pub content: Vec<u8>,
}
