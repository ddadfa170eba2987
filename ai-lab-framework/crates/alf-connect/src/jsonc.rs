//! JSON with comments: members put into an object and taken out of it, the rest byte for byte as it was.

use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use crate::edit::{EditError, Edited, Made};
use crate::layout::{Layout, Written};

/// What clients take: JSON, comments, and a comma behind the last member.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_extended_string_escapes: false,
    allow_non_finite_numbers: false,
};

/// The values of a file; none of an empty one.
pub(crate) fn values(text: &str) -> Result<Map<String, Value>, EditError> {
    Ok(match parsed(text)? {
        None => Map::new(),
        Some(root) => match Value::from(Node::Object(root)) {
            Value::Object(values) => values,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        },
    })
}

/// The file with these fields in the entry.
pub(crate) fn with_entry(
    text: &str,
    (table, name): (&str, &str),
    fields: &[(&str, Value)],
) -> Result<Edited, EditError> {
    let whole = Written::of(fields);
    let in_table = |fields| Written::Object(vec![(name.to_owned(), fields)]);
    let Some(root) = parsed(text)? else {
        return Ok(first_value(text, table, &in_table(whole)));
    };
    let Some(servers) = object_in(&root, "", table)? else {
        let (edited, gap) = insert(text, &root, &root, (table, &in_table(whole)));
        return Ok(new(edited, true, gap));
    };
    if object_in(servers, &format!("{table}."), name)?.is_none() {
        let (edited, gap) = insert(text, &root, servers, (name, &whole));
        return Ok(new(edited, false, gap));
    }
    let mut edited = text.to_owned();
    for (field, value) in fields {
        if let Some(changed) = with_field(&edited, (table, name), (field, value))? {
            edited = changed;
        }
    }
    Ok(Edited {
        text: edited,
        made: None,
    })
}

fn new(text: String, table: bool, gap: Option<String>) -> Edited {
    let made = Made {
        table,
        gap,
        ..Made::default()
    };
    Edited {
        text,
        made: Some(made),
    }
}

/// A file without any value gets one, below what is remarked in it.
fn first_value(text: &str, table: &str, servers: &Written) -> Edited {
    let layout = Layout::of_file(text);
    let remarks = text.trim_end();
    let before = if remarks.is_empty() { "" } else { layout.eol() };
    let root = Written::Object(vec![(table.to_owned(), servers.clone())]);
    let written = format!("{remarks}{before}{}{}", root.text(&layout), layout.eol());
    let made = Made {
        table: true,
        whole: Some(text.to_owned()),
        ..Made::default()
    };
    Edited {
        text: written,
        made: Some(made),
    }
}

/// The file with one field in an entry that is there; `None` where it says that already.
fn with_field(
    text: &str,
    (table, name): (&str, &str),
    (field, wanted): (&str, &Value),
) -> Result<Option<String>, EditError> {
    let Some(root) = parsed(text)? else {
        return Ok(None);
    };
    let Some(servers) = object_in(&root, "", table)? else {
        return Ok(None);
    };
    let Some(entry) = object_in(servers, &format!("{table}."), name)? else {
        return Ok(None);
    };
    let value = Written::of_value(wanted);
    let Some(found) = member(entry, &format!("{table}.{name}."), field)? else {
        return Ok(Some(insert(text, &root, entry, (field, &value)).0));
    };
    if Value::from(found.value.clone()) == *wanted {
        return Ok(None);
    }
    let layout = Layout::of_members(text, &root, entry);
    let put = value.text(&layout);
    Ok(Some(spliced(
        text,
        found.value.start()..found.value.end(),
        &put,
    )))
}

/// The file without the entry; the table goes with it if it was made for it and has nothing else.
pub(crate) fn without_entry(
    text: &str,
    (table, name): (&str, &str),
    made: &Made,
) -> Result<String, EditError> {
    let unchanged = || Ok(text.to_owned());
    let Some(root) = parsed(text)? else {
        return unchanged();
    };
    let Some(servers) = object_in(&root, "", table)? else {
        return unchanged();
    };
    let gap = made.gap.as_deref();
    if !(made.table && servers.properties.len() == 1) {
        let gap = gap.filter(|_| !made.table);
        return Ok(take_out(text, servers, name, gap));
    }
    if let (Some(whole), 1) = (&made.whole, root.properties.len()) {
        let remarks = text[..root.start()].trim_end();
        let is_as_written = remarks == whole.trim_end() && text[root.end()..].trim().is_empty();
        if is_as_written {
            return Ok(whole.clone());
        }
    }
    Ok(take_out(text, &root, table, gap))
}

