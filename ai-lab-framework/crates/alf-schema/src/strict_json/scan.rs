//! What the parser would accept or change in silence, found in the bytes before it runs.
//!
//! Exact for valid JSON; of invalid JSON it may find nothing, and the parser refuses it afterwards.

use super::StrictJsonFault;
use crate::limits;

type Found = (usize, StrictJsonFault);

/// Walks over the text once: nesting depth, numbers, and the words that are no numbers.
pub(super) fn scan(text: &str) -> Result<(), Found> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut here = 0;
    while let Some(&byte) = bytes.get(here) {
        here = match byte {
            b'"' => end_of_text(bytes, here + 1),
            b'[' | b'{' => {
                depth += 1;
                if depth > limits::JSON_DEPTH {
                    let most = limits::JSON_DEPTH;
                    return Err((here, StrictJsonFault::TooDeep { most }));
                }
                here + 1
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                here + 1
            }
            b'-' | b'0'..=b'9' | b'N' | b'I' => number(text, here)?,
            _ => here + 1,
        };
    }
    Ok(())
}

/// The place after the closing quote of the text that begins at `here`.
fn end_of_text(bytes: &[u8], mut here: usize) -> usize {
    while let Some(&byte) = bytes.get(here) {
        match byte {
            b'"' => return here + 1,
            b'\\' => here += 2,
            _ => here += 1,
        }
    }
    here
}

/// Checks the number that begins at `start` and returns the place after it.
fn number(text: &str, start: usize) -> Result<usize, Found> {
    for word in ["NaN", "Infinity", "-Infinity", "-NaN"] {
        if text[start..].starts_with(word) {
            return Err((start, StrictJsonFault::NotANumber(word)));
        }
    }
    let length = text[start..]
        .bytes()
        .take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
        .count();
    if length > limits::NUMBER_CHARS {
        let most = limits::NUMBER_CHARS;
        return Err((start, StrictJsonFault::NumberTooLong { most }));
    }
    let token = &text[start..start + length];
    if token.contains(['.', 'e', 'E']) {
        if token.parse::<f64>().is_ok_and(f64::is_infinite) {
            return Err((start, StrictJsonFault::NumberOutOfRange(token.to_owned())));
        }
    } else if is_digits(token) && (token == "-0" || !fits_64_bits(token)) {
        return Err((start, StrictJsonFault::IntegerChanged(token.to_owned())));
    }
    Ok(start + length.max(1))
}

fn is_digits(token: &str) -> bool {
    let digits = token.strip_prefix('-').unwrap_or(token);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn fits_64_bits(token: &str) -> bool {
    token.parse::<u64>().is_ok() || token.parse::<i64>().is_ok()
}
