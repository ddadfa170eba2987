//! Waiting for a router that reconnects or restarts, which is the one thing that cannot be hurried.

use std::sync::mpsc;
use std::time::Instant;

/// Waits until an instant; returns at once for one that is past.
pub fn pause_until(instant: Instant) {
    let left = instant.saturating_duration_since(Instant::now());
    // Nobody ever sends: the time runs out.
    let (_held, silence) = mpsc::channel::<()>();
    let _over = silence.recv_timeout(left);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_waits_until_the_instant_and_not_for_a_past_one() {
        let start = Instant::now();
        pause_until(start + Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(20));
        pause_until(start);
    }
}
