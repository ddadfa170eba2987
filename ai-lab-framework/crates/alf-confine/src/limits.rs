//! Limits of the kernel on this process and all it starts.

use crate::orders::Limit;
use crate::report::{Failed, Step};
use crate::sys;

pub(crate) fn apply(limits: &[Limit]) -> Result<(), Failed> {
    for (index, limit) in (0..).zip(limits) {
        sys::limit(limit.resource, limit.most).map_err(|errno| Failed {
            step: Step::Limit,
            index,
            errno,
        })?;
    }
    Ok(())
}
