//! A home that is thrown away, so that what is tried leaves nothing in the person's record.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::surroundings::new_execution_id;

/// A home that is gone when dropped.
#[derive(Debug)]
pub(crate) struct ScratchHome {
    home: PathBuf,
}

impl ScratchHome {
    /// An empty one beside the record of the real home; `what` it is for is the beginning of its name.
    pub(crate) fn empty(real: &Path, what: &str) -> io::Result<Self> {
        let home = real.join(format!(".{what}-{}", new_execution_id()));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&home)?;
        Ok(Self { home })
    }

    /// One in which the real home's own tools are found.
    pub(crate) fn with_tools(real: &Path, what: &str) -> io::Result<Self> {
        let scratch = Self::empty(real, what)?;
        if real.join("tools").is_dir() {
            symlink(real.join("tools"), scratch.home.join("tools"))?;
        }
        Ok(scratch)
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        &self.home
    }
}

impl Drop for ScratchHome {
    fn drop(&mut self) {
        // A folder that stays is seen by the person; nothing depends on it.
        let _left_behind = fs::remove_dir_all(&self.home);
    }
}
