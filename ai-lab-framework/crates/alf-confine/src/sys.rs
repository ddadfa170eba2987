//! The system calls, one thin function each; what the C library has no name for goes by its number.
//!
//! All of them fail with the kernel's error number.

#![expect(
    unsafe_code,
    reason = "the kernel's interface for closing a process in has no safe form; nothing outside this module needs one"
)]

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_long};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::sync::atomic::AtomicI32;
use std::{mem, ptr, slice};

/// The kernel's error number.
pub(crate) type Errno = i32;

/// openat2(2): no link anywhere in the path, magic ones included.
const RESOLVE_NO_SYMLINKS: u64 = 0x04;

fn errno() -> Errno {
    std::io::Error::last_os_error()
        .raw_os_error()
        .unwrap_or(libc::EIO)
}

fn check(result: c_long) -> Result<c_long, Errno> {
    if result < 0 { Err(errno()) } else { Ok(result) }
}

fn check_int(result: c_int) -> Result<c_int, Errno> {
    if result < 0 { Err(errno()) } else { Ok(result) }
}

/// All bytes of a memory file that nobody can change any more; closes the descriptor.
pub(crate) fn take_sealed(fd: RawFd) -> Result<&'static [u8], Errno> {
    // SAFETY: fcntl and fstat take a number and report a wrong one; the mapping is of the size that the sealed file
    // has for good, is private to this process and is never unmapped.
    unsafe {
        let needed = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
        if check_int(libc::fcntl(fd, libc::F_GET_SEALS))? & needed != needed {
            return Err(libc::EPERM);
        }
        let mut facts: libc::stat = mem::zeroed();
        check_int(libc::fstat(fd, &raw mut facts))?;
        let length = usize::try_from(facts.st_size).map_err(|_| libc::EOVERFLOW)?;
        let start = libc::mmap(
            ptr::null_mut(),
            length,
            libc::PROT_READ,
            libc::MAP_PRIVATE,
            fd,
            0,
        );
        if start == libc::MAP_FAILED {
            return Err(errno());
        }
        libc::close(fd);
        Ok(slice::from_raw_parts(start.cast::<u8>(), length))
    }
}

/// Closes this descriptor and every higher one.
pub(crate) fn close_from(first: RawFd) -> Result<(), Errno> {
    // SAFETY: nothing in this process uses those descriptors any more.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, c_int::MAX, 0) };
    check(result).map(drop)
}

/// Closes every descriptor but this one.
pub(crate) fn close_but(kept: &OwnedFd) -> Result<(), Errno> {
    let kept = kept.as_raw_fd();
    if kept > 0 {
        // SAFETY: nothing in this process uses those descriptors any more.
        check(unsafe { libc::syscall(libc::SYS_close_range, 0, kept - 1, 0) })?;
    }
    close_from(kept + 1)
}

pub(crate) fn close_at_exec(fd: RawFd) -> Result<(), Errno> {
    // SAFETY: takes numbers, reports a wrong one.
    check_int(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }).map(drop)
}

/// Makes `to` another name of `fd`, one that stays open at exec.
pub(crate) fn duplicate(fd: RawFd, to: RawFd) -> Result<(), Errno> {
    // SAFETY: takes numbers, reports a wrong one.
    check_int(unsafe { libc::dup2(fd, to) }).map(drop)
}

pub(crate) fn parent() -> i32 {
    // SAFETY: has no arguments and cannot fail.
    unsafe { libc::getppid() }
}

/// prctl(2) with up to two numbers.
pub(crate) fn control(what: c_int, first: u64, second: u64) -> Result<c_int, Errno> {
    // SAFETY: only called for operations whose arguments are numbers.
    check_int(unsafe { libc::prctl(what, first, second, 0_u64, 0_u64) })
}

/// Gives up every capability in all three sets.
pub(crate) fn give_up_capabilities() -> Result<(), Errno> {
    /// `_LINUX_CAPABILITY_VERSION_3`, for this process.
    const HEADER: [u32; 2] = [0x2008_0522, 0];
    let nothing = [0_u32; 6];
    // SAFETY: both point to what capset(2) reads for that version: two words, and twice three words.
    let result = unsafe { libc::syscall(libc::SYS_capset, HEADER.as_ptr(), nothing.as_ptr()) };
    check(result).map(drop)
}

