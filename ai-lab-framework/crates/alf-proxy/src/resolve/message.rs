//! Questions and answers of the domain name system (RFC 1035, RFC 3596), as far as addresses need them.

use std::net::IpAddr;

/// The length of a message's head.
const HEAD: usize = 12;
/// The most addresses that are taken from an answer.
const ADDRESSES: usize = 32;

/// What kind of address is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Kind {
    /// Version 4.
    A = 1,
    /// Version 6.
    Aaaa = 28,
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// These addresses; none when the name has none of that kind.
    Addresses(Vec<IpAddr>),
    /// Nobody has that name.
    NoSuchName,
    /// It is cut: the whole of it is had by TCP.
    Cut,
    /// The server cannot say.
    Failed,
}

/// A question; `None` for a name that is too long.
pub(super) fn question(id: u16, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(HEAD + name.len() + 6);
    message.extend_from_slice(&id.to_be_bytes());
    // Recursion desired; one question.
    message.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        message.push(
            u8::try_from(label.len())
                .ok()
                .filter(|length| (1..64).contains(length))?,
        );
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    message.extend_from_slice(&(kind as u16).to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    // A name has at most 255 bytes in all.
    (message.len() <= HEAD + 255 + 4).then_some(message)
}

/// Reads the answer to that question; `None` for what answers another or is no answer.
pub(super) fn answer(question: &[u8], message: &[u8]) -> Option<Answer> {
    let is_same = message.get(..2)? == question.get(..2)?
        && message
            .get(HEAD..question.len())?
            .eq_ignore_ascii_case(question.get(HEAD..)?);
    let flags = u16::from_be_bytes(message.get(2..4)?.try_into().ok()?);
    let count = |at: usize| {
        Some(u16::from_be_bytes(
            message.get(at..at + 2)?.try_into().ok()?,
        ))
    };
    let is_answer = flags & 0x8000 != 0 && count(4)? == 1;
    if !is_same || !is_answer {
        return None;
    }
    if flags & 0x0200 != 0 {
        return Some(Answer::Cut);
    }
    match flags & 0xf {
        0 => {}
        3 => return Some(Answer::NoSuchName),
        _ => return Some(Answer::Failed),
    }
    let mut reader = Reader {
        left: &message[question.len()..],
    };
    let mut addresses = Vec::new();
    // The names of the records are not looked at: a server that one trusts with the question gives the chain that
    // leads from the name to its addresses, and nothing beside.
    for _ in 0..count(6)? {
        reader.record(&mut addresses)?;
        if addresses.len() >= ADDRESSES {
            break;
        }
    }
    Some(Answer::Addresses(addresses))
}

struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.left.split_at_checked(count)?;
        self.left = left;
        Some(taken)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    /// Goes past a name, which ends with an empty label or with the place where it goes on.
    fn skip_name(&mut self) -> Option<()> {
        loop {
            match *self.take(1)? {
                [0] => return Some(()),
                [length @ 1..=63] => {
                    self.take(length.into())?;
                }
                [0xc0..=0xff] => {
                    self.take(1)?;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// One record, kept if it is an address.
    fn record(&mut self, addresses: &mut Vec<IpAddr>) -> Option<()> {
        self.skip_name()?;
        let (kind, class) = (self.word()?, self.word()?);
        self.take(4)?;
        let length = self.word()?;
        let data = self.take(length.into())?;
        let v4 = || Some(IpAddr::from(<[u8; 4]>::try_from(data).ok()?));
        let v6 = || Some(IpAddr::from(<[u8; 16]>::try_from(data).ok()?));
        addresses.extend(match (class, kind) {
            (1, 1) => v4(),
            (1, 28) => v6(),
            _ => None,
        });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(flags: [u8; 2], records: &[&[u8]]) -> (Vec<u8>, Vec<u8>) {
        let question = question(7, "nas.lan", Kind::A).expect("a short name");
        let mut message = question.clone();
        message[2..4].copy_from_slice(&flags);
        message[7] = u8::try_from(records.len()).expect("few");
        for record in records {
            message.extend_from_slice(record);
        }
        (question, message)
    }

    const OK: [u8; 2] = [0x81, 0x80];
    const A: &[u8] = &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 4];
    const ALIAS: &[u8] = &[0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, b'x', 0xc0, 16];
    const AAAA: &[u8] = &[
        1, b'x', 0, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        4,
    ];

    #[test]
    fn the_addresses_of_an_answer_are_read_past_what_else_it_holds() {
        let (question, message) = answered(OK, &[ALIAS, A, AAAA]);
        let expected = ["10.0.0.4", "fd00::4"].map(|text| text.parse().expect("an address"));
        assert_eq!(
            answer(&question, &message),
            Some(Answer::Addresses(expected.to_vec()))
        );
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let (question, message) = answered(OK, &[A]);
        let changed = |at: usize, value: u8| {
            let mut message = message.clone();
            message[at] = value;
            answer(&question, &message)
        };
        // The id, the direction, the name, the kind.
        for (at, value) in [(0, 9), (2, 1), (5, 2), (13, b'm'), (question.len() - 3, 28)] {
            assert_eq!(changed(at, value), None, "byte {at}");
        }
        assert!(changed(13, b'N').is_some(), "names have no case");
    }

    #[test]
    fn what_a_server_says_instead_is_told() {
        for (flags, expected) in [
            ([0x83, 0x80], Answer::Cut),
            ([0x81, 0x83], Answer::NoSuchName),
            ([0x81, 0x82], Answer::Failed),
            ([0x81, 0x85], Answer::Failed),
            (OK, Answer::Addresses(Vec::new())),
        ] {
            let (question, message) = answered(flags, &[]);
            assert_eq!(answer(&question, &message), Some(expected));
        }
    }

    #[test]
    fn no_cut_and_no_changed_byte_makes_the_reader_fail_otherwise_than_by_none() {
        let (question, message) = answered(OK, &[ALIAS, A, AAAA]);
        for end in 0..message.len() {
            assert_eq!(answer(&question, &message[..end]), None, "cut at {end}");
        }
        for at in 0..message.len() {
            for value in [0, 1, 63, 64, 0xc0, 0xff] {
                let mut message = message.clone();
                message[at] = value;
                let _taken_or_refused = answer(&question, &message);
            }
        }
    }

    #[test]
    fn a_name_that_no_message_can_hold_is_not_asked_for() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert!(question(1, &longest, Kind::Aaaa).is_some());
        for name in ["", "a..b", &"a".repeat(64), &format!("{longest}a")] {
            assert_eq!(question(1, name, Kind::A), None, "{name}");
        }
    }
}
