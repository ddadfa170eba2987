//! Reads a file that someone else may have put there.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::stamp::Stamp;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system says no.
    #[error(transparent)]
    Io(io::Error),
    /// It is a link: a file could be swapped for any other behind its back.
    #[error("it is a symbolic link")]
    Link,
    /// It is a folder, a pipe, a device or a socket.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// It is longer than allowed.
    #[error("it is longer than {most} bytes")]
    TooLong {
        /// The bound.
        most: u64,
    },
    /// It begins with a byte order mark.
    #[error("it begins with a byte order mark")]
    ByteOrderMark,
    /// It is not UTF-8.
    #[error("it is not UTF-8 (byte {offset})")]
    NotUtf8 {
        /// How many bytes come before the first wrong one.
        offset: usize,
    },
    /// It changed while it was read.
    #[error("it changed while it was read")]
    Changed,
}

/// Opens a regular file, never waiting for a pipe and never following a link in the last step.
pub(crate) fn open_file(path: &Path) -> Result<(File, Stamp), ReadError> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        Err(rustix::io::Errno::LOOP) => return Err(ReadError::Link),
        // A socket cannot be opened at all.
        Err(rustix::io::Errno::NXIO) => return Err(ReadError::NotAFile("a socket")),
        Err(error) => return Err(ReadError::Io(error.into())),
    };
    let metadata = file.metadata().map_err(ReadError::Io)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(kind_of(metadata.file_type())));
    }
    let stamp = Stamp::of(&metadata);
    Ok((file, stamp))
}

/// What something that is no regular file is.
pub(crate) fn kind_of(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// Reads a whole text file of at most `most` bytes.
///
/// A link in the last step, a pipe, a device and a text that is not UTF-8 are refused.
pub fn read_text(path: &Path, most: u64) -> Result<String, ReadError> {
    let (file, before) = open_file(path)?;
    if before.size > most {
        return Err(ReadError::TooLong { most });
    }
    let room = usize::try_from(before.size).unwrap_or(0) + 1;
    let mut bytes = Vec::with_capacity(room);
    (&file)
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(ReadError::Io)?;
    if bytes.len() as u64 > most {
        return Err(ReadError::TooLong { most });
    }
    let after = Stamp::of(&file.metadata().map_err(ReadError::Io)?);
    if after != before || bytes.len() as u64 != before.size {
        return Err(ReadError::Changed);
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(ReadError::ByteOrderMark);
    }
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_as_long_as_it_says_has_changed() {
        // Files of `/proc` say that they are empty: as a file that grows while it is read.
        let told = read_text(Path::new("/proc/self/status"), 1 << 20).map_err(|e| e.to_string());
        assert_eq!(told, Err("it changed while it was read".to_owned()));
    }

    #[test]
    fn a_file_that_says_too_little_is_still_read_within_its_bound() {
        let told = read_text(Path::new("/proc/self/status"), 10).map_err(|e| e.to_string());
        assert_eq!(told, Err("it is longer than 10 bytes".to_owned()));
    }

    #[test]
    fn a_device_is_told_as_such() {
        let told = read_text(Path::new("/dev/zero"), 10).map_err(|e| e.to_string());
        assert_eq!(told, Err("it is a device, not a file".to_owned()));
    }
}
