//! Comma-separated values (RFC 4180): a head with the names of fields, then a row an item.

use lab_files::{Document, Names};
use lab_model::{EntityKind, Uid};

use crate::row::Edit;
use crate::{ExchangeError, Row};

/// The columns that are written, in their order.
const COLUMNS: [&str; 22] = [
    "uid",
    "label",
    "title",
    "status",
    "priority",
    "item_type",
    "category",
    "project",
    "parent",
    "milestone",
    "assignee",
    "author",
    "labels",
    "dependencies",
    "due",
    "estimated_hours",
    "spent_hours",
    "description",
    "criteria",
    "notes",
    "is_draft",
    "archived",
];

/// Columns of several values: one a line of the cell.
const LISTS: [&str; 3] = ["labels", "dependencies", "criteria"];

pub(crate) fn write(documents: &[Document], names: &Names) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for document in documents.iter().filter(|it| it.kind == EntityKind::Item) {
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|column| quoted(&cell(document, names, column)))
            .collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn cell(document: &Document, names: &Names, column: &str) -> String {
    let record = &document.record;
    let called = |uid: &str| names.0.get(uid).cloned().unwrap_or_else(|| uid.to_owned());
    let members = |field: &str| -> Vec<String> {
        let facts = record.iter().filter(|(name, _, _)| *name == field);
        facts.map(|(_, member, _)| member.to_owned()).collect()
    };
    match column {
        "uid" => document
            .uid
            .as_ref()
            .map(Uid::to_string)
            .unwrap_or_default(),
        "label" => document
            .label
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        "project" | "parent" | "milestone" => {
            record.get(column, "").map(called).unwrap_or_default()
        }
        "labels" => members("labels").join("\n"),
        "dependencies" => {
            let on = members("dependencies").into_iter().map(|uid| called(&uid));
            let unresolved = members("dependencies.unresolved").into_iter();
            on.chain(unresolved).collect::<Vec<_>>().join("\n")
        }
        "criteria" => {
            let told = criteria(document).into_iter();
            let line = |(text, done): (String, bool)| {
                format!(
                    "[{}] {}",
                    if done { "x" } else { " " },
                    text.replace('\n', " ")
                )
            };
            told.map(line).collect::<Vec<_>>().join("\n")
        }
        _ => record.get(column, "").unwrap_or_default().to_owned(),
    }
}

/// The acceptance criteria in order: text, and whether it holds.
pub(crate) fn criteria(document: &Document) -> Vec<(String, bool)> {
    let record = &document.record;
    let mut criteria: Vec<(usize, &str, &str)> = record
        .iter()
        .filter(|(field, _, _)| *field == "criteria")
        .map(|(_, uid, text)| {
            let place = record.get("criteria.position", uid);
            let place = place.and_then(|text| text.parse().ok());
            (place.unwrap_or(usize::MAX), uid, text)
        })
        .collect();
    criteria.sort_unstable();
    criteria
        .into_iter()
        .map(|(_, uid, text)| (text.to_owned(), record.get("criteria.done", uid).is_some()))
        .collect()
}

pub(crate) fn read(text: &str) -> Result<Vec<Row>, ExchangeError> {
    let mut records = records(text)?.into_iter();
    let Some((_, head)) = records.next() else {
        return Ok(Vec::new());
    };
    let head: Vec<String> = head.iter().map(|it| it.trim().to_owned()).collect();
    check_head(&head)?;
    records
        .map(|(line, cells)| {
            if cells.len() > head.len() {
                let message = format!("{} cells, and the head has {}", cells.len(), head.len());
                return Err(ExchangeError { line, message });
            }
            row(line, &head, &cells).map_err(|message| ExchangeError { line, message })
        })
        .collect()
}

fn check_head(head: &[String]) -> Result<(), ExchangeError> {
    let refused = |message: String| Err(ExchangeError { line: 1, message });
    if !["title", "uid", "label"]
        .iter()
        .any(|it| head.iter().any(|own| own == it))
    {
        return refused("the head has neither `title` nor `uid` nor `label`".to_owned());
    }
    let twice = head
        .iter()
        .enumerate()
        .find(|(at, name)| head[..*at].contains(name));
    match twice {
        Some((_, name)) => refused(format!(
            "the column `{}` is there twice",
            name.escape_debug()
        )),
        None => Ok(()),
    }
}

fn row(line: usize, head: &[String], cells: &[String]) -> Result<Row, String> {
    let mut row = Row::new(line, EntityKind::Item);
    for (column, cell) in head.iter().zip(cells) {
        let listed = || -> Vec<String> {
            let entries = cell.lines().map(str::trim);
            entries
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect()
        };
        match column.as_str() {
            "uid" | "label" if cell.is_empty() => {}
            "uid" => row.uid = Some(cell.parse().map_err(|error| format!("uid: {error}"))?),
            "label" => row.label = Some(cell.parse().map_err(|error| format!("label: {error}"))?),
            "labels" => row.edits.push(Edit::tags("labels", listed())?),
            "dependencies" => row.edits.push(Edit::Dependencies(listed())),
            "criteria" => row.edits.push(Edit::Criteria(
                listed().iter().map(|it| boxed(it)).collect(),
            )),
            known if COLUMNS.contains(&known) && !LISTS.contains(&known) => {
                let edit = Edit::field(EntityKind::Item, known, cell)?;
                // A status or priority that nobody says is not cleared: an item always has one.
                let is_word = matches!(known, "title" | "status" | "priority" | "item_type");
                if !(is_word && cell.is_empty()) {
                    row.edits.push(edit);
                }
            }
            _ if cell.is_empty() => {}
            other => row.edits.push(Edit::Extra(other.to_owned(), cell.clone())),
        }
    }
    Ok(row)
}

/// `[x] text`, `[ ] text` or the text alone.
pub(crate) fn boxed(text: &str) -> (String, bool) {
    let of = |mark: &str| {
        text.strip_prefix(mark)
            .map(|rest| rest.trim_start().to_owned())
    };
    match (of("[x]").or_else(|| of("[X]")), of("[ ]")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => (text.to_owned(), false),
    }
}

/// The rows of cells, each with the line that it begins in.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, ExchangeError> {
    let mut records = Vec::new();
    let mut chars = text.chars().peekable();
    let (mut line, mut begun) = (1, 1);
    let (mut cells, mut cell): (Vec<String>, String) = (Vec::new(), String::new());
    while let Some(c) = chars.next() {
        match c {
            '"' if cell.is_empty() => {
                let opened = line;
                loop {
                    match chars.next() {
                        Some('"') if chars.peek() == Some(&'"') => {
                            chars.next();
                            cell.push('"');
                        }
                        Some('"') => break,
                        Some(c) => {
                            line += usize::from(c == '\n');
                            cell.push(c);
                        }
                        None => {
                            let message = "a quoted cell has no end".to_owned();
                            return Err(ExchangeError {
                                line: opened,
                                message,
                            });
                        }
                    }
                }
            }
            ',' => cells.push(std::mem::take(&mut cell)),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                cells.push(std::mem::take(&mut cell));
                let done = std::mem::take(&mut cells);
                if done != [""] {
                    records.push((begun, done));
                }
                line += 1;
                begun = line;
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((begun, cells));
    }
    Ok(records)
}
