//! Own namespaces, and a file system that is read-only but for what is granted.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

use crate::orders::Namespaces;
use crate::report::{Failed, Step};
use crate::sys::{self, Descriptor, Errno};

/// `MOUNT_ATTR_RDONLY`.
const READ_ONLY: u64 = 0x01;
/// `MOUNT_ATTR_NOSUID`.
const NO_SET_ID: u64 = 0x02;
/// `MOUNT_ATTR_NODEV`.
const NO_DEVICES: u64 = 0x04;

/// Enters them. Processes started from here on are in the process namespace; this one is not.
pub(crate) fn enter(namespaces: Namespaces) -> Result<(), Errno> {
    let mut which = libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC;
    if namespaces.network.is_some() {
        which |= libc::CLONE_NEWNET;
    }
    let Some((user, group)) = namespaces.user else {
        return sys::enter_namespaces(which);
    };
    let outside = sys::user_and_group()?;
    sys::enter_namespaces(which | libc::CLONE_NEWUSER)?;
    // Without this a group could be given up that closes a file to its members.
    sys::tell(c"/proc/self/setgroups", b"deny")?;
    let line = |inside: u32, outside: u32| format!("{inside} {outside} 1\n");
    sys::tell(c"/proc/self/uid_map", line(user, outside.0).as_bytes())?;
    sys::tell(c"/proc/self/gid_map", line(group, outside.1).as_bytes())
}

/// Makes every mount read-only except copies of those at the granted paths, which are put back over them.
///
/// The copies are made first: afterwards there is nothing writable left to copy.
pub(crate) fn close_file_system(writable: &[Cow<'_, CStr>]) -> Result<(), Failed> {
    sys::keep_mounts_private().map_err(|errno| Step::Mounts.failed(errno))?;
    let mut copies: Vec<Descriptor> = Vec::with_capacity(writable.len());
    for (index, path) in (0..).zip(writable) {
        let copy = sys::place(path).and_then(|place| sys::copy_mounts(&place));
        copies.push(copy.map_err(|errno| numbered(index, errno))?);
    }
    sys::set_mounts(None, READ_ONLY | NO_SET_ID).map_err(|errno| Step::Mounts.failed(errno))?;
    for ((index, path), copy) in (0..).zip(writable).zip(&copies) {
        put_back(path, copy).map_err(|errno| numbered(index, errno))?;
    }
    Ok(())
}

fn put_back(path: &CStr, copy: &Descriptor) -> Result<(), Errno> {
    // A granted device stays one.
    let is_device = path.to_bytes().starts_with(b"/dev/");
    let devices = if is_device { 0 } else { NO_DEVICES };
    sys::set_mounts(Some(copy), NO_SET_ID | devices)?;
    sys::put_mounts(copy, &sys::place(path)?)
}

const fn numbered(index: u32, errno: Errno) -> Failed {
    Failed {
        step: Step::WritablePath,
        index,
        errno,
    }
}
