//! A tool that speaks with the proxy, hosts behind it, and name servers that answer as they like.

mod bounds;
mod hosts;
mod names;
mod scene;
mod sockets;
mod tunnels;
