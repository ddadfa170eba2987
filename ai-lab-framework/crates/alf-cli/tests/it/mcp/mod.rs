//! `mcp serve` as a client meets it, over raw pipes.

mod abuse;
pub(crate) mod agent;
mod background;
mod calls;
mod consent;
mod http;
mod http_hostile;
mod http_sessions;
mod offered;
mod sessions;
