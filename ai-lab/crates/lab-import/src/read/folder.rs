//! Lists a predecessor's data folder and tells what each file is, by place and name.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::ReadError;
use super::file::open_file;
use crate::finding::{Finding, FindingKind};
use crate::limits::Limits;
use crate::record::RecordKind;

/// One file with what it is.
#[derive(Debug)]
pub(super) struct Entry {
    /// The path relative to the data folder, with `/`.
    pub(super) source: String,
    /// Where to open it.
    pub(super) path: PathBuf,
    /// Whether one of its folders is an archive.
    pub(super) archived: bool,
    /// What it is.
    pub(super) shape: Shape,
}

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One record as JSON.
    Document(RecordKind),
    /// A `SQLite` database.
    Database,
    /// `NAME 2.json` beside `NAME.json`.
    Copy {
        /// The file that it is a copy of.
        of: Original,
    },
    /// Anything else, with the reason why it is kept whole.
    Other(&'static str),
}

/// The file that a copy was made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) source: String,
    pub(super) path: PathBuf,
}

/// Every file in the order of its path.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    pub(super) findings: Vec<Finding>,
}

/// Lists the data folder at or in `path`.
pub(super) fn list(path: &Path, limits: &Limits) -> Result<Listing, ReadError> {
    let root = match fs::metadata(path) {
        // The way to the folder may lead over links, and SQLite follows none; inside, links are named and left alone.
        Ok(meta) if meta.is_dir() => {
            fs::canonicalize(path).map_err(|_| ReadError::Missing(path.to_owned()))?
        }
        Ok(_) => return Err(ReadError::NotAFolder(path.to_owned())),
        Err(_) => return Err(ReadError::Missing(path.to_owned())),
    };
    let mut listing = Listing::default();
    let data = root.join("data");
    let is_lab = fs::symlink_metadata(&data).is_ok_and(|meta| meta.is_dir());
    let top = if is_lab {
        listing.name_neighbours(&root)?;
        data
    } else {
        root
    };
    let mut walk = Walk {
        limits,
        top: &top,
        files: Vec::new(),
        listing: &mut listing,
    };
    walk.folder(&top, "", 0)?;
    let files = walk.files;
    listing.entries = classify(files);
    Ok(listing)
}

impl Listing {
    /// Names what lies beside `data`: the tracker never kept anything there.
    fn name_neighbours(&mut self, root: &Path) -> Result<(), ReadError> {
        let names = sorted_names(root)?;
        let others: Vec<_> = names.iter().filter(|n| *n != "data").cloned().collect();
        if !others.is_empty() {
            let message = format!("beside the data folder, not read: {}", others.join(", "));
            self.findings
                .push(Finding::new(FindingKind::NotRead, "..", "", message));
        }
        Ok(())
    }
}

fn sorted_names(folder: &Path) -> Result<Vec<String>, ReadError> {
    let unlistable = |error| ReadError::Unlistable {
        path: folder.to_owned(),
        error,
    };
    let mut names = fs::read_dir(folder)
        .map_err(unlistable)?
        .map(|entry| entry.map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unlistable)?;
    names.sort();
    Ok(names)
}

struct Walk<'a> {
    limits: &'a Limits,
    top: &'a Path,
    files: Vec<(String, PathBuf)>,
    listing: &'a mut Listing,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, under: &str, depth: usize) -> Result<(), ReadError> {
        let names = match sorted_names(folder) {
            Ok(names) => names,
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                self.find(FindingKind::Unreadable, under, &error.to_string());
                return Ok(());
            }
        };
        for name in names {
            let path = folder.join(&name);
            let source = if under.is_empty() {
                name.clone()
            } else {
                format!("{under}/{name}")
            };
            if name.starts_with('.') {
                self.find(FindingKind::NotRead, &source, "hidden, not read");
            } else if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir()) {
                if depth < self.limits.folder_depth {
                    self.folder(&path, &source, depth + 1)?;
                } else {
                    let message =
                        format!("deeper than {} folders, not read", self.limits.folder_depth);
                    self.find(FindingKind::NotRead, &source, &message);
                }
            } else if self.files.len() < self.limits.files {
                self.files.push((source, path));
            } else {
                return Err(ReadError::TooManyFiles {
                    path: self.top.to_owned(),
                    limit: self.limits.files,
                });
            }
        }
        Ok(())
    }

    fn find(&mut self, kind: FindingKind, source: &str, message: &str) {
        self.listing
            .findings
            .push(Finding::new(kind, source, "", message));
    }
}

fn classify(files: Vec<(String, PathBuf)>) -> Vec<Entry> {
    let all: BTreeSet<String> = files.iter().map(|(source, _)| source.clone()).collect();
    files
        .into_iter()
        .filter_map(|(source, path)| {
            let archived = archived_by_path(&source);
            let shape = shape_of(&source, &path, &all)?;
            Some(Entry {
                source,
                path,
                archived,
                shape,
            })
        })
        .collect()
}

