//! What a certificate says: until when it is valid, of whom it is, who signed it. Reads DER as far as that needs.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clock::rfc3339;

const DAY_S: i64 = 24 * 3600;

/// The longest name that is shown, in characters.
const NAME_CHARS: usize = 100;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT: u8 = 0x06;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `2.5.4.3`.
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
/// `2.5.4.10`.
const ORGANISATION: &[u8] = &[0x55, 4, 10];

/// A certificate that a server showed, with the chain that it showed along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Certificate {
    /// Whose it is: the common name, else the organisation; `null` for one that has neither.
    pub(crate) subject: Option<String>,
    /// Who signed it.
    pub(crate) issuer: Option<String>,
    /// Since when it is valid (RFC 3339).
    pub(crate) not_before: String,
    /// Until when it is valid (RFC 3339).
    pub(crate) not_after: String,
    /// Whole days until then; negative once it is over.
    pub(crate) days_left: i64,
    /// Whether it is made for the name that was asked.
    pub(crate) name_fits: bool,
    /// Whether this machine trusts whoever signed it; `null` where another fault is found first.
    pub(crate) trusted: Option<bool>,
    /// How many certificates the server showed.
    pub(crate) chain_length: usize,
    /// Who signed the last of them: an authority, or itself.
    pub(crate) chain_end: Option<String>,
}

/// What is read of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) is_self_signed: bool,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

/// Reads a certificate; `None` for what is none.
pub(crate) fn parse_certificate(der: &[u8]) -> Option<Dates> {
    let (certificate, _) = expect(der, SEQUENCE)?;
    let (signed, _) = expect(certificate, SEQUENCE)?;
    // The first version has no field that says so.
    let rest = expect(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_serial, rest) = expect(rest, INTEGER)?;
    let (_algorithm, rest) = expect(rest, SEQUENCE)?;
    let (issuer, rest) = expect(rest, SEQUENCE)?;
    let (validity, rest) = expect(rest, SEQUENCE)?;
    let (subject, _) = expect(rest, SEQUENCE)?;
    let (not_before, validity) = moment(validity)?;
    let (not_after, _) = moment(validity)?;
    Some(Dates {
        subject: shown_name(subject),
        issuer: shown_name(issuer),
        is_self_signed: issuer == subject,
        not_before,
        not_after,
    })
}

/// What is told of a chain that a server showed, its own certificate first; `None` where that cannot be read.
pub(crate) fn describe(
    chain: &[Vec<u8>],
    name_fits: bool,
    trusted: Option<bool>,
    now: i64,
) -> Option<Certificate> {
    let dates = parse_certificate(chain.first()?)?;
    let end = parse_certificate(chain.last()?);
    let chain_end = end.and_then(|end| {
        if end.is_self_signed {
            Some("itself".to_owned())
        } else {
            end.issuer
        }
    });
    Some(Certificate {
        not_before: rfc3339(dates.not_before),
        not_after: rfc3339(dates.not_after),
        days_left: (dates.not_after - now).div_euclid(DAY_S),
        subject: dates.subject,
        issuer: dates.issuer,
        name_fits,
        trusted,
        chain_length: chain.len(),
        chain_end,
    })
}

/// The content of an element with that tag, and what follows it.
fn expect(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(bytes)?;
    (found == tag).then_some((content, rest))
}

