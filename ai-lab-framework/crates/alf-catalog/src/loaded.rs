//! A tool that is ready to run, and whether it still is what it was.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use ai_lab_contract::{ActionName, SchemaSource};
use alf_schema::CompiledSchema;
use serde_json::Value;

use crate::FoundTool;
use crate::digest::{Digest, DigestError, ListedTree, digest_tree, list_tree};
use crate::program::{Program, ProgramError};
use crate::read::{ReadError, read_text};
use crate::schemas::{SchemaSourceError, compile_schema, read_schema};
use crate::stamp::Stamp;

/// The compiled schemas of one action.
#[derive(Clone, Debug)]
pub struct LoadedAction {
    /// What its input must fit.
    pub input: CompiledSchema,
    /// What its data must fit.
    pub output: CompiledSchema,
}

/// A tool with everything that its executions need and cite.
#[derive(Clone, Debug)]
pub struct LoadedTool {
    /// The tool as it was found.
    pub found: FoundTool,
    /// The tool's folder, absolute and free of links.
    pub folder: PathBuf,
    /// What its command starts.
    pub program: Program,
    /// Its actions' schemas, by name: the same names as in the manifest.
    pub actions: BTreeMap<ActionName, LoadedAction>,
    /// What its configuration must fit; `None` when it has none.
    pub config: Option<CompiledSchema>,
    /// Of the folder: manifest, schemas, code.
    pub digest: Digest,
    stamps: Vec<(PathBuf, Stamp)>,
}

/// Why a tool is not ready to run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A schema cannot be used.
    #[error("the {which} of the tool `{tool}` cannot be used")]
    Schema {
        /// The tool.
        tool: String,
        /// Which one, such as the input schema of an action.
        which: String,
        /// Why.
        #[source]
        reason: Box<SchemaSourceError>,
    },
    /// Its program cannot be started.
    #[error("the tool `{tool}` cannot be started")]
    Program {
        /// The tool.
        tool: String,
        /// Why.
        #[source]
        reason: ProgramError,
    },
    /// Its files cannot be digested.
    #[error("the files of the tool `{tool}` cannot be digested")]
    Digest {
        /// The tool.
        tool: String,
        /// Why.
        #[source]
        reason: DigestError,
    },
    /// Its manifest can no longer be read.
    #[error("the manifest of the tool `{tool}` can no longer be read")]
    Manifest {
        /// The tool.
        tool: String,
        /// Why.
        #[source]
        reason: ReadError,
    },
    /// Its manifest is no longer the one that was found: discover again.
    #[error("the manifest of the tool `{tool}` has changed since it was found")]
    ManifestChanged {
        /// The tool.
        tool: String,
    },
}

impl LoadedTool {
    /// Reads and compiles the schemas, finds the program and digests the folder.
    ///
    /// `search_path` is the value of `PATH` for programs without a `/`. What is loaded and what is digested
    /// are one state: a change in between is an error or makes [`Self::is_current`] false.
    pub fn load(found: &FoundTool, search_path: &OsStr) -> Result<Self, LoadError> {
        let tool = || found.manifest.name.to_string();
        let digest_failed = |reason| LoadError::Digest {
            tool: tool(),
            reason,
        };
        let folder = found.folder.canonicalize().map_err(|reason| {
            digest_failed(DigestError::Io {
                path: found.folder.clone(),
                reason,
            })
        })?;
        // First the stamps, then everything that is read: what changes in between is seen as old.
        let tree = digest_tree(&folder, &written_data(found)).map_err(digest_failed)?;
        let most = alf_manifest::MANIFEST_BYTES as u64;
        let text =
            read_text(&folder.join("tool.toml"), most).map_err(|reason| LoadError::Manifest {
                tool: tool(),
                reason,
            })?;
        if text != found.source {
            return Err(LoadError::ManifestChanged { tool: tool() });
        }
        let (actions, config) = compile_all(found, &folder)?;
        let command = &found.manifest.run.command;
        let program = Program::resolve(
            command.first().map_or("", |name| name),
            &folder,
            search_path,
        )
        .map_err(|reason| LoadError::Program {
            tool: tool(),
            reason,
        })?;
        Ok(Self {
            found: found.clone(),
            folder,
            program,
            actions,
            config,
            digest: tree.digest,
            stamps: tree.stamps,
        })
    }

    /// Whether the folder still looks as it did when it was digested.
    ///
    /// Looks at every file and folder without reading it. The program and interpreter outside the folder
    /// are not looked at.
    pub fn is_current(&self) -> bool {
        self.stamps.iter().all(|(path, stamp)| {
            path.symlink_metadata()
                .is_ok_and(|metadata| Stamp::of(&metadata) == *stamp)
        })
    }
}

impl FoundTool {
    /// Digests the folder and each of its entries, as they are now.
    pub fn list_files(&self) -> Result<ListedTree, DigestError> {
        let folder = self
            .folder
            .canonicalize()
            .map_err(|reason| DigestError::Io {
                path: self.folder.clone(),
                reason,
            })?;
        list_tree(&folder, &written_data(self))
    }

    /// The text of a file in the folder, of at most `most` bytes.
    ///
    /// A link, a pipe or anything else that is no regular file is refused.
    pub fn read_file(&self, relative: &str, most: u64) -> Result<String, ReadError> {
        read_text(&self.folder.join(relative), most)
    }

    /// A schema of the manifest, read from where the manifest says it is.
    pub fn read_schema(&self, source: &SchemaSource) -> Result<Value, SchemaSourceError> {
        read_schema(source, &self.folder)
    }
}

/// Reads and compiles the schemas of every action and of the configuration.
fn compile_all(
    found: &FoundTool,
    folder: &Path,
) -> Result<(BTreeMap<ActionName, LoadedAction>, Option<CompiledSchema>), LoadError> {
    let compile = |source: &SchemaSource, which: String| {
        compile_schema(source, folder).map_err(|reason| LoadError::Schema {
            tool: found.manifest.name.to_string(),
            which,
            reason: Box::new(reason),
        })
    };
    let mut actions = BTreeMap::new();
    for (name, action) in &found.manifest.actions {
        let input = compile(
            &action.input,
            format!("input schema of the action `{name}`"),
        )?;
        let output = compile(
            &action.output,
            format!("output schema of the action `{name}`"),
        )?;
        actions.insert(name.clone(), LoadedAction { input, output });
    }
    let config = match &found.manifest.config {
        Some(source) => Some(compile(source, "configuration schema".to_owned())?),
        None => None,
    };
    Ok((actions, config))
}

/// The relative paths that the tool may write: its data, no part of what runs.
pub(crate) fn written_data(found: &FoundTool) -> Vec<PathBuf> {
    let plain = |path: &String| {
        PathBuf::from(path)
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect::<PathBuf>()
    };
    found
        .manifest
        .grants
        .write
        .iter()
        .filter(|path| !path.starts_with('/'))
        .map(plain)
        .collect()
}
