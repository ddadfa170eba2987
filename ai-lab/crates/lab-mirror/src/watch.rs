//! Waits for changes of files or of the database.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing must have happened before a change is answered: an editor or git writes in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// After so many events in a row it is answered all the same: a busy lab must not wait for ever.
const MOST_EVENTS: usize = 10_000;

/// Watches a lab's `data` and `projects`.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
    events: Receiver<()>,
}

/// Why nothing is watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The system gives no watch.
    #[error("cannot watch {}", path.display())]
    Start {
        /// What.
        path: PathBuf,
        /// Why.
        source: notify::Error,
    },
    /// The watch ended by itself.
    #[error("the watch ended")]
    Ended,
}

impl Watch {
    /// From now on no change is missed.
    pub fn start(root: &Path) -> Result<Self, WatchError> {
        let (sender, events) = channel();
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| WatchError::Start { path, source }
        };
        let mut watcher =
            notify::recommended_watcher(move |event: Result<Event, notify::Error>| {
                if event.is_ok_and(|event| is_change(&event)) {
                    // Whoever waited has gone: nobody is left to tell.
                    let _ = sender.send(());
                }
            })
            .map_err(failed(root))?;
        for folder in ["data", "projects"] {
            let path = root.join(folder);
            std::fs::create_dir_all(&path).map_err(|error| failed(&path)(error.into()))?;
            watcher
                .watch(&path, RecursiveMode::Recursive)
                .map_err(failed(&path))?;
        }
        Ok(Self {
            _watcher: watcher,
            events,
        })
    }

    /// Waits until something changed and nothing more does.
    pub fn wait(&self) -> Result<(), WatchError> {
        self.events.recv().map_err(|_| WatchError::Ended)?;
        for _ in 0..MOST_EVENTS {
            match self.events.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err(WatchError::Ended),
            }
        }
        Ok(())
    }
}

/// Whether something is other than it was: reading is no change, and neither is the lock or a draft.
fn is_change(event: &Event) -> bool {
    let changes = match event.kind {
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) => true,
        EventKind::Any | EventKind::Other => event.need_rescan(),
        EventKind::Access(_) => false,
    };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_none_or(|name| {
            !name.starts_with('.') && !name.ends_with("-shm") && !name.ends_with("-journal")
        })
    };
    changes && (event.paths.is_empty() || event.paths.iter().any(is_ours))
}
