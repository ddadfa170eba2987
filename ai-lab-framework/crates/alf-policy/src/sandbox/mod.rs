//! How far a tool is closed in, and what stays open.
//!
//! [`decide`] is the table of levels: profile and machine to [`Sandboxing`], or a refusal that names what is missing.
//! [`confine`] is the list of what is let through: everything else is closed. [`is_granted`] and [`may_lead_to`] say it
//! of single hosts, [`may_ask`] of single requests to a socket, while the tool runs. All take facts that others looked up
//! ([`Machine`], [`Reach`]) and touch nothing.

mod confinement;
mod decide;
mod hosts;
mod machine;
mod sockets;

pub use confinement::{
    Access, Confinement, GrantRefused, Granted, Opened, Protected, Reach, confine,
};
pub use decide::{Network, Proxied, SandboxRefused, Sandboxing, decide};
pub use hosts::{Destination, Host, PROXY_PORT, is_granted, may_lead_to};
pub use machine::{ControlGroups, Machine, SandboxLevel};
pub use sockets::{SocketRefused, SocketRequest, may_ask, socket_name};
