//! How many requests each token may make.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::{RATE_BURST, RATE_PER_SECOND};

/// The tokens' buckets. There are as many as there are tokens, which are bounded where they are made.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    filled: Instant,
}

impl Rates {
    /// Whether one more request is within the rate of that token; it counts if so.
    pub(crate) fn takes(&self, token: &str) -> bool {
        self.takes_at(token, Instant::now())
    }

    fn takes_at(&self, token: &str, now: Instant) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket {
            left: RATE_BURST,
            filled: now,
        };
        let bucket = buckets.entry(token.to_owned()).or_insert(full);
        let since: Duration = now.saturating_duration_since(bucket.filled);
        bucket.left = (bucket.left + since.as_secs_f64() * RATE_PER_SECOND).min(RATE_BURST);
        bucket.filled = now;
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_then_the_rate_and_each_token_has_its_own() {
        let rates = Rates::default();
        let now = Instant::now();
        let taken = |token: &str, at: Instant| {
            std::iter::repeat_with(|| rates.takes_at(token, at))
                .take(10_000)
                .filter(|took| *took)
                .count()
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small whole numbers"
        )]
        let (burst, rate) = (RATE_BURST as usize, RATE_PER_SECOND as usize);
        assert_eq!(taken("a", now), burst);
        assert_eq!(taken("a", now + Duration::from_secs(1)), rate);
        assert_eq!(taken("b", now), burst);
    }
}