/// Sets a limit, soft and hard; a hard limit that is lower already stays.
pub(crate) fn limit(resource: u32, most: u64) -> Result<(), Errno> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: both calls are given one limit that outlives them: the first to write, the second to read.
    unsafe {
        check(libc::syscall(
            libc::SYS_prlimit64,
            0,
            resource,
            0,
            &raw mut limit,
        ))?;
        limit.rlim_max = limit.rlim_max.min(most);
        limit.rlim_cur = limit.rlim_max;
        check(libc::syscall(
            libc::SYS_prlimit64,
            0,
            resource,
            &raw const limit,
            0,
        ))
        .map(drop)
    }
}

pub(crate) fn go_to(folder: &CStr) -> Result<(), Errno> {
    // SAFETY: the text ends with NUL.
    check_int(unsafe { libc::chdir(folder.as_ptr()) }).map(drop)
}

/// Names what lies at a path without opening it; a link anywhere in the path is an error.
pub(crate) fn place(path: &CStr) -> Result<OwnedFd, Errno> {
    let how = [
        u64::from((libc::O_PATH | libc::O_CLOEXEC).cast_unsigned()),
        0,
        RESOLVE_NO_SYMLINKS,
    ];
    // SAFETY: the text ends with NUL, `how` is the three words that openat2(2) reads, and the descriptor is new.
    unsafe {
        let fd = check(libc::syscall(
            libc::SYS_openat2,
            libc::AT_FDCWD,
            path.as_ptr(),
            how.as_ptr(),
            mem::size_of_val(&how),
        ))?;
        owned(fd)
    }
}

/// Writes a few bytes to a file of the kernel.
pub(crate) fn tell(path: &CStr, bytes: &[u8]) -> Result<(), Errno> {
    // SAFETY: the text ends with NUL, the descriptor is new, the bytes outlive the call.
    unsafe {
        let fd = check_int(libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC))?;
        let file = OwnedFd::from_raw_fd(fd);
        let written = libc::write(file.as_raw_fd(), bytes.as_ptr().cast(), bytes.len());
        if written.cast_unsigned() == bytes.len() {
            Ok(())
        } else {
            Err(errno())
        }
    }
}

/// Writes to a descriptor; whether it arrives is not known.
pub(crate) fn say(fd: RawFd, bytes: &[u8]) {
    // SAFETY: the bytes outlive the call.
    let _nobody_hears = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
}

/// Who this process is: user and group in force.
pub(crate) fn user_and_group() -> (u32, u32) {
    // SAFETY: have no arguments and cannot fail.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

fn owned(fd: c_long) -> Result<OwnedFd, Errno> {
    let fd = RawFd::try_from(fd).map_err(|_| libc::EBADF)?;
    // SAFETY: the kernel has just made this descriptor for the caller.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

pub(crate) fn landlock_ruleset(files: u64, network: u64, scopes: u64) -> Result<OwnedFd, Errno> {
    let attributes = [files, network, scopes];
    // SAFETY: points to the three words of `struct landlock_ruleset_attr`; zeros are taken by kernels that know fewer.
    let fd = check(unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            attributes.as_ptr(),
            mem::size_of_val(&attributes),
            0,
        )
    })?;
    owned(fd)
}

pub(crate) fn landlock_path(ruleset: &OwnedFd, rights: u64, path: &OwnedFd) -> Result<(), Errno> {
    /// `LANDLOCK_RULE_PATH_BENEATH`.
    const PATH_BENEATH: c_int = 1;
    let mut rule = [0_u8; 12];
    rule[..8].copy_from_slice(&rights.to_ne_bytes());
    rule[8..].copy_from_slice(&path.as_raw_fd().to_ne_bytes());
    landlock_rule(ruleset, PATH_BENEATH, &rule)
}

pub(crate) fn landlock_port(ruleset: &OwnedFd, rights: u64, port: u16) -> Result<(), Errno> {
    /// `LANDLOCK_RULE_NET_PORT`.
    const NET_PORT: c_int = 2;
    let mut rule = [0_u8; 16];
    rule[..8].copy_from_slice(&rights.to_ne_bytes());
    rule[8..].copy_from_slice(&u64::from(port).to_ne_bytes());
    landlock_rule(ruleset, NET_PORT, &rule)
}

