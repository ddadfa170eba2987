//! Speaks with MCP servers over stdio: their tools are listed and called, and never take more than they are given.
//!
//! Owns the protocol, and async with it: one thread a server, nowhere else. Refuses to know manifests, profiles and
//! records; processes are started and ended by `alf-runtime`, on whose threads it speaks. Start reading at
//! [`McpEngine`].

mod budget;
mod engine;
#[expect(
    deprecated,
    reason = "what the newest revision of MCP leaves out, older servers still say"
)]
mod handler;
mod listing;
mod probe;
mod result;
mod session;

pub use engine::McpEngine;
pub use listing::{LIST_TOOLS, ListedTool, digest_of};
pub use probe::{Probe, ProbeError, probe_server};
