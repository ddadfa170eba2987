//! The calls for processes and their signals.

use core::ffi::c_int;
use core::sync::atomic::AtomicI32;
use core::{hint, mem, ptr};

use super::raw::call;
use super::{Descriptor, Errno, map};

/// How many bytes a set of signals has for the kernel.
const SET_BYTES: usize = mem::size_of::<u64>();

/// `struct sigaction` of the kernel that says: as usual.
const AS_USUAL: [u64; 4] = [0; 4];

pub(crate) fn parent() -> Result<i32, Errno> {
    // SAFETY: has no arguments and cannot fail.
    let parent = unsafe { call!(libc::SYS_getppid)? };
    i32::try_from(parent).map_err(|_| libc::EOVERFLOW)
}

/// The child's number; `None` in the child.
pub(crate) fn fork() -> Result<Option<i32>, Errno> {
    // SAFETY: without flags but the signal of its end the child has a copy of everything; this process has one
    // thread, so the child may do whatever this one may.
    let child = unsafe { call!(libc::SYS_clone, libc::SIGCHLD)? };
    let child = i32::try_from(child).map_err(|_| libc::EOVERFLOW)?;
    Ok((child != 0).then_some(child))
}

/// Ends this process at once.
pub(crate) fn end(code: i32) -> ! {
    loop {
        // SAFETY: takes a number; nothing needs to be put in order.
        let _never = unsafe { call!(libc::SYS_exit_group, code) };
        hint::spin_loop();
    }
}

/// Ends this process by a signal, as another was ended by it.
pub(crate) fn end_by(signal: i32) -> ! {
    let none = 0_u64;
    let nothing = ptr::null::<u64>();
    // SAFETY: all take numbers, or point to what outlives the call: the action as the kernel lays it out, a set of
    // signals. A signal that cannot end this process leaves it to the last line.
    unsafe {
        let (usual, set) = (AS_USUAL.as_ptr(), &raw const none);
        let _kept = call!(libc::SYS_rt_sigaction, signal, usual, nothing, SET_BYTES);
        let _held = call!(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            set,
            nothing,
            SET_BYTES
        );
        if let Ok(own) = call!(libc::SYS_getpid) {
            let _sent = call!(libc::SYS_kill, own, signal);
        }
    }
    end(128 + signal)
}

/// A process group of its own for a child, or for this process with 0.
pub(crate) fn lead_group(pid: i32) -> Result<(), Errno> {
    // SAFETY: takes numbers.
    unsafe { call!(libc::SYS_setpgid, pid, pid) }.map(drop)
}

/// Asks a process group to end.
pub(crate) fn ask_group(group: i32) {
    // SAFETY: takes numbers; a group that is gone is an error nobody needs.
    let _gone = unsafe { call!(libc::SYS_kill, -group, libc::SIGTERM) };
}

/// The two signals that [`next_signal`] tells, as the kernel's set.
static WAITED_FOR: u64 = 1 << (libc::SIGTERM - 1) | 1 << (libc::SIGCHLD - 1);

/// Holds back the two signals that [`next_signal`] tells, or lets them through again.
pub(crate) fn hold_signals(held: bool) -> Result<(), Errno> {
    let how = if held {
        libc::SIG_BLOCK
    } else {
        libc::SIG_UNBLOCK
    };
    let nothing = ptr::null::<u64>();
    let set = &raw const WAITED_FOR;
    // SAFETY: points to a set that outlives the call.
    unsafe { call!(libc::SYS_rt_sigprocmask, how, set, nothing, SET_BYTES) }.map(drop)
}

/// Waits for a request to end or the end of a child; 0 when it was woken for neither.
pub(crate) fn next_signal() -> i32 {
    let nothing = ptr::null::<u64>();
    let set = &raw const WAITED_FOR;
    // SAFETY: points to a set that outlives the call; nothing is asked to be told of the signal, and for ever waited.
    let signal = unsafe { call!(libc::SYS_rt_sigtimedwait, set, nothing, nothing, SET_BYTES) };
    signal
        .ok()
        .and_then(|signal| i32::try_from(signal).ok())
        .unwrap_or_default()
}

/// The next child that has ended, with its wait status; `None` when there is none at the moment.
pub(crate) fn ended_child() -> Option<(i32, i32)> {
    let mut status: c_int = 0;
    // SAFETY: writes the status alone.
    let child = unsafe { call!(libc::SYS_wait4, -1, &raw mut status, libc::WNOHANG, 0) };
    let child = i32::try_from(child.ok()?).ok()?;
    (child > 0).then_some((child, status))
}

/// A number that this process and those it forks see as one.
pub(crate) fn shared_number(first: i32) -> Result<&'static AtomicI32, Errno> {
    let length = mem::size_of::<AtomicI32>();
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: the mapping is new, as large as the number, aligned to a page, and never unmapped.
    unsafe {
        let number: *mut AtomicI32 =
            map(length, rights, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1)?;
        number.write(AtomicI32::new(first));
        Ok(&*number)
    }
}

/// A pipe whose reading end tells when the last holder of the writing end is gone.
pub(crate) fn lifeline() -> Result<(Descriptor, Descriptor), Errno> {
    let mut ends: [c_int; 2] = [0; 2];
    // SAFETY: writes the two numbers, which are new descriptors.
    unsafe { call!(libc::SYS_pipe2, ends.as_mut_ptr(), libc::O_CLOEXEC)? };
    Ok((Descriptor(ends[0]), Descriptor(ends[1])))
}

/// Whether the writing end of a [`lifeline`] is gone.
pub(crate) fn is_cut(reading: &Descriptor) -> bool {
    let mut poll = libc::pollfd {
        fd: reading.number(),
        events: 0,
        revents: 0,
    };
    let at_once = [0_u64; 2];
    let nothing = ptr::null::<u64>();
    // SAFETY: points to one entry and to a time, the two words of `struct timespec`.
    let ready = unsafe {
        call!(
            libc::SYS_ppoll,
            &raw mut poll,
            1,
            at_once.as_ptr(),
            nothing,
            SET_BYTES
        )
    };
    ready != Ok(0)
}
