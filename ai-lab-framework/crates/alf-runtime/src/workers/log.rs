//! What one call kept of a long-lived process's standard error.

use alf_sandbox::Refusals;
use serde_json::json;

/// A log within its limit; what is beyond is counted and dropped.
#[derive(Debug, Default)]
pub struct KeptLog {
    bytes: Vec<u8>,
    seen: u64,
    limit: usize,
}

impl KeptLog {
    /// An empty log that keeps so many bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            seen: 0,
            limit,
        }
    }

    /// What was kept of a log elsewhere.
    pub(crate) const fn of(bytes: Vec<u8>, seen: u64, limit: usize) -> Self {
        Self { bytes, seen, limit }
    }

    /// Adds what the process wrote.
    pub fn write(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..room]);
        self.seen += bytes.len() as u64;
    }

    /// Adds a line of the framework's own, beyond the limit too: there are few, and they say why a call failed.
    pub fn note(&mut self, level: &str, message: &str) {
        if self.bytes.last().is_some_and(|last| *last != b'\n') {
            self.bytes.push(b'\n');
        }
        let line = json!({ "level": level, "message": message }).to_string() + "\n";
        self.bytes.extend_from_slice(line.as_bytes());
        self.seen = self.seen.max(self.bytes.len() as u64);
    }

    /// Says what the process asked the proxy for and did not get since the last time, once.
    pub(crate) fn note_refusals(&mut self, refusals: Option<&Refusals>) {
        for refused in refusals.map(Refusals::take).unwrap_or_default() {
            self.note("warn", &format!("sandbox: {refused}"));
        }
    }

    /// Puts what an earlier log kept before what this one has.
    pub fn begin_with(&mut self, earlier: Self) {
        let own = std::mem::take(&mut self.bytes);
        let seen = std::mem::take(&mut self.seen);
        self.bytes = earlier.bytes;
        self.seen = earlier.seen;
        self.bytes.extend_from_slice(&own);
        self.seen += seen;
    }

    /// What is kept, and how many bytes came in all.
    pub(crate) fn into_parts(self) -> (Vec<u8>, u64) {
        (self.bytes, self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_its_limit_counts_the_rest_and_takes_notes_beyond() {
        let mut log = KeptLog::new(4);
        log.write(b"abc");
        log.write(b"def");
        log.note("warn", "why");
        let (bytes, seen) = log.into_parts();
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "abcd\n{\"level\":\"warn\",\"message\":\"why\"}\n"
        );
        assert_eq!(seen, bytes.len() as u64);
    }

    #[test]
    fn what_came_before_a_call_is_read_first() {
        let (mut earlier, mut log) = (KeptLog::new(9), KeptLog::new(9));
        earlier.write(b"one\n");
        log.write(b"two\n");
        log.begin_with(earlier);
        assert_eq!(log.into_parts(), (b"one\ntwo\n".to_vec(), 8));
    }
}
