//! The one way out of a tool's own network.
//!
//! Owns the proxy ([`Proxy`]): it takes connections at a listener that lies in the tool's network, understands HTTP
//! (`CONNECT` and requests with a whole URL) and SOCKS5, connects to the hosts that are granted, and asks the UNIX
//! sockets that are granted, one `GET` a connection. Refuses to decide which those are: [`alf_policy::is_granted`] and
//! [`alf_policy::may_lead_to`] say it, of a name before it is looked up and of an address before it is connected to, and
//! [`alf_policy::may_ask`] of a request before a socket is opened. Looks names up itself: a static program cannot do it by the C library
//! everywhere. Start reading at [`Proxy`].
//!
//! It runs on threads of the framework's own process and ends with the value: when that is dropped, no connection is
//! left and none is made any more. All that a tool can use up of it is in [`Bounds`].

mod bounds;
mod connection;
mod connector;
mod http;
mod proxy;
mod refusals;
mod relay;
mod resolve;
mod sockets;
mod socks;
mod wire;

pub use bounds::Bounds;
pub use proxy::{Proxy, Reachable};
pub use refusals::Refusals;
pub use resolve::{Lookup, NameServers, Resolve};
