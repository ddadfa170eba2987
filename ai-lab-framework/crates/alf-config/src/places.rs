//! Where a table and its values stand in a TOML file, for who changes the text itself.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};
use toml_edit::{Document, Item, Table};

use crate::lab_file::{DEPTH, LAB_FILE_BYTES, LabFileError, read_table, syntax, to_toml};

/// A table with a head of its own: `[outer.name]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TomlTable {
    /// Its values.
    pub values: Map<String, Value>,
    /// Where the value of each key stands, in bytes; a table inside of it has no such place.
    pub places: BTreeMap<String, Range<usize>>,
    /// The end of the line of its last value, or of its head: where one more key can stand.
    pub end: usize,
    /// The whole lines of it and of each table inside of it, in the order of the file.
    pub blocks: Vec<Range<usize>>,
}

/// What there is of `[outer.name]`.
#[derive(Clone, Debug, PartialEq)]
pub enum TableInFile {
    /// It is there.
    There(TomlTable),
    /// It is not there, and can be put behind everything else.
    Missing {
        /// Whether `outer` is there.
        is_table_there: bool,
    },
    /// It, or `outer`, is written inside of a line: `outer = { … }` or `outer.name.key = …`.
    InsideLine,
    /// It, or `outer`, is no table.
    NoTable,
}

/// Looks for `[outer.name]`.
pub fn table_in_file(text: &str, outer: &str, name: &str) -> Result<TableInFile, LabFileError> {
    if text.len() > LAB_FILE_BYTES {
        return Err(LabFileError::TooLong);
    }
    let document = Document::parse(text).map_err(|error| syntax(text, &error))?;
    let missing = |is_table_there| Ok(TableInFile::Missing { is_table_there });
    let around = match document.as_table().get(outer) {
        None => return missing(false),
        Some(item) => match headed(item) {
            Ok(table) => table,
            Err(other) => return Ok(other),
        },
    };
    let table = match around.get(name) {
        None => return missing(true),
        Some(item) => match headed(item) {
            Ok(table) => table,
            Err(other) => return Ok(other),
        },
    };
    let mut blocks = Vec::new();
    collect_blocks(text, table, &mut blocks);
    blocks.sort_by_key(|block| block.start);
    let places = table.iter().filter_map(|(key, item)| {
        let value = item.as_value()?;
        Some((key.to_owned(), value.span()?))
    });
    Ok(TableInFile::There(TomlTable {
        values: read_table(table, DEPTH)?,
        places: places.collect(),
        end: block(text, table).map_or(text.len(), |block| block.end),
        blocks,
    }))
}

/// A value as it stands behind `key =`.
pub fn toml_text(key: &str, value: &Value) -> Result<String, LabFileError> {
    Ok(to_toml(value, key.to_owned())?
        .to_string()
        .trim()
        .to_owned())
}

fn headed(item: &Item) -> Result<&Table, TableInFile> {
    match item {
        Item::Table(table) if table.is_dotted() => Err(TableInFile::InsideLine),
        Item::Table(table) => Ok(table),
        Item::Value(value) if value.is_inline_table() => Err(TableInFile::InsideLine),
        Item::None | Item::Value(_) | Item::ArrayOfTables(_) => Err(TableInFile::NoTable),
    }
}

/// The lines of a table and of those inside of it that have a head of their own.
fn collect_blocks(text: &str, table: &Table, blocks: &mut Vec<Range<usize>>) {
    blocks.extend(block(text, table));
    for (_, item) in table {
        match item {
            Item::Table(inner) if !inner.is_dotted() => collect_blocks(text, inner, blocks),
            Item::ArrayOfTables(each) => {
                for inner in each {
                    collect_blocks(text, inner, blocks);
                }
            }
            Item::None | Item::Value(_) | Item::Table(_) => {}
        }
    }
}

/// The lines from a table's head to its last value; `None` for one that has no head.
fn block(text: &str, table: &Table) -> Option<Range<usize>> {
    let head = table.span().filter(|_| !table.is_implicit())?;
    let start = text[..head.start].rfind('\n').map_or(0, |at| at + 1);
    let last = last_of(table).unwrap_or(head.end).max(head.end);
    let end = text[last..]
        .find('\n')
        .map_or(text.len(), |at| last + at + 1);
    Some(start..end)
}

/// The end of the last value below this head.
fn last_of(table: &Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(inner) if inner.is_dotted() => last_of(inner),
        Item::None | Item::Table(_) | Item::ArrayOfTables(_) => None,
    });
    ends.max()
}
