//! Edits of ordered lists, entry by entry.

use ai_lab_contract::ErrorClass;
use lab_model::Line;
use lab_store::Writer;

use crate::Failure;

/// One edit of one of an entity's ordered lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineEdit {
    /// Which list, such as `objectives`.
    pub list: String,
    /// What happens to it.
    pub change: LineChange,
}

/// What happens to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// An entry comes to its end.
    Add(String),
    /// The entry with this number goes, counted from 1 as the list was before.
    Remove(usize),
}

/// Why a list was not edited.
#[derive(Debug, thiserror::Error)]
pub enum LineEditError {
    /// The entity has no such list.
    #[error("`{}` is no list: {}", given.escape_debug(), known.join(", "))]
    NoSuchList {
        /// What was given.
        given: String,
        /// The lists there are.
        known: Vec<&'static str>,
    },
    /// The list has no such entry.
    #[error("{list} has {count} entries, no number {number}")]
    NoSuchLine {
        /// Which list.
        list: String,
        /// The number given.
        number: usize,
        /// How many entries there are.
        count: usize,
    },
}

impl Failure for LineEditError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoSuchList { .. } | Self::NoSuchLine { .. } => ErrorClass::InvalidInput,
        }
    }
}

/// Carries edits out on an entity's lists.
pub(crate) fn edit_lines(
    tx: &mut dyn Writer,
    lists: &mut [(&'static str, &mut Vec<Line>)],
    edits: Vec<LineEdit>,
) -> Result<(), LineEditError> {
    let known: Vec<&'static str> = lists.iter().map(|(name, _)| *name).collect();
    // Numbers are those of the lists as they were, so entries go by their uids.
    let before: Vec<Vec<Line>> = lists.iter().map(|(_, lines)| (*lines).clone()).collect();
    for LineEdit { list, change } in edits {
        let Some(position) = known.iter().position(|name| *name == list) else {
            return Err(LineEditError::NoSuchList { given: list, known });
        };
        let lines = &mut *lists[position].1;
        match change {
            LineChange::Add(text) => lines.push(Line {
                uid: tx.new_uid(),
                text,
            }),
            LineChange::Remove(number) => {
                let count = before[position].len();
                let gone = number
                    .checked_sub(1)
                    .and_then(|index| before[position].get(index));
                let gone = gone.ok_or(LineEditError::NoSuchLine {
                    list,
                    number,
                    count,
                })?;
                lines.retain(|line| line.uid != gone.uid);
            }
        }
    }
    Ok(())
}

/// The texts of a list.
pub(crate) fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.clone()).collect()
}
