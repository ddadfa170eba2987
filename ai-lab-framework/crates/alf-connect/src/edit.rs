//! An entry put into a client's file and taken out of it; everything else stays as it is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::client::Form;
use crate::{jsonc, toml};

/// The longest file that is changed, in bytes. Stops a file that is no configuration; one client keeps its history
/// beside its servers.
pub const CONFIG_BYTES: usize = 16 * 1_024 * 1_024;

/// Why a file is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// It is longer than [`CONFIG_BYTES`].
    #[error("it is longer than {CONFIG_BYTES} bytes")]
    TooLong,
    /// It is not written in its form.
    #[error("line {line}: {why}")]
    Syntax {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Something else stands where a table would have to be.
    #[error("`{0}` is no table of names and values")]
    NoTable(String),
    /// It cannot be told which of two is meant.
    #[error("`{0}` stands there twice")]
    Twice(String),
    /// In TOML, a table inside of a line cannot take an entry.
    #[error("`{0}` is written inside of a line; write it as `[{0}.NAME]`")]
    InsideLine(String),
    /// What is not ours would not have stayed as it is: a mistake of ours.
    #[error("something else in it would have changed")]
    WouldChange,
}

/// What was made for an entry, so that taking it out leaves the file as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The file.
    pub file: bool,
    /// The table that holds the servers.
    pub table: bool,
    /// All of a file that had no value; `None` for one that had.
    pub whole: Option<String>,
    /// In JSON what stood inside of the empty table into which something was put, in TOML and in a guide what was put
    /// between the entry and what stands before it.
    pub gap: Option<String>,
}

/// A file with the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The whole file.
    pub text: String,
    /// What was made; `None` where the entry was there already.
    pub made: Option<Made>,
}

/// A file without the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It had none.
    NotThere,
    /// The whole file.
    Text(String),
    /// Nothing is left of a file that was made for the entry.
    File,
}

/// The values of a file; an empty map for one without any.
pub fn read_values(form: Form, text: &str) -> Result<Map<String, Value>, EditError> {
    if text.len() > CONFIG_BYTES {
        return Err(EditError::TooLong);
    }
    match form {
        Form::Jsonc => jsonc::values(text),
        Form::Toml => toml::values(text),
    }
}

/// The entry of that name in a table of the file; `None` where there is none.
pub fn read_entry(
    form: Form,
    text: &str,
    table: &str,
    name: &str,
) -> Result<Option<Map<String, Value>>, EditError> {
    let mut values = read_values(form, text)?;
    let Some(servers) = values.remove(table) else {
        return Ok(None);
    };
    let Value::Object(mut servers) = servers else {
        return Err(EditError::NoTable(table.to_owned()));
    };
    match servers.remove(name) {
        None => Ok(None),
        Some(Value::Object(entry)) => Ok(Some(entry)),
        Some(_) => Err(EditError::NoTable(format!("{table}.{name}"))),
    }
}

/// The text of a file, or what one that is made begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before<'a> {
    /// It is there.
    File(&'a str),
    /// It is not, and begins as this.
    Blank(&'a str),
}

/// The file with these fields in the entry; fields that are there and not among them stay.
pub fn with_entry(
    form: Form,
    before: Before<'_>,
    (table, name): (&str, &str),
    fields: &[(&str, Value)],
) -> Result<Edited, EditError> {
    let (before, is_blank) = match before {
        Before::File(text) => (text, false),
        Before::Blank(text) => (text, true),
    };
    if before.len() > CONFIG_BYTES {
        return Err(EditError::TooLong);
    }
    let mut edited = match form {
        Form::Jsonc => jsonc::with_entry(before, (table, name), fields)?,
        Form::Toml => toml::with_entry(before, (table, name), fields)?,
    };
    if let Some(made) = &mut edited.made {
        made.file = is_blank;
    }
    let written = read_entry(form, &edited.text, table, name)?.unwrap_or_default();
    let is_there = fields
        .iter()
        .all(|(field, value)| written.get(*field) == Some(value));
    if !is_there || !same_else(form, before, &edited.text, (table, name))? {
        return Err(EditError::WouldChange);
    }
    Ok(edited)
}

/// The file without the entry; `made` is what [`with_entry`] said when it put it in, `blank` what a file that is made
/// begins as.
pub fn without_entry(
    form: Form,
    text: &str,
    (table, name): (&str, &str),
    made: &Made,
    blank: &str,
) -> Result<Removed, EditError> {
    if read_entry(form, text, table, name)?.is_none() {
        return Ok(Removed::NotThere);
    }
    let left = match form {
        Form::Jsonc => jsonc::without_entry(text, (table, name), made)?,
        Form::Toml => toml::without_entry(text, (table, name), made)?,
    };
    if !same_else(form, text, &left, (table, name))? {
        return Err(EditError::WouldChange);
    }
    let is_blank = left.trim().is_empty() || left.trim() == blank.trim();
    if made.file && is_blank {
        return Ok(Removed::File);
    }
    Ok(Removed::Text(left))
}

/// Whether two files say the same but for the entry, and for a table with nothing in it.
fn same_else(
    form: Form,
    before: &str,
    after: &str,
    (table, name): (&str, &str),
) -> Result<bool, EditError> {
    let rest = |text: &str| -> Result<Map<String, Value>, EditError> {
        let mut values = read_values(form, text)?;
        if let Some(Value::Object(servers)) = values.get_mut(table) {
            servers.remove(name);
            if servers.is_empty() {
                values.remove(table);
            }
        }
        Ok(values)
    };
    Ok(rest(before)? == rest(after)?)
}

#[cfg(test)]
mod tests;
