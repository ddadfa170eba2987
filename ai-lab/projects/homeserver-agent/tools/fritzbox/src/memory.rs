//! What is remembered between calls: files of JSON in the one folder that the tool may write.
//!
//! A file is read and replaced as a whole, by one process at a time. One that cannot be read is told and never
//! written over: a trusted certificate must not be forgotten because a disk failed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use ai_lab_tool::ToolFailure;
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest file that is read, in bytes.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// One file of what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Trusted certificates, by router.
    Certificates,
    /// The last readings of the counters, by router.
    Totals,
    /// Who was seen first when, by router.
    Devices,
    /// The second factors that are waited for.
    SecondFactors,
    /// What makes names of telephone numbers.
    Salt,
}

impl Kept {
    const fn file(self) -> &'static str {
        match self {
            Self::Certificates => "certificates.json",
            Self::Totals => "totals.json",
            Self::Devices => "devices.json",
            Self::SecondFactors => "second-factors.json",
            Self::Salt => "salt.json",
        }
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Memory(PathBuf);

impl Memory {
    /// What lies below that folder; it is made when first something is kept.
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What is kept; the default where nothing is yet.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self, kept: Kept) -> Result<T, ToolFailure> {
        self.load(kept).map_err(|error| self.failed(kept, &error))
    }

    /// Changes what is kept, alone.
    pub(crate) fn change<T, R>(
        &self,
        kept: Kept,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, ToolFailure>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        self.replace(kept, change)
            .map_err(|error| self.failed(kept, &error))
    }

    fn failed(&self, kept: Kept, error: &io::Error) -> ToolFailure {
        let path = self.0.join(kept.file());
        ToolFailure::new(
            "no_memory",
            format!("cannot use {}: {error}", path.display()),
        )
    }

    fn load<T: DeserializeOwned + Default>(&self, kept: Kept) -> io::Result<T> {
        let file = match File::open(self.0.join(kept.file())) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES).read_to_end(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    fn replace<T, R>(&self, kept: Kept, change: impl FnOnce(&mut T) -> R) -> io::Result<R>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)?;
        let private = |path: PathBuf| {
            OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(path)
        };
        // Held until this function ends.
        let lock = private(self.0.join("lock"))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let mut value: T = self.load(kept)?;
        let changed = change(&mut value);
        let beside = self.0.join(format!("{}.new", kept.file()));
        let mut file = private(beside.clone())?;
        file.write_all(&serde_json::to_vec(&value)?)?;
        file.sync_all()?;
        fs::rename(beside, self.0.join(kept.file()))?;
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_kept_is_found_again_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let at = tempfile::tempdir().expect("a folder is made");
        let memory = Memory::at(at.path().join("state"));
        let read = || {
            memory
                .read::<BTreeMap<String, u64>>(Kept::Totals)
                .expect("it is read")
        };
        assert_eq!(read(), BTreeMap::new());
        for number in [1, 2] {
            let before = memory.change(Kept::Totals, |kept: &mut BTreeMap<String, u64>| {
                kept.insert("a".to_owned(), number)
            });
            assert_eq!(before.expect("it is kept"), (number == 2).then_some(1));
        }
        assert_eq!(read(), BTreeMap::from([("a".to_owned(), 2)]));
        let mode = |name: &str| {
            let path = at.path().join("state").join(name);
            fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!((mode(""), mode("totals.json")), (0o700, 0o600));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_left_alone() {
        let at = tempfile::tempdir().expect("a folder is made");
        let path = at.path().join("certificates.json");
        File::create(&path)
            .and_then(|mut file| file.write_all(b"{\"a\":"))
            .expect("it is written");
        let memory = Memory::at(at.path().to_owned());
        let error = memory.change(Kept::Certificates, |kept: &mut BTreeMap<String, String>| {
            kept.clear();
        });
        let error = error.expect_err("it is broken").to_string();
        assert!(
            error.starts_with("no_memory: cannot use ") && error.contains("EOF"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(path).expect("it is there"), "{\"a\":");
        let nowhere = Memory::at(PathBuf::from("/proc/nothing/here"));
        assert!(nowhere.change(Kept::Salt, |_: &mut Vec<u8>| ()).is_err());
    }
}
