//! Operations on threads of their own: so many at once, so many behind them, each withdrawn through a descriptor.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::event::{EventfdFlags, eventfd};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::limits::{CALLS_RUNNING, CALLS_WAITING};

/// Why an operation was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRun {
    /// Too many wait already.
    #[error("{} calls are in flight already", CALLS_RUNNING + CALLS_WAITING)]
    Full,
    /// It was withdrawn before its turn.
    #[error("it was withdrawn before its turn came")]
    Withdrawn,
    /// No descriptor to withdraw it through.
    #[error("cannot be withdrawn later, so it is not begun: {0}")]
    NoDescriptor(#[from] io::Error),
    /// It ended in the middle: a mistake of ours.
    #[error("it broke off in the middle")]
    Broken,
}

/// The places there are.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// One that waits, until dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    pub(crate) fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(CALLS_RUNNING)),
            waiting: Arc::default(),
        }
    }

    /// Carries an operation out on a thread. When `withdrawn` happens, the descriptor that it was handed becomes
    /// readable, and its end is waited for all the same: nothing of it goes on unseen.
    pub(crate) async fn carry_out<T: Send + 'static>(
        &self,
        withdrawn: &CancellationToken,
        operation: impl FnOnce(BorrowedFd<'_>) -> T + Send + 'static,
    ) -> Result<T, NotRun> {
        let place = match Arc::clone(&self.running).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => self.wait(withdrawn).await?,
        };
        let bell: Arc<OwnedFd> =
            Arc::new(eventfd(0, EventfdFlags::CLOEXEC).map_err(io::Error::from)?);
        let heard = Arc::clone(&bell);
        let mut task = tokio::task::spawn_blocking(move || {
            let result = operation(heard.as_fd());
            drop(place);
            result
        });
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = withdrawn.cancelled() => {
                // Fails only where it rings already.
                let _rung = rustix::io::write(&*bell, &1u64.to_ne_bytes());
                task.await
            }
        };
        ended.map_err(|_| NotRun::Broken)
    }

    async fn wait(
        &self,
        withdrawn: &CancellationToken,
    ) -> Result<tokio::sync::OwnedSemaphorePermit, NotRun> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= CALLS_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(NotRun::Full);
        }
        let _waiting = Waiting(Arc::clone(&self.waiting));
        tokio::select! {
            place = Arc::clone(&self.running).acquire_owned() => place.map_err(|_| NotRun::Broken),
            () = withdrawn.cancelled() => Err(NotRun::Withdrawn),
        }
    }

    /// Waits until nothing runs any more.
    pub(crate) async fn are_free(&self) {
        let all = u32::try_from(CALLS_RUNNING).expect("because it is a small number");
        // Closed by nobody: the error cannot be.
        let _all = self.running.acquire_many(all).await;
    }
}
