//! Where tools are, without opening more than their manifests.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::{Manifest, ToolName};
use alf_manifest::{MANIFEST_BYTES, ManifestFindings, parse_manifest};
use serde::{Serialize, Serializer};

use crate::limits;
use crate::read::{ReadError, read_text};

/// The file that makes a folder a tool.
pub(crate) const MANIFEST: &str = "tool.toml";

/// The file that makes a folder an instance.
const INSTANCE: &str = "ai-lab.toml";

/// Where tools are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// The instance's folder, with its `ai-lab.toml`; none outside an instance.
    pub instance: Option<PathBuf>,
    /// The framework's home, such as `~/.ai-lab`; its `tools` are searched.
    pub home: Option<PathBuf>,
}

/// Whose tool it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "project")]
pub enum Origin {
    /// Of one project of the instance, by the name of its folder.
    Project(String),
    /// Of the whole instance.
    Global,
    /// Of the person, in the framework's home.
    Home,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(project) => write!(f, "project {project}"),
            Self::Global => f.write_str("global"),
            Self::Home => f.write_str("home"),
        }
    }
}

/// A tool whose manifest is right. Nothing else of it has been looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundTool {
    /// What the tool says of itself.
    pub manifest: Manifest,
    /// Whose it is.
    pub origin: Origin,
    /// The tool's folder, under the root as that was handed in.
    pub folder: PathBuf,
    /// The `tool.toml` in it.
    pub manifest_path: PathBuf,
    /// The manifest's text, as it was parsed.
    #[serde(skip)]
    pub source: String,
}

/// Something under the roots that cannot be used.
#[derive(Debug)]
pub enum Problem {
    /// A manifest that is wrong, with its findings and its text.
    Manifest(ManifestFindings),
    /// A manifest that cannot be read.
    Unreadable {
        /// The manifest.
        file: PathBuf,
        /// Why.
        reason: ReadError,
    },
    /// A folder that cannot be listed.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Several tools of one name: none of them runs.
    SameName {
        /// The name they share.
        name: ToolName,
        /// Their folders, sorted.
        folders: Vec<PathBuf>,
    },
    /// More entries than are looked at: the rest is not listed.
    TooMany {
        /// The folder they are in.
        folder: PathBuf,
        /// How many are looked at.
        most: usize,
    },
}

impl Problem {
    /// The manifests or folders it is about.
    pub fn places(&self) -> Vec<&Path> {
        match self {
            Self::Manifest(findings) => vec![&findings.file],
            Self::Unreadable { file, .. } => vec![file],
            Self::Folder { folder, .. } | Self::TooMany { folder, .. } => vec![folder],
            Self::SameName { folders, .. } => folders.iter().map(PathBuf::as_path).collect(),
        }
    }
}

/// One line for a person.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(findings) => findings.fmt(f),
            Self::Unreadable { file, reason } => {
                write!(f, "{} cannot be read: {reason}", file.display())
            }
            Self::Folder { folder, reason } => {
                write!(
                    f,
                    "the folder {} cannot be listed: {reason}",
                    folder.display()
                )
            }
            Self::SameName { name, folders } => {
                let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
                write!(
                    f,
                    "the tool name `{name}` is taken more than once, so none of them runs: {}",
                    folders.join(", ")
                )
            }
            Self::TooMany { folder, most } => write!(
                f,
                "{} has more than {most} entries; the rest is not looked at",
                folder.display()
            ),
        }
    }
}

/// The problem's line and its places, for listings.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let findings = match self {
            Self::Manifest(broken) => broken.findings.as_slice(),
            Self::Unreadable { .. }
            | Self::Folder { .. }
            | Self::SameName { .. }
            | Self::TooMany { .. } => &[],
        };
        let mut fields = serializer.serialize_struct("Problem", 3)?;
        fields.serialize_field("message", &self.to_string())?;
        fields.serialize_field("places", &self.places())?;
        fields.serialize_field("findings", findings)?;
        fields.end()
    }
}

/// What is under the roots.
#[derive(Debug, Default, Serialize)]
pub struct Discovery {
    /// The tools that can be used, sorted by name.
    pub tools: Vec<FoundTool>,
    /// What cannot, in the order of its place.
    pub problems: Vec<Problem>,
}

impl Discovery {
    /// The tool of that name; `None` also for a name that is taken twice.
    pub fn find(&self, name: &str) -> Option<&FoundTool> {
        self.tools
            .binary_search_by(|tool| tool.manifest.name.as_str().cmp(name))
            .ok()
            .map(|index| &self.tools[index])
    }
}

/// The tools of a lab.
#[derive(Debug)]
pub enum Catalog {}

