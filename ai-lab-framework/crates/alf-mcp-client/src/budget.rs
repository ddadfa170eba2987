//! How much a server may write: counted while it is read, not after.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

/// What a server may write while no call is out, in bytes. Stops one that talks to itself.
const IDLE_BYTES: usize = 262_144;

/// The bytes that a server may still write.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Left>);

#[derive(Debug)]
struct Left {
    bytes: AtomicUsize,
    is_spent: AtomicBool,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Left {
            bytes: AtomicUsize::new(bytes),
            is_spent: AtomicBool::new(false),
        }))
    }

    /// Lets it write so much more.
    pub(crate) fn add(&self, bytes: usize) {
        let more = |left: usize| Some(left.saturating_add(bytes));
        let _always = self
            .0
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// No call is out any more: what was left over is not saved up.
    pub(crate) fn rest(&self) {
        self.0.bytes.store(IDLE_BYTES, Ordering::Relaxed);
    }

    /// Whether it wrote more than it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.is_spent.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        let less = |left: usize| left.checked_sub(bytes);
        let taken = self
            .0
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        if taken.is_err() {
            self.0.is_spent.store(true, Ordering::Relaxed);
        }
        taken.is_ok()
    }
}

/// A pipe that ends with an error once the budget is spent.
#[derive(Debug)]
pub(crate) struct Bounded<R> {
    pipe: R,
    budget: Budget,
}

impl<R> Bounded<R> {
    pub(crate) fn new(pipe: R, budget: Budget) -> Self {
        Self { pipe, budget }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Bounded<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.pipe).poll_read(context, buffer);
        let count = buffer.filled().len() - before;
        match polled {
            Poll::Ready(Ok(())) if !self.budget.take(count) => {
                buffer.set_filled(before);
                Poll::Ready(Err(std::io::Error::other(
                    "the server wrote more than it may",
                )))
            }
            polled => polled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_stays_spent_and_rest_saves_nothing_up() {
        let budget = Budget::new(10);
        assert!(budget.take(4) && budget.take(6));
        assert!(!budget.is_spent());
        budget.add(usize::MAX);
        budget.rest();
        assert!(!budget.take(IDLE_BYTES + 1));
        assert!(budget.is_spent());
    }
}
