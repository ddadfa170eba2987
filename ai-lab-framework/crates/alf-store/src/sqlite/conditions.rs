//! `WHERE` clauses that name only what a filter sets, so that every filter finds its index.

use std::fmt::Write as _;

use crate::chain::Cell;

/// Conditions joined by AND, with their values in order.
#[derive(Debug, Default)]
pub(super) struct Conditions<'a> {
    text: String,
    values: Vec<Cell<'a>>,
}

impl<'a> Conditions<'a> {
    /// Adds `left value`, such as `tool =`, if there is a value.
    pub(super) fn add<T: Into<Cell<'a>>>(&mut self, left: &'static str, value: Option<T>) {
        if let Some(value) = value {
            self.values.push(value.into());
            let number = self.values.len();
            self.begin();
            write!(self.text, "{left} ${number}").expect("because writing to a String cannot fail");
        }
    }

    /// Adds a condition that has no value.
    pub(super) fn add_bare(&mut self, condition: &str) {
        self.begin();
        self.text.push_str(condition);
    }

    fn begin(&mut self) {
        let word = if self.text.is_empty() {
            "WHERE "
        } else {
            " AND "
        };
        self.text.push_str(word);
    }

    /// The clause; empty where nothing was added.
    pub(super) fn clause(&self) -> &str {
        &self.text
    }

    /// The values of `$1` and so on.
    pub(super) fn values(&self) -> &[Cell<'a>] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_is_named() {
        let mut conditions = Conditions::default();
        conditions.add("tool =", Some("a"));
        conditions.add("action =", None::<&str>);
        conditions.add_bare("status <> 'started'");
        conditions.add("started_at_ms >=", Some(7_i64));
        assert_eq!(
            (conditions.clause(), conditions.values()),
            (
                "WHERE tool = $1 AND status <> 'started' AND started_at_ms >= $2",
                [Cell::from("a"), Cell::from(7_i64)].as_slice()
            )
        );
    }
}
