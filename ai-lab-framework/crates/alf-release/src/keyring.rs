//! The keys that are trusted on this machine: those of this release, and those that a person has added or taken away.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic_file;
use crate::trust::{Key, KeyError, Trust};

/// The keys that this release brings along; each release brings those of its time, so that keys change with updates.
const OWN: &str = include_str!("../keys.json");

/// The folder of a person's own decisions, in the store's folder.
const FOLDER: &str = ".keys";

/// How many bytes a key's file may have.
const BYTES: u64 = 4 * 1024;

/// How many keys a person may add. Stops each signature from being tried on keys without end.
const MOST: usize = 64;

/// How many characters a key's name may have; it stands in messages and is a file's name.
const NAME_CHARS: usize = 64;

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// This release of the framework.
    Release,
    /// A person of this machine.
    Person,
}

/// A trusted key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrustedKey {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// Where it comes from.
    pub source: KeySource,
}

/// The keys of one machine.
#[derive(Debug)]
pub struct Keyring {
    folder: PathBuf,
    keys: Vec<TrustedKey>,
}

/// What a person decided about one key.
#[derive(Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
enum Decision {
    /// It is believed.
    Trusted(Key),
    /// It is not, although this release brings it along.
    Distrusted,
}

/// Why keys cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The disk.
    #[error("cannot use `{}`", .path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that was not written here.
    #[error("`{}` is no key", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Too many.
    #[error("there are more than {MOST} keys in `{}`", .0.display())]
    TooMany(PathBuf),
    /// A name that is no name of a file.
    #[error("`{0}` is no name of a key: letters, digits, `.`, `_` and `-`, at most {NAME_CHARS}")]
    Name(String),
    /// There is one of that name, or the same key under another.
    #[error("there is a key `{0}` already")]
    There(String),
    /// There is none.
    #[error("no key `{0}` is trusted here")]
    Unknown(String),
    /// It is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Keyring {
    /// The keys trusted by the store of that folder.
    pub fn load(root: &Path) -> Result<Self, KeyringError> {
        let folder = root.join(FOLDER);
        let own: Vec<Key> = serde_json::from_str(OWN).map_err(|source| {
            let path = PathBuf::from("keys.json");
            KeyringError::Unreadable { path, source }
        })?;
        let mut keys: BTreeMap<String, TrustedKey> = BTreeMap::new();
        for key in own {
            let source = KeySource::Release;
            keys.insert(key.name.clone(), TrustedKey { key, source });
        }
        for (name, decision) in decisions(&folder)? {
            match decision {
                Decision::Trusted(key) => {
                    let source = KeySource::Person;
                    keys.insert(name, TrustedKey { key, source });
                }
                Decision::Distrusted => {
                    keys.remove(&name);
                }
            }
        }
        let keys = keys.into_values().collect();
        Ok(Self { folder, keys })
    }

    /// The keys, by name.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// Trust in all of them; each says when it is believed.
    pub fn trust(&self) -> Result<Trust, KeyError> {
        Trust::of(self.keys.iter().map(|one| one.key.clone()).collect())
    }

    /// Trusts another key from now on.
    pub fn add(&mut self, key: Key) -> Result<(), KeyringError> {
        check_name(&key.name)?;
        Trust::of(vec![key.clone()])?;
        let is_it = |one: &&TrustedKey| one.key.name == key.name || one.key.public == key.public;
        if let Some(there) = self.keys.iter().find(is_it) {
            return Err(KeyringError::There(there.key.name.clone()));
        }
        if self.keys.len() >= MOST {
            return Err(KeyringError::TooMany(self.folder.clone()));
        }
        self.decide(&key.name, &Decision::Trusted(key.clone()))?;
        let source = KeySource::Person;
        self.keys.push(TrustedKey { key, source });
        self.keys.sort_by(|a, b| a.key.name.cmp(&b.key.name));
        Ok(())
    }

    /// Trusts a key no more, also one that this release brings along and later ones will.
    pub fn remove(&mut self, name: &str) -> Result<TrustedKey, KeyringError> {
        let place = self.keys.iter().position(|one| one.key.name == name);
        let place = place.ok_or_else(|| KeyringError::Unknown(name.to_owned()))?;
        self.decide(name, &Decision::Distrusted)?;
        Ok(self.keys.remove(place))
    }

    fn decide(&self, name: &str, decision: &Decision) -> Result<(), KeyringError> {
        let path = self.folder.join(format!("{name}.json"));
        atomic_file::replace(&path, crate::release::written(decision).as_bytes(), 0o600)
            .map_err(|source| KeyringError::Disk { path, source })
    }
}

