//! What a manifest must keep beyond its types.
//!
//! Works on the TOML itself and not on the parsed manifest: so that every rule is checked also when
//! something else is wrong, and so that the place of a value is at hand.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::tree::at;
use crate::{Finding, FindingCode};

mod evidence;
mod kinds;
mod paths;
mod sizes;
mod sockets;
mod values;
mod words;
mod worker;

pub use words::is_hidden;

/// Checks every rule that can be checked on the text alone.
pub(crate) fn check(text: &str, table: &DeTable<'_>) -> Vec<Finding> {
    let mut rules = Rules {
        text,
        table,
        findings: Vec::new(),
    };
    rules.check_kinds();
    rules.check_sizes();
    rules.check_words();
    rules.check_values();
    rules.check_paths();
    rules.check_sockets();
    rules.check_worker();
    rules.check_evidence();
    rules.findings
}

/// A text of the manifest with its place.
type Placed<'a> = (&'a str, Range<usize>);

struct Rules<'a> {
    text: &'a str,
    table: &'a DeTable<'a>,
    findings: Vec<Finding>,
}

impl<'a> Rules<'a> {
    fn report(&mut self, code: FindingCode, span: Range<usize>, message: String) {
        self.findings
            .push(Finding::error(code, message, self.text, span));
    }

    fn report_with_help(
        &mut self,
        code: FindingCode,
        span: Range<usize>,
        message: String,
        help: &str,
    ) {
        self.findings
            .push(Finding::error(code, message, self.text, span).with_help(help));
    }

    /// The text at a path of keys; `None` also for other kinds of values, which the types refuse.
    fn text_at(&self, path: &[&str]) -> Option<Placed<'a>> {
        let value = at(self.table, path)?;
        Some((value.get_ref().as_str()?, value.span()))
    }

    /// The whole number at a path of keys, from 0.
    fn number_at(&self, path: &[&str]) -> Option<(u64, Range<usize>)> {
        let value = at(self.table, path)?;
        let number = value.get_ref().as_integer()?;
        let number = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
        Some((number, value.span()))
    }

    /// The texts of the list at a path of keys; other items are left out.
    fn texts_at(&self, path: &[&str]) -> Vec<Placed<'a>> {
        let list = at(self.table, path).and_then(|value| value.get_ref().as_array());
        list.into_iter()
            .flat_map(|items| items.iter())
            .filter_map(|item| Some((item.get_ref().as_str()?, item.span())))
            .collect()
    }

    /// The names of the secrets asked for, and the variables that are to hold them.
    fn secrets(&self) -> (Vec<Placed<'a>>, Vec<Placed<'a>>) {
        let path = ["grants", "secrets"];
        let list = at(self.table, &path).and_then(|value| value.get_ref().as_array());
        let items = list.into_iter().flat_map(|items| items.iter());
        let tables: Vec<_> = items.filter_map(|item| item.get_ref().as_table()).collect();
        let texts = |key| {
            tables.iter().filter_map(move |table| {
                let value = table.get(key)?;
                Some((value.get_ref().as_str()?, value.span()))
            })
        };
        let mut names = self.texts_at(&path);
        names.extend(texts("name"));
        (names, texts("environment").collect())
    }

    /// The keys of the table at a path of keys, with their values.
    fn entries_at(&self, path: &[&str]) -> Vec<(Placed<'a>, &'a DeValue<'a>)> {
        let table = at(self.table, path).and_then(|value| value.get_ref().as_table());
        table
            .into_iter()
            .flat_map(|table| table.iter())
            .map(|(key, value)| ((key.get_ref().as_ref(), key.span()), value.get_ref()))
            .collect()
    }

    /// The names of the actions, right or wrong.
    fn action_names(&self) -> Vec<&'a str> {
        let entries = self.entries_at(&["actions"]);
        entries.into_iter().map(|((name, _), _)| name).collect()
    }
}

/// A text as a message quotes it: control characters escaped, cut short.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(MOST).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}

/// Whether a word can name an environment variable: `^[A-Za-z_][A-Za-z0-9_]*$`.
pub fn is_environment_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars
        .next()
        .is_some_and(|first| first == '_' || first.is_ascii_alphabetic())
        && chars.all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// Whether a path grant, taken from the tool's folder, holds `place` or reaches into it from outside.
///
/// What lies in the tool's own folder is the tool's, also when that folder lies in `place`. Compares the
/// words of the paths: all should be absolute and free of links and `..`.
pub fn grant_covers(grant: &str, folder: &Path, place: &Path) -> bool {
    let plain = |path: &Path| {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .collect::<PathBuf>()
    };
    let (granted, folder, place) = (plain(&folder.join(grant)), plain(folder), plain(place));
    place.starts_with(&granted) || (granted.starts_with(&place) && !granted.starts_with(&folder))
}

#[cfg(test)]
mod tests;
