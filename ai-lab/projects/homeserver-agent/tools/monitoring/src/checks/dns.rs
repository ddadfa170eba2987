//! DNS as far as a check needs it: one question's bytes, one answer's records (RFC 1035). Touches nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use super::target::RecordKind;

/// Names the question; the connection is its own, so that it need not be guessed.
const ID: u16 = 0x6c61;

/// Recursion is desired.
const FLAGS: u16 = 0x0100;

const CLASS_INTERNET: u16 = 1;

/// How often a name may point elsewhere. Stops a name that points at itself.
const POINTERS: usize = 32;

/// How many records are told.
pub(crate) const RECORDS: usize = 16;

const HEAD_BYTES: usize = 12;

/// Why there are no records.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AnswerError {
    /// The name server knows no such name.
    #[error("the name server knows no such name")]
    NoSuchName,
    /// It could not or would not answer.
    #[error("the name server could not answer: {0}")]
    Refused(&'static str),
    /// Bytes that are no answer to this question.
    #[error("what came is no answer of a name server")]
    Odd,
}

impl RecordKind {
    const fn code(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ns => 2,
            Self::Cname => 5,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
        }
    }
}

/// The question as it is sent by TCP, its length first; `None` for what is no name.
pub(crate) fn question(name: &str, kind: RecordKind) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    for word in [ID, FLAGS, 1, 0, 0, 0] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > 253 {
        return None;
    }
    for label in name.split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| (1..=63).contains(length))?;
        let is_plain = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_plain {
            return None;
        }
        message.push(length);
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    for word in [kind.code(), CLASS_INTERNET] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    let length = u16::try_from(message.len()).ok()?;
    Some([length.to_be_bytes().to_vec(), message].concat())
}

/// The records of that kind in an answer (without its length): addresses, names without the last dot, texts, and mail
/// servers after their preference.
pub(crate) fn parse_answer(message: &[u8], kind: RecordKind) -> Result<Vec<String>, AnswerError> {
    let flags = word(message, 2).ok_or(AnswerError::Odd)?;
    let is_answer = flags & 0x8000 != 0 && word(message, 0) == Some(ID);
    if !is_answer {
        return Err(AnswerError::Odd);
    }
    match flags & 0xf {
        0 => {}
        1 => return Err(AnswerError::Refused("it did not understand the question")),
        2 => return Err(AnswerError::Refused("it failed (SERVFAIL)")),
        3 => return Err(AnswerError::NoSuchName),
        5 => return Err(AnswerError::Refused("it refused")),
        _ => return Err(AnswerError::Refused("it gave a rare error")),
    }
    records(message, kind).ok_or(AnswerError::Odd)
}

fn records(message: &[u8], kind: RecordKind) -> Option<Vec<String>> {
    let questions = word(message, 4)?;
    let answers = word(message, 6)?;
    let mut place = HEAD_BYTES;
    for _ in 0..questions {
        place = name(message, place)?.1 + 4;
    }
    let mut records = Vec::new();
    for _ in 0..answers {
        let start = name(message, place)?.1;
        let (code, length) = (word(message, start)?, word(message, start + 8)?);
        let data = start + 10;
        place = data + usize::from(length);
        let content = message.get(data..place)?;
        if code == kind.code() && records.len() < RECORDS {
            records.push(record(message, data, content, kind)?);
        }
    }
    Some(records)
}

fn record(message: &[u8], place: usize, content: &[u8], kind: RecordKind) -> Option<String> {
    Some(match kind {
        RecordKind::A => Ipv4Addr::from(<[u8; 4]>::try_from(content).ok()?).to_string(),
        RecordKind::Aaaa => Ipv6Addr::from(<[u8; 16]>::try_from(content).ok()?).to_string(),
        RecordKind::Ns | RecordKind::Cname => name(message, place)?.0,
        RecordKind::Mx => {
            let preference = word(content, 0)?;
            format!("{preference} {}", name(message, place + 2)?.0)
        }
        RecordKind::Txt => {
            let mut text = Vec::new();
            let mut rest = content;
            while let Some((&length, after)) = rest.split_first() {
                let (piece, after) = after.split_at_checked(length.into())?;
                text.extend_from_slice(piece);
                rest = after;
            }
            shown(&text)
        }
    })
}

/// The name at a place, without its last dot, and the place behind it.
fn name(message: &[u8], place: usize) -> Option<(String, usize)> {
    let mut labels: Vec<String> = Vec::new();
    let (mut at, mut behind, mut pointers, mut length_so_far) = (place, None, 0, 0);
    loop {
        let length = usize::from(*message.get(at)?);
        match length >> 6 {
            0 if length == 0 => {
                return Some((labels.join("."), behind.unwrap_or(at + 1)));
            }
            0 => {
                length_so_far += length + 1;
                // The longest name is 255 bytes.
                let label = message
                    .get(at + 1..at + 1 + length)
                    .filter(|_| length_so_far < 255)?;
                labels.push(shown(label));
                at += 1 + length;
            }
            3 => {
                pointers += 1;
                behind = behind.or(Some(at + 2));
                at = usize::from(word(message, at)? & 0x3fff);
                if pointers > POINTERS {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

fn word(bytes: &[u8], place: usize) -> Option<u16> {
    let pair = bytes.get(place..place.checked_add(2)?)?;
    Some(u16::from_be_bytes([pair[0], pair[1]]))
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text)
        .chars()
        .filter(|letter| !letter.is_control())
        .take(255)
        .collect()
}

/// Whether one of the records is what was expected: case and a last dot do not count.
pub(crate) fn has_record(records: &[String], expected: &str) -> bool {
    let plain = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    records
        .iter()
        .any(|record| plain(record) == plain(expected))
}

#[cfg(test)]
mod tests;
