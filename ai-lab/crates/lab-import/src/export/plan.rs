//! What an export writes, decided from what the lab keeps.

use std::collections::BTreeMap;

use crate::node::Node;
use crate::provenance::Kept;
use crate::record::RecordKind;

/// How a database's schema is called among the kept files.
const SCHEMA: &str = "#schema";

/// Every file of the export, by its path below the data folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPlan {
    /// JSON files with their text.
    pub documents: BTreeMap<String, String>,
    /// Files with their bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Databases.
    pub databases: Vec<DatabaseExport>,
}

/// One database to be written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseExport {
    /// Its path below the data folder.
    pub source: String,
    /// `user_version` and the schema's entries; see the reading side.
    pub schema: Node,
    /// Its tables with rows, by name.
    pub tables: BTreeMap<String, TableExport>,
}

/// The rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableExport {
    /// Row number and columns, in order.
    pub rows: Vec<(i64, Node)>,
}

impl ExportPlan {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.files.is_empty() && self.databases.is_empty()
    }
}

/// Decides what the predecessor's lab looks like, as it was last imported.
pub fn plan_export(kept: &Kept) -> ExportPlan {
    let mut plan = ExportPlan::default();
    let mut databases: BTreeMap<String, DatabaseExport> = BTreeMap::new();
    for file in &kept.sources.kept {
        let schema = file.source.strip_suffix(SCHEMA).and_then(|source| {
            let text = std::str::from_utf8(&file.bytes).ok()?;
            Some((source.to_owned(), crate::read::parse_text(text, 16).ok()?))
        });
        match schema {
            Some((source, schema)) => {
                let tables = BTreeMap::new();
                databases.insert(
                    source.clone(),
                    DatabaseExport {
                        source,
                        schema,
                        tables,
                    },
                );
            }
            None => {
                plan.files.insert(file.source.clone(), file.bytes.clone());
            }
        }
    }
    for record in &kept.sources.records {
        match &record.kind {
            RecordKind::ItemFile
            | RecordKind::IdeaFile
            | RecordKind::ProjectFile
            | RecordKind::Management => {
                // A file that broke later was kept whole as well; what it said before is more.
                plan.files.remove(&record.source);
                plan.documents
                    .insert(record.source.clone(), record.root.to_pretty());
            }
            RecordKind::Row { table } => {
                let number = record
                    .record
                    .rsplit('#')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                if let Some(database) = databases.get_mut(&record.source) {
                    let table = database.tables.entry(table.clone()).or_default();
                    table.rows.push((number, record.root.clone()));
                }
            }
            // A part of its row's text.
            RecordKind::Embedded { .. } => {}
        }
    }
    plan.databases = databases.into_values().collect();
    plan
}
