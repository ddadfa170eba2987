//! The digest of the framework's own program, taken once and remembered by the file's stamp.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use alf_policy::Digest;

/// The longest remembered line, in bytes.
const LINE_BYTES: u64 = 512;

/// The program's digest.
///
/// Reading a program of ten megabytes costs more than everything else that a call does. The digest is remembered under
/// `home` with the file's device, inode, size and times; the change time cannot be set back, so a program that was
/// touched is read again. What cannot be remembered is read each time.
pub(crate) fn program_digest(program: &Path, home: &Path) -> io::Result<Digest> {
    let stamp = stamp(&fs::metadata(program)?);
    let memory = home.join("cache").join("program-digest");
    if let Some(digest) = remembered(&memory, &stamp) {
        return Ok(digest);
    }
    let digest = Digest::of(&fs::read(program)?);
    // A home that cannot be written is told by whoever needs it; here it costs time only.
    let _not_remembered = remember(&memory, &format!("{stamp} {digest}\n"));
    Ok(digest)
}

fn stamp(file: &Metadata) -> String {
    format!(
        "{}:{}:{}:{}.{}:{}.{}",
        file.dev(),
        file.ino(),
        file.size(),
        file.mtime(),
        file.mtime_nsec(),
        file.ctime(),
        file.ctime_nsec()
    )
}

fn remembered(memory: &Path, stamp: &str) -> Option<Digest> {
    let mut line = String::new();
    File::open(memory)
        .ok()?
        .take(LINE_BYTES)
        .read_to_string(&mut line)
        .ok()?;
    let (of, digest) = line.trim_end().split_once(' ')?;
    (of == stamp).then(|| Digest::parse(digest)).flatten()
}

/// Beside it first, then renamed: two processes at once leave one whole line.
fn remember(memory: &Path, line: &str) -> io::Result<()> {
    let Some(folder) = memory.parent() else {
        return Ok(());
    };
    // The home itself is made by the store, for this user alone; without it nothing is remembered yet.
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let beside = folder.join(format!("program-digest.{}", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(line.as_bytes())?;
    fs::rename(&beside, memory)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests write the program that is digested"
)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_read_once_and_again_when_it_was_touched() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let program = home.path().join("program");
        fs::write(&program, "one").expect("writable");
        let digest = || program_digest(&program, home.path()).expect("readable");
        assert_eq!(digest(), Digest::of(b"one"));

        // The remembered line is what is answered: a false one shows that the program was not read.
        let memory = home.path().join("cache/program-digest");
        let line = fs::read_to_string(&memory).expect("remembered");
        let false_digest = Digest::of(b"false");
        fs::write(
            &memory,
            line.replace(Digest::of(b"one").as_str(), false_digest.as_str()),
        )
        .expect("writable");
        assert_eq!(digest(), false_digest);

        fs::write(&program, "two!").expect("writable");
        assert_eq!(digest(), Digest::of(b"two!"));
        fs::write(&memory, "garbage").expect("writable");
        assert_eq!(digest(), Digest::of(b"two!"));
    }

    #[test]
    fn without_a_home_the_program_is_read_each_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("program");
        fs::write(&program, "one").expect("writable");
        let nowhere = folder.path().join("nowhere");
        let digest = program_digest(&program, &nowhere).expect("readable");
        assert_eq!((digest, nowhere.exists()), (Digest::of(b"one"), false));
    }
}
