//! The few colours, by what they mean. The output drops them where they are not wanted.

use std::fmt;

use alf_store::{SessionStatus, Status};
use anstyle::{AnsiColor, Style};

/// Something failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something to look at.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// Something is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What to do next.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default();
/// Beside the point.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// A heading.
pub(crate) const HEAD: Style = Style::new().bold();

/// A text in a style.
pub(crate) fn styled(style: Style, text: impl fmt::Display) -> String {
    format!("{}{text}{}", style.render(), style.render_reset())
}

/// A status in its colour.
pub(crate) const fn of_status(status: Status) -> Style {
    match status {
        Status::Started => HINT,
        Status::Succeeded => GOOD,
        Status::Failed => BAD,
        Status::Interrupted => WARN,
    }
}

/// A session's status in its colour.
pub(crate) const fn of_session(status: SessionStatus) -> Style {
    match status {
        SessionStatus::Active => GOOD,
        SessionStatus::Paused => WARN,
        SessionStatus::Ended => FAINT,
    }
}

/// Whether a terminal takes the character as a command: control characters, and those that reorder or hide text.
pub(crate) fn is_command(c: char) -> bool {
    let reorders = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_control() || reorders
}

/// Text from outside, safe on a terminal: control characters, also those that reorder text, are shown escaped.
pub(crate) fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            safe.push_str("  ");
        } else if is_command(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_never_told_what_to_do_by_data() {
        assert_eq!(harmless("a\u{1b}[2Jb\tc"), "a\\u{1b}[2Jb  c");
        assert_eq!(harmless("user\u{202e}txt"), "user\\u{202e}txt");
        assert_eq!(harmless("grün 🌱"), "grün 🌱");
    }
}
