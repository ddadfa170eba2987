//! Any JSON value as a person reads it: aligned keys, tables for lists of objects, units by the key's ending.

use comfy_table::Table;
use serde_json::{Map, Value};

use crate::render::amount;
use crate::render::style::{FAINT, HEAD, harmless, styled};
use crate::render::table::{right, table, text};

/// How deep objects are laid out; deeper ones are shown as JSON.
const DEPTH: usize = 6;
/// How many characters a text in a table may have.
const CELL: usize = 44;
/// How many columns a list of objects may have to become a table.
const COLUMNS: usize = 9;

/// The value as lines of text.
pub(crate) fn lines(value: &Value) -> String {
    let mut lines = Vec::new();
    match value {
        Value::Object(object) => write_object(&mut lines, object, 0),
        Value::Array(list) => write_list(&mut lines, "", list, 0),
        scalar => lines.push(scalar_text("", scalar)),
    }
    if lines.is_empty() {
        return "–".to_owned();
    }
    lines.join("\n")
}

fn write_object(lines: &mut Vec<String>, object: &Map<String, Value>, depth: usize) {
    let indent = "  ".repeat(depth);
    if let Some(table) = as_named_table(object) {
        lines.extend(text(&table).lines().map(|line| format!("{indent}{line}")));
        return;
    }
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
    let rows: Vec<(&str, &Map<String, Value>)> = list
        .iter()
        .map(|row| row.as_object().map(|row| ("", row)))
        .collect::<Option<_>>()?;
    draw(&rows, None)
}

/// An object of two or more flat objects with the same keys as a table, each row named; `None` for anything else.
fn as_named_table(object: &Map<String, Value>) -> Option<Table> {
    let rows: Vec<(&str, &Map<String, Value>)> = object
        .iter()
        .map(|(key, row)| row.as_object().map(|row| (key.as_str(), row)))
        .collect::<Option<_>>()?;
    let keys: Vec<&String> = rows.first()?.1.keys().collect();
    let alike = rows
        .iter()
        .all(|(_, row)| row.keys().eq(keys.iter().copied()));
    if rows.len() < 2 || !alike {
        None
    } else {
        draw(&rows, Some(""))
    }
}

fn draw(rows: &[(&str, &Map<String, Value>)], name_head: Option<&str>) -> Option<Table> {
    let mut columns: Vec<&str> = Vec::new();
    for (key, value) in rows.iter().flat_map(|(_, row)| row.iter()) {
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
    columns.sort_by_key(|key| rank(key, rows));
    let heads = columns.iter().map(|key| harmless(&key.replace('_', " ")));
    let heads: Vec<String> = name_head
        .map(str::to_owned)
        .into_iter()
        .chain(heads)
        .collect();
    let mut drawn = table(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for (name, row) in rows {
        let cells = columns
            .iter()
            .map(|key| row.get(*key).map_or(String::new(), |v| cell(key, v)));
        drawn.add_row(name_head.map(|_| harmless(name)).into_iter().chain(cells));
    }
    let is_number = |key: &&str| {
        rows.iter()
            .any(|(_, row)| row.get(*key).is_some_and(Value::is_number))
    };
    let shift = usize::from(name_head.is_some());
    let numbers: Vec<usize> = (0..columns.len())
        .filter(|at| is_number(&columns[*at]))
        .map(|at| at + shift)
        .collect();
    right(&mut drawn, &numbers);
    Some(drawn)
}

/// What names a row comes first, long texts last.
fn rank(key: &str, rows: &[(&str, &Map<String, Value>)]) -> u8 {
    let is_long = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.chars().count() > CELL / 2)
    };
    match key {
        "name" | "id" | "label" | "device" | "mount_point" => 0,
        _ if rows
            .iter()
            .any(|(_, row)| row.get(key).is_some_and(is_long)) =>
        {
            2
        }
        _ => 1,
    }
}

/// A value in a table: long texts are cut, `--json` has them whole.
fn cell(key: &str, value: &Value) -> String {
    let text = scalar_text(key, value);
    if text.chars().count() <= CELL {
        return text;
    }
    text.chars().take(CELL - 1).chain(['…']).collect()
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
    fn objects_alike_are_a_table_with_named_rows_names_first_and_long_texts_last() {
        let alike = json!({ "some": { "avg10": 1.5, "avg60": 2.0 }, "full": { "avg10": 0.0, "avg60": 0.25 } });
        let plain = |value: &Value| anstream::adapter::strip_str(&lines(value)).to_string();
        assert_eq!(
            plain(&alike),
            "      avg10  avg60\nfull   0.00   0.25\nsome   1.50   2.00"
        );
        let processes = json!([{ "command": "x".repeat(60), "cpu": 1, "name": "sh" }]);
        let expected = format!("name  cpu  command\nsh      1  {}…", "x".repeat(43));
        assert_eq!(plain(&processes), expected);
    }

    #[test]
    fn what_a_tool_wrote_cannot_move_the_cursor() {
        assert_eq!(lines(&json!("\u{1b}[2J")), "\\u{1b}[2J");
    }
}