fn landlock_rule(ruleset: &OwnedFd, kind: c_int, rule: &[u8]) -> Result<(), Errno> {
    // SAFETY: the bytes are laid out as the packed structure of that kind of rule, and outlive the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_landlock_add_rule,
            ruleset.as_raw_fd(),
            kind,
            rule.as_ptr(),
            0,
        )
    };
    check(result).map(drop)
}

pub(crate) fn landlock_restrict(ruleset: &OwnedFd) -> Result<(), Errno> {
    // SAFETY: takes numbers.
    let result = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) };
    check(result).map(drop)
}

/// The version of the kernel's Landlock; 0 where there is none.
pub(crate) fn landlock_version() -> u32 {
    /// `LANDLOCK_CREATE_RULESET_VERSION`.
    const VERSION: c_int = 1;
    // SAFETY: asks for the version, for which there are no attributes.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) };
    u32::try_from(version).unwrap_or(0)
}

/// Whether a filter may let calls fail with an error number.
pub(crate) fn has_filters() -> bool {
    /// `SECCOMP_GET_ACTION_AVAIL`.
    const IS_AVAILABLE: c_int = 2;
    let action = libc::SECCOMP_RET_ERRNO;
    // SAFETY: points to the word that is read.
    unsafe { libc::syscall(libc::SYS_seccomp, IS_AVAILABLE, 0, &raw const action) == 0 }
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
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, 0, &raw const program) };
    check(result).map(drop)
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
    unsafe { libc::execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    errno()
}

pub(crate) fn enter_namespaces(which: c_int) -> Result<(), Errno> {
    // SAFETY: takes a number; this process has one thread.
    check_int(unsafe { libc::unshare(which) }).map(drop)
}

/// From here on no mount and unmount passes between these namespaces and the machine's.
pub(crate) fn keep_mounts_private() -> Result<(), Errno> {
    let flags = libc::MS_REC | libc::MS_PRIVATE;
    // SAFETY: the text ends with NUL; the other three arguments are not read for a change of propagation.
    let result =
        unsafe { libc::mount(ptr::null(), c"/".as_ptr(), ptr::null(), flags, ptr::null()) };
    check_int(result).map(drop)
}

/// A detached copy of the mounts at and below a place.
pub(crate) fn copy_mounts(place: &OwnedFd) -> Result<OwnedFd, Errno> {
    /// `OPEN_TREE_CLONE`; `OPEN_TREE_CLOEXEC` is `O_CLOEXEC`.
    const CLONE: c_int = 1;
    let flags = CLONE | libc::O_CLOEXEC | libc::AT_EMPTY_PATH | libc::AT_RECURSIVE;
    // SAFETY: the text is empty and ends with NUL; the descriptor is new.
    let fd = check(unsafe {
        libc::syscall(libc::SYS_open_tree, place.as_raw_fd(), c"".as_ptr(), flags)
    })?;
    owned(fd)
}

/// Sets attributes of mounts, recursively: of those at a place, or of all.
pub(crate) fn set_mounts(place: Option<&OwnedFd>, set: u64) -> Result<(), Errno> {
    let attributes = [set, 0, 0, 0];
    let (fd, path, flags) = match place {
        Some(place) => (
            place.as_raw_fd(),
            c"",
            libc::AT_RECURSIVE | libc::AT_EMPTY_PATH,
        ),
        None => (libc::AT_FDCWD, c"/", libc::AT_RECURSIVE),
    };
    // SAFETY: the text ends with NUL and `attributes` is the four words of `struct mount_attr`.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            fd,
            path.as_ptr(),
            flags,
            attributes.as_ptr(),
            mem::size_of_val(&attributes),
        )
    };
    check(result).map(drop)
}

