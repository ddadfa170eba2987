//! From a command's first word to the program that would run.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::read::{kind_of, open_file};

/// How many bytes of a script are read for its `#!` line; the kernel reads as many.
const SHEBANG_BYTES: u64 = 256;

/// The program that a tool's command starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    /// The file, absolute and free of links.
    pub path: PathBuf,
    /// What its `#!` line starts instead, free of links; `None` for a binary.
    pub interpreter: Option<PathBuf>,
}

/// Why a command's program cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The command is empty.
    #[error("the command names no program")]
    Empty,
    /// It is not where the command says.
    #[error("the program `{0}` is not there")]
    Missing(String),
    /// No folder of the search path has it.
    #[error("the program `{0}` is in no folder of the search path")]
    NotOnPath(String),
    /// It is no regular file.
    #[error("the program `{program}` is {kind}, not a file")]
    NotAFile {
        /// As the command names it.
        program: String,
        /// What it is.
        kind: &'static str,
    },
    /// It lacks the right to be executed.
    #[error("the program `{0}` is not executable")]
    NotExecutable(String),
    /// It, or what a link points to, lies outside the tool's folder.
    #[error("the program `{0}` lies outside the tool's folder")]
    OutsideFolder(String),
    /// The interpreter that its `#!` line names is not there or not executable.
    #[error(
        "the interpreter `{interpreter}` of the program `{program}` is not there or not executable"
    )]
    NoInterpreter {
        /// As the command names it.
        program: String,
        /// As the `#!` line names it.
        interpreter: String,
    },
    /// The system says no.
    #[error("the program `{program}` cannot be looked at")]
    Io {
        /// As the command names it.
        program: String,
        /// Why.
        #[source]
        reason: io::Error,
    },
}

impl Program {
    /// Finds the program of a command.
    ///
    /// A name with a `/` lies in `folder` and stays there, links included. One without is looked for in the
    /// folders of `search_path`, in order; relative and empty ones are passed over.
    pub fn resolve(name: &str, folder: &Path, search_path: &OsStr) -> Result<Self, ProgramError> {
        if name.is_empty() {
            return Err(ProgramError::Empty);
        }
        let path = if name.contains('/') {
            in_folder(name, folder)?
        } else {
            on_path(name, search_path).ok_or_else(|| ProgramError::NotOnPath(name.to_owned()))?
        };
        let interpreter = interpreter_of(name, &path, search_path)?;
        Ok(Self { path, interpreter })
    }
}

fn in_folder(name: &str, folder: &Path) -> Result<PathBuf, ProgramError> {
    let outside = || ProgramError::OutsideFolder(name.to_owned());
    let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(name).components().all(stays) {
        return Err(outside());
    }
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            ProgramError::Missing(name.to_owned())
        }
        _ => ProgramError::Io {
            program: name.to_owned(),
            reason,
        },
    };
    let path = folder.join(name).canonicalize().map_err(failed)?;
    if !path.starts_with(folder.canonicalize().map_err(failed)?) {
        return Err(outside());
    }
    let metadata = path.symlink_metadata().map_err(failed)?;
    if !metadata.is_file() {
        let kind = kind_of(metadata.file_type());
        return Err(ProgramError::NotAFile {
            program: name.to_owned(),
            kind,
        });
    }
    if !is_executable(&metadata) {
        return Err(ProgramError::NotExecutable(name.to_owned()));
    }
    Ok(path)
}

fn on_path(name: &str, search_path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path)
        .filter(|folder| folder.is_absolute())
        .find_map(|folder| executable_at(&folder.join(name)))
}

/// The path of an executable file; `None` for anything else.
///
/// Links are kept: a virtual environment's Python knows its packages by the path it is started by.
fn executable_at(path: &Path) -> Option<PathBuf> {
    path.metadata()
        .is_ok_and(|metadata| is_executable(&metadata))
        .then(|| path.to_owned())
}

fn is_executable(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o111 != 0
}

/// Checks the `#!` line, with `/usr/bin/env NAME` looked through.
fn interpreter_of(
    program: &str,
    path: &Path,
    search_path: &OsStr,
) -> Result<Option<PathBuf>, ProgramError> {
    let Some(words) = shebang(path) else {
        return Ok(None);
    };
    let missing = |interpreter: &str| ProgramError::NoInterpreter {
        program: program.to_owned(),
        interpreter: interpreter.to_owned(),
    };
    let (first, rest) = words.split_first().ok_or_else(|| missing(""))?;
    let interpreter = Path::new(first)
        .is_absolute()
        .then(|| executable_at(Path::new(first)))
        .flatten()
        .ok_or_else(|| missing(first))?;
    if Path::new(first).file_name() != Some(OsStr::new("env")) {
        return Ok(Some(interpreter));
    }
    let is_name = |word: &&String| !word.starts_with('-') && !word.contains('=');
    match rest.iter().find(is_name) {
        Some(name) => on_path(name, search_path)
            .map(Some)
            .ok_or_else(|| missing(name)),
        None => Ok(Some(interpreter)),
    }
}

/// The words of a script's `#!` line; `None` for a file without one, or that may not be read.
fn shebang(path: &Path) -> Option<Vec<String>> {
    let (file, _) = open_file(path).ok()?;
    let mut start = Vec::new();
    file.take(SHEBANG_BYTES).read_to_end(&mut start).ok()?;
    let line = start
        .strip_prefix(b"#!")?
        .split(|&byte| byte == b'\n')
        .next()?;
    let line = OsStr::from_bytes(line).to_string_lossy();
    Some(line.split_whitespace().map(str::to_owned).collect())
}
