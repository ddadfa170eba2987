//! The one door to the machine's files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// The longest file read, in bytes. Stops a file that never ends.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The longest line that is read of a file of one line, in bytes.
const SHORT_BYTES: usize = 256;

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

    /// A file of one short line, without its end. `None` if it cannot be read or is empty: for the files of `/sys`.
    pub(crate) fn short(&self, path: &str) -> Option<String> {
        let mut buffer = [0; SHORT_BYTES];
        let text = std::str::from_utf8(self.read_start(path, &mut buffer).ok()?)
            .ok()?
            .trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The last part of where a link leads.
    pub(crate) fn link_name(&self, path: &str) -> Option<String> {
        let to = fs::read_link(self.root.join(inside(path))).ok()?;
        to.file_name()?.to_str().map(str::to_owned)
    }

    /// Where a path leads in the end.
    pub(crate) fn real_path(&self, path: &str) -> Option<PathBuf> {
        fs::canonicalize(self.root.join(inside(path))).ok()
    }

    /// The names in a folder, as far as they are UTF-8.
    pub(crate) fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(inside(path)))? {
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    /// A folder, to open its files from.
    pub(crate) fn folder(&self, path: &str) -> io::Result<OwnedFd> {
        Ok(self.open(path)?.into())
    }

    fn open(&self, path: &str) -> io::Result<File> {
        File::open(self.root.join(inside(path)))
    }
}

/// The path as seen from the root.
fn inside(path: &str) -> &str {
    path.trim_start_matches('/')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::path::Path;
    use tempfile::TempDir;

    /// A machine of files. What is named here is all there is.
    pub(crate) fn machine(files: &[(&str, &str)]) -> TempDir {
        let root = TempDir::new().expect("a temporary folder");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("because it is below the root"))
                .expect("a folder");
            put(&path, text);
        }
        root
    }

    #[expect(clippy::disallowed_methods, reason = "a fixture needs no durability")]
    pub(crate) fn put(path: &Path, text: &str) {
        fs::write(path, text).expect("a file");
    }

    #[test]
    fn a_short_file_is_its_line() {
        let root = machine(&[("sys/a", " one \n"), ("sys/empty", "\n")]);
        let machine = Machine::below(root.path());
        let shorts = ["/sys/a", "/sys/empty", "/sys/none"].map(|path| machine.short(path));
        assert_eq!(shorts, [Some("one".to_owned()), None, None]);
        assert_eq!(machine.link_name("/sys/a"), None);
    }
}