impl Catalog {
    /// Finds every tool under the roots.
    ///
    /// Reads manifests and nothing else: no schema is compiled and no file digested. A broken manifest is
    /// a problem of its own and keeps no other tool from being listed. Roots that are not there hold no
    /// tools.
    pub fn discover(roots: &Roots) -> Discovery {
        let mut search = Search::default();
        if let Some(instance) = &roots.instance {
            search.tools_in(&instance.join("tools"), &Origin::Global, Depth::Two);
            for project in search.folders_in(&instance.join("projects")) {
                let name = project.file_name().unwrap_or_default().to_string_lossy();
                let origin = Origin::Project(name.into_owned());
                search.tools_in(&project.join("tools"), &origin, Depth::One);
            }
        }
        if let Some(home) = &roots.home {
            search.tools_in(&home.join("tools"), &Origin::Home, Depth::One);
        }
        search.finish()
    }
}

/// Finds the instance that `start` lies in: the nearest folder upwards with an `ai-lab.toml`.
///
/// `start` should be absolute; a relative path is only searched as far as its own words go.
pub fn find_instance(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take(limits::FOLDERS_UP)
        .find(|folder| folder.join(INSTANCE).is_file())
        .map(Path::to_path_buf)
}

/// How many folders may lie between a root and a tool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// `tools/NAME`.
    One,
    /// Also `tools/global-tools/NAME`.
    Two,
}

#[derive(Default)]
struct Search {
    tools: Vec<FoundTool>,
    problems: Vec<Problem>,
}

impl Search {
    fn tools_in(&mut self, folder: &Path, origin: &Origin, depth: Depth) {
        for place in self.folders_in(folder) {
            if self.tool_at(&place, origin) || depth == Depth::One {
                continue;
            }
            for inner in self.folders_in(&place) {
                self.tool_at(&inner, origin);
            }
        }
    }

    /// Takes the tool in a folder; `false` when there is no manifest.
    fn tool_at(&mut self, folder: &Path, origin: &Origin) -> bool {
        let file = folder.join(MANIFEST);
        let text = match read_text(&file, MANIFEST_BYTES as u64) {
            Ok(text) => text,
            Err(ReadError::Io(error)) if is_absence(&error) => return false,
            Err(reason) => {
                self.problems.push(Problem::Unreadable { file, reason });
                return true;
            }
        };
        match parse_manifest(&text, &file) {
            Ok(manifest) => self.tools.push(FoundTool {
                manifest,
                origin: origin.clone(),
                folder: folder.to_owned(),
                manifest_path: file,
                source: text,
            }),
            Err(findings) => self.problems.push(Problem::Manifest(findings)),
        }
        true
    }

    /// The entries of a folder that may be folders, sorted; hidden ones are left out.
    fn folders_in(&mut self, folder: &Path) -> Vec<PathBuf> {
        let listing = match std::fs::read_dir(folder) {
            Ok(listing) => listing,
            Err(error) => {
                if !is_absence(&error) {
                    let folder = folder.to_owned();
                    self.problems.push(Problem::Folder {
                        folder,
                        reason: error,
                    });
                }
                return Vec::new();
            }
        };
        let mut folders = Vec::new();
        for (count, entry) in listing.enumerate() {
            if count >= limits::FOLDER_ENTRIES {
                let (folder, most) = (folder.to_owned(), limits::FOLDER_ENTRIES);
                self.problems.push(Problem::TooMany { folder, most });
                break;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(reason) => {
                    let folder = folder.to_owned();
                    self.problems.push(Problem::Folder { folder, reason });
                    break;
                }
            };
            let may_be_folder = entry
                .file_type()
                .is_ok_and(|kind| kind.is_dir() || kind.is_symlink());
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if may_be_folder && !hidden {
                folders.push(entry.path());
            }
        }
        folders.sort_unstable();
        folders
    }

    /// Sorts, and takes out the tools that share a name.
    fn finish(mut self) -> Discovery {
        let mut by_name: BTreeMap<ToolName, Vec<FoundTool>> = BTreeMap::new();
        for tool in self.tools {
            by_name
                .entry(tool.manifest.name.clone())
                .or_default()
                .push(tool);
        }
        let mut tools = Vec::with_capacity(by_name.len());
        for (name, mut same) in by_name {
            if same.len() == 1 {
                tools.append(&mut same);
            } else {
                let mut folders: Vec<_> = same.into_iter().map(|tool| tool.folder).collect();
                folders.sort_unstable();
                self.problems.push(Problem::SameName { name, folders });
            }
        }
        Discovery {
            tools,
            problems: self.problems,
        }
    }
}

/// Nothing there, or a file where a folder would be.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
