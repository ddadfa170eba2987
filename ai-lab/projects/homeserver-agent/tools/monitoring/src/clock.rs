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
