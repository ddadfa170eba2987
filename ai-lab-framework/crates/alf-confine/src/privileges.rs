//! What this process may do beyond its user, and that it never gets more.

use crate::report::{Failed, Step};
use crate::sys::{self, Errno};

/// Above every capability there is; the kernel says which is its last.
const MOST_CAPABILITIES: u64 = 64;

/// Takes every capability out of every set, then bars the way to new ones.
pub(crate) fn give_up() -> Result<(), Failed> {
    give_up_capabilities().map_err(|errno| Step::Capabilities.failed(errno))?;
    sys::control(libc::PR_SET_NO_NEW_PRIVS, 1, 0).map_err(|errno| Step::NewPrivileges.failed(errno))
}

fn give_up_capabilities() -> Result<(), Errno> {
    for capability in 0..MOST_CAPABILITIES {
        match sys::control(libc::PR_CAPBSET_DROP, capability, 0) {
            Ok(()) => {}
            // Behind the kernel's last. A plain user may not shrink the set, and needs not: no_new_privs keeps it from
            // ever counting.
            Err(libc::EINVAL | libc::EPERM) => break,
            Err(errno) => return Err(errno),
        }
    }
    let clear_all = u64::from(libc::PR_CAP_AMBIENT_CLEAR_ALL.cast_unsigned());
    sys::control(libc::PR_CAP_AMBIENT, clear_all, 0)?;
    sys::give_up_capabilities()
}
