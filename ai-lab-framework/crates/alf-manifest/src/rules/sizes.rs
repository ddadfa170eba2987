//! How long texts and lists may be: what the contract's schema says and its types do not.

use toml::de::DeValue;

use super::Rules;
use crate::FindingCode;
use crate::tree::at;

/// A path of keys, what is counted there, the least and the most.
type Row = (&'static [&'static str], &'static str, usize, usize);

/// The lengths in the contract; a test holds them against its schema.
pub(super) const SIZES: &[Row] = &[
    (&["description"], "characters", 1, 1_000),
    (&["tags"], "tags", 0, 32),
    (&["run", "command"], "words", 1, 256),
    (&["run", "environment"], "variables", 0, 64),
    (&["grants", "read"], "paths", 0, 128),
    (&["grants", "write"], "paths", 0, 128),
    (&["grants", "tcp"], "ports", 0, 128),
    (&["grants", "hosts"], "hosts", 0, 64),
    (&["grants", "sockets"], "sockets", 0, 8),
    (&["grants", "environment"], "variables", 0, 128),
    (&["grants", "secrets"], "secrets", 0, 32),
    (&["grants", "handoff"], "actions", 0, 64),
    (&["actions"], "actions", 1, 128),
    (&["evidence", "tests"], "words", 0, 256),
    (&["evidence", "faults"], "words", 0, 256),
    (&["exempt"], "exemptions", 0, 32),
];

impl Rules<'_> {
    pub(super) fn check_sizes(&mut self) {
        for (path, what, least, most) in SIZES {
            self.check_size(path, what, *least, *most);
        }
        for name in self.action_names() {
            self.check_size(&["actions", name, "description"], "characters", 1, 1_000);
        }
    }

    fn check_size(&mut self, path: &[&str], what: &str, least: usize, most: usize) {
        let Some(value) = at(self.table, path) else {
            return;
        };
        let count = match value.get_ref() {
            DeValue::String(text) => text.chars().count(),
            DeValue::Array(items) => items.len(),
            DeValue::Table(table) => table.len(),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => return,
        };
        if !(least..=most).contains(&count) {
            let path = path.join(".");
            let message = format!("`{path}` has {count} {what}, allowed are {least} to {most}");
            self.report(FindingCode::OutOfRange, value.span(), message);
        }
    }
}
