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
pub(crate) fn now_s() -> i64 {
    now().as_second()
}

/// A moment as RFC 3339 has it, in UTC; out of the calendar, the beginning of 1970.
pub(crate) fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(rfc3339(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(rfc3339(i64::MAX), "1970-01-01T00:00:00Z");
        assert!(now_s() > 1_700_000_000);
    }
}
