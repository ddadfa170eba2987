//! The router's lists: rows of named texts.

use ai_lab_tool::ToolFailure;
use roxmltree::{Document, ParsingOptions};

/// How many rows of a list are read.
pub(crate) const ROWS: usize = 1000;

/// The longest text of a row, in characters.
const TEXT_CHARS: usize = 256;

/// A row: names and texts in the list's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row(Vec<(String, String)>);

impl Row {
    /// A text that says something.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|text| !text.is_empty())
    }

    /// `0` or `1`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)? {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }
    }
}

/// The rows of a list, elements of this name; and whether there were more than [`ROWS`].
pub(crate) fn rows(text: &str, name: &str) -> Result<(Vec<Row>, bool), ToolFailure> {
    let document = parsed(text)?;
    let elements = document
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name() == name);
    let mut rows: Vec<Row> = elements
        .take(ROWS + 1)
        .map(|element| {
            let children = element.children().filter(roxmltree::Node::is_element);
            let texts = children.map(|child| {
                (
                    child.tag_name().name().to_owned(),
                    shown(child.text().unwrap_or_default()),
                )
            });
            Row(texts.collect())
        })
        .collect();
    let has_more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok((rows, has_more))
}

/// The texts of all elements of this name, in the document's order.
pub(crate) fn texts(text: &str, name: &str) -> Result<Vec<String>, ToolFailure> {
    let document = parsed(text)?;
    let elements = document
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name() == name);
    Ok(elements
        .take(ROWS)
        .map(|element| shown(element.text().unwrap_or_default()))
        .collect())
}

fn parsed(text: &str) -> Result<Document<'_>, ToolFailure> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 400_000,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        ToolFailure::new(
            "odd_answer",
            format!("the router's list is no XML: {error}"),
        )
    })
}

fn shown(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(TEXT_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_bounded() {
        let text = "<List><Item><A>1</A><B/><C> x\u{9b} </C></Item><Other/></List>";
        let (read, has_more) = rows(text, "Item").expect("it is a list");
        assert_eq!((read.len(), has_more), (1, false));
        let row = &read[0];
        assert_eq!(
            (row.flag("A"), row.flag("C"), row.text("B"), row.text("C")),
            (Some(true), None, None, Some("x"))
        );
        let long = format!("<List>{}</List>", "<Item/>".repeat(ROWS + 1));
        assert_eq!(
            rows(&long, "Item").map(|(rows, has_more)| (rows.len(), has_more)),
            Ok((ROWS, true))
        );
        assert!(rows("<!DOCTYPE a><a/>", "a").is_err());
    }
}
