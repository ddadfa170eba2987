//! The calls of Landlock, as landlock(7) has them.

use core::ffi::c_int;
use core::{mem, ptr};

use super::raw::call;
use super::{Descriptor, Errno};

pub(crate) fn landlock_ruleset(files: u64, network: u64, scopes: u64) -> Result<Descriptor, Errno> {
    let attributes = [files, network, scopes];
    // SAFETY: points to the three words of `struct landlock_ruleset_attr`; zeros are taken by kernels that know fewer.
    let ruleset = unsafe {
        call!(
            libc::SYS_landlock_create_ruleset,
            attributes.as_ptr(),
            mem::size_of_val(&attributes),
            0,
        )?
    };
    Descriptor::new(ruleset)
}

pub(crate) fn landlock_path(
    ruleset: &Descriptor,
    rights: u64,
    path: &Descriptor,
) -> Result<(), Errno> {
    /// `LANDLOCK_RULE_PATH_BENEATH`.
    const PATH_BENEATH: c_int = 1;
    let mut rule = [0_u8; 12];
    rule[..8].copy_from_slice(&rights.to_ne_bytes());
    rule[8..].copy_from_slice(&path.number().to_ne_bytes());
    landlock_rule(ruleset, PATH_BENEATH, &rule)
}

pub(crate) fn landlock_port(ruleset: &Descriptor, rights: u64, port: u16) -> Result<(), Errno> {
    /// `LANDLOCK_RULE_NET_PORT`.
    const NET_PORT: c_int = 2;
    let mut rule = [0_u8; 16];
    rule[..8].copy_from_slice(&rights.to_ne_bytes());
    rule[8..].copy_from_slice(&u64::from(port).to_ne_bytes());
    landlock_rule(ruleset, NET_PORT, &rule)
}

fn landlock_rule(ruleset: &Descriptor, kind: c_int, rule: &[u8]) -> Result<(), Errno> {
    // SAFETY: the bytes are laid out as the packed structure of that kind of rule, and outlive the call.
    let added = unsafe {
        call!(
            libc::SYS_landlock_add_rule,
            ruleset.number(),
            kind,
            rule.as_ptr(),
            0,
        )
    };
    added.map(drop)
}

pub(crate) fn landlock_restrict(ruleset: &Descriptor) -> Result<(), Errno> {
    // SAFETY: takes numbers.
    unsafe { call!(libc::SYS_landlock_restrict_self, ruleset.number(), 0) }.map(drop)
}

/// The version of the kernel's Landlock; 0 where there is none.
pub(crate) fn landlock_version() -> u32 {
    /// `LANDLOCK_CREATE_RULESET_VERSION`.
    const VERSION: c_int = 1;
    let nothing = ptr::null::<u8>();
    // SAFETY: asks for the version, for which there are no attributes.
    let version = unsafe { call!(libc::SYS_landlock_create_ruleset, nothing, 0_usize, VERSION) };
    version
        .ok()
        .and_then(|version| u32::try_from(version).ok())
        .unwrap_or(0)
}
