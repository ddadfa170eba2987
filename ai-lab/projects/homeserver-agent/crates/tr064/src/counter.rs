//! Byte counters of 32 bits that start over at 4 GiB, made into totals that only grow.

/// A counter as it was read, and the total that was told for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the router said: below 2^32.
    pub raw: u32,
    /// The total told then, in bytes.
    pub total: u64,
    /// When, in seconds of any clock that only goes forward between two readings.
    pub at_s: u64,
    /// How long the router had been up then, in seconds; `None` if unknown.
    pub up_s: Option<u64>,
}

/// What is known of a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The router counts in 64 bits.
    Exact,
    /// Followed since an earlier reading; at most one start-over can have passed between the two.
    Followed,
    /// Nothing earlier, or too long ago, or the router was restarted: it may be short by multiples of 4 GiB.
    Modulo,
}

/// 2^32: where such a counter starts over, in bytes.
const SPAN: u64 = 1 << 32;

/// The total after a new reading.
///
/// `fastest` is the most bytes a second that the line can carry: between two readings fewer than [`u32::MAX`] bytes
/// must have passed, or nobody can tell how often the counter started over.
pub fn unwrap_total(earlier: Option<Reading>, now: Reading, fastest: u64) -> (u64, Certainty) {
    let Some(earlier) = earlier else {
        return (u64::from(now.raw), Certainty::Modulo);
    };
    let seconds = now.at_s.saturating_sub(earlier.at_s);
    let restarted = match (earlier.up_s, now.up_s) {
        (Some(before), Some(up)) => up < before.saturating_add(seconds / 2),
        (None, _) | (_, None) => false,
    };
    let is_followed = now.at_s >= earlier.at_s && seconds.saturating_mul(fastest.max(1)) < SPAN;
    if restarted || !is_followed {
        return (u64::from(now.raw), Certainty::Modulo);
    }
    let passed = u64::from(now.raw.wrapping_sub(earlier.raw));
    (earlier.total.saturating_add(passed), Certainty::Followed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(raw: u32, total: u64, at_s: u64, up_s: u64) -> Reading {
        Reading {
            raw,
            total,
            at_s,
            up_s: Some(up_s),
        }
    }

    #[test]
    fn a_counter_that_started_over_goes_on_growing() {
        let before = reading(4_294_967_000, 4_294_967_000, 100, 5000);
        let cases = [
            (None, reading(7, 0, 0, 0), (7, Certainty::Modulo)),
            (
                Some(before),
                reading(200, 0, 160, 5060),
                (4_294_967_496, Certainty::Followed),
            ),
            // Too long ago at 50 MB/s: it may have started over twice.
            (
                Some(before),
                reading(200, 0, 900, 5800),
                (200, Certainty::Modulo),
            ),
            // Restarted: it began anew.
            (
                Some(before),
                reading(200, 0, 130, 20),
                (200, Certainty::Modulo),
            ),
            // A clock that went back.
            (
                Some(before),
                reading(200, 0, 50, 5060),
                (200, Certainty::Modulo),
            ),
        ];
        for (earlier, now, expected) in cases {
            assert_eq!(unwrap_total(earlier, now, 50_000_000), expected, "{now:?}");
        }
    }

    #[test]
    fn a_router_that_does_not_say_how_long_it_is_up_is_followed() {
        let before = Reading {
            up_s: None,
            ..reading(10, 10, 0, 0)
        };
        let (total, certainty) = unwrap_total(Some(before), reading(5, 0, 1, 9), 1);
        assert_eq!(
            (total, certainty),
            (10 + (1 << 32) - 5, Certainty::Followed)
        );
    }
}
