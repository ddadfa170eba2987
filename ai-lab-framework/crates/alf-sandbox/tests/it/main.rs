//! A tool that attacks, in the sandbox and, to see that the attacks bite, without it.
//!
//! As root the same scenes are played once more as a plain user.

mod artifacts;
mod as_user;
mod attacks;
mod lets_through;
mod network;
mod scene;
mod sockets;
mod store;
