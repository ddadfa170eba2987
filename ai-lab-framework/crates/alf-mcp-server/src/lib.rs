//! Serves a lab's tools to agents over MCP: stdio and streamable HTTP, in both eras of the protocol.
//!
//! A skin over `alf-ops`: what is refused, an operation refuses. Owns what an agent sees: names, schemas, bounds of
//! answers, the few tools of the server's own. Refuses to know how a tool runs and where it is recorded, and speaks no
//! protocol itself: that is the SDK's. Start reading at [`serve_stdio`], then `server.rs`.

mod answer;
mod arguments;
mod calls;
mod capsule;
mod client;
mod client_sessions;
mod consent;
mod content;
mod filter;
mod http;
mod instructions;
mod lab;
pub mod limits;
mod lines;
#[expect(
    deprecated,
    reason = "the newest revision of MCP leaves logging out; clients of older ones ask for it"
)]
mod log_lines;
mod names;
mod offer;
mod own_tools;
mod page;
mod prompts;
mod rate;
mod requests;
mod resources;
mod running;
mod schema_for_clients;
#[expect(
    deprecated,
    reason = "the newest revision of MCP leaves logging out; clients of older ones ask for it"
)]
mod server;
mod serving;
mod stdio;
mod tasks;
mod watch;

pub use filter::Filter;
pub use offer::{Offer, OfferedTool, Remark};
pub use own_tools::OWN_TOOLS;
pub use serving::{ServeError, Serving, offered, serve_http, serve_stdio};
