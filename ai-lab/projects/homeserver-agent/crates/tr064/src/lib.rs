//! TR-064, as a FRITZ!Box speaks it: which bytes to send, what an answer says, and one client that does it.
//!
//! Owns SOAP bodies, both ways to log in, faults and what they mean, descriptions, counters that wrap, discovery
//! and the pinned connection. Refuses to know what an action is for: the tool above says that. Decisions
//! ([`soap`], [`digest`], [`legacy`], [`description`], [`counter`], [`ssdp`]) take and return values; [`Router`]
//! alone waits for the network. Start reading there.
//!
//! Sources: AVM, First Steps (TR-064), 2025-08; X_AVM-DE_Auth, version 5; RFC 7616.

mod call_error;
mod clock;
mod connection;
pub mod counter;
pub mod description;
pub mod digest;
pub mod fault;
mod http;
pub mod legacy;
mod pin;
mod router;
mod service;
pub mod soap;
pub mod ssdp;
mod user_list;

pub use call_error::CallError;
pub use clock::pause_until;
pub use connection::Stage;
pub use fault::{Fault, Meaning};
pub use pin::{Fingerprint, FingerprintError, Pin};
pub use router::{Login, LoginStyle, Router, Target, made_up_name};
pub use service::{Service, services};
pub use soap::Arguments;
