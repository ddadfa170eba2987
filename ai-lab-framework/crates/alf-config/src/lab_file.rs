//! The lab's file of one tool: TOML.

use serde_json::{Map, Value};
use thiserror::Error;
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, TomlError};

use crate::key::KeyPath;

/// The longest file, in bytes. It is read with every call.
pub const LAB_FILE_BYTES: usize = 262_144;

/// How deep values nest. Stops a file that only a machine would write.
pub(crate) const DEPTH: usize = 16;

/// Why a text is no configuration file, or a value cannot stand in one.
#[derive(Debug, Error)]
pub enum LabFileError {
    /// It is longer than [`LAB_FILE_BYTES`].
    #[error("it is longer than {LAB_FILE_BYTES} bytes")]
    TooLong,
    /// It is no TOML.
    #[error("line {line} is no TOML: {why}")]
    Syntax {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// It nests too deep.
    #[error("it nests deeper than {DEPTH} levels")]
    TooDeep,
    /// A number that JSON, and so the tool's request, has no form for.
    #[error("`{0}` is no finite number")]
    NotFinite(String),
    /// A value that TOML has no form for.
    #[error("TOML has no form for `null` at `{0}`")]
    Null(String),
    /// Something that is no table stands where one would have to be.
    #[error("`{0}` is no table")]
    NoTable(String),
}

/// The values of a file. Dates become texts.
pub fn parse_lab_file(text: &str) -> Result<Map<String, Value>, LabFileError> {
    read_table(document(text)?.as_table(), DEPTH)
}

/// The file with this value at this key; everything else, comments too, stays as it is.
pub fn with_key(text: &str, key: &KeyPath, value: &Value) -> Result<String, LabFileError> {
    let mut document = document(text)?;
    let written = to_toml(value, key.to_string())?;
    let (last, around) = split(key);
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for part in around {
        let inner = table.entry(part).or_insert_with(implicit_table);
        table = inner
            .as_table_like_mut()
            .ok_or_else(|| LabFileError::NoTable(part.clone()))?;
    }
    match table.get_mut(last) {
        // The value's comment belongs to the key, not to the value.
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = written;
            *old.decor_mut() = decor;
        }
        Some(_) | None => {
            table.insert(last, Item::Value(written));
        }
    }
    Ok(document.to_string())
}

/// The file without this key; `None` if it is not there.
pub fn without_key(text: &str, key: &KeyPath) -> Result<Option<String>, LabFileError> {
    let mut document = document(text)?;
    let (last, around) = split(key);
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for part in around {
        match table.get_mut(part).and_then(Item::as_table_like_mut) {
            Some(inner) => table = inner,
            None => return Ok(None),
        }
    }
    let removed = table.remove(last).is_some();
    Ok(removed.then(|| document.to_string()))
}

fn split(key: &KeyPath) -> (&String, &[String]) {
    key.parts()
        .split_last()
        .expect("because a key has at least one name")
}

/// A table without a head of its own until something stands in it.
fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn document(text: &str) -> Result<DocumentMut, LabFileError> {
    if text.len() > LAB_FILE_BYTES {
        return Err(LabFileError::TooLong);
    }
    text.parse()
        .map_err(|error: TomlError| syntax(text, &error))
}

/// What is wrong with a text that is no TOML.
pub(crate) fn syntax(text: &str, error: &TomlError) -> LabFileError {
    let at = error.span().map_or(0, |span| span.start);
    let at = text.floor_char_boundary(at);
    LabFileError::Syntax {
        line: text[..at].matches('\n').count() + 1,
        why: error.message().to_owned(),
    }
}

pub(crate) fn read_table(
    table: &dyn TableLike,
    depth: usize,
) -> Result<Map<String, Value>, LabFileError> {
    let mut object = Map::new();
    for (name, item) in table.iter() {
        if let Some(value) = read_item(name, item, depth)? {
            object.insert(name.to_owned(), value);
        }
    }
    Ok(object)
}

fn read_item(name: &str, item: &Item, depth: usize) -> Result<Option<Value>, LabFileError> {
    let inner = depth.checked_sub(1).ok_or(LabFileError::TooDeep)?;
    Ok(match item {
        Item::None => None,
        Item::Value(value) => Some(read_value(name, value, inner)?),
        Item::Table(table) => Some(Value::Object(read_table(table, inner)?)),
        Item::ArrayOfTables(tables) => Some(Value::Array(
            tables
                .iter()
                .map(|table| read_table(table, inner).map(Value::Object))
                .collect::<Result<_, _>>()?,
        )),
    })
}

