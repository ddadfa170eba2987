//! A JSON value that remembers how its source wrote it.

use std::collections::HashMap;

use serde_json::Value;

/// A JSON value with the order of its members, repeated names, and the text of every scalar.
///
/// `4` and `4.0`, `1e400` and a number of thirty digits stay what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A scalar's JSON text, quotes and escapes included.
    Leaf(String),
    /// Members in the order of the source; a name may repeat.
    Object(Vec<(String, Node)>),
    /// Elements in order.
    Array(Vec<Node>),
}

/// One field of a record: the unit that the report accounts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Where it stands in its record, as a JSON pointer.
    ///
    /// The second member of one name ends in `#2`, which no pointer into a well-formed document needs.
    pub pointer: String,
    /// What stands there. A container that was opened shows as `{}` or `[]`; its parts follow.
    pub shown: Shown<'a>,
}

/// How a field stands in the list of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// The whole value.
    Whole(&'a Node),
    /// An object whose members are fields of their own.
    OpenObject,
    /// An array whose elements are fields of their own.
    OpenArray,
}

impl Node {
    /// The node of a plain value.
    pub fn from_value(value: &Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::from_value(value)))
                    .collect(),
            ),
            Value::Array(elements) => Self::Array(elements.iter().map(Self::from_value).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Self::Leaf(value.to_string())
            }
        }
    }

    /// Compact JSON text with every scalar as its source wrote it.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None, 0);
        text
    }

    /// Indented JSON text with every scalar as its source wrote it, ending in a line feed.
    pub fn to_pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some("  "), 0);
        text.push('\n');
        text
    }

    fn write(&self, text: &mut String, indent: Option<&str>, depth: usize) {
        match self {
            Self::Leaf(leaf) => text.push_str(leaf),
            Self::Object(members) => {
                write_list(text, ('{', '}'), indent, depth, members, |text, member| {
                    let (name, value) = member;
                    text.push_str(&Value::from(name.as_str()).to_string());
                    text.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(text, indent, depth + 1);
                });
            }
            Self::Array(elements) => {
                write_list(
                    text,
                    ('[', ']'),
                    indent,
                    depth,
                    elements,
                    |text, element| {
                        element.write(text, indent, depth + 1);
                    },
                );
            }
        }
    }

    /// The value as every JSON reader sees it: the last of repeated names, numbers as far as they fit.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Leaf(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            Self::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_value()))
                    .collect(),
            ),
            Self::Array(elements) => Value::Array(elements.iter().map(Self::to_value).collect()),
        }
    }

    /// The last member of that name; `None` if there is none or this is no object.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .rev()
                .find(|(given, _)| given == name)
                .map(|(_, value)| value),
            Self::Leaf(_) | Self::Array(_) => None,
        }
    }

    /// The text of a JSON string; `None` for anything else.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Leaf(text) if text.starts_with('"') => serde_json::from_str(text).ok(),
            Self::Leaf(_) | Self::Object(_) | Self::Array(_) => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Leaf(text) if text == "null")
    }

    /// What a person calls this value's type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Object(_) => "an object",
            Self::Array(_) => "a list",
            Self::Leaf(text) => match text.as_bytes().first() {
                Some(b'"') => "text",
                Some(b't' | b'f') => "true or false",
                Some(b'n') => "null",
                _ => "a number",
            },
        }
    }

    /// Every field below this record, in order; together they are the whole record.
    ///
    /// Objects and arrays that hold objects or arrays are opened; an array of scalars is one value.
    pub fn fields(&self) -> Vec<Field<'_>> {
        let mut fields = Vec::new();
        match self {
            Self::Object(members) if !members.is_empty() => list_members(members, "", &mut fields),
            Self::Object(_) | Self::Array(_) | Self::Leaf(_) => {
                list_field(self, String::new(), &mut fields);
            }
        }
        fields
    }
}

impl Shown<'_> {
    /// The JSON text that stands for this field in a record of provenance.
    pub fn to_text(self) -> String {
        match self {
            Self::Whole(node) => node.to_text(),
            Self::OpenObject => "{}".to_owned(),
            Self::OpenArray => "[]".to_owned(),
        }
    }

    /// Whether the parts of this field are fields of their own.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::OpenObject | Self::OpenArray => true,
        }
    }
}

fn write_list<T>(
    text: &mut String,
    (open, close): (char, char),
    indent: Option<&str>,
    depth: usize,
    parts: &[T],
    mut write_part: impl FnMut(&mut String, &T),
) {
    text.push(open);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        break_line(text, indent, depth + 1);
        write_part(text, part);
    }
    if !parts.is_empty() {
        break_line(text, indent, depth);
    }
    text.push(close);
}

fn break_line(text: &mut String, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent {
        text.push('\n');
        text.push_str(&indent.repeat(depth));
    }
}

fn list_members<'a>(members: &'a [(String, Node)], under: &str, fields: &mut Vec<Field<'a>>) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (name, value) in members {
        let times = seen.entry(name).or_insert(0);
        *times += 1;
        let repeat = if *times > 1 {
            format!("#{times}")
        } else {
            String::new()
        };
        list_field(value, format!("{under}/{}{repeat}", escape(name)), fields);
    }
}

fn list_field<'a>(node: &'a Node, pointer: String, fields: &mut Vec<Field<'a>>) {
    match node {
        Node::Object(members) if !members.is_empty() => {
            fields.push(Field {
                pointer: pointer.clone(),
                shown: Shown::OpenObject,
            });
            list_members(members, &pointer, fields);
        }
        Node::Array(elements) if elements.iter().any(|e| !matches!(e, Node::Leaf(_))) => {
            fields.push(Field {
                pointer: pointer.clone(),
                shown: Shown::OpenArray,
            });
            for (index, element) in elements.iter().enumerate() {
                list_field(element, format!("{pointer}/{index}"), fields);
            }
        }
        Node::Object(_) | Node::Array(_) | Node::Leaf(_) => fields.push(Field {
            pointer,
            shown: Shown::Whole(node),
        }),
    }
}

/// A member's name as a segment of a JSON pointer (RFC 6901, 3); `#` is escaped as `~2`.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0")
        .replace('/', "~1")
        .replace('#', "~2")
}

/// The member's name that a segment stands for.
pub fn unescape(segment: &str) -> String {
    let name = segment.split('#').next().unwrap_or(segment);
    name.replace("~2", "#")
        .replace("~1", "/")
        .replace("~0", "~")
}
