//! What is remembered between calls, file by file: a trusted certificate must not be forgotten because a disk failed.

use std::path::PathBuf;

use ai_lab_tool::ToolFailure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use state_files::{StateError, StateFolder};

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
pub(crate) struct Memory(StateFolder);

impl Memory {
    /// What lies below that folder; it is made when first something is kept.
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self(StateFolder::at(folder))
    }

    /// What is kept; the default where nothing is yet.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self, kept: Kept) -> Result<T, ToolFailure> {
        self.0.read(kept.file()).map_err(|error| failed(&error))
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
        self.0
            .change(kept.file(), change)
            .map_err(|error| failed(&error))
    }
}

fn failed(error: &StateError) -> ToolFailure {
    ToolFailure::new("no_memory", error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_kind_has_its_own_file_and_a_broken_one_is_told() {
        let at = tempfile::tempdir().expect("a folder is made");
        let memory = Memory::at(at.path().join("state"));
        let kinds = [
            Kept::Certificates,
            Kept::Totals,
            Kept::Devices,
            Kept::SecondFactors,
            Kept::Salt,
        ];
        for (number, kind) in kinds.into_iter().enumerate() {
            memory
                .change(kind, |kept: &mut usize| *kept = number)
                .expect("it is kept");
        }
        let read = kinds.map(|kind| memory.read::<usize>(kind).expect("it is read"));
        assert_eq!(read, [0, 1, 2, 3, 4]);
        let error = memory
            .read::<BTreeMap<String, u64>>(Kept::Totals)
            .expect_err("it is a number")
            .to_string();
        assert!(error.starts_with("no_memory: cannot use "), "{error}");
    }
}
