//! A line that is typed.

use crate::key::Key;

/// The longest line that can be typed, in characters: more is a document, and an editor's.
const LONGEST: usize = 500;

/// A text with a cursor between its characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    text: Vec<char>,
    at: usize,
}

impl Line {
    /// A text to change, the cursor at its end.
    pub(crate) fn of(text: &str) -> Self {
        let text: Vec<char> = text
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST)
            .collect();
        Self {
            at: text.len(),
            text,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// What is before the cursor, and what is behind.
    pub(crate) fn halves(&self) -> (String, String) {
        let (before, behind) = self.text.split_at(self.at);
        (before.iter().collect(), behind.iter().collect())
    }

    /// Types a key; whether it meant anything.
    pub(crate) fn press(&mut self, key: Key) {
        match key {
            Key::Char(c) if !c.is_control() && self.text.len() < LONGEST => {
                self.text.insert(self.at, c);
                self.at += 1;
            }
            Key::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
            }
            Key::Delete if self.at < self.text.len() => {
                self.text.remove(self.at);
            }
            Key::Left => self.at = self.at.saturating_sub(1),
            Key::Right => self.at = (self.at + 1).min(self.text.len()),
            Key::Home | Key::Control('a') => self.at = 0,
            Key::End | Key::Control('e') => self.at = self.text.len(),
            Key::Control('u') => *self = Self::default(),
            Key::Char(_)
            | Key::Control(_)
            | Key::Backspace
            | Key::Delete
            | Key::Enter
            | Key::Escape
            | Key::Up
            | Key::Down
            | Key::PageUp
            | Key::PageDown
            | Key::ShiftLeft
            | Key::ShiftRight => {}
        }
    }
}