fn parsed(text: &str) -> Result<Option<Object<'_>>, EditError> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &OPTIONS).map_err(|error| {
        let told = error.kind().to_string();
        EditError::Syntax {
            line: error.line_display(),
            why: format!(
                "{}{} (column {})",
                told[..1].to_lowercase(),
                &told[1..],
                error.column_display()
            ),
        }
    })?;
    match parsed.value {
        None => Ok(None),
        Some(Node::Object(root)) => Ok(Some(root)),
        Some(_) => Err(EditError::NoTable("the whole".to_owned())),
    }
}

/// The only member of that name.
fn member<'a, 'b>(
    object: &'b Object<'a>,
    prefix: &str,
    name: &str,
) -> Result<Option<&'b ObjectProp<'a>>, EditError> {
    let mut named = object
        .properties
        .iter()
        .filter(|member| member.name.as_str() == name);
    let first = named.next();
    match named.next() {
        None => Ok(first),
        Some(_) => Err(EditError::Twice(format!("{prefix}{name}"))),
    }
}

fn object_in<'a, 'b>(
    object: &'b Object<'a>,
    prefix: &str,
    name: &str,
) -> Result<Option<&'b Object<'a>>, EditError> {
    let Some(member) = member(object, prefix, name)? else {
        return Ok(None);
    };
    match member.value.as_object() {
        Some(inner) => Ok(Some(inner)),
        None => Err(EditError::NoTable(format!("{prefix}{name}"))),
    }
}

/// The text with a member behind the last one of an object, and the inside of the object if it had none.
fn insert(
    text: &str,
    root: &Object<'_>,
    object: &Object<'_>,
    (name, value): (&str, &Written),
) -> (String, Option<String>) {
    let layout = Layout::of_members(text, root, object);
    let Some(last) = object.properties.last() else {
        let inside = inside_of(object);
        let kept = &text[inside.clone()];
        let put = format!("{}{}", kept.trim_end(), layout.alone(name, value));
        return (spliced(text, inside, &put), Some(kept.to_owned()));
    };
    let end = last.end();
    let comma = comma_after(text, end);
    let after = comma.map_or(end, |at| at + 1);
    let at = if layout.is_in_lines() {
        end_of_remarks(text, after)
    } else {
        after
    };
    // Members that end with a comma go on to do so.
    let ended = if comma.is_some() { "," } else { "" };
    let put = format!("{}{ended}", layout.next(name, value));
    let mut edited = spliced(text, at..at, &put);
    if comma.is_none() {
        edited.insert(end, ',');
    }
    (edited, None)
}

/// The text without a member; `gap` is what stood in an object that had no other.
fn take_out(text: &str, object: &Object<'_>, name: &str, gap: Option<&str>) -> String {
    let members = &object.properties;
    let Some(at) = members
        .iter()
        .position(|member| member.name.as_str() == name)
    else {
        return text.to_owned();
    };
    let start = text[..members[at].start()].trim_end().len();
    let comma = comma_after(text, members[at].end());
    let end = comma.map_or(members[at].end(), |comma| comma + 1);
    if members.len() == 1 {
        let inside = inside_of(object);
        let (before, behind) = (&text[inside.start..start], &text[end..inside.end]);
        let left = match gap {
            Some(gap) if before == gap.trim_end() && behind.trim().is_empty() => gap.to_owned(),
            _ if before.is_empty() && behind.trim().is_empty() => String::new(),
            Some(_) | None => format!("{before}{behind}"),
        };
        return spliced(text, inside, &left);
    }
    let mut left = spliced(text, start..end, "");
    let is_last = at + 1 == members.len();
    if let (true, None, Some(before)) = (is_last, comma, at.checked_sub(1)) {
        // The comma before it has nothing more to part.
        if let Some(comma) = comma_after(text, members[before].end()) {
            left.remove(comma);
        }
    }
    left
}

fn inside_of(object: &Object<'_>) -> Range<usize> {
    object.start() + 1..object.end() - 1
}

fn spliced(text: &str, at: Range<usize>, put: &str) -> String {
    format!("{}{put}{}", &text[..at.start], &text[at.end..])
}

/// Where the comma behind a value stands; `None` where none follows.
fn comma_after(text: &str, mut at: usize) -> Option<usize> {
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        match remark_at(&text[at..]) {
            Some(length) => at += length,
            None => return text[at..].starts_with(',').then_some(at),
        }
    }
}

/// Where what is remarked on this line ends.
fn end_of_remarks(text: &str, from: usize) -> usize {
    let (mut at, mut end) = (from, from);
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        match remark_at(&text[at..]) {
            Some(length) => {
                at += length;
                end = at;
            }
            None => return end,
        }
    }
}

/// How long the remark is with which a text begins; the end of its line is not part of it.
fn remark_at(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        let line = text.split('\n').next().unwrap_or_default();
        return Some(line.trim_end_matches('\r').len());
    }
    let inner = text.strip_prefix("/*")?;
    Some(inner.find("*/")? + 4)
}
