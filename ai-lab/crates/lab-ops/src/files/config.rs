//! What a lab's own settings say about its files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::lab::MARKER;

/// The section `[files]` of `ai-lab.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FilesConfig {
    /// Whether each change of the lab writes its file at once, and not only `ai-lab sync`.
    pub mirror: bool,
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self { mirror: true }
    }
}

/// Why the settings cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It does not say what it should.
    #[error("{}: {}", path.display(), source.message())]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: toml::de::Error,
    },
}

/// As much of the file as is ours here.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    files: FilesConfig,
}

impl FilesConfig {
    /// Reads a lab's settings.
    pub fn of_lab(root: &Path) -> Result<Self, ConfigError> {
        let path = root.join(MARKER);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        match toml::from_str::<Settings>(&text) {
            Ok(settings) => Ok(settings.files),
            Err(source) => Err(ConfigError::Wrong { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<FilesConfig, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = fs::File::create(folder.path().join(MARKER)).expect("made");
        io::Write::write_all(&mut file, text.as_bytes()).expect("written");
        FilesConfig::of_lab(folder.path()).map_err(|error| {
            let told = error.to_string();
            told.rsplit_once("ai-lab.toml")
                .map_or_else(|| told.clone(), |it| it.1.to_owned())
        })
    }

    #[test]
    fn files_are_written_at_once_unless_the_lab_says_otherwise() {
        for (text, mirror) in [
            ("", true),
            ("name = \"home\"\n", true),
            ("[files]\n", true),
            ("[files]\nmirror = false\n[other]\nx = 1\n", false),
        ] {
            assert_eq!(told(text), Ok(FilesConfig { mirror }), "{text}");
        }
        let wrong = told("[files]\nmirror = 3\n");
        assert_eq!(
            wrong,
            Err(": invalid type: integer `3`, expected a boolean".to_owned())
        );
    }
}
