//! Sentences about what could not be read: one missing file never fails the whole reading.

use std::fmt::Display;

/// How many sentences an answer carries. Stops a broken machine from flooding the answer.
const MOST: usize = 32;

/// The sentences so far.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<String>);

impl Notes {
    /// Adds a sentence, once.
    pub(crate) fn add(&mut self, sentence: String) {
        if self.0.len() < MOST && !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }

    /// What was read, or `None` and a sentence.
    pub(crate) fn keep<T>(&mut self, what: &str, read: Result<T, impl Display>) -> Option<T> {
        read.inspect_err(|why| self.add(format!("{what}: {why}")))
            .ok()
    }

    /// What a parser made of a file, or `None` and a sentence.
    pub(crate) fn parsed<T, E: Display>(
        &mut self,
        path: &str,
        text: Result<String, E>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.keep(path, text)?;
        self.keep(path, parse(&text).ok_or("its text has an unknown form"))
    }

    /// All sentences.
    pub(crate) fn into_sentences(self) -> Vec<String> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_once_and_bounded() {
        let mut notes = Notes::default();
        let nothing: Option<()> = notes.keep("/proc/a", Err("gone"));
        assert_eq!(nothing, notes.keep("/proc/a", Err("gone")));
        assert_eq!(
            notes.parsed("/proc/b", Ok::<_, &str>("x".into()), |_| None::<u8>),
            None
        );
        assert_eq!(
            notes.0,
            ["/proc/a: gone", "/proc/b: its text has an unknown form"]
        );
        for at in 0..99 {
            notes.add(at.to_string());
        }
        assert_eq!(notes.into_sentences().len(), MOST);
    }
}
