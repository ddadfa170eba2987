//! From a byte or a key to its line and column.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line and column, both from 1; the column counts characters.
pub fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = &source.as_bytes()[..offset.min(source.len())];
    let line = before.split(|&byte| byte == b'\n').count();
    let line_start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    // Continuation bytes of UTF-8 begin no character.
    let column = before[line_start..]
        .iter()
        .filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000)
        .count()
        + 1;
    (line, column)
}

/// Where every key and value of a manifest is, by JSON Pointer (`/actions/host/input`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Key and value; the key of a list's item is the item.
    places: BTreeMap<String, (Range<usize>, Range<usize>)>,
}

impl Spans {
    /// Finds the places of a manifest that parses; of any other text it finds what can be made out.
    pub fn read(source: &str) -> Self {
        let (table, _) = DeTable::parse_recoverable(source);
        Self::of(table.get_ref())
    }

    pub(crate) fn of(table: &DeTable<'_>) -> Self {
        let mut spans = Self::default();
        spans.add_table("", table);
        spans
    }

    /// The bytes of the value at `pointer`, or of the nearest thing around it that is there.
    ///
    /// For a table with a header of its own that is the header.
    pub fn value(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer)
            .map_or(0..0, |(_, value)| value.clone())
    }

    /// The bytes of the key at `pointer`, or of the nearest thing around it that is there.
    pub fn key(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |(key, _)| key.clone())
    }

    fn nearest(&self, mut pointer: &str) -> Option<&(Range<usize>, Range<usize>)> {
        loop {
            if let Some(place) = self.places.get(pointer) {
                return Some(place);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    fn add_table(&mut self, pointer: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().replace('~', "~0").replace('/', "~1");
            self.add(format!("{pointer}/{name}"), key.span(), value);
        }
    }

    fn add(&mut self, pointer: String, key: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(&pointer, table),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(format!("{pointer}/{index}"), item.span(), item);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
        self.places.insert(pointer, (key, value.span()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let text = "a\nä\u{1F600}b\r\n\nc";
        let check = |offset| position(text, offset);
        assert_eq!(
            [0, 1, 2, 4, 8, 11, 12, 99].map(check),
            [
                (1, 1),
                (1, 2),
                (2, 1),
                (2, 2),
                (2, 3),
                (3, 1),
                (4, 1),
                (4, 2)
            ]
        );
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn a_pointer_leads_to_its_key_and_value_or_to_what_is_around_it() {
        let text = "name = \"a\"\n[run]\ncommand = [\"x\", \"y\"]\n[\"a/b~\"]\nc.d = 1\n";
        let spans = Spans::read(text);
        let key = |pointer: &str| &text[spans.key(pointer)];
        let value = |pointer: &str| &text[spans.value(pointer)];
        assert_eq!((key("/name"), value("/name")), ("name", "\"a\""));
        assert_eq!((key("/run"), value("/run")), ("run", "[run]"));
        assert_eq!(value("/run/command/1"), "\"y\"");
        assert_eq!(value("/run/command/7"), "[\"x\", \"y\"]");
        assert_eq!(value("/run/environment"), "[run]");
        assert_eq!((key("/a~1b~0/c/d"), value("/a~1b~0/c/d")), ("d", "1"));
        assert_eq!((key("/nowhere"), spans.value("")), ("", 0..0));
    }
}
