//! TOML: a table of its own behind everything else, and taken out again, the rest byte for byte as it was.

use std::fmt::Write as _;

use alf_config::{LabFileError, TableInFile, TomlTable, table_in_file, toml_text};
use serde_json::{Map, Value};

use crate::edit::{EditError, Edited, Made};

impl From<LabFileError> for EditError {
    fn from(error: LabFileError) -> Self {
        match error {
            LabFileError::TooLong => Self::TooLong,
            LabFileError::Syntax { line, why } => Self::Syntax { line, why },
            LabFileError::TooDeep
            | LabFileError::NotFinite(_)
            | LabFileError::Null(_)
            | LabFileError::NoTable(_) => Self::Syntax {
                line: 1,
                why: error.to_string(),
            },
        }
    }
}

/// The values of a file.
pub(crate) fn values(text: &str) -> Result<Map<String, Value>, EditError> {
    Ok(alf_config::parse_lab_file(text)?)
}

/// The file with these fields in the entry.
pub(crate) fn with_entry(
    text: &str,
    (table, name): (&str, &str),
    fields: &[(&str, Value)],
) -> Result<Edited, EditError> {
    let found = match table_in_file(text, table, name)? {
        TableInFile::There(found) => found,
        TableInFile::InsideLine => return Err(EditError::InsideLine(table.to_owned())),
        TableInFile::NoTable => return Err(EditError::NoTable(table.to_owned())),
        TableInFile::Missing { is_table_there } => {
            return behind(text, (table, name), fields, is_table_there);
        }
    };
    Ok(Edited {
        text: updated(text, &found, fields)?,
        made: None,
    })
}

fn behind(
    text: &str,
    (table, name): (&str, &str),
    fields: &[(&str, Value)],
    is_table_there: bool,
) -> Result<Edited, EditError> {
    let eol = eol_of(text);
    let gap = match text {
        "" => String::new(),
        text if text.ends_with('\n') => eol.to_owned(),
        _ => eol.repeat(2),
    };
    let mut written = format!("{text}{gap}[{table}.{name}]{eol}");
    for (field, value) in fields {
        let _infallible = write!(written, "{field} = {}{eol}", toml_text(field, value)?);
    }
    Ok(Edited {
        text: written,
        made: Some(Made {
            table: !is_table_there,
            gap: Some(gap),
            ..Made::default()
        }),
    })
}

fn updated(text: &str, found: &TomlTable, fields: &[(&str, Value)]) -> Result<String, EditError> {
    let mut missing = String::new();
    let mut splices = Vec::new();
    for (field, value) in fields {
        let put = toml_text(field, value)?;
        match found.places.get(*field) {
            Some(_) if found.values.get(*field) == Some(value) => {}
            Some(place) => splices.push((place.clone(), put)),
            None if found.values.contains_key(*field) => {
                return Err(EditError::InsideLine((*field).to_owned()));
            }
            None => {
                let _infallible = write!(missing, "{field} = {put}{}", eol_of(text));
            }
        }
    }
    let mut edited = text.to_owned();
    splices.push((found.end..found.end, missing));
    splices.sort_by_key(|(place, _)| place.start);
    for (place, put) in splices.into_iter().rev() {
        let begins_line = place.start == 0 || text[..place.start].ends_with('\n');
        if place.is_empty() && !put.is_empty() && !begins_line {
            edited.insert_str(place.start, eol_of(text));
            edited.insert_str(place.start + eol_of(text).len(), &put);
        } else {
            edited.replace_range(place, &put);
        }
    }
    Ok(edited)
}

/// The file without the entry and the tables inside of it.
pub(crate) fn without_entry(
    text: &str,
    (table, name): (&str, &str),
    made: &Made,
) -> Result<String, EditError> {
    let found = match table_in_file(text, table, name)? {
        TableInFile::There(found) => found,
        TableInFile::InsideLine => return Err(EditError::InsideLine(table.to_owned())),
        TableInFile::NoTable | TableInFile::Missing { .. } => return Ok(text.to_owned()),
    };
    let mut left = text.to_owned();
    for (nth, block) in found.blocks.iter().enumerate().rev() {
        let mut start = block.start;
        if let (0, Some(gap)) = (nth, &made.gap)
            && text[..start].ends_with(gap.as_str())
        {
            // What others put behind it keeps its distance.
            let is_last = text[block.end..].trim().is_empty();
            start -= if is_last { gap.len() } else { 0 };
        }
        left.replace_range(start..block.end, "");
    }
    Ok(left)
}

fn eol_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
