//! How new members are laid out, so that they look like what stands around them.

use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged as _;
use serde_json::Value;

/// The indentation where a file shows none.
const USUAL: &str = "  ";

/// How the members of one object are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// All on one line.
    Inline,
    /// Each on a line of its own.
    Lines {
        /// How lines end.
        eol: &'static str,
        /// One step of indentation.
        unit: String,
        /// The indentation of the brace that ends the object.
        outer: String,
        /// The indentation of the members.
        inner: String,
    },
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    /// A value that stands on one line.
    Leaf(Value),
    /// Members in their order.
    Object(Vec<(String, Written)>),
}

impl Written {
    pub(crate) fn of(fields: &[(&str, Value)]) -> Self {
        let member = |(name, value): &(&str, Value)| ((*name).to_owned(), Self::of_value(value));
        Self::Object(fields.iter().map(member).collect())
    }

    pub(crate) fn of_value(value: &Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::of_value(value)))
                    .collect(),
            ),
            leaf => Self::Leaf(leaf.clone()),
        }
    }

    /// The text where it is the value of a member of that layout.
    pub(crate) fn text(&self, layout: &Layout) -> String {
        let members = match self {
            Self::Leaf(Value::Array(items)) => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                return format!("[{}]", items.join(", "));
            }
            Self::Leaf(leaf) => return leaf.to_string(),
            Self::Object(members) => members,
        };
        let within = layout.within();
        let written = |(name, value): &(String, Self)| within.next(name, value);
        let written: Vec<String> = members.iter().map(written).collect();
        let written = written.join(",");
        match &within {
            Layout::Inline => format!("{{{written} }}"),
            Layout::Lines { eol, outer, .. } => format!("{{{written}{eol}{outer}}}"),
        }
    }
}

impl Layout {
    /// The layout of what is put into a file that has no value: that of the whole.
    pub(crate) fn of_file(text: &str) -> Self {
        Self::Lines {
            eol: eol_of(text),
            unit: USUAL.to_owned(),
            outer: String::new(),
            inner: String::new(),
        }
    }

    /// The layout of the members of an object in a file.
    pub(crate) fn of_members(text: &str, root: &Object<'_>, object: &Object<'_>) -> Self {
        let first = root.properties.first();
        let unit = first
            .and_then(|member| own_line(text, member.start()))
            .filter(|unit| !unit.is_empty())
            .unwrap_or(USUAL);
        let lines = |outer: &str, inner: String| Self::Lines {
            eol: eol_of(text),
            unit: unit.to_owned(),
            outer: outer.to_owned(),
            inner,
        };
        if let Some(last) = object.properties.last() {
            return own_line(text, last.start()).map_or(Self::Inline, |inner| {
                lines(
                    inner.strip_suffix(unit).unwrap_or_default(),
                    inner.to_owned(),
                )
            });
        }
        if !root.properties.is_empty() && !text[root.start()..root.end()].contains('\n') {
            return Self::Inline;
        }
        let line = text[..object.start()].rfind('\n').map_or(0, |at| at + 1);
        let rest = text[line..].trim_start_matches([' ', '\t']);
        let outer = &text[line..text.len() - rest.len()];
        lines(outer, format!("{outer}{unit}"))
    }

    /// The layout of an object that is the value of a member of this one.
    fn within(&self) -> Self {
        match self {
            Self::Inline => Self::Inline,
            Self::Lines {
                eol, unit, inner, ..
            } => Self::Lines {
                eol,
                unit: unit.clone(),
                outer: inner.clone(),
                inner: format!("{inner}{unit}"),
            },
        }
    }

    pub(crate) const fn eol(&self) -> &'static str {
        match self {
            Self::Inline => "",
            Self::Lines { eol, .. } => eol,
        }
    }

    pub(crate) const fn is_in_lines(&self) -> bool {
        matches!(self, Self::Lines { .. })
    }

    /// A member behind another, with what parts it from the comma.
    pub(crate) fn next(&self, name: &str, value: &Written) -> String {
        let (key, value) = (Value::from(name), value.text(self));
        match self {
            Self::Inline => format!(" {key}: {value}"),
            Self::Lines { eol, inner, .. } => format!("{eol}{inner}{key}: {value}"),
        }
    }

    /// The only member, with what parts it from the braces.
    pub(crate) fn alone(&self, name: &str, value: &Written) -> String {
        let next = self.next(name, value);
        match self {
            Self::Inline => format!("{next} "),
            Self::Lines { eol, outer, .. } => format!("{next}{eol}{outer}"),
        }
    }
}

fn eol_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The indentation of what begins its line; `None` for what stands behind something else.
fn own_line(text: &str, at: usize) -> Option<&str> {
    let line = text[..at].rfind('\n')? + 1;
    let before = &text[line..at];
    before
        .trim_matches([' ', '\t'])
        .is_empty()
        .then_some(before)
}
