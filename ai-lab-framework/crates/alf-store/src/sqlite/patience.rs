//! Waiting for another process's lock: short, jittered, bounded.

use std::time::{Duration, Instant};

/// How long a verb waits for a lock. A stopped process that holds one would hang the caller for ever;
/// sixteen processes that write at once need less than one second.
pub(super) const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Between two tries lie 50 to 550 microseconds: `SQLite`'s own waits of up to 100 ms stall single rows by
/// half a second while others write.
const LEAST_PAUSE: Duration = Duration::from_micros(50);
const JITTER_NS: u32 = 500_000;

/// One wait for one lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    bound: Duration,
    since: Option<Instant>,
}

impl Patience {
    /// Waits for at most `bound`.
    pub(super) const fn new(bound: Duration) -> Self {
        Self { bound, since: None }
    }

    /// Starts over: the next lock may again take the whole bound.
    pub(super) const fn refresh(&mut self) {
        self.since = None;
    }

    /// Sleeps for a moment; `false` once the bound is reached.
    pub(super) fn wait(&mut self) -> bool {
        let waited = self.since.get_or_insert_with(Instant::now).elapsed();
        if waited >= self.bound {
            return false;
        }
        // The clock's last digits differ from process to process: as good as dice here.
        let jitter = Duration::from_nanos(u64::from(jitter_source(waited) % JITTER_NS));
        pause(LEAST_PAUSE + jitter);
        true
    }
}

fn jitter_source(waited: Duration) -> u32 {
    waited.subsec_nanos().wrapping_mul(2_654_435_761) ^ std::process::id().wrapping_mul(40_503)
}

#[expect(
    clippy::disallowed_methods,
    reason = "SQLite's locks raise no event to wait for"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_at_its_bound_and_begins_anew_when_refreshed() {
        // Both bounds are ones that no machine reaches by being slow or quick.
        let long_ago = Instant::now().checked_sub(Duration::from_secs(2));
        let mut spent = Patience {
            bound: Duration::from_secs(1),
            since: long_ago,
        };
        assert_eq!((long_ago.is_some(), spent.wait()), (true, false));
        spent = Patience {
            bound: Duration::from_hours(1),
            ..spent
        };
        assert!(spent.wait());
        spent.bound = Duration::from_secs(1);
        assert!(!spent.wait());
        spent.refresh();
        assert_eq!(spent.since, None);
        spent.bound = Duration::from_hours(1);
        assert_eq!((spent.wait(), spent.since > long_ago), (true, true));
    }

    #[test]
    fn no_patience_is_no_wait() {
        assert!(!Patience::new(Duration::ZERO).wait());
    }
}
