//! The system calls, one thin function each; what has no name goes by its number.
//!
//! All of them fail with the kernel's error number.

#![expect(
    unsafe_code,
    reason = "the kernel's interface for closing a process in has no safe form; nothing outside this module needs one"
)]

mod landlock;
mod mounts;
mod network;
mod processes;
mod raw;

use core::ffi::{CStr, c_char, c_int};
use core::{mem, ptr, slice};

use alloc::borrow::Cow;
use alloc::vec::Vec;

use raw::call;

pub(crate) use landlock::{
    landlock_path, landlock_port, landlock_restrict, landlock_ruleset, landlock_version,
};
pub(crate) use mounts::{
    copy_mounts, enter_namespaces, keep_mounts_private, put_mounts, set_mounts,
};
pub(crate) use network::{listen, pass_on, raise_loopback, wait_for_word};
pub(crate) use processes::{
    ask_group, end, end_by, ended_child, fork, hold_signals, is_cut, lead_group, lifeline,
    next_signal, parent, shared_number,
};

/// The kernel's error number.
pub(crate) type Errno = i32;

/// A descriptor's number.
pub(crate) type Number = c_int;

/// openat2(2): no link anywhere in the path, magic ones included.
const RESOLVE_NO_SYMLINKS: u64 = 0x04;

/// A descriptor that is closed when this value goes.
#[derive(Debug)]
pub(crate) struct Descriptor(Number);

impl Descriptor {
    /// What the kernel has just made for the caller.
    fn new(number: usize) -> Result<Self, Errno> {
        Number::try_from(number).map(Self).map_err(|_| libc::EBADF)
    }

    /// One that this process was given at its start, under a number that nobody else here uses.
    pub(crate) const fn given(number: Number) -> Self {
        Self(number)
    }

    pub(crate) const fn number(&self) -> Number {
        self.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the number is this value's alone.
        let _closed = unsafe { call!(libc::SYS_close, self.0) };
    }
}

/// All bytes of a memory file that nobody can change any more; closes the descriptor.
pub(crate) fn take_sealed(fd: Number) -> Result<&'static [u8], Errno> {
    // SAFETY: fcntl and fstat take a number and report a wrong one; the mapping is of the size that the sealed file
    // has for good, is private to this process and is never unmapped.
    unsafe {
        let file = Descriptor(fd);
        let needed = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
        let seals = call!(libc::SYS_fcntl, fd, libc::F_GET_SEALS)?;
        if seals & needed.cast_unsigned() as usize != needed.cast_unsigned() as usize {
            return Err(libc::EPERM);
        }
        let mut facts: libc::stat = mem::zeroed();
        call!(libc::SYS_fstat, fd, &raw mut facts)?;
        let length = usize::try_from(facts.st_size).map_err(|_| libc::EOVERFLOW)?;
        // All of it is read at once: one fault instead of one a page.
        let how = libc::MAP_PRIVATE | libc::MAP_POPULATE;
        let start = map(length, libc::PROT_READ, how, file.number())?;
        Ok(slice::from_raw_parts(start, length))
    }
}

/// New memory of this process, from the start of a page on.
///
/// # Safety
///
/// A mapping of a file is only as lasting as the file.
unsafe fn map<T>(length: usize, rights: c_int, how: c_int, fd: Number) -> Result<*mut T, Errno> {
    let nowhere = ptr::null::<u8>();
    // SAFETY: the kernel chooses the place, so that nothing that is there already is touched.
    let start = unsafe { call!(libc::SYS_mmap, nowhere, length, rights, how, fd, 0_usize)? };
    Ok(ptr::with_exposed_provenance_mut(start))
}

/// New memory, zeroed, for good.
pub(crate) fn memory(length: usize) -> Result<*mut u8, Errno> {
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: it is of no file.
    unsafe { map(length, rights, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1) }
}

/// Closes this descriptor and every higher one.
pub(crate) fn close_from(first: Number) -> Result<(), Errno> {
    // SAFETY: nothing in this process uses those descriptors any more.
    unsafe { call!(libc::SYS_close_range, first, c_int::MAX, 0) }.map(drop)
}

/// Closes every descriptor but this one.
pub(crate) fn close_but(kept: &Descriptor) -> Result<(), Errno> {
    let kept = kept.number();
    if kept > 0 {
        // SAFETY: nothing in this process uses those descriptors any more.
        unsafe { call!(libc::SYS_close_range, 0, kept - 1, 0)? };
    }
    close_from(kept + 1)
}

pub(crate) fn close_at_exec(fd: Number) -> Result<(), Errno> {
    // SAFETY: takes numbers, reports a wrong one.
    unsafe { call!(libc::SYS_fcntl, fd, libc::F_SETFD, libc::FD_CLOEXEC) }.map(drop)
}

/// Makes `to` another name of `fd`, one that stays open at exec.
pub(crate) fn duplicate(fd: Number, to: Number) -> Result<(), Errno> {
    // SAFETY: takes numbers, reports a wrong one.
    unsafe { call!(libc::SYS_dup3, fd, to, 0) }.map(drop)
}

/// prctl(2) with up to two numbers.
pub(crate) fn control(what: c_int, first: u64, second: u64) -> Result<(), Errno> {
    // SAFETY: only called for operations whose arguments are numbers.
    unsafe { call!(libc::SYS_prctl, what, first, second, 0, 0) }.map(drop)
}