/// What a file is; `None` for a database's journal, which is read with its database.
fn shape_of(source: &str, path: &Path, all: &BTreeSet<String>) -> Option<Shape> {
    for suffix in ["-wal", "-shm", "-journal"] {
        if source
            .strip_suffix(suffix)
            .is_some_and(|database| all.contains(database))
        {
            return None;
        }
    }
    let Some(stem) = source.strip_suffix(".json") else {
        return Some(if is_database(source, path) {
            Shape::Database
        } else {
            Shape::Other("no kind of file that is taken apart")
        });
    };
    if let Some(original) = original_of(stem).filter(|original| all.contains(original)) {
        let name = original.rsplit('/').next().unwrap_or(&original);
        let path = path.with_file_name(name);
        return Some(Shape::Copy {
            of: Original {
                source: original,
                path,
            },
        });
    }
    Some(match kind_of_path(source) {
        Some(kind) => Shape::Document(kind),
        None if source.split('/').any(|part| part == "schemas") => {
            Shape::Other("a JSON Schema of the predecessor")
        }
        None => Shape::Other("a JSON file of no known kind"),
    })
}

/// Whether a file lies in an archive: every other source stands before it.
pub(crate) fn archived_by_path(source: &str) -> bool {
    source
        .split('/')
        .any(|part| part == "archive" || part == "archives")
}

/// What a JSON file is about, by its folder and name; `None` for no kind that we know.
pub(crate) fn kind_of_path(source: &str) -> Option<RecordKind> {
    let stem = source.strip_suffix(".json")?;
    let folder = source.rsplit('/').nth(1).unwrap_or("");
    let name = stem.rsplit('/').next().unwrap_or(stem);
    // A copy whose original is gone is all there is.
    let name = copied(name).unwrap_or(name);
    match (folder, name) {
        ("schemas", _) => None,
        (_, "project_management") => Some(RecordKind::Management),
        ("work-items" | "work_items", _) => Some(RecordKind::ItemFile),
        ("ideas", _) => Some(RecordKind::IdeaFile),
        ("projects", _) | (_, "projects") => Some(RecordKind::ProjectFile),
        (_, _) => None,
    }
}

/// `work-items/A.json` for the stem `work-items/A 2`.
fn original_of(stem: &str) -> Option<String> {
    copied(stem).map(|name| format!("{name}.json"))
}

/// `A` for `A 2`, as file synchronisers call their copies.
fn copied(name: &str) -> Option<&str> {
    let (name, number) = name.rsplit_once(' ')?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(name)
}

fn is_database(source: &str, path: &Path) -> bool {
    let mut header = [0; 16];
    let by_header = open_file(path).ok().is_some_and(|mut file| {
        file.read_exact(&mut header).is_ok() && &header == b"SQLite format 3\0"
    });
    by_header
        || [".db", ".sqlite", ".sqlite3"]
            .iter()
            .any(|end| source.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_place_and_name() {
        let all: BTreeSet<String> = [
            "work-items/A.json",
            "work-items/A 2.json",
            "lab.db",
            "lab.db-wal",
        ]
        .map(String::from)
        .into();
        let check =
            |source: &str| shape_of(source, Path::new("/nowhere").join(source).as_path(), &all);
        let item = Some(Shape::Document(RecordKind::ItemFile));
        assert_eq!(check("work-items/A.json"), item);
        assert_eq!(check("archive/work-items/B 3.json"), item);
        assert_eq!(check("projects/x/data/work-items/B.json"), item);
        assert_eq!(
            check("ideas/I.json"),
            Some(Shape::Document(RecordKind::IdeaFile))
        );
        assert_eq!(
            check("projects/P.json"),
            Some(Shape::Document(RecordKind::ProjectFile))
        );
        assert_eq!(
            check("project_management.json"),
            Some(Shape::Document(RecordKind::Management))
        );
        assert_eq!(
            check("archive/projects 2.json"),
            Some(Shape::Document(RecordKind::ProjectFile))
        );
        assert_eq!(check("lab.db"), Some(Shape::Database));
        assert_eq!(check("lab.db-wal"), None);
        assert_eq!(
            check("work-items/A 2.json"),
            Some(Shape::Copy {
                of: Original {
                    source: "work-items/A.json".into(),
                    path: "/nowhere/work-items/A.json".into()
                }
            })
        );
        assert_eq!(
            check("schemas/s.json"),
            Some(Shape::Other("a JSON Schema of the predecessor"))
        );
        assert_eq!(
            check("odd.json"),
            Some(Shape::Other("a JSON file of no known kind"))
        );
        assert_eq!(
            check("README.md"),
            Some(Shape::Other("no kind of file that is taken apart"))
        );
    }
}
