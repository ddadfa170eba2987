//! Arguments that are words of the model, and edits of a field that may be emptied.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use lab_model::query::{BARE_WORDS, KEYS};
use lab_model::when::parse_day;
use lab_model::{
    Day, Health, IdeaStatus, ItemStatus, ItemType, MilestoneStatus, Patch, Priority, ProjectStatus,
    UnknownWord, Visibility,
};
use lab_ops::item::LONGEST_CLAIM;
use lab_ops::{LineChange, LineEdit};

use crate::failure::CommandError;

/// An enum with one word a variant.
pub(crate) trait Word: FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static {
    /// Every word, in order.
    const WORDS: &'static [&'static str];
}

macro_rules! is_word {
    ($($name:ident),+) => {
        $(impl Word for $name {
            const WORDS: &'static [&'static str] = $name::WORDS;
        })+
    };
}

is_word!(
    Health,
    IdeaStatus,
    ItemStatus,
    ItemType,
    MilestoneStatus,
    Priority,
    ProjectStatus,
    Visibility
);

/// Reads a word; help and completions list all of them.
pub(crate) fn word<W: Word>() -> impl TypedValueParser<Value = W> {
    PossibleValuesParser::new(W::WORDS).try_map(|text| text.parse::<W>())
}

/// What the words of a query mean, for the help.
pub(crate) fn query_words() -> String {
    let mut lines = vec!["Words:".to_owned()];
    lines.extend(
        KEYS.iter()
            .filter(|key| !key.meaning.is_empty())
            .map(|key| {
                format!(
                    "  {:<12}{}\n              {}",
                    format!("{}:", key.word),
                    key.values,
                    key.meaning
                )
            }),
    );
    lines.extend(
        BARE_WORDS
            .iter()
            .map(|(word, _, meaning)| format!("  {word:<12}{meaning}")),
    );
    lines.push(
        "  Anything else is looked for in label, title, description and notes; quotes make text of anything.\n  \
         Days: today, tomorrow, fri, +2w, 3d, eow, eom, eoy, 12-24, 2026-12-24."
            .to_owned(),
    );
    lines.join("\n")
}

/// Reads a time such as `30m`, `2h` or `3d`.
pub(crate) fn lease(text: &str) -> Result<Duration, String> {
    let seconds = |unit| match unit {
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    };
    let unit = text.chars().last().and_then(seconds);
    let number: Option<u64> = text
        .get(..text.len().saturating_sub(1))
        .and_then(|it| it.parse().ok());
    let lease = unit
        .zip(number)
        .and_then(|(unit, number)| number.checked_mul(unit));
    let lease = lease.map(Duration::from_secs);
    lease
        .filter(|it| !it.is_zero() && *it <= LONGEST_CLAIM)
        .ok_or_else(|| "it is no time such as 30m, 2h or 3d, of at most 30 days".to_owned())
}

/// Reads the id of a write, such as `w57`.
pub(crate) fn write_number(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix(['w', 'W']).and_then(|it| it.parse().ok());
    number.ok_or_else(|| "it is no id such as w57; `ai-lab log` shows them".to_owned())
}

/// Reads `LIST=TEXT`.
pub(crate) fn add_line(text: &str) -> Result<LineEdit, String> {
    let (list, entry) = text.split_once('=').ok_or("write LIST=TEXT")?;
    if entry.trim().is_empty() {
        return Err("the text is empty".to_owned());
    }
    Ok(LineEdit {
        list: list.to_owned(),
        change: LineChange::Add(entry.trim().to_owned()),
    })
}

/// Reads `LIST=NUMBER`.
pub(crate) fn remove_line(text: &str) -> Result<LineEdit, String> {
    let (list, number) = text.split_once('=').ok_or("write LIST=NUMBER")?;
    let number = number
        .parse()
        .map_err(|error: std::num::ParseIntError| error.to_string())?;
    Ok(LineEdit {
        list: list.to_owned(),
        change: LineChange::Remove(number),
    })
}

/// Reads `NUMBER=TEXT`.
pub(crate) fn numbered(text: &str) -> Result<(usize, String), String> {
    let (number, text) = text.split_once('=').ok_or("write NUMBER=TEXT")?;
    let number = number
        .parse()
        .map_err(|error: std::num::ParseIntError| error.to_string())?;
    Ok((number, filled(text)?))
}

/// Reads a text that says something.
pub(crate) fn filled(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        Err("it is empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Sets a field where a value is given; `none` empties it.
pub(crate) fn patch<T>(value: Option<OrNone<T>>) -> Patch<T> {
    match value {
        None => Patch::Keep,
        Some(OrNone::None) => Patch::Clear,
        Some(OrNone::Some(value)) => Patch::Set(value),
    }
}

/// Sets a day where one is said, in any of the ways that people say days; `none` empties it.
pub(crate) fn day(
    name: &'static str,
    said: Option<OrNone<String>>,
    today: Day,
) -> Result<Patch<Day>, CommandError> {
    match patch(said) {
        Patch::Keep => Ok(Patch::Keep),
        Patch::Clear => Ok(Patch::Clear),
        Patch::Set(text) => parse_day(&text, today)
            .map(Patch::Set)
            .map_err(|error| CommandError::argument(name, &error)),
    }
}

/// A value, or the word `none` that empties the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrNone<T> {
    /// The word.
    None,
    /// A value.
    Some(T),
}

impl<T: FromStr<Err: Display>> FromStr for OrNone<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::None);
        }
        text.parse()
            .map(Self::Some)
            .map_err(|error: T::Err| error.to_string())
    }
}

/// A moment of a record, as people read it.
pub(crate) fn moment(ms: i64) -> String {
    lab_model::Moment::from_ms(ms).map_or_else(|_| ms.to_string(), |at| at.to_string())
}
