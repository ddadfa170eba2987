//! Where callers leave calls for the thread that owns a process.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ai_lab_contract::ExecutionId;
use alf_sandbox::Refusals;

use super::bell::Bell;
use super::call::Call;
use super::pool::Pool;

/// What a caller wants of a process.
#[derive(Debug)]
pub enum Message {
    /// Serve this call.
    Call(Box<Call>),
    /// Its caller withdraws it.
    Cancel(ExecutionId),
    /// Take no more calls, end once those in flight are answered.
    Close,
}

/// The desk of one process.
#[derive(Debug)]
pub struct Desk {
    inbox: Mutex<Inbox>,
    bell: Bell,
    /// What the process is refused by its proxy, if it has one.
    refusals: OnceLock<Refusals>,
    pub(super) pool: Arc<Pool>,
}

#[derive(Debug, Default)]
struct Inbox {
    messages: VecDeque<Message>,
    is_closed: bool,
}

impl Desk {
    pub(super) fn new(pool: &Arc<Pool>) -> io::Result<Self> {
        Ok(Self {
            inbox: Mutex::default(),
            bell: Bell::new()?,
            refusals: OnceLock::new(),
            pool: Arc::clone(pool),
        })
    }

    /// The next message; `None` when there is none, until the bell rings again.
    pub fn take(&self) -> Option<Message> {
        let mut inbox = self.inbox();
        let mut message = inbox.messages.pop_front();
        match &mut message {
            Some(Message::Call(call)) => call.refusals = self.refusals.get().cloned(),
            Some(Message::Cancel(_) | Message::Close) => {}
            None => self.bell.hush(),
        }
        message
    }

    /// From now on what is refused to the process is told with the call that ends next.
    pub(super) fn tell_of(&self, refusals: Option<Refusals>) {
        if let Some(refusals) = refusals {
            // There is one process at a desk.
            let _once = self.refusals.set(refusals);
        }
    }

    /// Leaves the pool if nobody has chosen this process meanwhile: true when no call can come any more.
    pub fn retire(&self) -> bool {
        self.pool.retire(self)
    }

    /// Takes no more calls: those in flight are its last.
    pub fn leave_pool(&self) {
        self.pool.remove(self);
    }

    /// Whether a process that was idle for so long is asked how it is before it is given a call.
    pub fn probe_after(&self) -> std::time::Duration {
        self.pool.bounds.probe_after_idle
    }

    /// False when nobody takes messages any more; a call is handed back then.
    pub(super) fn leave(&self, message: Message) {
        let mut inbox = self.inbox();
        if inbox.is_closed {
            drop(inbox);
            hand_back(message);
            return;
        }
        inbox.messages.push_back(message);
        self.bell.ring();
    }

    /// Takes no messages any more and hands back the calls that are left.
    pub(super) fn close(&self) -> VecDeque<Message> {
        let mut inbox = self.inbox();
        inbox.is_closed = true;
        std::mem::take(&mut inbox.messages)
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn hand_back(message: Message) {
    match message {
        Message::Call(call) => call.hand_back(),
        // Who is withdrawn has been ended with the process.
        Message::Cancel(_) | Message::Close => {}
    }
}

impl AsFd for Desk {
    /// Readable while there are messages.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