/// Gives up every capability in all three sets.
pub(crate) fn give_up_capabilities() -> Result<(), Errno> {
    /// `_LINUX_CAPABILITY_VERSION_3`, for this process.
    const HEADER: [u32; 2] = [0x2008_0522, 0];
    let nothing = [0_u32; 6];
    // SAFETY: both point to what capset(2) reads for that version: two words, and twice three words.
    unsafe { call!(libc::SYS_capset, HEADER.as_ptr(), nothing.as_ptr()) }.map(drop)
}

/// Sets a limit, soft and hard; a hard limit that is lower already stays.
pub(crate) fn limit(resource: u32, most: u64) -> Result<(), Errno> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: both calls are given one limit that outlives them: the first to write, the second to read.
    unsafe {
        call!(libc::SYS_prlimit64, 0, resource, 0, &raw mut limit)?;
        limit.rlim_max = limit.rlim_max.min(most);
        limit.rlim_cur = limit.rlim_max;
        call!(libc::SYS_prlimit64, 0, resource, &raw const limit, 0).map(drop)
    }
}

pub(crate) fn go_to(folder: &CStr) -> Result<(), Errno> {
    // SAFETY: the text ends with NUL.
    unsafe { call!(libc::SYS_chdir, folder.as_ptr()) }.map(drop)
}

/// Names what lies at a path without opening it; a link anywhere in the path is an error.
pub(crate) fn place(path: &CStr) -> Result<Descriptor, Errno> {
    let how = [
        u64::from((libc::O_PATH | libc::O_CLOEXEC).cast_unsigned()),
        0,
        RESOLVE_NO_SYMLINKS,
    ];
    // SAFETY: the text ends with NUL and `how` is the three words that openat2(2) reads.
    let found = unsafe {
        call!(
            libc::SYS_openat2,
            libc::AT_FDCWD,
            path.as_ptr(),
            how.as_ptr(),
            mem::size_of_val(&how),
        )?
    };
    Descriptor::new(found)
}

/// Writes a few bytes to a file of the kernel.
pub(crate) fn tell(path: &CStr, bytes: &[u8]) -> Result<(), Errno> {
    let how = libc::O_WRONLY | libc::O_CLOEXEC;
    // SAFETY: the text ends with NUL, the bytes outlive the call.
    let written = unsafe {
        let file = Descriptor::new(call!(
            libc::SYS_openat,
            libc::AT_FDCWD,
            path.as_ptr(),
            how,
            0
        )?)?;
        call!(libc::SYS_write, file.number(), bytes.as_ptr(), bytes.len())?
    };
    if written == bytes.len() {
        Ok(())
    } else {
        Err(libc::EIO)
    }
}

/// Writes to a descriptor; whether it arrives is not known.
pub(crate) fn say(fd: Number, bytes: &[u8]) {
    // SAFETY: the bytes outlive the call.
    let _nobody_hears = unsafe { call!(libc::SYS_write, fd, bytes.as_ptr(), bytes.len()) };
}

/// Who this process is: user and group in force.
pub(crate) fn user_and_group() -> Result<(u32, u32), Errno> {
    let id = |found| u32::try_from(found).map_err(|_| libc::EOVERFLOW);
    // SAFETY: have no arguments and cannot fail.
    let found = unsafe { (call!(libc::SYS_geteuid)?, call!(libc::SYS_getegid)?) };
    Ok((id(found.0)?, id(found.1)?))
}

/// Whether a filter may let calls fail with an error number.
pub(crate) fn has_filters() -> bool {
    /// `SECCOMP_GET_ACTION_AVAIL`.
    const IS_AVAILABLE: c_int = 2;
    let action = libc::SECCOMP_RET_ERRNO;
    // SAFETY: points to the word that is read.
    unsafe { call!(libc::SYS_seccomp, IS_AVAILABLE, 0, &raw const action) }.is_ok()
}

/// Puts a filter in force; `instructions` is a whole number of them.
pub(crate) fn filter(instructions: &[u8]) -> Result<(), Errno> {
    /// `SECCOMP_SET_MODE_FILTER`.
    const SET_MODE_FILTER: c_int = 1;
    let program = libc::sock_fprog {
        len: u16::try_from(instructions.len() / 8).map_err(|_| libc::E2BIG)?,
        filter: instructions.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the kernel copies `len` instructions of eight bytes from where the slice is; it reads bytes, whatever
    // their alignment, and writes nothing.
    unsafe { call!(libc::SYS_seccomp, SET_MODE_FILTER, 0, &raw const program) }.map(drop)
}

/// Becomes the program; returns only if it cannot.
pub(crate) fn become_program(
    program: &CStr,
    arguments: &[Cow<'_, CStr>],
    environment: &[Cow<'_, CStr>],
) -> Errno {
    let pointers = |texts: &[Cow<'_, CStr>]| -> Vec<*const c_char> {
        let texts = texts.iter().map(|text| text.as_ptr());
        texts.chain([ptr::null()]).collect()
    };
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: both lists end with a null pointer and hold texts that end with NUL and outlive the call.
    let became = unsafe {
        call!(
            libc::SYS_execve,
            program.as_ptr(),
            arguments.as_ptr(),
            environment.as_ptr(),
        )
    };
    became.err().unwrap_or(libc::EIO)
}
