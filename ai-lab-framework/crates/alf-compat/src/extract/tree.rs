//! TOML and JSON as one kind of tree, in which every key and text has its place.

use std::ops::Range;

use jsonc_parser::ast::Value as Json;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use toml_edit::{Document, Item, TableLike, Value as Toml};

/// How deep a tree is gone into. Stops a text that only opens.
const DEPTH: usize = 64;

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A text, with the bytes between its quotes; without them where it says other than it is written.
    Text(String, Range<usize>),
    /// Something else that is plain, as it is written.
    Plain(String, Range<usize>),
    /// A list.
    List(Vec<Node>),
    /// An object or a table.
    Table(Vec<Member>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) value: Node,
}

impl Node {
    /// The member of that name.
    pub(super) fn member(&self, name: &str) -> Option<&Member> {
        match self {
            Self::Table(members) => members.iter().find(|member| member.name == name),
            Self::Text(..) | Self::Plain(..) | Self::List(_) => None,
        }
    }

    /// What is below it, directly.
    pub(super) fn below(&self) -> Vec<&Node> {
        match self {
            Self::List(items) => items.iter().collect(),
            Self::Table(members) => members.iter().map(|member| &member.value).collect(),
            Self::Text(..) | Self::Plain(..) => Vec::new(),
        }
    }
}

/// A text without its quotes, if it says what is written between them.
fn text_node(source: &str, says: &str, span: Range<usize>) -> Node {
    let inner = span.start + 1..span.end.saturating_sub(1);
    let is_plain = source.get(inner.clone()) == Some(says);
    Node::Text(says.to_owned(), if is_plain { inner } else { span })
}

/// The tree of a TOML text, or where and why it is none.
pub(super) fn of_toml(text: &str) -> Result<Node, (usize, String)> {
    let document = Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, error.message().to_owned())
    })?;
    Ok(table(text, document.as_table(), DEPTH))
}

fn table(source: &str, from: &dyn TableLike, depth: usize) -> Node {
    let Some(depth) = depth.checked_sub(1) else {
        return Node::Table(Vec::new());
    };
    let members = from.iter().map(|(name, item)| {
        let key = from
            .key(name)
            .and_then(toml_edit::Key::span)
            .unwrap_or(0..0);
        Member {
            name: name.to_owned(),
            span: unquoted(source, key),
            value: item_node(source, item, depth),
        }
    });
    Node::Table(members.collect())
}

fn item_node(source: &str, item: &Item, depth: usize) -> Node {
    match item {
        Item::None => Node::Table(Vec::new()),
        Item::Value(value) => value_node(source, value, depth),
        Item::Table(inner) => table(source, inner, depth),
        Item::ArrayOfTables(tables) => Node::List(
            tables
                .iter()
                .map(|inner| table(source, inner, depth))
                .collect(),
        ),
    }
}

fn value_node(source: &str, value: &Toml, depth: usize) -> Node {
    let span = value.span().unwrap_or(0..0);
    match value {
        Toml::String(text) => text_node(source, text.value(), span),
        Toml::Array(items) if depth > 0 => Node::List(
            items
                .iter()
                .map(|item| value_node(source, item, depth - 1))
                .collect(),
        ),
        Toml::InlineTable(inner) => table(source, inner, depth),
        Toml::Array(_)
        | Toml::Integer(_)
        | Toml::Float(_)
        | Toml::Boolean(_)
        | Toml::Datetime(_) => Node::Plain(
            source.get(span.clone()).unwrap_or_default().to_owned(),
            span,
        ),
    }
}

fn unquoted(source: &str, span: Range<usize>) -> Range<usize> {
    let is_quoted = source
        .get(span.clone())
        .is_some_and(|key| key.starts_with(['"', '\'']));
    if is_quoted {
        span.start + 1..span.end - 1
    } else {
        span
    }
}

/// The tree of a JSON text, with comments or without, or where and why it is none.
pub(super) fn of_json(text: &str) -> Result<Node, (usize, String)> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let parsed = parsed.map_err(|error| (error.range().start, error.kind().to_string()))?;
    Ok(parsed.value.map_or(Node::Table(Vec::new()), |value| {
        json_node(text, &value, DEPTH)
    }))
}

fn json_node(source: &str, value: &Json<'_>, depth: usize) -> Node {
    let span = value.start()..value.end();
    match (value, depth.checked_sub(1)) {
        (Json::StringLit(text), _) => text_node(source, &text.value, span),
        (Json::Array(items), Some(depth)) => Node::List(
            items
                .elements
                .iter()
                .map(|item| json_node(source, item, depth))
                .collect(),
        ),
        (Json::Object(inner), Some(depth)) => {
            let members = inner.properties.iter().map(|property| Member {
                name: property.name.as_str().to_owned(),
                span: unquoted(source, property.name.start()..property.name.end()),
                value: json_node(source, &property.value, depth),
            });
            Node::Table(members.collect())
        }
        _ => Node::Plain(
            source.get(span.clone()).unwrap_or_default().to_owned(),
            span,
        ),
    }
}
