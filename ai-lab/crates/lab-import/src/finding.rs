//! What the importer has to say about its input, one finding for each thing.

use serde::Serialize;

/// Whether a part of the input stayed outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something was not taken; it is named, and the rest goes on.
    Problem,
    /// Everything was taken, and a person should know how.
    Notice,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Text that is no JSON; the place is its line and column.
    BrokenJson,
    /// A value of another type than its field has; the place is its JSON pointer.
    WrongType,
    /// One name twice in one JSON object; the last one counts.
    DuplicateKey,
    /// Two records of one rank with one id; the first one counts.
    DuplicateId,
    /// A record without a usable id.
    NoId,
    /// A file that the system would not let us read.
    Unreadable,
    /// A file, value or table beyond its limit.
    Oversized,
    /// A link, pipe, socket or device where a file was expected.
    NotAFile,
    /// A database that does not pass its own check.
    CorruptDatabase,
    /// A database that another process held for longer than the wait allows.
    LockedDatabase,
    /// A table that the predecessor never had.
    UnknownTable,
    /// Nothing to import where a lab was expected.
    EmptyFolder,
    /// Something beside the tracker's data.
    NotRead,
    /// A copy that a file synchroniser made of another file.
    ConflictCopy,
    /// A reference to something that is nowhere.
    DanglingReference,
    /// A dependency that would close a circle.
    Cycle,
    /// A parent that waits for its own child or the other way round.
    DependsOnParent,
    /// A date earlier than the one it must follow.
    UpdatedBeforeCreated,
    /// Dates that a bulk import wrote over the true ones.
    BulkDates,
    /// A time whose zone was inferred.
    ZoneInferred,
    /// Text in a date field that is no date.
    NotADate,
    /// A word outside the vocabulary of its field.
    UnknownWord,
    /// A project that is only referred to.
    PlaceholderProject,
    /// An issue number without a repository.
    UnlinkedIssue,
    /// One issue of one repository claimed by two records.
    SharedIssue,
    /// A closed item whose dependency is open.
    ClosedBeforeDependency,
    /// A closed item without hours spent.
    ClosedWithoutHours,
    /// An edit that the last synchronisation had not seen.
    EditedAfterSync,
    /// The lab holds something else under this label.
    LabelTaken,
    /// The lab and the source both changed since the last import.
    ChangedOnBothSides,
}

impl FindingKind {
    /// Whether a finding of this kind left something outside.
    pub const fn severity(self) -> Severity {
        match self {
            Self::BrokenJson
            | Self::WrongType
            | Self::DuplicateId
            | Self::NoId
            | Self::Unreadable
            | Self::Oversized
            | Self::NotAFile
            | Self::CorruptDatabase
            | Self::LockedDatabase
            | Self::LabelTaken
            | Self::ChangedOnBothSides
            | Self::NotADate => Severity::Problem,
            Self::DuplicateKey
            | Self::UnknownTable
            | Self::EmptyFolder
            | Self::NotRead
            | Self::ConflictCopy
            | Self::DanglingReference
            | Self::Cycle
            | Self::DependsOnParent
            | Self::UpdatedBeforeCreated
            | Self::BulkDates
            | Self::ZoneInferred
            | Self::UnknownWord
            | Self::PlaceholderProject
            | Self::UnlinkedIssue
            | Self::SharedIssue
            | Self::ClosedBeforeDependency
            | Self::ClosedWithoutHours
            | Self::EditedAfterSync => Severity::Notice,
        }
    }
}

impl FindingKind {
    /// Whether something was there whose contents nobody saw.
    pub const fn is_unread(self) -> bool {
        matches!(
            self,
            Self::Unreadable
                | Self::Oversized
                | Self::NotAFile
                | Self::CorruptDatabase
                | Self::LockedDatabase
        )
    }
}

/// One thing that was found, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Which file, relative to the predecessor's data folder.
    pub source: String,
    /// Where in it: line and column, row, or JSON pointer; empty for the whole file.
    pub place: String,
    /// What is so and what was done about it: lower case, no full stop.
    pub message: String,
}

impl Finding {
    /// A finding of that kind.
    pub fn new(
        kind: FindingKind,
        source: impl Into<String>,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            source: source.into(),
            place: place.into(),
            message: message.into(),
        }
    }

    /// Whether a part of the input stayed outside.
    pub const fn severity(&self) -> Severity {
        self.kind.severity()
    }
}
