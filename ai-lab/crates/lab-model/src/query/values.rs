//! What may follow a key: words, ranges of them, names, days.

use std::str::FromStr;

use super::{Due, QueryError};
use crate::when::{WhenError, parse_day};
use crate::{Day, ItemStatus, ItemType, Priority, Tag, TagError};

pub(super) fn open() -> Vec<ItemStatus> {
    ItemStatus::ALL
        .iter()
        .copied()
        .filter(|it| !it.is_settled())
        .collect()
}

pub(super) fn closed() -> Vec<ItemStatus> {
    ItemStatus::ALL
        .iter()
        .copied()
        .filter(|it| it.is_settled())
        .collect()
}

pub(super) fn late(today: Day) -> Result<Due, WhenError> {
    Ok(Due::Between(None, Some(parse_day("-1d", today)?)))
}

/// Adds what is not in yet.
pub(super) fn extend<T: PartialEq>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for value in more {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

pub(super) fn values(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').filter(|word| !word.is_empty())
}

pub(super) fn names(value: &str) -> Vec<Option<String>> {
    values(value)
        .map(|name| (name != "none").then(|| name.to_owned()))
        .collect()
}

pub(super) fn tags(value: &str) -> Result<Vec<Tag>, TagError> {
    values(value).map(str::parse).collect()
}

pub(super) fn statuses(value: &str) -> Result<Vec<ItemStatus>, QueryError> {
    let mut found = Vec::new();
    for word in values(value) {
        match word {
            "open" => extend(&mut found, open()),
            "closed" => extend(&mut found, closed()),
            _ => extend(&mut found, [one("status", word, ItemStatus::ALL)?]),
        }
    }
    Ok(found)
}

/// A word of one of our enums, by its beginning where no other begins so.
pub(super) trait Worded: Copy + PartialEq + FromStr + 'static {
    fn word(self) -> &'static str;
}

macro_rules! worded {
    ($($name:ident),+) => {
        $(impl Worded for $name {
            fn word(self) -> &'static str {
                self.as_str()
            }
        })+
    };
}

worded!(ItemStatus, ItemType, Priority);

fn one<T: Worded>(what: &'static str, given: &str, all: &'static [T]) -> Result<T, QueryError> {
    let lower = given.to_ascii_lowercase().replace('-', "_");
    if let Some(exact) = all.iter().find(|it| it.word() == lower) {
        return Ok(*exact);
    }
    let found: Vec<T> = all
        .iter()
        .copied()
        .filter(|it| it.word().starts_with(&lower))
        .collect();
    match found[..] {
        [only] => Ok(only),
        [] => Err(unknown(
            what,
            given,
            all.iter().map(|it| it.word()).collect(),
        )),
        [..] => Err(QueryError::Ambiguous {
            given: given.to_owned(),
            candidates: found.iter().map(|it| it.word()).collect(),
        }),
    }
}

pub(super) fn listed<T: Worded>(
    what: &'static str,
    value: &str,
    all: &'static [T],
) -> Result<Vec<T>, QueryError> {
    values(value).map(|word| one(what, word, all)).collect()
}

/// Words, and ranges of them in the order of the enum: `high..`, `..medium`, `low..high`.
pub(super) fn ranged<T: Worded>(
    what: &'static str,
    value: &str,
    all: &'static [T],
) -> Result<Vec<T>, QueryError> {
    let mut found = Vec::new();
    for word in values(value) {
        let Some((from, to)) = word.split_once("..") else {
            extend(&mut found, [one(what, word, all)?]);
            continue;
        };
        let place = |word: &str, open: usize| -> Result<usize, QueryError> {
            if word.is_empty() {
                return Ok(open);
            }
            let wanted = one(what, word, all)?;
            Ok(all.iter().position(|it| *it == wanted).unwrap_or(open))
        };
        let (from, to) = (place(from, 0)?, place(to, all.len() - 1)?);
        let range = all.get(from..=to).filter(|range| !range.is_empty());
        let range = range.ok_or_else(|| QueryError::Backwards {
            given: word.to_owned(),
        })?;
        extend(&mut found, range.iter().copied());
    }
    Ok(found)
}

/// `<14d`, `<=fri`, `>eom`, `>=…`, `today..fri`, `late`, `none`, or one day.
pub(super) fn due(value: &str, today: Day) -> Result<Due, QueryError> {
    let day = |text: &str| parse_day(text, today);
    let shifted = |text: &str, by: &str| parse_day(by, day(text)?);
    Ok(match value {
        "none" => Due::Never,
        "late" | "overdue" => late(today)?,
        "any" => Due::Between(None, None),
        _ => {
            if let Some(text) = value.strip_prefix("<=") {
                Due::Between(None, Some(day(text)?))
            } else if let Some(text) = value.strip_prefix(">=") {
                Due::Between(Some(day(text)?), None)
            } else if let Some(text) = value.strip_prefix('<') {
                Due::Between(None, Some(shifted(text, "-1d")?))
            } else if let Some(text) = value.strip_prefix('>') {
                Due::Between(Some(shifted(text, "1d")?), None)
            } else if let Some((from, to)) = value.split_once("..") {
                let side = |text: &str| (!text.is_empty()).then(|| day(text)).transpose();
                let (from, to) = (side(from)?, side(to)?);
                if from.zip(to).is_some_and(|(from, to)| from > to) {
                    return Err(QueryError::Backwards {
                        given: value.to_owned(),
                    });
                }
                Due::Between(from, to)
            } else {
                let only = day(value)?;
                Due::Between(Some(only), Some(only))
            }
        }
    })
}

pub(super) fn unknown(what: &'static str, given: &str, known: Vec<&'static str>) -> QueryError {
    QueryError::UnknownWord {
        what,
        given: given.to_owned(),
        nearest: nearest(&given.to_ascii_lowercase(), known.iter().copied()),
        known,
    }
}

/// The word that is spelled most like a given one; `None` where none is near.
pub(super) fn nearest(given: &str, words: impl Iterator<Item = &'static str>) -> Option<String> {
    words
        .map(|word| (strsim::damerau_levenshtein(given, word), word))
        .filter(|(distance, word)| *distance <= word.len().max(3) / 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word.to_owned())
}
