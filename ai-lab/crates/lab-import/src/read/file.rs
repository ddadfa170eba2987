//! Reads one file from a folder that is not ours.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::finding::{Finding, FindingKind};

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileFault {
    /// A link, folder, pipe, socket or device.
    #[error("is {0}, not a file")]
    NotAFile(&'static str),
    /// More bytes than the limit.
    #[error("is larger than {limit} bytes")]
    Oversized {
        /// The limit.
        limit: u64,
    },
    /// The system said no.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

impl FileFault {
    /// The finding that names this file.
    pub(super) fn finding(&self, source: &str) -> Finding {
        let kind = match self {
            Self::NotAFile(_) => FindingKind::NotAFile,
            Self::Oversized { .. } => FindingKind::Oversized,
            Self::Unreadable(_) => FindingKind::Unreadable,
        };
        Finding::new(kind, source, "", self.to_string())
    }
}

/// Reads a regular file of at most `limit` bytes; never follows a link, never waits for a pipe.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, FileFault> {
    read_all(open_file(path)?, limit)
}

/// Opens a regular file for reading; never follows a link, never waits for a pipe.
pub(super) fn open_file(path: &Path) -> Result<File, FileFault> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file: OwnedFd = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => file,
        Err(rustix::io::Errno::LOOP) => return Err(FileFault::NotAFile("a link")),
        Err(rustix::io::Errno::NXIO) => return Err(FileFault::NotAFile("a socket")),
        Err(errno) => return Err(io::Error::from(errno).into()),
    };
    let file = File::from(file);
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        Ok(file)
    } else {
        use std::os::unix::fs::FileTypeExt;
        Err(FileFault::NotAFile(if kind.is_fifo() {
            "a pipe"
        } else if kind.is_dir() {
            "a folder"
        } else {
            "a device"
        }))
    }
}

fn read_all(from: impl Read, limit: u64) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(FileFault::Oversized { limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::PermissionDenied))
        }
    }

    #[test]
    fn a_file_is_taken_up_to_its_limit_and_named_beyond() {
        let told = |bytes: &[u8]| read_all(bytes, 3).map_err(|e| e.to_string());
        assert_eq!(told(b"abc"), Ok(b"abc".to_vec()));
        assert_eq!(told(b"abcd"), Err("is larger than 3 bytes".to_owned()));
    }

    #[test]
    fn a_read_that_fails_names_the_file() {
        let fault = read_all(Failing, 3).expect_err("because every read fails");
        assert_eq!(
            fault.finding("ideas/X.json"),
            Finding::new(
                FindingKind::Unreadable,
                "ideas/X.json",
                "",
                "cannot be read: permission denied"
            )
        );
    }
}
