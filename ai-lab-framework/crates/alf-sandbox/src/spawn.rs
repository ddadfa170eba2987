//! `posix_spawn` with descriptors at chosen numbers.

#![expect(
    unsafe_code,
    reason = "the standard library cannot put descriptors at chosen numbers without forking this process"
)]

use std::ffi::{CString, c_char, c_int};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};
use std::ptr;

use rustix::process::Pid;

/// What the child inherits: each descriptor under the number beside it, and nothing else that matters.
pub(crate) type Inherited<'a> = &'a [(&'a OwnedFd, RawFd)];

/// Starts a program in its own process group, with no variable but the given one.
///
/// The numbers that are given to descriptors must be below those of the descriptors themselves.
pub(crate) fn spawn(
    program: &str,
    variable: Option<&str>,
    inherited: Inherited<'_>,
) -> io::Result<Pid> {
    let program = CString::new(program)?;
    let variable = variable.map(CString::new).transpose()?;
    let arguments = [program.as_ptr(), ptr::null()];
    let variables = [
        variable.as_ref().map_or(ptr::null(), |text| text.as_ptr()),
        ptr::null(),
    ];
    let actions = Actions::new(inherited)?;
    let attributes = Attributes::new()?;
    let mut pid = 0;
    // SAFETY: both lists end with a null pointer and hold texts that end with NUL and outlive the call, which only
    // reads them; actions and attributes were initialised.
    let result = unsafe {
        libc::posix_spawn(
            &raw mut pid,
            program.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            arguments.as_ptr().cast::<*mut c_char>(),
            variables.as_ptr().cast::<*mut c_char>(),
        )
    };
    check(result)?;
    Pid::from_raw(pid).ok_or_else(|| io::Error::from(io::ErrorKind::Other))
}

/// Keeps what this process has open, beside the three standard descriptors, from every program it starts from now on.
///
/// Whoever started this process may have left it descriptors that pass on by themselves; a process that outlives this
/// one would keep their other ends waiting. Needs Linux 5.11; before, nothing changes.
pub fn keep_descriptors() {
    // SAFETY: it closes nothing; it sets a flag on descriptors, which those who own them set as a rule.
    unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3_u32,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
}

/// These calls answer with the error number itself.
fn check(result: c_int) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(result))
    }
}

struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new(inherited: Inherited<'_>) -> io::Result<Self> {
        let mut actions = MaybeUninit::uninit();
        // SAFETY: init makes the value what it is to be; the others are handed one that was made.
        unsafe {
            check(libc::posix_spawn_file_actions_init(actions.as_mut_ptr()))?;
            let mut actions = Self(actions.assume_init());
            for (descriptor, number) in inherited {
                check(libc::posix_spawn_file_actions_adddup2(
                    &raw mut actions.0,
                    descriptor.as_raw_fd(),
                    *number,
                ))?;
            }
            Ok(actions)
        }
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: it was made by init and is used by nobody any more.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    /// Own process group; no signal held back, none ignored that a program expects not to be.
    fn new() -> io::Result<Self> {
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: init makes the value what it is to be; the others are handed one that was made, and sets on the stack.
        unsafe {
            check(libc::posix_spawnattr_init(attributes.as_mut_ptr()))?;
            let mut attributes = Self(attributes.assume_init());
            let flags = libc::POSIX_SPAWN_SETPGROUP
                | libc::POSIX_SPAWN_SETSIGDEF
                | libc::POSIX_SPAWN_SETSIGMASK;
            let flags = i16::try_from(flags).map_err(io::Error::other)?;
            check(libc::posix_spawnattr_setflags(&raw mut attributes.0, flags))?;
            check(libc::posix_spawnattr_setpgroup(&raw mut attributes.0, 0))?;
            let mut signals = MaybeUninit::uninit();
            libc::sigemptyset(signals.as_mut_ptr());
            let mut signals: libc::sigset_t = signals.assume_init();
            check(libc::posix_spawnattr_setsigmask(
                &raw mut attributes.0,
                &raw const signals,
            ))?;
            // The Rust runtime ignores it.
            libc::sigaddset(&raw mut signals, libc::SIGPIPE);
            check(libc::posix_spawnattr_setsigdefault(
                &raw mut attributes.0,
                &raw const signals,
            ))?;
            Ok(attributes)
        }
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: it was made by init and is used by nobody any more.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}