/// Tag, content and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let digits = usize::from(first & 0x7f);
        let (digits, rest) = rest.split_at_checked(digits).filter(|_| digits <= 4)?;
        let length = digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(256)?.checked_add((*digit).into())
        })?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`; two digits of a year below 50 are of this century (RFC 5280, 4.1.2.5.1).
fn moment(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let text = match tag {
        UTC_TIME => {
            let year: u8 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year < 50 { "20" } else { "19" })
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i8>().ok();
    let date = DateTime::new(
        text[..4].parse().ok()?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?,
        0,
    )
    .ok()?;
    let seconds = TimeZone::UTC.to_timestamp(date).ok()?.as_second();
    Some((seconds, rest))
}

/// The common name, else the organisation.
fn shown_name(mut name: &[u8]) -> Option<String> {
    let mut organisation = None;
    while let Some((set, rest)) = expect(name, SET) {
        name = rest;
        let Some((kind, value)) = expect(set, SEQUENCE).and_then(|(pair, _)| expect(pair, OBJECT))
        else {
            continue;
        };
        let text = element(value).map(|(_, text, _)| shown(text));
        if kind == COMMON_NAME {
            return text;
        }
        if kind == ORGANISATION {
            organisation = text;
        }
    }
    organisation
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text)
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("it is short");
        let head = if length < 0x80 {
            vec![tag, length]
        } else {
            vec![tag, 0x81, length]
        };
        [head, content.to_vec()].concat()
    }

    fn name(kind: &[u8], text: &str) -> Vec<u8> {
        let pair = [tagged(OBJECT, kind), tagged(0x0c, text.as_bytes())].concat();
        tagged(SET, &tagged(SEQUENCE, &pair))
    }

    fn certificate(issuer: &[u8], subject: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let signed = [
            tagged(VERSION, &tagged(INTEGER, &[2])),
            tagged(INTEGER, &[1]),
            tagged(SEQUENCE, &[]),
            tagged(SEQUENCE, issuer),
            tagged(SEQUENCE, &[from, to].concat()),
            tagged(SEQUENCE, subject),
        ];
        tagged(SEQUENCE, &tagged(SEQUENCE, &signed.concat()))
    }

    #[test]
    fn dates_and_names_are_read() {
        let utc = |text: &str| tagged(UTC_TIME, text.as_bytes());
        let long = |text: &str| tagged(GENERALIZED_TIME, text.as_bytes());
        let issuer = [name(ORGANISATION, "Trust"), name(COMMON_NAME, "R3\u{1b}")].concat();
        let leaf = certificate(
            &issuer,
            &name(ORGANISATION, "Nas"),
            &utc("700101000000Z"),
            &long("20500101000001Z"),
        );
        assert_eq!(
            parse_certificate(&leaf),
            Some(Dates {
                subject: Some("Nas".into()),
                issuer: Some("R3".into()),
                is_self_signed: false,
                not_before: 0,
                not_after: 2_524_608_001,
            })
        );
        let now = 2_524_608_001 - 10 * DAY_S - 1;
        let root = certificate(
            &issuer,
            &issuer,
            &utc("491231235959Z"),
            &utc("491231235959Z"),
        );
        let told = describe(&[leaf.clone(), root], true, Some(true), now).expect("it is one");
        assert_eq!(
            (told.days_left, told.chain_end.as_deref(), told.chain_length),
            (10, Some("itself"), 2)
        );
        let told = describe(&[leaf], false, None, 2_524_608_002).expect("it is one");
        assert_eq!(
            (told.days_left, told.chain_end.as_deref()),
            (-1, Some("R3"))
        );
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        let ok = tagged(UTC_TIME, b"491231235959Z");
        for odd in [
            tagged(UTC_TIME, b"4912312359Z"),
            tagged(UTC_TIME, b"491331235959Z"),
            tagged(UTC_TIME, b"+91231235959Z"),
            tagged(0x05, b"491231235959Z"),
        ] {
            assert_eq!(parse_certificate(&certificate(&[], &[], &ok, &odd)), None);
        }
        assert_eq!(parse_certificate(&[]), None);
        assert_eq!(parse_certificate(&[0x30, 0x85, 1, 1, 1, 1, 1]), None);
        assert_eq!(describe(&[], true, None, 0), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..100, flip in any::<u8>()) {
            let _ = parse_certificate(&bytes);
            let time = tagged(UTC_TIME, b"491231235959Z");
            let mut real = certificate(&name(COMMON_NAME, "a"), &name(COMMON_NAME, "b"), &time, &time);
            let place = cut % real.len();
            real[place] = flip;
            let _ = parse_certificate(&real);
            let _ = parse_certificate(&real[..place]);
        }
    }
}
