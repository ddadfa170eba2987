//! The highest number of an index that was ever believed here, for each key: older ones are not believed again.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic_file;
use crate::trust::Key;

/// The file in the store's folder.
const FILE: &str = ".seen.json";

/// How many bytes it may have. Stops another file in its place from being read whole.
const BYTES: u64 = 64 * 1024;

/// The form that this release writes and reads.
const FORMAT: u32 = 1;

/// What was seen.
///
/// Counted by key: one that leaked could otherwise be used to shut out, with one very high number, every index that is
/// signed by the key that follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    format: u32,
    /// By the key as minisign writes it.
    counters: BTreeMap<String, u64>,
}

/// Why it cannot be told what was seen. Nothing is believed then: taking it for nothing would let old ones in.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    /// The disk.
    #[error("cannot use `{}`", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no such document.
    #[error("`{}` is not what was written there", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A later form.
    #[error("`{}` has the form {found}, and this version reads {FORMAT}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
}

impl Seen {
    /// Reads what was seen in the store of that folder; nothing where there is no such file.
    pub fn load(root: &Path) -> Result<Self, SeenError> {
        let path = root.join(FILE);
        let text = match atomic_file::read(&path, BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    format: FORMAT,
                    counters: BTreeMap::new(),
                });
            }
            Err(source) => return Err(SeenError::Disk { path, source }),
        };
        let seen: Self = match serde_json::from_slice(&text) {
            Ok(seen) => seen,
            Err(source) => return Err(SeenError::Unreadable { path, source }),
        };
        if seen.format != FORMAT {
            let found = seen.format;
            return Err(SeenError::Form { path, found });
        }
        Ok(seen)
    }

    /// The highest number seen of that key; 0 for one that was never seen.
    pub fn of(&self, key: &Key) -> u64 {
        self.counters.get(&key.public).copied().unwrap_or_default()
    }

    /// Writes down that an index of that key was believed. Does nothing where a higher one is known; whoever calls holds
    /// the store, or two at once might take it back.
    pub fn note(root: &Path, key: &Key, counter: u64) -> Result<(), SeenError> {
        let mut seen = Self::load(root)?;
        if seen.of(key) >= counter {
            return Ok(());
        }
        seen.counters.insert(key.public.clone(), counter);
        let path = root.join(FILE);
        atomic_file::replace(&path, crate::release::written(&seen).as_bytes(), 0o600)
            .map_err(|source| SeenError::Disk { path, source })
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "plays whoever changes it, in a throw-away folder"
)]
mod tests {
    use std::fs;

    use super::*;

    fn key(public: &str) -> Key {
        Key {
            name: "a key".to_owned(),
            public: public.to_owned(),
            from_ms: 0,
            until_ms: i64::MAX,
        }
    }

    #[test]
    fn a_number_never_goes_back_and_each_key_has_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for (public, counter) in [("one", 3), ("one", 2), ("two", 1)] {
            Seen::note(root, &key(public), counter).expect("noted");
        }
        let seen = Seen::load(root).expect("read");
        let of = |public: &str| seen.of(&key(public));
        assert_eq!(["one", "two", "three"].map(of), [3, 1, 0]);
    }

    #[test]
    fn what_cannot_be_read_is_never_taken_for_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE);
        let told = |text: &str| {
            fs::write(&path, text).expect("a disk");
            let error = Seen::load(folder.path()).expect_err("refused").to_string();
            error.replace(folder.path().to_str().expect("a text"), "STORE")
        };
        assert_eq!(told(""), "`STORE/.seen.json` is not what was written there");
        assert_eq!(
            told(r#"{"format":2,"counters":{}}"#),
            "`STORE/.seen.json` has the form 2, and this version reads 1"
        );
        fs::remove_file(&path).expect("there");
        fs::create_dir(&path).expect("a folder");
        let error = Seen::load(folder.path()).expect_err("refused");
        assert!(matches!(error, SeenError::Disk { .. }), "{error}");
    }
}
