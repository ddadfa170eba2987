//! The helper program, embedded and handed to the kernel from memory.

use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::OnceLock;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::fcntl_dupfd_cloexec;

/// The program, as the build made it.
const PROGRAM: &[u8] = include_bytes!(env!("ALF_CONFINE"));

/// The lowest number that the program's descriptor may have: the lower ones are given to what the helper inherits.
const ABOVE_INHERITED: i32 = 10;

/// A memory file with these contents that nobody can change any more.
pub(crate) fn sealed(name: &str, contents: &[u8], flags: MemfdFlags) -> io::Result<OwnedFd> {
    let file = memfd_create(
        name,
        flags | MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING,
    )?;
    let mut file = std::fs::File::from(file);
    file.write_all(contents)?;
    let all = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    fcntl_add_seals(&file, all)?;
    Ok(file.into())
}

/// The path under which this process's children start the helper; made once a process.
pub(crate) fn path() -> io::Result<String> {
    static HELPER: OnceLock<OwnedFd> = OnceLock::new();
    if HELPER.get().is_none() {
        // Of two threads that come here at once, one makes a file that is closed again.
        let _other_was_quicker = HELPER.set(load()?);
    }
    let helper = HELPER
        .get()
        .expect("because it has been set, here or by another thread");
    Ok(format!("/proc/self/fd/{}", helper.as_raw_fd()))
}

fn load() -> io::Result<OwnedFd> {
    // Kernels before 6.3 know no such flag and need none.
    let file = sealed("alf-confine", PROGRAM, MemfdFlags::EXEC).or_else(|error| {
        if error.raw_os_error() == Some(libc::EINVAL) {
            sealed("alf-confine", PROGRAM, MemfdFlags::empty())
        } else {
            Err(error)
        }
    })?;
    Ok(fcntl_dupfd_cloexec(&file, ABOVE_INHERITED)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_helper_is_static_and_small() {
        assert_eq!(&PROGRAM[..4], b"\x7fELF");
        let interpreter = b"/ld-linux";
        let is_dynamic = PROGRAM
            .windows(interpreter.len())
            .any(|window| window == interpreter);
        assert!(!is_dynamic, "it needs no loader");
        // With the C library in it, it would be fifty times as large and take ten times as long to start.
        assert!(PROGRAM.len() < 40_000, "{} bytes", PROGRAM.len());
    }

    #[test]
    fn a_sealed_file_cannot_be_written() {
        let file = sealed("test", b"as it was", MemfdFlags::empty()).expect("memory files work");
        let mut file = std::fs::File::from(file);
        let error = file
            .write_all(b"otherwise")
            .expect_err("because it is sealed");
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    }
}
