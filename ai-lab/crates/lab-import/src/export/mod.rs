//! Writes the predecessor's lab again, from what the lab keeps of it.

mod database;
mod plan;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

pub use self::database::DatabaseError;
pub use self::plan::{DatabaseExport, ExportPlan, TableExport, plan_export};

/// Why nothing was exported. The folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nothing was imported, so nothing can be given back.
    #[error("this lab keeps nothing of a predecessor")]
    Nothing,
    /// The folder is there and holds something.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A kept name would leave the folder.
    #[error("`{}` is no path within a folder", .0.escape_debug())]
    OddPath(String),
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A database could not be written.
    #[error("cannot write the database {source_name}")]
    Database {
        /// Which.
        source_name: String,
        /// Why.
        #[source]
        error: DatabaseError,
    },
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Where.
    pub folder: PathBuf,
    /// JSON files put together from their fields.
    pub documents: usize,
    /// Files given back as they were kept.
    pub files: usize,
    /// Databases.
    pub databases: usize,
    /// Their rows.
    pub rows: usize,
    /// Parts of a schema that could not be made again; their rows are exported all the same.
    pub left_out: Vec<String>,
}

/// Writes everything to a folder that is not there yet or is empty: all of it, or nothing.
pub fn write_export(plan: &ExportPlan, folder: &Path) -> Result<ExportReport, ExportError> {
    if plan.is_empty() {
        return Err(ExportError::Nothing);
    }
    let is_occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_occupied || fs::symlink_metadata(folder).is_ok_and(|meta| !meta.is_dir()) {
        return Err(ExportError::NotEmpty(folder.to_owned()));
    }
    let parent = folder
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let staging = tempfile::Builder::new()
        .prefix(".ai-lab-export-")
        .tempdir_in(parent)
        .map_err(|error| writing(parent, error))?;
    let mut report = ExportReport {
        folder: folder.to_owned(),
        ..ExportReport::default()
    };
    let data = staging.path().join("lab");
    for (source, text) in &plan.documents {
        write_file(&data, source, text.as_bytes())?;
        report.documents += 1;
    }
    for (source, bytes) in &plan.files {
        write_file(&data, source, bytes)?;
        report.files += 1;
    }
    for database in &plan.databases {
        let path = place_of(&data, &database.source)?;
        let failed = |error| ExportError::Database {
            source_name: database.source.clone(),
            error,
        };
        let written = database::write_database(&path, database).map_err(failed)?;
        report.databases += 1;
        report.rows += written.rows;
        report.left_out.extend(written.left_out);
    }
    // Onto an empty folder or nothing: the whole export appears at once.
    fs::rename(&data, folder).map_err(|error| writing(folder, error))?;
    Ok(report)
}

fn writing(path: &Path, error: io::Error) -> ExportError {
    ExportError::Write {
        path: path.to_owned(),
        error,
    }
}

/// Where a source goes, below `data` as at the predecessor's; its folders are made.
fn place_of(root: &Path, source: &str) -> Result<PathBuf, ExportError> {
    let relative = Path::new(source);
    let is_inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if source.is_empty() || !is_inside {
        return Err(ExportError::OddPath(source.to_owned()));
    }
    let path = root.join("data").join(relative);
    if let Some(folder) = path.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o755).create(folder);
        made.map_err(|error| writing(folder, error))?;
    }
    Ok(path)
}

fn write_file(root: &Path, source: &str, bytes: &[u8]) -> Result<(), ExportError> {
    let path = place_of(root, source)?;
    File::create_new(&path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|error| writing(&path, error))
}
