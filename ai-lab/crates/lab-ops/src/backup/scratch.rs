//! A private folder that goes away.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// How many leftovers are passed over; more are a sign of something else.
const ATTEMPTS: u32 = 64;

/// A folder for this user alone, removed with all in it when it is dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one below a folder that is there; what killed processes left there goes.
    pub(super) fn below(folder: &Path) -> io::Result<Self> {
        sweep(folder)?;
        let id = std::process::id();
        let mut attempt = 0;
        loop {
            let path = folder.join(format!(".scratch-{id}-{attempt}"));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Something in it.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Removes the private folders of processes that are gone.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(".scratch-"));
        let owner = owner
            .and_then(|rest| rest.split_once('-'))
            .map(|(pid, _)| pid);
        let is_number = |pid: &&str| !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit());
        if let Some(pid) = owner.filter(is_number)
            && !Path::new("/proc").join(pid).exists()
        {
            // Whoever comes first removes it.
            let _ = fs::remove_dir_all(folder.join(&name));
        }
    }
    Ok(())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left is private and beside the point.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_goes_and_what_another_uses_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        // No process has this number: it is beyond the kernel's largest.
        let names = [
            ".scratch-99999999-0",
            ".scratch-1-0",
            ".scratch-x-0",
            "mine",
        ];
        for name in names {
            fs::create_dir_all(folder.path().join(name).join("deep")).expect("made");
        }
        let scratch = Scratch::below(folder.path()).expect("made");
        let is_there = names.map(|name| folder.path().join(name).exists());
        assert_eq!(is_there, [false, true, true, true]);
        let own = scratch.at("");
        assert!(own.exists());
        drop(scratch);
        assert!(!own.exists());
    }
}
