//! Finds in a file what it uses of the framework. Nothing is run.

mod cargo;
mod keys;
mod plain;
mod python;
mod rust;
mod shell;
mod tree;

use crate::contract::Area;
use crate::grammar::Contracts;
use crate::uses::Uses;

/// What a file is, as far as that decides how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A tool's `tool.toml`.
    Manifest,
    /// The lab's `ai-lab.toml`.
    LabFile,
    /// `config/clients.toml`.
    ClientsFile,
    /// A tool's configuration in the lab: `config/tools/NAME.toml`.
    Configuration,
    /// `tools.lock`.
    ToolsLock,
    /// `ai-lab.lock`.
    LabLock,
    /// A Rust package's `Cargo.toml`.
    Cargo,
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// A shell script.
    Shell,
    /// A unit of systemd.
    Unit,
    /// A makefile.
    Makefile,
    /// YAML, such as that of a CI.
    Yaml,
    /// JSON, perhaps with comments.
    Json,
    /// TOML of another program.
    Toml,
}

impl FileKind {
    /// What a file is, by its path below the lab and the beginning of its text; `None` for what is not read.
    pub fn of(path: &str, text: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        Some(match (name, ending) {
            ("tool.toml", _) => Self::Manifest,
            ("ai-lab.toml", _) if folder.is_empty() => Self::LabFile,
            ("ai-lab.lock", _) if folder.is_empty() => Self::LabLock,
            ("tools.lock", _) if folder.is_empty() => Self::ToolsLock,
            ("clients.toml", _) if folder == "config" => Self::ClientsFile,
            ("Cargo.toml", _) => Self::Cargo,
            ("Makefile" | "makefile" | "GNUmakefile" | "justfile", _) | (_, "mk") => Self::Makefile,
            (_, "toml") if folder == "config/tools" => Self::Configuration,
            (_, "rs") => Self::Rust,
            (_, "py" | "pyi") => Self::Python,
            (_, "sh" | "bash") => Self::Shell,
            (_, "service" | "timer" | "socket" | "path") => Self::Unit,
            (_, "yml" | "yaml") => Self::Yaml,
            (_, "json" | "jsonc") => Self::Json,
            (_, "toml") => Self::Toml,
            _ => return by_first_line(text),
        })
    }

    /// Whether it is read even where it does not name the framework.
    pub const fn is_ours(self) -> bool {
        match self {
            Self::Manifest
            | Self::LabFile
            | Self::ClientsFile
            | Self::Configuration
            | Self::ToolsLock
            | Self::LabLock => true,
            Self::Cargo
            | Self::Rust
            | Self::Python
            | Self::Shell
            | Self::Unit
            | Self::Makefile
            | Self::Yaml
            | Self::Json
            | Self::Toml => false,
        }
    }
}

fn by_first_line(text: &str) -> Option<FileKind> {
    let mut words = text.lines().next()?.strip_prefix("#!")?.split_whitespace();
    let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let mut program = name(words.next()?);
    if program == "env" {
        program = name(words.find(|word| !word.starts_with('-'))?);
    }
    match program.as_str() {
        "sh" | "bash" | "dash" | "zsh" => Some(FileKind::Shell),
        _ if program.starts_with("python") => Some(FileKind::Python),
        _ => None,
    }
}

/// The words by which a file names the framework; one that has none of them uses nothing of it.
const NAMES: [&str; 4] = ["ai-lab-framework", "ai_lab_", "AI_LAB_", "ai-lab-"];

/// Everything that a file uses.
pub(crate) fn extract(kind: FileKind, text: &str, contracts: Contracts<'_>) -> Uses {
    let mut uses = Uses::default();
    if !kind.is_ours() && !NAMES.iter().any(|name| text.contains(name)) {
        return uses;
    }
    match kind {
        FileKind::Manifest => keys::toml(text, Some(Area::Manifest), contracts, &mut uses),
        FileKind::ClientsFile => keys::toml(text, Some(Area::ClientsFile), contracts, &mut uses),
        FileKind::LabLock => keys::toml(text, Some(Area::LabLock), contracts, &mut uses),
        FileKind::LabFile => keys::toml(text, Some(Area::LabFile), contracts, &mut uses),
        FileKind::ToolsLock => keys::json(text, Some(Area::ToolsLock), contracts, &mut uses),
        FileKind::Json => keys::json(text, None, contracts, &mut uses),
        FileKind::Configuration | FileKind::Toml => keys::toml(text, None, contracts, &mut uses),
        FileKind::Cargo => cargo::read(text, &mut uses),
        FileKind::Rust => rust::read(text, &mut uses),
        FileKind::Python => python::read(text, contracts, &mut uses),
        FileKind::Shell => shell::read(text, 0, contracts, &mut uses),
        FileKind::Unit => plain::unit(text, contracts, &mut uses),
        FileKind::Makefile => plain::makefile(text, contracts, &mut uses),
        FileKind::Yaml => plain::yaml(text, contracts, &mut uses),
    }
    match kind {
        FileKind::Shell
        | FileKind::Unit
        | FileKind::Makefile
        | FileKind::Yaml
        | FileKind::Json
        | FileKind::Toml
        | FileKind::Python
        | FileKind::Rust => {
            plain::variables(text, &mut uses);
        }
        FileKind::Manifest
        | FileKind::LabFile
        | FileKind::ClientsFile
        | FileKind::Configuration
        | FileKind::ToolsLock
        | FileKind::LabLock
        | FileKind::Cargo => {}
    }
    uses
}

#[cfg(test)]
mod tests;
