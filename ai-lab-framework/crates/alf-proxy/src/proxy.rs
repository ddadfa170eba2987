//! The proxy's life: its threads, their number, their end.

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ai_lab_contract::{HostGrant, SocketGrant};
use rustix::event::{PollFd, PollFlags};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::bounds::Bounds;
use crate::connection::Ways;
use crate::connector::Connector;
use crate::refusals::Refusals;
use crate::resolve::{NameServers, Resolve};
use crate::wire::{Cut, Stop, Wire, wait};

/// The stack of one connection's thread, in bytes; what is passed on is on the heap.
const STACK: usize = 192 * 1_024;
/// How long a listener is left alone when it gave no connection, for want of descriptors say.
const PAUSE: Duration = Duration::from_millis(100);
/// How often somebody who waits for the listener to be ready looks up; nothing depends on it.
const LOOK_UP: Duration = Duration::from_hours(1);

/// What a tool may reach through a proxy, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Reachable {
    /// The hosts that are connected to for it.
    pub hosts: Vec<HostGrant>,
    /// The sockets that are asked for it.
    pub sockets: Vec<SocketGrant>,
}

/// A proxy that serves one tool's process. Dropped, it ends: no connection is left, and none is made any more.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    /// The other end of every [`Stop`].
    stop: Option<OwnedFd>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    connector: Connector,
    sockets: Vec<SocketGrant>,
    bounds: Bounds,
    refusals: Refusals,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    connections: usize,
    is_closed: bool,
}

impl Proxy {
    /// Serves whoever connects to the listener, which lies in the tool's network; hosts and sockets are the machine's.
    pub fn start(listener: TcpListener, reachable: Reachable) -> io::Result<Self> {
        let names = Arc::new(NameServers::of_machine());
        Self::start_within(listener, reachable, names, Bounds::default())
    }

    /// The same with other bounds, and with names that somebody else looks up.
    pub fn start_within(
        listener: TcpListener,
        reachable: Reachable,
        names: Arc<dyn Resolve>,
        bounds: Bounds,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (reading, writing) = pipe_with(PipeFlags::CLOEXEC)?;
        let shared = Arc::new(Shared {
            connector: Connector {
                grants: reachable.hosts,
                names,
                patience: bounds.connect,
            },
            sockets: reachable.sockets,
            bounds,
            refusals: Refusals::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let stop = Stop::new(reading);
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("proxy".into())
                .stack_size(STACK)
                .spawn(move || accept(&listener, &shared, &stop))?
        };
        Ok(Self {
            shared,
            stop: Some(writing),
            accepting: Some(accepting),
        })
    }

    /// What the tool asked for and did not get.
    pub fn refusals(&self) -> Refusals {
        self.shared.refusals.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
        // Hangs up on everybody who waits for anything.
        drop(self.stop.take());
        if let Some(accepting) = self.accepting.take() {
            let _panicked = accepting.join();
        }
        let mut state = self.shared.state();
        while state.connections > 0 {
            state = self.shared.wait(state);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // It is consistent after any panic: each change is one number or one flag.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place; false when the proxy ends first.
    fn take_place(&self) -> bool {
        let mut state = self.state();
        while !state.is_closed && state.connections >= self.bounds.connections {
            state = self.wait(state);
        }
        state.connections += usize::from(!state.is_closed);
        !state.is_closed
    }
}

/// A connection's place, given back when it goes, however its thread ends.
struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().connections -= 1;
        self.0.changed.notify_all();
    }
}

/// Takes connections as long as there are places; further ones wait at the listener.
fn accept(listener: &TcpListener, shared: &Arc<Shared>, stop: &Stop) {
    while shared.take_place() {
        let place = Place(Arc::clone(shared));
        let ready = PollFd::new(listener, PollFlags::IN);
        match wait(&mut [stop.watch(), ready], Instant::now() + LOOK_UP) {
            Ok(()) => {}
            Err(Cut::TimeOver) => continue,
            Err(Cut::Stopped | Cut::Gone(_)) => return,
        }
        let taken = listener
            .accept()
            .and_then(|(stream, _)| Wire::new(stream, stop.clone()));
        let served = taken.and_then(|tool| {
            thread::Builder::new()
                .name("proxy connection".into())
                .stack_size(STACK)
                .spawn(move || {
                    let Place(shared) = &place;
                    let ways = Ways {
                        connector: &shared.connector,
                        sockets: &shared.sockets,
                        bounds: &shared.bounds,
                        refusals: &shared.refusals,
                    };
                    ways.serve(tool);
                })
        });
        if served.is_err() {
            let _stopped_or_over = wait(&mut [stop.watch()], Instant::now() + PAUSE);
        }
    }
}
