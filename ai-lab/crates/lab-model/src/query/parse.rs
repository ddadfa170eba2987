//! From words to a query.

use super::ItemQuery;
use super::values::{
    closed, due, extend, late, listed, names, nearest, open, ranged, statuses, tags, unknown,
    values,
};
use super::words::{BARE_WORDS, BareWord, KEYS, Key};
use crate::when::WhenError;
use crate::{Day, ItemStatus, ItemType, Priority, TagError};

/// How many words a query may have: more are no question but a document.
const MOST_WORDS: usize = 64;

/// Who asks, and when: what `me` and `tomorrow` mean.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The name of the person or agent.
    pub by: &'a str,
    /// Today.
    pub on: Day,
}

/// Why words are no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No key is called so.
    #[error("`{}:` is nothing to filter by{}: {}; quote it to look for the text", given.escape_debug(), meant(nearest.as_deref()), known.join(", "))]
    UnknownKey {
        /// What was given before the colon.
        given: String,
        /// The key that is spelled most like it.
        nearest: Option<String>,
        /// Every key.
        known: Vec<&'static str>,
    },
    /// More than one word begins so.
    #[error("`{}` could be {}", given.escape_debug(), candidates.join(" or "))]
    Ambiguous {
        /// What was given.
        given: String,
        /// What it could be.
        candidates: Vec<&'static str>,
    },
    /// The key has no such value.
    #[error("`{}` is no {what}{}: {}", given.escape_debug(), meant(nearest.as_deref()), known.join(", "))]
    UnknownWord {
        /// What it was meant to be, such as `status`.
        what: &'static str,
        /// What was given.
        given: String,
        /// The word that is spelled most like it.
        nearest: Option<String>,
        /// Every word that would have done.
        known: Vec<&'static str>,
    },
    /// Nothing follows the colon.
    #[error("`{key}:` says nothing")]
    Empty {
        /// The key.
        key: &'static str,
    },
    /// A `-` before what has no opposite.
    #[error("nothing can be left out of `{key}:`, only of status, prio, type and label")]
    NoOpposite {
        /// The key.
        key: &'static str,
    },
    /// A range from more to less.
    #[error("`{}` ends before it begins", given.escape_debug())]
    Backwards {
        /// The range.
        given: String,
    },
    /// A value that leaves nothing, such as every status left out.
    #[error("nothing is left of {what}")]
    NothingLeft {
        /// Of what.
        what: &'static str,
    },
    /// No day.
    #[error(transparent)]
    When(#[from] WhenError),
    /// No label, in the sense of a tag.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// A quote is not closed.
    #[error("a quote is not closed")]
    OpenQuote,
    /// Too many words.
    #[error("more than {MOST_WORDS} words")]
    TooLong,
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |word| format!(", perhaps {word}"))
}

/// Reads a query. What has no colon and is no word of the language is looked for as text.
///
/// Every part may hold several words; `"…"` keeps spaces together and makes text of anything.
pub fn parse_query<'a>(
    parts: impl IntoIterator<Item = &'a str>,
    said: Said<'_>,
) -> Result<ItemQuery, QueryError> {
    let mut query = ItemQuery::default();
    let mut text: Vec<String> = Vec::new();
    let mut count = 0;
    for part in parts {
        for word in split(part)? {
            count += 1;
            if count > MOST_WORDS {
                return Err(QueryError::TooLong);
            }
            take(&mut query, &mut text, &word, said)?;
        }
    }
    query.text = (!text.is_empty()).then(|| text.join(" "));
    Ok(query)
}

/// A word with whether it began with a quote.
struct Word {
    text: String,
    quoted: bool,
}

/// Splits at spaces outside of double quotes.
fn split(part: &str) -> Result<Vec<Word>, QueryError> {
    let mut words = Vec::new();
    let mut current: Option<Word> = None;
    let mut in_quotes = false;
    for c in part.chars() {
        match c {
            '"' => {
                in_quotes = !in_quotes;
                current.get_or_insert(Word {
                    text: String::new(),
                    quoted: true,
                });
            }
            c if c.is_whitespace() && !in_quotes => words.extend(current.take()),
            c => current
                .get_or_insert(Word {
                    text: String::new(),
                    quoted: false,
                })
                .text
                .push(c),
        }
    }
    words.extend(current);
    if in_quotes {
        Err(QueryError::OpenQuote)
    } else {
        Ok(words)
    }
}

fn take(
    query: &mut ItemQuery,
    text: &mut Vec<String>,
    word: &Word,
    said: Said<'_>,
) -> Result<(), QueryError> {
    if word.quoted {
        text.push(word.text.clone());
        return Ok(());
    }
    let (without, positive) = match word.text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word.text.as_str()),
    };
    let Some((key, value)) = positive.split_once(':').filter(|(key, _)| is_key(key)) else {
        if let Some((_, bare, _)) = BARE_WORDS.iter().find(|(name, ..)| *name == word.text) {
            return apply_bare(query, *bare, said);
        }
        text.push(word.text.clone());
        return Ok(());
    };
    let (name, key) = key_of(key)?;
    if value.is_empty() {
        return Err(QueryError::Empty { key: name });
    }
    if without {
        return leave_out(query, name, key, value);
    }
    if !has_opposite(key) {
        return apply(query, text, key, value, said);
    }
    let (out, of): (Vec<&str>, Vec<&str>) = values(value).partition(|word| word.starts_with('-'));
    if !of.is_empty() {
        apply(query, text, key, &of.join(","), said)?;
    }
    out.iter()
        .try_for_each(|word| leave_out(query, name, key, word.trim_start_matches('-')))
}

