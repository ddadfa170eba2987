//! Landlock: nothing is reached but what a rule lets through.

use crate::orders::Landlock;
use crate::report::{Failed, Step};
use crate::sys;

/// `LANDLOCK_ACCESS_NET_CONNECT_TCP`.
const CONNECT_TCP: u64 = 1 << 1;

/// Puts the ruleset in force, whole or not at all: a right that the kernel does not know is an error.
pub(crate) fn apply(landlock: &Landlock<'_>) -> Result<(), Failed> {
    let ruleset = sys::landlock_ruleset(landlock.files, landlock.network, landlock.scopes)
        .map_err(|errno| Step::Ruleset.failed(errno))?;
    for (index, rule) in (0..).zip(&landlock.paths) {
        let failed = |errno| Failed {
            step: Step::Path,
            index,
            errno,
        };
        let place = sys::place(&rule.path).map_err(failed)?;
        sys::landlock_path(&ruleset, rule.rights, &place).map_err(failed)?;
    }
    for (index, port) in (0..).zip(&landlock.ports) {
        let failed = |errno| Failed {
            step: Step::Port,
            index,
            errno,
        };
        sys::landlock_port(&ruleset, CONNECT_TCP, *port).map_err(failed)?;
    }
    sys::landlock_restrict(&ruleset).map_err(|errno| Step::Landlock.failed(errno))
}