/// Mounts a detached copy over a place.
pub(crate) fn put_mounts(copy: &OwnedFd, place: &OwnedFd) -> Result<(), Errno> {
    /// `MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH`.
    const BY_DESCRIPTOR: c_int = 0x04 | 0x40;
    // SAFETY: both texts are empty and end with NUL.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            copy.as_raw_fd(),
            c"".as_ptr(),
            place.as_raw_fd(),
            c"".as_ptr(),
            BY_DESCRIPTOR,
        )
    };
    check(result).map(drop)
}

/// The child's number; `None` in the child.
pub(crate) fn fork() -> Result<Option<i32>, Errno> {
    // SAFETY: this process has one thread, so the child may do whatever this one may.
    let pid = check_int(unsafe { libc::fork() })?;
    Ok((pid != 0).then_some(pid))
}

/// Ends this process at once.
pub(crate) fn end(code: i32) -> ! {
    // SAFETY: runs no handler and needs nothing.
    unsafe { libc::_exit(code) }
}

/// Ends this process by a signal, as another was ended by it.
pub(crate) fn end_by(signal: i32) -> ! {
    // SAFETY: all take numbers or a set on the stack; a signal that cannot end this process leaves it to the last line.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let mut all: libc::sigset_t = mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const all, ptr::null_mut());
        libc::kill(libc::getpid(), signal);
    }
    end(128 + signal)
}

/// A process group of its own for a child, or for this process with 0.
pub(crate) fn lead_group(pid: i32) -> Result<(), Errno> {
    // SAFETY: takes numbers.
    check_int(unsafe { libc::setpgid(pid, pid) }).map(drop)
}

/// Asks a process group to end.
pub(crate) fn ask_group(group: i32) {
    // SAFETY: takes numbers; a group that is gone is an error nobody needs.
    let _gone = unsafe { libc::kill(-group, libc::SIGTERM) };
}

/// Holds back the two signals that [`next_signal`] tells, or lets them through again.
pub(crate) fn hold_signals(held: bool) -> Result<(), Errno> {
    let how = if held {
        libc::SIG_BLOCK
    } else {
        libc::SIG_UNBLOCK
    };
    let set = waited_for();
    // SAFETY: points to a set that outlives the call.
    check_int(unsafe { libc::sigprocmask(how, &raw const set, ptr::null_mut()) }).map(drop)
}

/// Waits for a request to end or the end of a child.
pub(crate) fn next_signal() -> i32 {
    let set = waited_for();
    // SAFETY: points to a set that outlives the call; nothing is asked to be told of the signal.
    unsafe { libc::sigwaitinfo(&raw const set, ptr::null_mut()) }
}

fn waited_for() -> libc::sigset_t {
    // SAFETY: a set of zeros is one, and both calls write into it alone.
    unsafe {
        let mut set: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGTERM);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        set
    }
}

/// The next child that has ended, with its wait status; `None` when there is none at the moment.
pub(crate) fn ended_child() -> Option<(i32, i32)> {
    let mut status = 0;
    // SAFETY: writes the status alone.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    (pid > 0).then_some((pid, status))
}

/// A number that this process and those it forks see as one.
pub(crate) fn shared_number(first: i32) -> Result<&'static AtomicI32, Errno> {
    // SAFETY: the mapping is new, as large as the number, aligned to a page, and never unmapped.
    unsafe {
        let start = libc::mmap(
            ptr::null_mut(),
            mem::size_of::<AtomicI32>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if start == libc::MAP_FAILED {
            return Err(errno());
        }
        let number = start.cast::<AtomicI32>();
        number.write(AtomicI32::new(first));
        Ok(&*number)
    }
}

/// A pipe whose reading end tells when the last holder of the writing end is gone.
pub(crate) fn lifeline() -> Result<(OwnedFd, OwnedFd), Errno> {
    let mut ends = [0; 2];
    // SAFETY: writes the two numbers, which are new descriptors.
    unsafe {
        check_int(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC))?;
        Ok((OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])))
    }
}

/// Whether the writing end of a [`lifeline`] is gone.
pub(crate) fn is_cut(reading: &OwnedFd) -> bool {
    let mut poll = libc::pollfd {
        fd: reading.as_raw_fd(),
        events: 0,
        revents: 0,
    };
    // SAFETY: points to one entry.
    unsafe { libc::poll(&raw mut poll, 1, 0) != 0 }
}
