//! The calls for namespaces and mounts.

use core::ffi::{CStr, c_int};
use core::{mem, ptr};

use super::raw::call;
use super::{Descriptor, Errno};

pub(crate) fn enter_namespaces(which: c_int) -> Result<(), Errno> {
    // SAFETY: takes a number; this process has one thread.
    unsafe { call!(libc::SYS_unshare, which) }.map(drop)
}

/// From here on no mount and unmount passes between these namespaces and the machine's.
pub(crate) fn keep_mounts_private() -> Result<(), Errno> {
    let flags = libc::MS_REC | libc::MS_PRIVATE;
    let nothing = ptr::null::<u8>();
    // SAFETY: the text ends with NUL; the other three arguments are not read for a change of propagation.
    let kept = unsafe {
        call!(
            libc::SYS_mount,
            nothing,
            c"/".as_ptr(),
            nothing,
            flags,
            nothing
        )
    };
    kept.map(drop)
}

/// A detached copy of the mounts at and below a place.
pub(crate) fn copy_mounts(place: &Descriptor) -> Result<Descriptor, Errno> {
    /// `OPEN_TREE_CLONE`; `OPEN_TREE_CLOEXEC` is `O_CLOEXEC`.
    const CLONE: c_int = 1;
    let flags = CLONE | libc::O_CLOEXEC | libc::AT_EMPTY_PATH | libc::AT_RECURSIVE;
    // SAFETY: the text is empty and ends with NUL.
    let copy = unsafe { call!(libc::SYS_open_tree, place.number(), c"".as_ptr(), flags)? };
    Descriptor::new(copy)
}

/// Sets attributes of mounts, recursively: of those at a place, or of all.
pub(crate) fn set_mounts(place: Option<&Descriptor>, set: u64) -> Result<(), Errno> {
    let attributes = [set, 0, 0, 0];
    let recursive = libc::AT_RECURSIVE;
    let (fd, path, flags): (_, &CStr, _) = match place {
        Some(place) => (place.number(), c"", recursive | libc::AT_EMPTY_PATH),
        None => (libc::AT_FDCWD, c"/", recursive),
    };
    // SAFETY: the text ends with NUL and `attributes` is the four words of `struct mount_attr`.
    let done = unsafe {
        call!(
            libc::SYS_mount_setattr,
            fd,
            path.as_ptr(),
            flags,
            attributes.as_ptr(),
            mem::size_of_val(&attributes),
        )
    };
    done.map(drop)
}

/// Mounts a detached copy over a place.
pub(crate) fn put_mounts(copy: &Descriptor, place: &Descriptor) -> Result<(), Errno> {
    /// `MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH`.
    const BY_DESCRIPTOR: c_int = 0x04 | 0x40;
    // SAFETY: both texts are empty and end with NUL.
    let put = unsafe {
        call!(
            libc::SYS_move_mount,
            copy.number(),
            c"".as_ptr(),
            place.number(),
            c"".as_ptr(),
            BY_DESCRIPTOR,
        )
    };
    put.map(drop)
}
