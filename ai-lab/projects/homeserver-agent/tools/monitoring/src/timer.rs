//! Waiting, which is this tool's work: a rate needs two readings with time between them.

use std::time::Instant;

use rustix::event::{Timespec, poll};

/// Waits until an instant; a signal does not cut it short.
pub(crate) fn wait_until(instant: Instant) {
    while let Some(left) = instant
        .checked_duration_since(Instant::now())
        .filter(|d| !d.is_zero())
    {
        let Ok(left) = Timespec::try_from(left) else {
            return;
        };
        // Interrupted or not, the loop looks at the clock again.
        let _interrupted = poll(&mut [], Some(&left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_waits_until_the_instant_and_not_for_a_past_one() {
        let start = Instant::now();
        wait_until(start + Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(20));
        wait_until(start);
    }
}
