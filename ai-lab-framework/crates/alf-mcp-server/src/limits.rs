//! Every bound of this crate, with the harm that it stops.

use std::time::Duration;

/// The longest name offered, in characters. With `mcp_`, the server's name and `_` before it, it stays under the 63
/// that the strictest client keeps whole.
pub const NAME_CHARS: usize = 47;

/// The longest description offered, in characters. Stops a tool from filling an agent's context by being there.
pub const DESCRIPTION_CHARS: usize = 1_024;

/// The longest schema offered, in bytes of JSON. Stops one tool from filling an agent's context; a longer one is
/// offered without its descriptions, then as a bare object.
pub const SCHEMA_BYTES: usize = 16_384;

/// How many tools are offered. One page holds them all: a client that reads only the first page loses none.
pub const TOOLS: usize = 512;

/// The longest text of one answer, in bytes. The strictest client cuts at 40,000 characters.
pub const ANSWER_BYTES: usize = 32_000;

/// The most lines of one answer. The strictest client cuts at 2,000.
pub const ANSWER_LINES: usize = 1_500;

/// The longest line that is read, in bytes. Stops a client's single message from taking all memory.
pub const LINE_BYTES: usize = 8_388_608;

/// The longest body of an HTTP request, in bytes. Stops the same over HTTP.
pub const BODY_BYTES: usize = 8_388_608;

/// How many HTTP connections there are at once; further ones are closed. Stops whoever opens them without end.
pub const CONNECTIONS: usize = 256;

/// How many sessions of the era that has them are open over HTTP. Each keeps a little memory for five minutes.
pub const HTTP_SESSIONS: usize = 256;

/// How long a client may take to send the head of a request. Stops connections that say nothing.
pub const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long a client may take to send the body of a request. Stops bodies that drip.
pub const BODY_WITHIN: Duration = Duration::from_secs(30);

/// How many requests one token may make a second, over a while.
pub const RATE_PER_SECOND: f64 = 200.0;

/// How many it may make at once after a pause. Stops a client in a loop from keeping the others out.
pub const RATE_BURST: f64 = 1_000.0;

/// How many calls run at once. Stops a client from starting processes without end.
pub const CALLS_RUNNING: usize = 32;

/// How many calls wait behind those that run. The next is told to come later, not kept without end.
pub const CALLS_WAITING: usize = 128;

/// How many requests of one client may be without an answer; no further line is read until one is answered. Stops a
/// client that sends and never reads from filling memory with answers.
pub const REQUESTS_OPEN: usize = 256;

/// How long a call is waited for before it is answered with its execution's id, where nothing else is said. The
/// shortest patience of a client is 60 s.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(45);

/// The most log lines of one call that are told to a client that asked for them: the last ones. Stops a tool that
/// writes without end from filling what an agent reads.
pub const LOG_LINES: usize = 50;

/// How long a person is waited for who was asked whether something may be done. Stops a question that nobody sees from
/// holding a call for ever.
pub const CONSENT_WITHIN: Duration = Duration::from_mins(5);

/// How often progress is told to a client that asks for it: more often than the patience of any.
pub const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// When progress is told first; each pause is twice the one before, up to [`PROGRESS_EVERY`]. A person sees early that
/// something happens.
pub const PROGRESS_FIRST: Duration = Duration::from_millis(500);

/// How often it is looked whether a client that hears of changes is still there.
pub const LOOK_FOR_CLIENT: Duration = Duration::from_secs(30);

/// How often the tools' folders are looked at for a change.
pub const WATCH_EVERY: Duration = Duration::from_secs(2);

/// How long a client that says no more waits for the next answer; then what is still running is withdrawn. Stops a
/// server from outliving its client.
pub const QUIET: Duration = Duration::from_secs(2);

/// How long calls in flight may take to end once the client is gone or the server is asked to end.
pub const END_WITHIN: Duration = Duration::from_secs(15);
