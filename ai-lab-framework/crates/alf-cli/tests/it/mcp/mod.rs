//! `mcp serve` as a client meets it, over raw pipes.

mod abuse;
mod agent;
mod calls;
mod offered;
