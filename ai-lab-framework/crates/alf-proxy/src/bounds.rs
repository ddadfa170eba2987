//! What one tool may use up of the proxy.

use std::time::Duration;

/// The bounds of one proxy.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many connections are served at once, each by a thread and two descriptors; further ones wait. Stops a tool
    /// from using up the framework's.
    pub connections: usize,
    /// The longest head of a request and of a response, in bytes. Stops a head without end from filling the memory.
    pub head_bytes: usize,
    /// How long a tool may take to say where it wants to go, all of it and not a byte at a time. Stops connections that
    /// say nothing from holding the places of others.
    pub head: Duration,
    /// How long looking a name up and connecting may take together. Stops a silent host from holding a place.
    pub connect: Duration,
    /// How long a connection may carry nothing either way. Stops forgotten ones from holding a place.
    pub idle: Duration,
    /// The longest answer of a socket, in bytes, its head included. Stops a stream without end.
    pub answer_bytes: usize,
    /// How long asking a socket may take, from connecting to the last byte. Stops a dead socket, and a stream without
    /// end, from holding a place.
    pub answer: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 32,
            head_bytes: 32_768,
            head: Duration::from_secs(10),
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(5),
            answer_bytes: 8 << 20,
            answer: Duration::from_secs(30),
        }
    }
}
