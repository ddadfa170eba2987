//! Serving a lab until the client is gone or the server is asked to end.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use alf_ops::Framework;
use rmcp::service::{RoleServer, ServerInitializeError, serve_server_with_ct};
use rmcp::transport::async_rw::AsyncRwTransport;
use thiserror::Error;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::filter::Filter;
use crate::http::accept;
use crate::lab::{Lab, offer_of};
use crate::limits::{CALLS_RUNNING, END_WITHIN};
use crate::lines::{Lines, REFUSED};
use crate::offer::Offer;
use crate::requests::{Client, Requests};
use crate::server::LabServer;
use crate::stdio;
use crate::watch::watch;

/// How a lab is served.
#[derive(Clone, Debug)]
pub struct Serving {
    /// Which tools are offered.
    pub filter: Filter,
    /// What the person calls the client, over what it calls itself.
    pub client: Option<String>,
    /// How long a call may keep its client waiting; what may take longer runs in the background and is answered with
    /// its id.
    pub answer_within: Duration,
}

/// Why a lab could not be served to the end.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The async loop cannot be set up.
    #[error("cannot wait for messages")]
    Loop(#[source] io::Error),
    /// Standard input or output cannot be used.
    #[error("cannot use standard input and output")]
    Stdio(#[source] io::Error),
    /// The client did not begin a session as the protocol has it.
    #[error("the client began no session")]
    NoSession(#[source] Box<ServerInitializeError>),
}

/// What would be offered.
pub fn offered(framework: &Framework, filter: &Filter) -> Offer {
    offer_of(framework, filter)
}

/// Serves a lab over standard input and output until the client closes it or `stop` becomes readable.
///
/// Calls in flight may end for as long as the client waits for them; what is still running then is withdrawn, its
/// processes ended, its end recorded.
pub fn serve_stdio(
    framework: &Arc<Framework>,
    serving: Serving,
    stop: OwnedFd,
) -> Result<(), ServeError> {
    run(serve(Arc::clone(framework), serving, stop))
}

/// Serves a lab over streamable HTTP at `/mcp` until `stop` becomes readable; every request needs a token.
///
/// `hosts` are names under which the machine may be called, beside those of this machine itself and the address. What
/// still runs at the end is withdrawn.
pub fn serve_http(
    framework: &Arc<Framework>,
    serving: Serving,
    listener: TcpListener,
    hosts: Vec<String>,
    stop: OwnedFd,
) -> Result<(), ServeError> {
    let framework = Arc::clone(framework);
    run(async move {
        listener.set_nonblocking(true).map_err(ServeError::Loop)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(ServeError::Loop)?;
        let withdraw = CancellationToken::new();
        let lab = opened(framework, serving);
        end_when_readable(stop, withdraw.clone(), Arc::clone(&lab)).map_err(ServeError::Loop)?;
        let accepted = accept(Arc::clone(&lab), listener, hosts, withdraw.clone()).await;
        withdraw.cancel();
        let _ended = tokio::time::timeout(END_WITHIN, lab.places.are_free()).await;
        accepted.map_err(ServeError::Loop)
    })
}

fn run(serving: impl Future<Output = Result<(), ServeError>>) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Every place for a call has its thread, and a few read files.
        .max_blocking_threads(CALLS_RUNNING + 8)
        .build()
        .map_err(ServeError::Loop)?;
    let served = runtime.block_on(serving);
    // Calls were waited for; what is left reads a terminal.
    runtime.shutdown_background();
    served
}

/// The lab, with what the first call needs being made ready, and its tools watched.
fn opened(framework: Arc<Framework>, serving: Serving) -> Arc<Lab> {
    let lab = Arc::new(Lab::new(framework, serving));
    let ready = Arc::clone(&lab);
    tokio::task::spawn_blocking(move || {
        // While the client still shakes hands. Why it failed, the first call says.
        let _made = ready.framework.make_ready();
    });
    tokio::spawn(watch(Arc::clone(&lab)));
    lab
}

async fn serve(
    framework: Arc<Framework>,
    serving: Serving,
    stop: OwnedFd,
) -> Result<(), ServeError> {
    let (refuse, refused) = mpsc::channel(REFUSED);
    let input = Lines::new(stdio::input().map_err(ServeError::Stdio)?, refuse);
    let output = stdio::output().map_err(ServeError::Stdio)?;
    // Lines are bounded already: the SDK would drop a long one without a word.
    let transport =
        AsyncRwTransport::<RoleServer, _, _>::new(input, output).with_max_line_length(usize::MAX);
    let withdraw = CancellationToken::new();
    let lab = opened(framework, serving);
    let client = Client {
        output: io::stdout()
            .as_fd()
            .try_clone_to_owned()
            .map_err(ServeError::Stdio)?,
        withdraw: withdraw.clone(),
        lab: Arc::clone(&lab),
    };
    end_when_readable(stop, withdraw.clone(), Arc::clone(&lab)).map_err(ServeError::Loop)?;
    let server = LabServer::new(Arc::clone(&lab));
    let begun = serve_server_with_ct(
        server,
        Requests::new(transport, refused, client),
        withdraw.clone(),
    );
    match begun.await {
        Ok(running) => {
            let _how = running.waiting().await;
            withdraw.cancel();
            let _ended = tokio::time::timeout(END_WITHIN, lab.places.are_free()).await;
            Ok(())
        }
        // Asked to end, or the client went away before it said anything.
        Err(ServerInitializeError::Cancelled | ServerInitializeError::ConnectionClosed(_)) => {
            Ok(())
        }
        Err(error) => Err(ServeError::NoSession(Box::new(error))),
    }
}

#[expect(
    deprecated,
    reason = "its successor is unsafe for types that may give another descriptor; an `OwnedFd` does not"
)]
fn end_when_readable(stop: OwnedFd, withdraw: CancellationToken, lab: Arc<Lab>) -> io::Result<()> {
    let stop = AsyncFd::with_interest(stop, Interest::READABLE)?;
    tokio::spawn(async move {
        if stop.readable().await.is_ok() {
            lab.end();
            withdraw.cancel();
        }
    });
    Ok(())
}
