//! Finding a lab.

use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_model::{Actor, Moment};

use crate::Failure;

/// The file that makes a folder a lab.
const MARKER: &str = "ai-lab.toml";

/// Who acts, and when: what an operation needs beside its arguments.
#[derive(Clone, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Moment,
}

/// A person's lab: a folder with `ai-lab.toml`.
#[derive(Clone, Debug)]
pub struct Lab {
    root: PathBuf,
}

/// Why no lab was found.
#[derive(Debug, thiserror::Error)]
pub enum FindLabError {
    /// Neither the folder nor one above it has `ai-lab.toml`.
    #[error("no lab at {} or above it: no folder has {MARKER}", .0.display())]
    NoneAbove(PathBuf),
    /// The folder that was named has no `ai-lab.toml`.
    #[error("{} is no lab: it has no {MARKER}", .0.display())]
    NotThere(PathBuf),
}

impl Failure for FindLabError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoneAbove(_) | Self::NotThere(_) => ErrorClass::NotFound,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoneAbove(_) => {
                "`ai-lab init` makes one here; `--lab DIR` names another".to_owned()
            }
            Self::NotThere(folder) => format!("`ai-lab init {}` makes it one", folder.display()),
        })
    }
}

impl Lab {
    /// The nearest folder with `ai-lab.toml`, from `start` upwards.
    pub fn find(start: &Path) -> Result<Self, FindLabError> {
        start
            .ancestors()
            .find(|folder| folder.join(MARKER).is_file())
            .map(|folder| Self {
                root: folder.to_owned(),
            })
            .ok_or_else(|| FindLabError::NoneAbove(start.to_owned()))
    }

    /// The lab in exactly this folder.
    pub fn at(folder: &Path) -> Result<Self, FindLabError> {
        if folder.join(MARKER).is_file() {
            Ok(Self {
                root: folder.to_owned(),
            })
        } else {
            Err(FindLabError::NotThere(folder.to_owned()))
        }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its database, there or not.
    pub fn database(&self) -> PathBuf {
        self.root.join("data").join("ai_lab.db")
    }
}