/// Whether values of the key can be left out.
const fn has_opposite(key: Key) -> bool {
    match key {
        Key::Status | Key::Priority | Key::Type | Key::Label => true,
        Key::Project
        | Key::Milestone
        | Key::Parent
        | Key::Assignee
        | Key::Due
        | Key::Is
        | Key::Text => false,
    }
}

/// Whether a text before a colon may be meant as a key: a time such as `10:30` and an address are not.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

fn key_of(given: &str) -> Result<(&'static str, Key), QueryError> {
    let lower = given.to_ascii_lowercase();
    if let Some(exact) = KEYS.iter().find(|key| key.word == lower) {
        return Ok((exact.word, exact.key));
    }
    let found: Vec<_> = KEYS
        .iter()
        .filter(|it| it.word.starts_with(&lower))
        .collect();
    match found[..] {
        [] => Err(QueryError::UnknownKey {
            given: given.to_owned(),
            nearest: nearest(&lower, KEYS.iter().map(|key| key.word)),
            known: KEYS
                .iter()
                .filter(|key| !key.meaning.is_empty())
                .map(|key| key.word)
                .collect(),
        }),
        [first, ref more @ ..] if more.iter().all(|it| it.key == first.key) => {
            Ok((first.word, first.key))
        }
        [..] => Err(QueryError::Ambiguous {
            given: given.to_owned(),
            candidates: found
                .iter()
                .filter(|it| !it.meaning.is_empty())
                .map(|it| it.word)
                .collect(),
        }),
    }
}

fn apply_bare(query: &mut ItemQuery, word: BareWord, said: Said<'_>) -> Result<(), QueryError> {
    match word {
        BareWord::Stands(stands) => extend(&mut query.stands, stands.iter().copied()),
        BareWord::Open => extend(&mut query.statuses, open()),
        BareWord::Closed => extend(&mut query.statuses, closed()),
        BareWord::Late => {
            query.due = Some(late(said.on)?);
        }
        BareWord::Mine => extend(&mut query.assignees, [Some(said.by.to_owned())]),
        BareWord::All => query.all = true,
    }
    Ok(())
}

fn apply(
    query: &mut ItemQuery,
    text: &mut Vec<String>,
    key: Key,
    value: &str,
    said: Said<'_>,
) -> Result<(), QueryError> {
    match key {
        Key::Status => extend(&mut query.statuses, statuses(value)?),
        Key::Priority => extend(
            &mut query.priorities,
            ranged("priority", value, Priority::ALL)?,
        ),
        Key::Type => extend(&mut query.types, listed("item type", value, ItemType::ALL)?),
        Key::Project => extend(&mut query.projects, names(value)),
        Key::Milestone => extend(&mut query.milestones, names(value)),
        Key::Parent => extend(&mut query.parents, names(value)),
        Key::Label => extend(&mut query.labels, tags(value)?),
        Key::Assignee => {
            let me = |name: Option<String>| match name.as_deref() {
                Some("me") => Some(said.by.to_owned()),
                Some(_) | None => name,
            };
            extend(&mut query.assignees, names(value).into_iter().map(me));
        }
        Key::Due => query.due = Some(due(value, said.on)?),
        Key::Is => {
            for word in values(value) {
                let found = BARE_WORDS.iter().find(|(name, ..)| *name == word);
                let known: Vec<&'static str> = BARE_WORDS.iter().map(|(name, ..)| *name).collect();
                let (_, bare, _) = found.ok_or_else(|| unknown("word", word, known))?;
                apply_bare(query, *bare, said)?;
            }
        }
        Key::Text => text.push(value.to_owned()),
    }
    Ok(())
}

fn leave_out(
    query: &mut ItemQuery,
    name: &'static str,
    key: Key,
    value: &str,
) -> Result<(), QueryError> {
    match key {
        Key::Status => without(
            &mut query.statuses,
            &statuses(value)?,
            ItemStatus::ALL,
            "status",
        ),
        Key::Priority => {
            let out = ranged("priority", value, Priority::ALL)?;
            without(&mut query.priorities, &out, Priority::ALL, "prio")
        }
        Key::Type => {
            let out = listed("item type", value, ItemType::ALL)?;
            without(&mut query.types, &out, ItemType::ALL, "type")
        }
        Key::Label => {
            extend(&mut query.without_labels, tags(value)?);
            Ok(())
        }
        Key::Project
        | Key::Milestone
        | Key::Parent
        | Key::Assignee
        | Key::Due
        | Key::Is
        | Key::Text => Err(QueryError::NoOpposite { key: name }),
    }
}

/// Leaves words out of what is let through so far; nothing chosen so far is everything.
fn without<T: Copy + PartialEq>(
    chosen: &mut Vec<T>,
    out: &[T],
    all: &[T],
    what: &'static str,
) -> Result<(), QueryError> {
    if chosen.is_empty() {
        *chosen = all.to_vec();
    }
    chosen.retain(|word| !out.contains(word));
    if chosen.is_empty() {
        Err(QueryError::NothingLeft { what })
    } else {
        Ok(())
    }
}
