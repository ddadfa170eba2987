//! Where things lie in a lab.

use std::path::{Path, PathBuf};

use ai_lab_contract::v1::{JournalHead, LabLock};

/// The paths of one lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The lab in that folder.
    pub fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The lab's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of what belongs to this clone of the lab alone; git does not keep it.
    pub fn state(&self) -> PathBuf {
        self.root.join(".ai-lab")
    }

    /// The one switch: a symbolic link to the framework in force.
    pub fn switch(&self) -> PathBuf {
        self.state().join("framework")
    }

    /// The program of the framework in force.
    pub fn program(&self) -> PathBuf {
        program_in(&self.switch())
    }

    /// The folder of what updates write.
    pub fn updates(&self) -> PathBuf {
        self.state().join("update")
    }

    /// The journal of an update that is not at its end.
    pub fn journal(&self) -> PathBuf {
        self.root.join(JournalHead::PLACE)
    }

    /// What was, a line an update.
    pub fn history(&self) -> PathBuf {
        self.updates().join("history.jsonl")
    }

    /// Which releases are not to be offered again.
    pub fn quarantine(&self) -> PathBuf {
        self.updates().join("quarantine.json")
    }

    /// What is kept of an update that was taken back.
    pub fn evidence(&self, id: &str) -> PathBuf {
        self.updates().join("evidence").join(id)
    }

    /// Copies that a rehearsal works on.
    pub fn scratch(&self) -> PathBuf {
        self.updates().join("scratch")
    }

    /// Held by whoever updates.
    pub fn guard(&self) -> PathBuf {
        self.updates().join(".lock")
    }

    /// What was brought from elsewhere.
    pub fn cache(&self) -> PathBuf {
        self.state().join("cache")
    }

    /// What the lab is held to.
    pub fn lock(&self) -> PathBuf {
        self.root.join(LabLock::FILE)
    }

    /// What the lab wants.
    pub fn marker(&self) -> PathBuf {
        self.root.join("ai-lab.toml")
    }

    /// What pip is told.
    pub fn requirements(&self) -> PathBuf {
        self.root.join("requirements.txt")
    }
}

/// The program of a release that lies there.
pub(crate) fn program_in(place: &Path) -> PathBuf {
    place.join("bin").join("ai-lab-framework")
}
