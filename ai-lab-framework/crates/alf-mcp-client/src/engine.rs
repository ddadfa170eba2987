//! The engine that the runtime hands servers to.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use alf_runtime::{Ended, Ending, Engine, Seat};
use rmcp::model::ProtocolVersion;
use rmcp::service::{ClientLifecycleMode, RoleClient, RunningService, serve_client_with_lifecycle};
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::unix::pipe;
use tokio::sync::mpsc::UnboundedSender;

use crate::budget::{Bounded, Budget};
use crate::handler::{Handler, Said};
use crate::listing::{ListedTool, list};
use crate::session::{Opened, Session};

/// What a server may write until its tools are listed, in bytes. Stops a list without end.
const START_BYTES: usize = 8_388_608;

/// Speaks MCP over stdio, as client, in both eras: `server/discover` first, `initialize` where that is not known.
#[derive(Clone, Copy, Debug, Default)]
pub struct McpEngine;

impl Engine for McpEngine {
    fn serve(&self, seat: &mut Seat<'_>) -> Ended {
        let nothing = |_: io::Error| Ended {
            how: Ending::Kill,
            died: true,
            unanswered: Vec::new(),
        };
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => return nothing(error),
        };
        let ended = runtime.block_on(async {
            match Wires::of(seat) {
                Ok((wires, server)) => Session::new(seat, wires, server).hold().await,
                Err(error) => nothing(error),
            }
        });
        // What still waits for the server waits no longer.
        runtime.shutdown_timeout(Duration::ZERO);
        ended
    }
}

/// The descriptors of one process, as the async loop waits for them.
#[derive(Debug)]
pub(crate) struct Wires {
    pub(crate) bell: AsyncFd<OwnedFd>,
    pub(crate) ended: AsyncFd<OwnedFd>,
    pub(crate) log: pipe::Receiver,
}

/// The two pipes that the protocol goes through.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) input: pipe::Sender,
    pub(crate) output: pipe::Receiver,
}

impl Wires {
    #[expect(
        deprecated,
        reason = "its successor is unsafe for types that may give another descriptor; an `OwnedFd` does not"
    )]
    fn of(seat: &Seat<'_>) -> io::Result<(Self, Server)> {
        let copy = |fd: &dyn AsFd| fd.as_fd().try_clone_to_owned();
        let input = seat
            .stdin
            .as_ref()
            .ok_or_else(|| io::Error::other("its input is closed"))?;
        let server = Server {
            input: pipe::Sender::from_owned_fd(copy(input)?)?,
            output: pipe::Receiver::from_owned_fd(copy(&seat.stdout)?)?,
        };
        let wires = Self {
            bell: AsyncFd::with_interest(copy(seat.desk)?, Interest::READABLE)?,
            ended: AsyncFd::with_interest(copy(&seat.ended)?, Interest::READABLE)?,
            log: pipe::Receiver::from_owned_fd(copy(&seat.stderr)?)?,
        };
        Ok((wires, server))
    }
}

impl Server {
    /// Begins the session and lists the tools.
    pub(crate) async fn open(
        self,
        budget: Budget,
        said: UnboundedSender<Said>,
        within: Duration,
    ) -> Result<Opened, String> {
        budget.add(START_BYTES);
        // Lines are bounded by the budget: rmcp would drop a long one and never answer.
        let transport = AsyncRwTransport::<RoleClient, _, _>::new(
            Bounded::new(self.output, budget),
            self.input,
        )
        .with_max_line_length(usize::MAX);
        let either = ClientLifecycleMode::Auto {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            legacy_version: None,
        };
        let begun = serve_client_with_lifecycle(Handler(said), transport, either);
        let running: RunningService<RoleClient, Handler> =
            match tokio::time::timeout(within, begun).await {
                Ok(Ok(running)) => running,
                Ok(Err(error)) => return Err(format!("the server begins no session: {error}")),
                Err(_) => return Err(format!("the server began no session within {within:?}")),
            };
        let tools: Vec<ListedTool> = list(running.peer(), within).await?;
        Ok(Opened {
            running: Some(running),
            tools,
        })
    }
}
