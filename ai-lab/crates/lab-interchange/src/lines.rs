//! JSON lines: a whole document each.

use lab_files::{Document, Names, read_line, write_line};

use crate::{ExchangeError, Row};

pub(crate) fn write(documents: &[Document], names: &Names) -> String {
    let mut text = String::new();
    for document in documents {
        text.push_str(&write_line(document, names));
        text.push('\n');
    }
    text
}

pub(crate) fn read(text: &str) -> Result<Vec<Row>, ExchangeError> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let document = read_line(line).map_err(|error| ExchangeError {
            line: index + 1,
            message: format!("column {}: {}", error.column, error.problem),
        })?;
        rows.push(Row {
            uid: document.uid.clone(),
            label: document.label.clone(),
            whole: Some(Box::new(document.clone())),
            ..Row::new(index + 1, document.kind)
        });
    }
    Ok(rows)
}
