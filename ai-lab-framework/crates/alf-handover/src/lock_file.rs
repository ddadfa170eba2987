//! `ai-lab.lock` from its text.

use ai_lab_contract::{LabLock, UnknownLockFormat};

/// The longest lock that is read, in bytes. Stops another file in its place from being read whole.
pub const LOCK_BYTES: u64 = 1024 * 1024;

/// Why a text is no lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockFileError {
    /// Two branches changed it, and git left both.
    #[error("line {line}: a merge left both sides of a conflict in it")]
    Conflict {
        /// Where the first mark stands, from 1.
        line: usize,
    },
    /// It is no TOML, or says something that no lock says.
    #[error("line {line}: {why}")]
    Unreadable {
        /// Where, from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// It is of a later form.
    #[error(transparent)]
    Format(#[from] UnknownLockFormat),
}

/// Reads a lock.
pub fn parse_lock(text: &str) -> Result<LabLock, LockFileError> {
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let marked = text
        .lines()
        .position(|line| marks.iter().any(|mark| line.starts_with(mark)));
    if let Some(before) = marked {
        return Err(LockFileError::Conflict { line: before + 1 });
    }
    // Its form first: what else stands in a later one is not ours to judge.
    let Form { format } = read(text)?;
    if format != LabLock::FORMAT {
        return Err(UnknownLockFormat { found: format }.into());
    }
    read(text)
}

/// What every form of a lock says.
#[derive(serde::Deserialize)]
struct Form {
    format: u32,
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LockFileError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let above = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n');
        LockFileError::Unreadable {
            line: above.count() + 1,
            why: error.message().to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lock with the digest of one tree.
    pub(crate) fn text(version: &str, tree: &str) -> String {
        let other = "0".repeat(64);
        format!(
            "# kept by `ai-lab`\nformat = 1\n\n[framework]\nversion = \"{version}\"\nrelease_sha256 = \"{other}\"\n\
             contract = {{ major = 1, minor = 0 }}\nschemas = {{ framework = {{ major = 1, minor = 8 }} }}\n\n\
             [[framework.archive]]\ntarget = \"x86_64-unknown-linux-musl\"\nfile = \"a.tar.gz\"\nbytes = 1\n\
             sha256 = \"{other}\"\ntree = \"{tree}\"\n"
        )
    }

    #[test]
    fn a_lock_is_read_and_what_is_none_is_told_with_its_line() {
        let good = text("1.4.2", &"a".repeat(64));
        let lock = parse_lock(&good).expect("a lock");
        assert_eq!(lock.framework.version.as_str(), "1.4.2");
        assert_eq!(
            lock.framework.place("x86_64-unknown-linux-musl").as_deref(),
            Some("1.4.2-aaaaaaaaaaaaaaaa")
        );
        let told = |text: &str| parse_lock(text).expect_err("no lock").to_string();
        assert_eq!(
            told("format = 2\n[[releases]]\nname = \"framework\"\n"),
            "it has the form 2, and this version reads 1"
        );
        let merged = good.replace(
            "version = \"1.4.2\"\n",
            "<<<<<<< HEAD\nversion = \"1.4.2\"\n=======\nversion = \"1.5.0\"\n>>>>>>> b\n",
        );
        assert_eq!(
            told(&merged),
            "line 5: a merge left both sides of a conflict in it"
        );
        assert_eq!(
            told(&good.replace("\"1.4.2\"", "\"../1.4.2\"")),
            "line 5: `../1.4.2` is no version: `1.2.3`, or with `-` or `+` and more of letters, digits, `.`, `-`"
        );
        assert!(told("format = 1\n[framework\n").starts_with("line 2: "));
        assert!(told("").starts_with("line 1: missing field"));
    }
}
