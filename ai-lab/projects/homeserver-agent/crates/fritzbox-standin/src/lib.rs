//! A stand-in for a FRITZ!Box in tests: TR-064 and the `UPnP` tree over HTTP and TLS, on this machine's own address.
//!
//! Its service descriptions decide what is an action, which arguments it takes and what it answers; the rest is what
//! is known of the real one's manners: nonces that age, rights, the second factor, counters that start over, devices
//! that may only change their own forwardings, lists behind sessions, restarts. Whatever a test needs broken is
//! broken on demand ([`Trouble`]). Refuses to know the client that it tests. Linked by tests alone. Start reading at
//! [`Standin`]; what it is like is [`FritzBox`].
//!
//! Assumed, since nobody has recorded it: the codes for a foreign device's forwarding (606, and 718 for a port that is
//! taken), the status 403 for a session that is none, and what the 503 of a busy router looks like.

mod actions;
mod descriptions;
mod fritz_box;
mod lists;
mod login;
mod message;
mod replies;
mod server;
mod trouble;

pub use fritz_box::{
    Call, Forwarding, FritzBox, Host, Line, Login, Radio, SecondFactor, Switch, User,
};
pub use server::Standin;
pub use trouble::{Trouble, TroubleKind};
