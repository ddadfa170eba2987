//! The SDK's transport with an answer for what it would leave unanswered, and a bound on what is open.

use std::borrow::Cow;
use std::collections::HashSet;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ErrorData, JsonRpcMessage, RequestId,
    ServerJsonRpcMessage,
};
use rmcp::transport::Transport;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;
use crate::limits::{QUIET, REQUESTS_OPEN};
use crate::lines::RefusedLine;

/// Requests without an answer.
#[derive(Debug, Default)]
struct Open {
    ids: Mutex<HashSet<RequestId>>,
    /// Answers to nobody's id that are on their way.
    asides: Mutex<usize>,
    changed: Notify,
}

impl Open {
    fn count(&self) -> usize {
        let asides = *self.asides.lock().unwrap_or_else(PoisonError::into_inner);
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
            + asides
    }

    fn begin(&self, id: &RequestId) -> bool {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(id.clone())
    }

    fn end(&self, id: &RequestId) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.remove(id);
        drop(ids);
        self.changed.notify_one();
    }

    fn aside(&self, change: isize) {
        let mut asides = self.asides.lock().unwrap_or_else(PoisonError::into_inner);
        *asides = asides.saturating_add_signed(change);
        drop(asides);
        self.changed.notify_one();
    }
}

/// A transport that answers refused lines and ids that are taken, drops what comes before a session can begin, and
/// reads no further while too many requests are open.
#[derive(Debug)]
pub(crate) struct Requests<T> {
    transport: T,
    refused: mpsc::Receiver<RefusedLine>,
    client: Client,
    open: Arc<Open>,
    has_begun: bool,
}

/// The client at the other end: whether it still reads, and what withdraws everything it asked for.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) output: OwnedFd,
    pub(crate) withdraw: CancellationToken,
    /// Told as soon as the client says no more.
    pub(crate) lab: Arc<Lab>,
}

impl Client {
    /// Whether nobody reads answers any more.
    fn is_gone(&self) -> bool {
        let mut asked = [PollFd::new(&self.output, PollFlags::empty())];
        let now = Timespec::default();
        // Cannot be told: as if it were there.
        poll(&mut asked, Some(&now)).is_ok_and(|count| count > 0)
    }
}

enum Came {
    Refused(RefusedLine),
    Message(Box<Option<ClientJsonRpcMessage>>),
}

impl<T: Transport<RoleServer> + 'static> Requests<T> {
    pub(crate) fn new(transport: T, refused: mpsc::Receiver<RefusedLine>, client: Client) -> Self {
        Self {
            transport,
            refused,
            client,
            open: Arc::default(),
            has_begun: false,
        }
    }

    /// Answers apart from the SDK, in a task: this future may be dropped at any await.
    fn answer_aside(&mut self, error: ErrorData, id: Option<RequestId>) {
        let sent = self.transport.send(ServerJsonRpcMessage::error(error, id));
        let open = Arc::clone(&self.open);
        open.aside(1);
        tokio::spawn(async move {
            // A client that is gone is noticed where it is read from.
            let _sent = sent.await;
            open.aside(-1);
        });
    }

    /// The client says no more. One that still reads gets the answers that keep coming; for one that is gone, nothing
    /// goes on.
    async fn wait_for_answers(&mut self) {
        self.client.lab.end();
        while self.open.count() > 0 {
            if self.client.is_gone() {
                self.client.withdraw.cancel();
                return;
            }
            let answered = self.open.changed.notified();
            if tokio::time::timeout(QUIET, answered).await.is_err() {
                return;
            }
        }
    }

    /// Whether a message is for the service.
    fn admits(&mut self, message: &ClientJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Request(request) => {
                self.has_begun = true;
                let is_new = self.open.begin(&request.id);
                if !is_new {
                    let told = format!(
                        "the id {} is taken by a request that has no answer yet: this one was not looked at",
                        request.id
                    );
                    // Under that id, it would pass for the other's answer.
                    self.answer_aside(ErrorData::invalid_request(told, None), None);
                }
                is_new
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    // It gets no answer any more.
                    self.open.end(id);
                }
                // Before the first request, the SDK would end the session over it.
                self.has_begun
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => self.has_begun,
        }
    }
}

impl<T: Transport<RoleServer> + 'static> Transport<RoleServer> for Requests<T> {
    type Error = T::Error;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn send(
        &mut self,
        item: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = match &item {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
        };
        let sent = self.transport.send(item);
        let open = Arc::clone(&self.open);
        async move {
            let result = sent.await;
            if let Some(id) = answered {
                open.end(&id);
            }
            result
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            while self.open.count() >= REQUESTS_OPEN {
                self.open.changed.notified().await;
            }
            let came = tokio::select! {
                biased;
                Some(line) = self.refused.recv() => Came::Refused(line),
                message = self.transport.receive() => Came::Message(Box::new(message)),
            };
            match came {
                Came::Refused(line) => self.answer_aside(line.error, line.id),
                Came::Message(message) => {
                    let Some(message) = *message else {
                        self.wait_for_answers().await;
                        return None;
                    };
                    if self.admits(&message) {
                        return Some(message);
                    }
                }
            }
        }
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.transport.close()
    }
}