fn check_name(name: &str) -> Result<(), KeyringError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain);
    if is_name && name.len() <= NAME_CHARS {
        Ok(())
    } else {
        Err(KeyringError::Name(name.chars().take(80).collect()))
    }
}

fn decisions(folder: &Path) -> Result<Vec<(String, Decision)>, KeyringError> {
    let failed = |path: &Path, source| KeyringError::Disk {
        path: path.to_owned(),
        source,
    };
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder, error)),
    };
    let mut read = Vec::new();
    for entry in listed {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = file
            .strip_suffix(".json")
            .filter(|_| !file.starts_with('.'))
        else {
            continue;
        };
        if read.len() >= MOST {
            return Err(KeyringError::TooMany(folder.to_owned()));
        }
        let text = atomic_file::read(&path, BYTES).map_err(|error| failed(&path, error))?;
        match serde_json::from_slice(&text) {
            Ok(decision) => read.push((name.to_owned(), decision)),
            Err(source) => return Err(KeyringError::Unreadable { path, source }),
        }
    }
    Ok(read)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "plays whoever changes a key, in a throw-away folder"
)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("a key");
        Key {
            name: name.to_owned(),
            public: pair.pk.to_base64(),
            from_ms: 0,
            until_ms: 100,
        }
    }

    #[test]
    fn a_key_is_trusted_until_it_is_taken_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let load = || Keyring::load(folder.path()).expect("keys");
        let names = |ring: &Keyring| -> Vec<String> {
            let names = ring.keys().iter().map(|one| one.key.name.clone());
            names.collect()
        };
        let (one, two) = (key("one"), key("two"));
        load().add(two.clone()).expect("added");
        load().add(one).expect("added");
        assert_eq!(names(&load()), ["one", "two"]);
        assert!(load().trust().is_ok());
        let renamed = Key {
            name: "three".to_owned(),
            ..two.clone()
        };
        let told = load().add(renamed).expect_err("the same key").to_string();
        assert_eq!(told, "there is a key `two` already");
        assert_eq!(load().remove("two").expect("removed").key, two);
        assert_eq!(names(&load()), ["one"]);
        let told = load().remove("two").expect_err("gone").to_string();
        assert_eq!(told, "no key `two` is trusted here");
        load().add(two).expect("a person may think again");
        assert_eq!(names(&load()), ["one", "two"]);
    }

    #[test]
    fn what_is_no_key_or_no_name_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ring = Keyring::load(folder.path()).expect("keys");
        for name in ["", "../a", ".a", "a/b", &"a".repeat(65)] {
            let named = Key {
                name: name.to_owned(),
                ..key("a")
            };
            let told = ring.add(named).expect_err("refused").to_string();
            assert!(told.contains("is no name of a key"), "{told}");
        }
        let mut broken = key("broken");
        broken.public.truncate(10);
        let told = ring.add(broken).expect_err("refused").to_string();
        assert!(told.starts_with("the key `broken` is no minisign key"));
        assert!(!folder.path().join(FOLDER).exists());
        fs::create_dir(folder.path().join(FOLDER)).expect("a folder");
        fs::write(folder.path().join(FOLDER).join("a.json"), "{}").expect("a disk");
        let told = Keyring::load(folder.path())
            .expect_err("refused")
            .to_string();
        assert!(told.ends_with("a.json` is no key"), "{told}");
    }
}
