//! The names of archives: when, why, sealed or not.

use std::fmt;
use std::str::FromStr;

use lab_model::Moment;
use serde::{Deserialize, Serialize};

/// Why a backup was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupKind {
    /// Someone or a timer wanted one. Pruned by policy.
    Regular,
    /// It is what a restore has replaced. Never pruned.
    Replaced,
}

impl BackupKind {
    /// The word in names and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Replaced => "replaced",
        }
    }
}

/// An archive's file name, such as `ai-lab-20260203T040506Z-regular.tar.zst`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveName {
    /// When it was made.
    pub at: Moment,
    /// Why.
    pub kind: BackupKind,
    /// Whether a key is needed to read it.
    pub is_sealed: bool,
}

/// A file name that is no archive's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not named as a backup is")]
pub struct NoArchiveName;

impl fmt::Display for ArchiveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at: String = self
            .at
            .to_string()
            .chars()
            .filter(|c| !matches!(c, '-' | ':'))
            .collect();
        let sealed = if self.is_sealed { ".age" } else { "" };
        write!(f, "ai-lab-{at}-{}.tar.zst{sealed}", self.kind.as_str())
    }
}

impl FromStr for ArchiveName {
    type Err = NoArchiveName;

    fn from_str(name: &str) -> Result<Self, NoArchiveName> {
        let plain = name.strip_suffix(".age");
        let rest = plain
            .unwrap_or(name)
            .strip_suffix(".tar.zst")
            .ok_or(NoArchiveName)?;
        let rest = rest.strip_prefix("ai-lab-").ok_or(NoArchiveName)?;
        let (at, word) = rest.split_once('-').ok_or(NoArchiveName)?;
        let kinds = [BackupKind::Regular, BackupKind::Replaced];
        let kind = kinds.into_iter().find(|kind| kind.as_str() == word);
        let found = Self {
            at: moment(at).ok_or(NoArchiveName)?,
            kind: kind.ok_or(NoArchiveName)?,
            is_sealed: plain.is_some(),
        };
        // Only the one way in which we write it.
        if found.to_string() == name {
            Ok(found)
        } else {
            Err(NoArchiveName)
        }
    }
}

/// `20260203T040506.789Z` with its signs put back.
fn moment(text: &str) -> Option<Moment> {
    let (day, time) = text.split_once('T')?;
    let part = |of: &str, from: usize, to: usize| of.get(from..to).map(str::to_owned);
    let day = [part(day, 0, 4)?, part(day, 4, 6)?, part(day, 6, 8)?].join("-");
    let time = [
        part(time, 0, 2)?,
        part(time, 2, 4)?,
        time.get(4..)?.to_owned(),
    ]
    .join(":");
    format!("{day}T{time}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_else_is_one() {
        for (ms, kind, is_sealed, name) in [
            (
                1_770_091_506_000,
                BackupKind::Regular,
                false,
                "ai-lab-20260203T040506Z-regular.tar.zst",
            ),
            (
                1_770_091_506_789,
                BackupKind::Replaced,
                true,
                "ai-lab-20260203T040506.789Z-replaced.tar.zst.age",
            ),
        ] {
            let at = Moment::from_ms(ms).expect("in range");
            let built = ArchiveName {
                at,
                kind,
                is_sealed,
            };
            assert_eq!(built.to_string(), name);
            assert_eq!(name.parse(), Ok(built));
        }
        for name in [
            "",
            ".gitkeep",
            "ai-lab-20260203T040506Z-regular.tar",
            "ai-lab-20260203T040506Z-other.tar.zst",
            "ai-lab-20260233T040506Z-regular.tar.zst",
            "ai-lab-x-regular.tar.zst",
            "ai-lab-20260203T040506Z.tar.zst",
            "ai-lab-20260203T040506.0Z-regular.tar.zst",
            "ai-lab-ä0260203T040506Z-regular.tar.zst",
        ] {
            assert_eq!(name.parse::<ArchiveName>(), Err(NoArchiveName), "{name}");
        }
    }
}
