//! Any JSON value as a person reads it: aligned keys, tables for lists of objects, units by the key's ending.

use comfy_table::Table;
use serde_json::{Map, Value};

use crate::render::amount;
use crate::render::style::{FAINT, HEAD, harmless, styled};
use crate::render::table::{right, table, text};

/// How deep objects are laid out; deeper ones are shown as JSON.
const DEPTH: usize = 6;
/// How many columns a list of objects may have to become a table.
const COLUMNS: usize = 10;

/// The value as lines of text.
pub(crate) fn lines(value: &Value) -> String {
    let mut lines = Vec::new();
    match value {
        Value::Object(object) => write_object(&mut lines, object, 0),
        Value::Array(list) => write_list(&mut lines, "", list, 0),
        scalar => lines.push(scalar_text("", scalar)),
    }
    lines.join("\n")
}

fn write_object(lines: &mut Vec<String>, object: &Map<String, Value>, depth: usize) {
    let indent = "  ".repeat(depth);
    let flat = |value: &Value| !is_nested(value);
    let widest = object
        .iter()
        .filter(|(_, value)| flat(value))
        .map(|(key, _)| key.chars().count())
        .max();
    for (key, value) in object.iter().filter(|(_, value)| flat(value)) {
        let label = harmless(&key.replace('_', " "));
        let pad = " ".repeat(widest.unwrap_or(0).saturating_sub(key.chars().count()));
        lines.push(format!(
            "{indent}{}{pad}  {}",
            styled(FAINT, label),
            scalar_text(key, value)
        ));
    }
    for (key, value) in object.iter().filter(|(_, value)| !flat(value)) {
        lines.push(format!(
            "{indent}{}",
            styled(HEAD, harmless(&key.replace('_', " ")))
        ));
        match value {
            Value::Object(inner) if depth < DEPTH => write_object(lines, inner, depth + 1),
            Value::Array(list) if depth < DEPTH => write_list(lines, key, list, depth + 1),
            deep => lines.push(format!("{indent}  {}", harmless(&deep.to_string()))),
        }
    }
}

fn write_list(lines: &mut Vec<String>, key: &str, list: &[Value], depth: usize) {
    let indent = "  ".repeat(depth);
    if let Some(table) = as_table(list) {
        lines.extend(text(&table).lines().map(|line| format!("{indent}{line}")));
        return;
    }
    for value in list {
        match value {
            Value::Object(object) if depth < DEPTH => {
                lines.push(format!("{indent}-"));
                write_object(lines, object, depth + 1);
            }
            other => lines.push(format!("{indent}- {}", scalar_text(key, other))),
        }
    }
}

/// A list of flat objects as a table; `None` when it is anything else.
fn as_table(list: &[Value]) -> Option<Table> {
    let rows: Vec<&Map<String, Value>> =
        list.iter().map(Value::as_object).collect::<Option<_>>()?;
    let mut columns: Vec<&str> = Vec::new();
    for (key, value) in rows.iter().flat_map(|row| row.iter()) {
        if is_nested(value) {
            return None;
        }
        if !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    if columns.is_empty() || columns.len() > COLUMNS {
        return None;
    }
    let heads: Vec<String> = columns
        .iter()
        .map(|key| harmless(&key.replace('_', " ")))
        .collect();
    let mut drawn = table(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for row in &rows {
        drawn.add_row(
            columns
                .iter()
                .map(|key| row.get(*key).map_or(String::new(), |v| scalar_text(key, v))),
        );
    }
    let is_number = |key: &&str| {
        rows.iter()
            .any(|row| row.get(*key).is_some_and(Value::is_number))
    };
    let numbers: Vec<usize> = columns
        .iter()
        .enumerate()
        .filter(|(_, key)| is_number(key))
        .map(|(index, _)| index)
        .collect();
    right(&mut drawn, &numbers);
    Some(drawn)
}

/// Whether a value takes lines of its own.
fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(object) => !object.is_empty(),
        Value::Array(list) => list.iter().any(|item| item.is_object() || item.is_array()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn scalar_text(key: &str, value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => harmless(text),
        Value::Number(number) => number.as_f64().map_or_else(
            || number.to_string(),
            |amount| with_unit(key, number, amount),
        ),
        Value::Array(list) if list.is_empty() => "–".to_owned(),
        Value::Array(list) => list
            .iter()
            .map(|item| scalar_text(key, item))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(_) => harmless(&value.to_string()),
    }
}

/// The unit that the key's ending says, as the contract's own fields do.
fn with_unit(key: &str, number: &serde_json::Number, amount: f64) -> String {
    if key.ends_with("_bytes_per_s") {
        format!("{}/s", amount::bytes(amount))
    } else if key.ends_with("_bytes") || key == "bytes" {
        amount::bytes(amount)
    } else if key.ends_with("percent") {
        format!("{amount:.1} %")
    } else if let Some(whole) = number.as_u64().filter(|_| key.ends_with("_us")) {
        amount::micros(whole)
    } else if number.is_f64() {
        format!("{amount:.2}")
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_aligned_lists_of_objects_are_tables_and_endings_give_units() {
        let value = json!({
            "host": "nas", "memory": { "total_bytes": 2_147_483_648_u64, "used_percent": 12.34 },
            "disks": [
                { "device": "sda1", "free_bytes": 1024 },
                { "device": "sdb1", "free_bytes": null },
            ],
            "notes": ["one", "two"], "up": true,
        });
        let plain = anstream::adapter::strip_str(&lines(&value)).to_string();
        assert_eq!(
            plain,
            "host   nas\n\
             notes  one, two\n\
             up     yes\n\
             disks\n  device  free bytes\n  sda1       1.0 KiB\n  sdb1             –\n\
             memory\n  total bytes   2.0 GiB\n  used percent  12.3 %"
        );
    }

    #[test]
    fn what_a_tool_wrote_cannot_move_the_cursor() {
        assert_eq!(lines(&json!("\u{1b}[2J")), "\\u{1b}[2J");
    }
}
