//! Reads a predecessor's lab: files and databases, bounded, without changing anything.

pub(crate) mod cell;
mod database;
mod file;
mod folder;
mod json;
mod recovery;
mod rows;

use std::path::{Path, PathBuf};

use crate::finding::{Finding, FindingKind};
use crate::limits::Limits;
use crate::node::Node;
use crate::record::{KeptFile, Record, RecordKind, Sources};

pub(crate) use self::folder::{archived_by_path, kind_of_path};
pub use self::json::{JsonFault, parse_text};
pub(crate) use self::rows::quote;

/// Why nothing could be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The path leads nowhere.
    #[error("there is no folder {0}")]
    Missing(PathBuf),
    /// The path leads to something that is no folder.
    #[error("{0} is no folder")]
    NotAFolder(PathBuf),
    /// The system would not list the folder.
    #[error("cannot list {path}")]
    Unlistable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// The folder holds more files than the limit.
    #[error("{path} holds more than {limit} files")]
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
}

/// Reads everything below `path`, which is a lab or its `data` folder.
///
/// A part that cannot be read becomes a finding and the rest is read.
pub fn read_lab(path: &Path, limits: &Limits) -> Result<Sources, ReadError> {
    let listing = folder::list(path, limits)?;
    let mut reading = Reading {
        limits,
        sources: Sources {
            findings: listing.findings,
            ..Sources::default()
        },
    };
    for entry in &listing.entries {
        reading.read(entry);
    }
    let mut sources = reading.sources;
    if sources.records.is_empty() && sources.kept.is_empty() {
        let message = "holds neither JSON files nor a database";
        sources
            .findings
            .push(Finding::new(FindingKind::EmptyFolder, "", "", message));
    }
    Ok(sources)
}

struct Reading<'a> {
    limits: &'a Limits,
    sources: Sources,
}

impl Reading<'_> {
    fn read(&mut self, entry: &folder::Entry) {
        match &entry.shape {
            folder::Shape::Document(kind) => self.read_document(entry, kind),
            folder::Shape::Database => self.read_database(entry),
            folder::Shape::Copy { of } => self.read_copy(entry, of),
            folder::Shape::Other(reason) => {
                if let Some(bytes) = self.bytes_of(entry) {
                    self.keep(entry, reason, bytes);
                }
            }
        }
    }

    fn bytes_of(&mut self, entry: &folder::Entry) -> Option<Vec<u8>> {
        match file::read_file(&entry.path, self.limits.file_bytes) {
            Ok(bytes) => Some(bytes),
            Err(fault) => {
                self.sources.findings.push(fault.finding(&entry.source));
                None
            }
        }
    }

    fn keep(&mut self, entry: &folder::Entry, reason: &str, bytes: Vec<u8>) {
        self.sources.kept.push(KeptFile {
            source: entry.source.clone(),
            reason: reason.to_owned(),
            bytes,
        });
    }

    fn find(&mut self, kind: FindingKind, entry: &folder::Entry, place: &str, message: &str) {
        self.sources
            .findings
            .push(Finding::new(kind, &entry.source, place, message));
    }

    fn read_document(&mut self, entry: &folder::Entry, kind: &RecordKind) {
        let Some(bytes) = self.bytes_of(entry) else {
            return;
        };
        match json::parse_document(&bytes, self.limits.json_depth) {
            Ok(root @ Node::Object(_)) => self.sources.records.push(Record {
                source: entry.source.clone(),
                record: String::new(),
                kind: kind.clone(),
                archived: entry.archived,
                root,
            }),
            Ok(root @ (Node::Array(_) | Node::Leaf(_))) => {
                let message = format!("expected an object, found {}; kept whole", root.type_name());
                self.find(FindingKind::WrongType, entry, "", &message);
                self.keep(entry, "not an object", bytes);
            }
            Err(fault) => {
                let message = format!("{fault}; kept whole, nothing of it imported");
                self.find(FindingKind::BrokenJson, entry, &fault.place(), &message);
                self.keep(entry, "broken JSON", bytes);
            }
        }
    }

    fn read_copy(&mut self, entry: &folder::Entry, of: &folder::Original) {
        let Some(bytes) = self.bytes_of(entry) else {
            return;
        };
        let original = file::read_file(&of.path, self.limits.file_bytes);
        let told = match original {
            Ok(original) if original == bytes => "identical to",
            Ok(_) | Err(_) => "differs from",
        };
        let message = format!(
            "a copy, {told} {}; kept whole, nothing of it imported",
            of.source
        );
        self.find(FindingKind::ConflictCopy, entry, "", &message);
        self.keep(entry, &format!("a copy, {told} {}", of.source), bytes);
    }

    fn read_database(&mut self, entry: &folder::Entry) {
        let contents = match database::read_database(&entry.path, self.limits) {
            Ok(contents) => contents,
            Err(fault) => {
                self.sources.findings.push(fault.finding(&entry.source));
                return;
            }
        };
        self.sources.kept.push(KeptFile {
            source: format!("{}#schema", entry.source),
            reason: "a database's schema".to_owned(),
            bytes: contents.schema.to_pretty().into_bytes(),
        });
        for skipped in &contents.skipped {
            self.find(FindingKind::NotRead, entry, &skipped.table, &skipped.reason);
        }
        for row in contents.rows {
            let record = format!("{}#{}", row.table, row.rowid);
            let embedded = rows::embedded(&row, self.limits.json_depth);
            let of_row = |record: String, kind, root| Record {
                source: entry.source.clone(),
                record,
                kind,
                archived: entry.archived,
                root,
            };
            let kind = RecordKind::Row {
                table: row.table.clone(),
            };
            self.sources
                .records
                .push(of_row(record.clone(), kind, row.columns));
            for (column, root) in embedded {
                let kind = RecordKind::Embedded {
                    table: row.table.clone(),
                    column: column.clone(),
                };
                self.sources
                    .records
                    .push(of_row(format!("{record}/{column}"), kind, root));
            }
        }
    }
}
