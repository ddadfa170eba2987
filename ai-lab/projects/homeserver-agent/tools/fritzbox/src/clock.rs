//! The one door to the clock.

use jiff::Timestamp;

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the tool's one door to the clock"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Now, in whole seconds since 1970.
pub(crate) fn now_s() -> u64 {
    u64::try_from(now().as_second()).unwrap_or_default()
}
