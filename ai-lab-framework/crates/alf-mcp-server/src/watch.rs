//! Notices that the lab's tools have changed on disk.
//!
//! By looking, every [`WATCH_EVERY`]: three entries a tool are asked for their times, a millisecond for 200 tools. It
//! works on every file system, which a watch of the kernel's does not, and takes no descriptor a folder.

use std::sync::Arc;

use tokio::time::MissedTickBehavior;

use crate::lab::Lab;
use crate::limits::WATCH_EVERY;

/// Looks until the loop ends; tells of a change through the lab.
pub(crate) async fn watch(lab: Arc<Lab>) {
    let mut ticks = tokio::time::interval(WATCH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let looking = Arc::clone(&lab);
        // On a thread: a slow disk keeps no answer waiting.
        let looked = tokio::task::spawn_blocking(move || looking.look_if_changed()).await;
        if let Ok(true) = looked {
            lab.tell_of_change();
        }
    }
}
