//! What a tool asked the proxy for and did not get.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many different refusals are kept until they are taken. Stops a tool that tries many names from filling the log.
const KEPT: usize = 32;

/// The refusals of one proxy, until somebody takes them; copies are the same list.
#[derive(Clone, Debug, Default)]
pub struct Refusals {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<(String, u64)>,
    others: u64,
}

impl Refusals {
    /// Counts one more.
    pub(crate) fn note(&self, line: &str) {
        let mut kept = self.kept();
        if let Some((_, times)) = kept.lines.iter_mut().find(|(known, _)| known == line) {
            *times += 1;
        } else if kept.lines.len() < KEPT {
            kept.lines.push((line.to_owned(), 1));
        } else {
            kept.others += 1;
        }
    }

    /// What was refused since the last time: a line each, in the order of the first time, with how often.
    pub fn take(&self) -> Vec<String> {
        let kept = std::mem::take(&mut *self.kept());
        let mut lines: Vec<String> = kept
            .lines
            .into_iter()
            .map(|(line, times)| match times {
                1 => line,
                times => format!("{line} ({times} times)"),
            })
            .collect();
        if kept.others > 0 {
            lines.push(format!(
                "and {} further refusals of other kinds",
                kept.others
            ));
        }
        lines
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_once_taken_and_bounded() {
        let refusals = Refusals::default();
        refusals.note("host a:1 not granted");
        refusals.note("host b:1 not granted");
        refusals.note("host a:1 not granted");
        let copy = refusals.clone();
        assert_eq!(
            copy.take(),
            ["host a:1 not granted (2 times)", "host b:1 not granted"]
        );
        assert_eq!(refusals.take(), Vec::<String>::new());
        for number in 0..KEPT + 3 {
            refusals.note(&format!("host {number}"));
        }
        let lines = refusals.take();
        assert_eq!(lines.len(), KEPT + 1);
        assert_eq!(
            lines.last().map(String::as_str),
            Some("and 3 further refusals of other kinds")
        );
    }
}
