//! `ai-lab.lock`: read with the line of what is wrong, written the same for the same value.

use std::fmt::Write as _;

use ai_lab_contract::v1::{LabLock, LockedFramework, UnknownLockFormat};
use sha2::{Digest as _, Sha256};

/// What git leaves in a file that two branches changed.
const CONFLICT: [&str; 3] = ["<<<<<<< ", "=======", ">>>>>>> "];

/// How many bytes a lock may have. Stops another file in its place from being read whole.
const LOCK_BYTES: usize = 1024 * 1024;

/// Why a text is no lock. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// It is longer than any lock.
    #[error("it is longer than {LOCK_BYTES} bytes")]
    TooLong,
    /// Two branches changed it, and nobody chose.
    #[error("line {line} is a conflict that git left")]
    Conflict {
        /// The line of the first marker.
        line: usize,
    },
    /// It does not say what a lock says.
    #[error("line {line}: {what}")]
    Wrong {
        /// Where.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A form that this version does not read.
    #[error(transparent)]
    Form(#[from] UnknownLockFormat),
}

/// Reads a lock.
pub fn read_lock(text: &str) -> Result<LabLock, LockError> {
    if text.len() > LOCK_BYTES {
        return Err(LockError::TooLong);
    }
    if let Some(line) = conflict(text) {
        return Err(LockError::Conflict { line });
    }
    let lock: LabLock = toml::from_str(text).map_err(|error| LockError::Wrong {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        what: error.message().to_owned(),
    })?;
    lock.check_format()?;
    Ok(lock)
}

/// The line of the first marker of a conflict.
pub(crate) fn conflict(text: &str) -> Option<usize> {
    let is_marker = |line: &str| {
        line.starts_with(CONFLICT[0]) || line == CONFLICT[1] || line.starts_with(CONFLICT[2])
    };
    text.lines().position(is_marker).map(|at| at + 1)
}

/// The line that a byte stands in.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    before.filter(|byte| **byte == b'\n').count() + 1
}

/// A lock as it is written: the same text for the same value, an archive and a wheel a table, so that git shows what changed.
pub fn write_lock(lock: &LabLock) -> String {
    let mut text = String::from(
        "# Which framework this lab has. Written by `ai-lab update` and `ai-lab lock`; commit it.\n",
    );
    put(&mut text, format_args!("format = {}\n\n", lock.format));
    framework(&mut text, &lock.framework);
    text
}

fn framework(text: &mut String, framework: &LockedFramework) {
    let contract = framework.contract;
    put(
        text,
        format_args!(
            "[framework]\nversion = \"{}\"\nrelease_sha256 = \"{}\"\ncontract = {{ major = {}, minor = {} }}\n",
            framework.version, framework.release_sha256, contract.major, contract.minor
        ),
    );
    let schemas: Vec<String> = framework
        .schemas
        .iter()
        .map(|(name, schema)| {
            let (name, major, minor) = (quoted(name), schema.major, schema.minor);
            format!("{name} = {{ major = {major}, minor = {minor} }}")
        })
        .collect();
    put(
        text,
        format_args!("schemas = {{ {} }}\n", schemas.join(", ")),
    );
    for archive in &framework.archives {
        put(
            text,
            format_args!(
                "\n[[framework.archive]]\ntarget = {}\nfile = \"{}\"\nbytes = {}\nsha256 = \"{}\"\ntree = \"{}\"\n",
                quoted(&archive.target),
                archive.file,
                archive.bytes,
                archive.sha256,
                archive.tree
            ),
        );
    }
    for wheel in &framework.wheels {
        put(
            text,
            format_args!(
                "\n[[framework.wheel]]\nfile = \"{}\"\nbytes = {}\nsha256 = \"{}\"\n",
                wheel.file, wheel.bytes, wheel.sha256
            ),
        );
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("because a string takes it");
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let code = u32::from(c);
                put(&mut quoted, format_args!("\\u{code:04X}"));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn digest_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut hex, byte| {
        put(&mut hex, format_args!("{byte:02x}"));
        hex
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A lock of that version with two platforms.
    pub(crate) fn lock(version: &str) -> LabLock {
        let text = format!(
            "format = 1\n[framework]\nversion = \"{version}\"\nrelease_sha256 = \"{a}\"\n\
             contract = {{ major = 1, minor = 4 }}\nschemas = {{ framework = {{ major = 1, minor = 17 }} }}\n\
             [[framework.archive]]\ntarget = \"x86_64-unknown-linux-gnu\"\nfile = \"a.tar.gz\"\nbytes = 7\nsha256 = \"{b}\"\ntree = \"{c}\"\n\
             [[framework.archive]]\ntarget = \"aarch64-unknown-linux-gnu\"\nfile = \"b.tar.gz\"\nbytes = 8\nsha256 = \"{b}\"\ntree = \"{c}\"\n\
             [[framework.wheel]]\nfile = \"w.whl\"\nbytes = 9\nsha256 = \"{d}\"\n",
            a = "a".repeat(64),
            b = "b".repeat(64),
            c = "c".repeat(64),
            d = "d".repeat(64),
        );
        read_lock(&text).expect("a lock")
    }

    #[test]
    fn what_is_written_is_read() {
        let lock = lock("1.4.2");
        let text = write_lock(&lock);
        assert_eq!(read_lock(&text), Ok(lock.clone()));
        assert_eq!(write_lock(&read_lock(&text).expect("a lock")), text);
        let head: Vec<&str> = text.lines().take(7).collect();
        assert_eq!(
            head[1..5],
            ["format = 1", "", "[framework]", "version = \"1.4.2\""]
        );
        assert_eq!(lock.framework.archives.len(), 2);
    }

    #[test]
    fn a_conflict_that_git_left_is_named_by_its_line() {
        let text = write_lock(&lock("1.4.2"));
        let theirs = text.replace("1.4.2", "1.5.0");
        let merged = format!("<<<<<<< HEAD\n{text}=======\n{theirs}>>>>>>> other\n");
        assert_eq!(read_lock(&merged), Err(LockError::Conflict { line: 1 }));
        let late = text.replace("[framework]\n", "[framework]\n=======\n");
        assert_eq!(read_lock(&late), Err(LockError::Conflict { line: 5 }));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let text = write_lock(&lock("1.4.2"));
        let told = |text: &str| read_lock(text).expect_err("it is refused").to_string();
        assert_eq!(
            told(&text.replace("format = 1", "format = 2")),
            "it has the form 2, and this version reads 1"
        );
        assert!(told(&text.replace("1.4.2", "../x")).starts_with("line 5: "));
        assert!(told("format = 1\n[framework\n").starts_with("line 2: "));
        assert_eq!(
            told(&" ".repeat(LOCK_BYTES + 1)),
            "it is longer than 1048576 bytes"
        );
    }

    proptest! {
        #[test]
        fn any_name_of_a_platform_survives(target in any::<String>()) {
            let mut lock = lock("1.4.2");
            lock.framework.archives[0].target = target;
            prop_assert_eq!(read_lock(&write_lock(&lock)), Ok(lock));
        }
    }
}
