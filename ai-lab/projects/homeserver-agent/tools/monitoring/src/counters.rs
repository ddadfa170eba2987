//! Figures made of counters: what two readings say together.

use std::time::Duration;

/// How far a counter has come between two readings. `None` if it was set back, as when a device returns.
///
/// A 32-bit kernel's counters wrap at 2³²; one that fell from the upper half of that range has wrapped.
pub(crate) fn advance(before: u64, now: u64) -> Option<u64> {
    const WRAP: u64 = 1 << 32;
    match now.checked_sub(before) {
        Some(difference) => Some(difference),
        None if (WRAP / 2..WRAP).contains(&before) => Some(WRAP - before + now),
        None => None,
    }
}

/// A part of a whole in percent, with one digit. `None` of nothing.
pub(crate) fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| one_digit(100.0 * as_f64(part) / as_f64(whole)))
}

/// How much a second, with one digit. `None` in no time.
pub(crate) fn per_second(amount: u64, interval: Duration) -> Option<f64> {
    (!interval.is_zero()).then(|| one_digit(as_f64(amount) / interval.as_secs_f64()))
}

/// Rounds to one digit after the point.
pub(crate) fn one_digit(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A count as a fraction's part.
#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio shown with one digit does not need the 53rd bit"
)]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_wraps_goes_on_and_one_set_back_says_nothing() {
        let cases = [
            ((5, 9), Some(4)),
            ((9, 9), Some(0)),
            ((u64::from(u32::MAX) - 1, 3), Some(5)),
            ((1 << 20, 3), None),
            ((1 << 40, 3), None),
        ];
        for ((before, now), expected) in cases {
            assert_eq!(advance(before, now), expected, "{before} to {now}");
        }
    }

    #[test]
    fn ratios_have_one_digit_and_none_of_nothing() {
        assert_eq!((percent(1, 3), percent(1, 0)), (Some(33.3), None));
        assert_eq!(per_second(1000, Duration::from_millis(250)), Some(4000.0));
        assert_eq!(per_second(1000, Duration::ZERO), None);
    }
}