fn read_value(name: &str, value: &toml_edit::Value, depth: usize) -> Result<Value, LabFileError> {
    let inner = depth.checked_sub(1).ok_or(LabFileError::TooDeep)?;
    Ok(match value {
        toml_edit::Value::String(text) => Value::String(text.value().clone()),
        toml_edit::Value::Integer(number) => Value::from(*number.value()),
        toml_edit::Value::Float(number) => serde_json::Number::from_f64(*number.value())
            .map(Value::Number)
            .ok_or_else(|| LabFileError::NotFinite(name.to_owned()))?,
        toml_edit::Value::Boolean(truth) => Value::Bool(*truth.value()),
        toml_edit::Value::Datetime(at) => Value::String(at.value().to_string()),
        toml_edit::Value::Array(list) => Value::Array(
            list.iter()
                .map(|item| read_value(name, item, inner))
                .collect::<Result<_, _>>()?,
        ),
        toml_edit::Value::InlineTable(table) => Value::Object(read_table(table, inner)?),
    })
}

/// The value as it stands behind a key.
pub(crate) fn to_toml(value: &Value, place: String) -> Result<toml_edit::Value, LabFileError> {
    Ok(match value {
        Value::Null => return Err(LabFileError::Null(place)),
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(float)) => float.into(),
            (None, None) => return Err(LabFileError::NotFinite(place)),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => {
            let mut list = toml_edit::Array::new();
            for item in items {
                list.push(to_toml(item, place.clone())?);
            }
            list.into()
        }
        Value::Object(members) => {
            let mut table = InlineTable::new();
            for (name, member) in members {
                table.insert(name, to_toml(member, format!("{place}.{name}"))?);
            }
            table.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str =
        "# The lab's own.\ndepth = 3 # deep enough\n\n[router] # in the cellar\nhost = \"nas\"\n";

    fn key(text: &str) -> KeyPath {
        KeyPath::parse(text).expect("a key")
    }

    #[test]
    fn a_file_is_read_as_the_tool_is_given_it() {
        let text = "n = 1\nx = 1.5\nat = 2026-11-23\nlist = [1, { a = true }]\n[[each]]\nname = \"a\"\n[t.u]\nv = \"w\"\n";
        assert_eq!(
            parse_lab_file(text).map(Value::Object).expect("TOML"),
            json!({
                "n": 1, "x": 1.5, "at": "2026-11-23", "list": [1, { "a": true }],
                "each": [{ "name": "a" }], "t": { "u": { "v": "w" } },
            })
        );
    }

    #[test]
    fn what_is_no_file_is_named() {
        let told = |text: &str| parse_lab_file(text).map_err(|error| error.to_string());
        assert_eq!(
            told("a = "),
            Err(
                "line 1 is no TOML: string values must be quoted, expected literal string"
                    .to_owned()
            )
        );
        assert_eq!(told("a = nan"), Err("`a` is no finite number".to_owned()));
        let deep = format!("a = {}1{}", "[".repeat(20), "]".repeat(20));
        assert_eq!(
            told(&deep),
            Err("it nests deeper than 16 levels".to_owned())
        );
        assert_eq!(
            told(&"#".repeat(LAB_FILE_BYTES + 1)),
            Err("it is longer than 262144 bytes".to_owned())
        );
    }

    #[test]
    fn a_change_leaves_comments_and_the_rest_alone() {
        let changed = with_key(FILE, &key("depth"), &json!(5)).expect("it is set");
        let changed = with_key(&changed, &key("router.host"), &json!("box")).expect("it is set");
        let changed = with_key(&changed, &key("router.port"), &json!(80)).expect("it is set");
        let changed = with_key(&changed, &key("new.deep.list"), &json!([1, { "a": 2.5 }]));
        assert_eq!(
            changed.expect("it is set"),
            "# The lab's own.\ndepth = 5 # deep enough\n\n[router] # in the cellar\nhost = \"box\"\nport = 80\n\n\
             [new.deep]\nlist = [1, { a = 2.5 }]\n"
        );
        assert_eq!(
            without_key(FILE, &key("router.host")).expect("TOML"),
            Some(
                "# The lab's own.\ndepth = 3 # deep enough\n\n[router] # in the cellar\n"
                    .to_owned()
            )
        );
        assert_eq!(without_key(FILE, &key("router.port")).expect("TOML"), None);
        assert_eq!(without_key(FILE, &key("depth.x")).expect("TOML"), None);
        let through = with_key(FILE, &key("depth.x"), &json!(1)).map_err(|e| e.to_string());
        assert_eq!(through, Err("`depth` is no table".to_owned()));
        let nothing = with_key("", &key("a"), &json!([null])).map_err(|e| e.to_string());
        assert_eq!(
            nothing,
            Err("TOML has no form for `null` at `a`".to_owned())
        );
    }
}
