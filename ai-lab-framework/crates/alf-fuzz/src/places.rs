//! Where something is said to be.

use std::ops::Range;

/// A range of bytes that lies in the text and begins and ends between characters.
pub(crate) fn assert_lies_in(text: &str, span: &Range<usize>) {
    assert!(
        text.get(span.clone()).is_some(),
        "{span:?} is no place in a text of {} bytes",
        text.len()
    );
}

/// The line of an offset, from 1.
pub(crate) fn line_of(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset].split(|&byte| byte == b'\n').count()
}

/// How many bytes of the offset's line come before it.
pub(crate) fn bytes_into_line(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset]
        .iter()
        .rev()
        .take_while(|&&byte| byte != b'\n')
        .count()
}

/// A text that a person is shown commands nothing to a terminal.
pub(crate) fn assert_plain(told: &str) {
    assert!(!told.is_empty(), "nothing is told");
    assert!(
        !told.chars().any(|c| c.is_control() && c != '\n'),
        "{told:?} has control characters"
    );
}
