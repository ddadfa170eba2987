//! The one door to the machine's files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

/// The longest file read, in bytes. Stops a file that never ends.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A file tree with `proc` and `sys` in it: the machine's own, or a test's.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    root: PathBuf,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            root: PathBuf::from("/"),
        }
    }
}

impl Machine {
    /// A tree below another root.
    #[cfg(test)]
    pub(crate) fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// A file's text; bytes that are no UTF-8 are replaced.
    pub(crate) fn read(&self, path: &str) -> io::Result<String> {
        let mut bytes = Vec::with_capacity(4096);
        self.open(path)?.take(FILE_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// A file's beginning, by one read: for the small files of many processes.
    pub(crate) fn read_start<'b>(&self, path: &str, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        let length = self.open(path)?.read(buffer)?;
        Ok(&buffer[..length])
    }

    /// The names in a folder, as far as they are UTF-8.
    pub(crate) fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(inside(path)))? {
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn open(&self, path: &str) -> io::Result<File> {
        File::open(self.root.join(inside(path)))
    }
}

/// The path as seen from the root.
fn inside(path: &str) -> &str {
    path.trim_start_matches('/')
}
