//! What was read, before anything is decided.

use crate::finding::Finding;
use crate::node::Node;

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// A work item as a JSON file.
    ItemFile,
    /// An idea as a JSON file.
    IdeaFile,
    /// A project as a JSON file.
    ProjectFile,
    /// `project_management.json`: one project with milestones and tasks.
    Management,
    /// One row of a table.
    Row {
        /// The table's name.
        table: String,
    },
    /// A JSON document that a row keeps in a text column.
    Embedded {
        /// The row's table.
        table: String,
        /// The text column.
        column: String,
    },
}

/// One record of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The file, relative to the predecessor's data folder.
    pub source: String,
    /// Which record of the file: empty for a JSON file, `table#rowid` for a row,
    /// `table#rowid/column` for a document in a row.
    pub record: String,
    /// What it is about.
    pub kind: RecordKind,
    /// Whether the source lies in an archive: then every other source stands before it.
    pub archived: bool,
    /// Everything it says; a row is an object of its columns.
    pub root: Node,
}

impl Record {
    /// A place in this record, as findings name it.
    pub fn place(&self, pointer: &str) -> String {
        match (self.record.is_empty(), pointer.is_empty()) {
            (true, _) => pointer.to_owned(),
            (false, true) => self.record.clone(),
            (false, false) => format!("{} {pointer}", self.record),
        }
    }
}

/// A file that is kept whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// The file, relative to the predecessor's data folder; `name#schema` for a database's schema.
    pub source: String,
    /// Why it is kept whole and not taken apart.
    pub reason: String,
    /// Every byte of it.
    pub bytes: Vec<u8>,
}

/// Everything that was read from a predecessor's lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Records in the order of their sources; a document in a row follows its row.
    pub records: Vec<Record>,
    /// Files kept whole, among them each database's schema.
    pub kept: Vec<KeptFile>,
    /// What could not be read, and what was left alone.
    pub findings: Vec<Finding>,
}

impl Sources {
    /// Puts every source below a folder of that name, to keep two predecessors in one lab apart.
    pub fn below(&mut self, name: &str) {
        let put = |source: &mut String| {
            if !source.is_empty() {
                *source = format!("{name}/{source}");
            }
        };
        self.records
            .iter_mut()
            .for_each(|record| put(&mut record.source));
        self.kept.iter_mut().for_each(|file| put(&mut file.source));
        self.findings
            .iter_mut()
            .for_each(|finding| put(&mut finding.source));
    }
}
