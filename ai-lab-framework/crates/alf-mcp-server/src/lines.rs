//! Lines as they come in, bounded and held against JSON before the SDK reads them.
//!
//! The SDK drops a line that is too long, and one that is no JSON, without a word. Here both are answered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rmcp::model::{ErrorData, RequestId};
use serde::de::IgnoredAny;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;

use crate::limits::LINE_BYTES;

/// How much is read at once, in bytes.
const CHUNK: usize = 65_536;

/// How much of a line that is too long is kept at either end, in bytes: its id stands there.
const KEPT: usize = 512;

/// How many refused lines wait to be answered; more of them are dropped unanswered.
pub(crate) const REFUSED: usize = 64;

/// A line that is not handed on, and what its sender is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RefusedLine {
    /// The request's id, where it can be told.
    pub(crate) id: Option<RequestId>,
    pub(crate) error: ErrorData,
}

/// Hands on whole lines that are JSON; the others are told through a channel.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    /// `..given` is handed on, `given..checked` waits to be, the rest is no whole line yet.
    buffer: Vec<u8>,
    given: usize,
    checked: usize,
    /// The ends of a line that is too long, until its end is seen.
    too_long: Option<TooLong>,
    refused: mpsc::Sender<RefusedLine>,
}

#[derive(Debug)]
struct TooLong {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl<R> Lines<R> {
    /// Reads from this; what is refused is told there.
    pub(crate) const fn new(reader: R, refused: mpsc::Sender<RefusedLine>) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            given: 0,
            checked: 0,
            too_long: None,
            refused,
        }
    }

    /// Looks at what was read from there on.
    fn check(&mut self, mut from: usize) {
        while let Some(length) = self.buffer[from..].iter().position(|byte| *byte == b'\n') {
            let end = from + length + 1;
            if let Some(mut too_long) = self.too_long.take() {
                too_long.push(&self.buffer[self.checked..end - 1]);
                self.refuse(too_long.refused());
                self.buffer.drain(self.checked..end);
                from = self.checked;
                continue;
            }
            match refusal(&self.buffer[self.checked..end]) {
                None => self.checked = end,
                Some(refused) => {
                    self.refuse(refused);
                    self.buffer.drain(self.checked..end);
                }
            }
            from = self.checked;
        }
        let unfinished = &self.buffer[self.checked..];
        if let Some(too_long) = &mut self.too_long {
            too_long.push(unfinished);
            self.buffer.truncate(self.checked);
        } else if unfinished.len() > LINE_BYTES {
            let mut too_long = TooLong {
                head: Vec::new(),
                tail: Vec::new(),
            };
            too_long.push(unfinished);
            self.too_long = Some(too_long);
            self.buffer.truncate(self.checked);
        }
    }

    fn refuse(&self, line: RefusedLine) {
        // Full: a flood of broken lines. They have no id, so nobody waits for these answers.
        let _told = self.refused.try_send(line);
    }

    /// Takes away what is handed on; a buffer that one big line made is not kept.
    fn make_room(&mut self) {
        self.buffer.drain(..self.given);
        self.checked -= self.given;
        self.given = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * CHUNK {
            self.buffer = Vec::new();
        }
    }
}

impl TooLong {
    fn push(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.tail
            .extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        let surplus = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..surplus);
    }

    fn refused(&self) -> RefusedLine {
        let told = format!(
            "the message is longer than {LINE_BYTES} bytes: send less, or name a file that the tool may read"
        );
        RefusedLine {
            id: id_at_the_end(&self.tail).or_else(|| id_at_the_start(&self.head)),
            error: ErrorData::invalid_request(told, None),
        }
    }
}

/// Why a whole line is not handed on; `None` for one that is, and for an empty one.
fn refusal(line: &[u8]) -> Option<RefusedLine> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    if line.len() > LINE_BYTES {
        let mut too_long = TooLong {
            head: Vec::new(),
            tail: Vec::new(),
        };
        too_long.push(line);
        return Some(too_long.refused());
    }
    let error = serde_json::from_slice::<IgnoredAny>(line).err()?;
    Some(RefusedLine {
        id: None,
        error: ErrorData::parse_error(format!("the line is no JSON: {error}"), None),
    })
}

/// The id of a message that ends in it: `…,"id":7}`. Whatever closes there is the message itself.
fn id_at_the_end(tail: &[u8]) -> Option<RequestId> {
    let tail = String::from_utf8_lossy(tail);
    let (_, after) = tail.trim_end().strip_suffix('}')?.rsplit_once("\"id\"")?;
    serde_json::from_str(after.trim_start().strip_prefix(':')?.trim()).ok()
}

/// The id of a message that names it before its parameters: `{"jsonrpc":"2.0","id":7,…`.
fn id_at_the_start(head: &[u8]) -> Option<RequestId> {
    let head = String::from_utf8_lossy(head);
    let (before, after) = head.split_once("\"id\"")?;
    // Inside of another object, it is another id.
    if before.matches('{').count() != 1 {
        return None;
    }
    let value = after.trim_start().strip_prefix(':')?;
    serde_json::Deserializer::from_str(value)
        .into_iter()
        .next()?
        .ok()
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.given < this.checked {
                let count = out.remaining().min(this.checked - this.given);
                out.put_slice(&this.buffer[this.given..this.given + count]);
                this.given += count;
                return Poll::Ready(Ok(()));
            }
            this.make_room();
            let from = this.buffer.len();
            this.buffer.resize(from + CHUNK, 0);
            let mut chunk = ReadBuf::new(&mut this.buffer[from..]);
            let read = Pin::new(&mut this.reader).poll_read(context, &mut chunk);
            let count = chunk.filled().len();
            this.buffer.truncate(from + count);
            ready!(read)?;
            if count == 0 {
                return Poll::Ready(Ok(()));
            }
            this.check(from);
        }
    }
}

#[cfg(test)]
mod tests;
