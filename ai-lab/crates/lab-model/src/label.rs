//! What people call an entity: `FRM-020`, `FRM-002-5`, `IDEA-003`.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::words::text_traits;

/// The longest label, in characters.
const LONGEST: usize = 64;

/// A person's name for an entity: 1 to 64 printable characters, no space at either end.
///
/// Imported labels are kept as they are (`FRM-001-1.1`, `PROJ-674C38A1-WI-002`). New ones are minted
/// only as `PREFIX-NNN` and `PARENT-N`. Within a kind, labels differ in more than the case of ASCII letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

/// A text that cannot be a label or prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Empty, too long, or with something that does not print.
    #[error("`{}` is no label: 1 to 64 printable characters, no space at either end", .0.escape_debug())]
    Label(String),
    /// Not a prefix that labels are minted with.
    #[error("`{}` is no prefix: 1 to 12 of A-Z and 0-9, a letter first", .0.escape_debug())]
    Prefix(String),
}

/// No label is left to mint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// The next number or the label with it would not fit.
    #[error("no label is left after `{0}`")]
    Exhausted(String),
}

impl Label {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The order in which people count: `FRM-9` before `FRM-10`, `FRM-2` before `FRM-2-1`.
    pub fn counting_order(a: &Self, b: &Self) -> Ordering {
        a.counting_key().cmp(&b.counting_key())
    }

    /// A text that sorts byte by byte as [`Label::counting_order`] does: what an index keeps.
    ///
    /// Letters lose their case, a number is led by its length, and the label itself breaks ties. Of what is
    /// alike so far, the shorter comes first, then numbers, then other characters.
    pub fn counting_key(&self) -> String {
        let mut key = counted(&self.0);
        key.push(KEY_END);
        key.push_str(&self.0);
        key
    }
}

/// What the [`Label::counting_key`] of every label begins with that is `STEM-NUMBER` or a part of that.
pub fn numbered_key(stem: &str, number: u32) -> String {
    counted(&format!("{stem}-{number}"))
}

/// The counting part of a key: letters without case, each number led by its length.
fn counted(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 2 + 8);
    let mut rest = text;
    while let Some(run) = take_run(&mut rest) {
        if run.starts_with(|c: char| c.is_ascii_digit()) {
            let number = run.trim_start_matches('0');
            // Nothing that is kept is longer than a label; the length is one character.
            let length = u8::try_from(number.len().min(LONGEST)).expect("64 fits");
            key.push(KEY_NUMBER);
            key.push(char::from(b'0' + length));
            key.push_str(number);
        } else {
            key.push_str(&run.to_ascii_lowercase());
        }
    }
    key
}

/// Ends the counting part of a key; below whatever else may follow.
const KEY_END: char = '\u{1}';

/// Leads a number in a key; below every character of a label.
const KEY_NUMBER: char = '\u{2}';

/// Takes a run of digits, or of anything else, off the front.
fn take_run<'a>(text: &mut &'a str) -> Option<&'a str> {
    let digits = text.chars().next()?.is_ascii_digit();
    let end = text
        .find(|c: char| c.is_ascii_digit() != digits)
        .unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    *text = rest;
    Some(run)
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let fits = (1..=LONGEST).contains(&text.chars().count());
        if fits && text.trim() == text && text.chars().all(is_printable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LabelError::Label(text.to_owned()))
        }
    }
}

text_traits!(Label);

/// Neither a control character nor one that hides or reorders its neighbours.
pub(crate) fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// What a project's new labels begin with: 1 to 12 of `A-Z 0-9`, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Prefix {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let rest_holds = text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if text.len() <= 12 && rest_holds && text.starts_with(|c: char| c.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LabelError::Prefix(text.to_owned()))
        }
    }
}

text_traits!(Prefix);

/// Mints `PREFIX-NNN`: one above the highest number ever taken, at least three digits wide.
///
/// `taken` holds every label of the kind, aliases and those of deleted entities included, so that
/// a label never names two things. Gaps are not filled.
pub fn next_label<'a>(
    prefix: &Prefix,
    taken: impl IntoIterator<Item = &'a str>,
) -> Result<Label, MintError> {
    let number = one_above(prefix.as_str(), taken)?;
    mint(format!("{prefix}-{number:03}"))
}

/// Mints `PARENT-N`: one above the highest number among the parent's children.
pub fn next_child_label<'a>(
    parent: &Label,
    taken: impl IntoIterator<Item = &'a str>,
) -> Result<Label, MintError> {
    let number = one_above(parent.as_str(), taken)?;
    mint(format!("{parent}-{number}"))
}

fn one_above<'a>(stem: &str, taken: impl IntoIterator<Item = &'a str>) -> Result<u32, MintError> {
    let highest = taken
        .into_iter()
        .filter_map(|label| number_after(stem, label))
        .max()
        .unwrap_or(0);
    highest
        .checked_add(1)
        .ok_or_else(|| MintError::Exhausted(format!("{stem}-{highest}")))
}

/// The number of `STEM-N`; `None` for any other label, such as that of a grandchild.
fn number_after(stem: &str, label: &str) -> Option<u32> {
    let (head, digits) = label.rsplit_once('-')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if all_digits && head.eq_ignore_ascii_case(stem) {
        digits.parse().ok()
    } else {
        None
    }
}

fn mint(text: String) -> Result<Label, MintError> {
    text.parse().map_err(|_| MintError::Exhausted(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Label {
        text.parse().expect("a label")
    }

    fn next(prefix: &str, taken: &[&str]) -> String {
        let prefix = prefix.parse().expect("a prefix");
        next_label(&prefix, taken.iter().copied()).map_or_else(|e| e.to_string(), |l| l.to_string())
    }

    #[test]
    fn every_label_of_the_predecessor_is_one() {
        for text in [
            "FRM-020",
            "FRM-002-5",
            "FRM-001-1.1",
            "PROJ-674C38A1-WI-002",
            "FRM-002-COMP",
            "M1",
            "Übung 3",
        ] {
            assert_eq!(text.parse(), Ok(label(text)));
        }
        assert!("ä".repeat(64).parse::<Label>().is_ok());
    }

    #[test]
    fn what_does_not_print_is_no_label() {
        let too_long = "x".repeat(65);
        for text in [
            "",
            " ",
            " A",
            "A ",
            "A\n",
            "A\u{0}B",
            "A\u{202e}B",
            "A\u{200b}",
            &too_long,
        ] {
            assert_eq!(
                text.parse::<Label>(),
                Err(LabelError::Label(text.to_owned()))
            );
        }
    }

    #[test]
    fn labels_sort_the_way_people_count() {
        let sorted = [
            "10",
            "FRM",
            "FRM-1",
            "FRM-1-9",
            "FRM-001-10",
            "FRM-002",
            "frm-002-1",
            "FRM-9",
            "FRM-10",
            "FRM-4294967295",
            "FRM--1",
            "FRM-COMP",
            "HS-1",
            "Übung 3",
            "Übung 20",
        ];
        let mut shuffled: Vec<Label> = sorted.iter().rev().map(|text| label(text)).collect();
        shuffled.sort_by(Label::counting_order);
        assert_eq!(shuffled, sorted.map(label));
        shuffled.reverse();
        shuffled.sort_by_key(Label::counting_key);
        assert_eq!(shuffled, sorted.map(label));
    }

    #[test]
    fn prefixes_are_short_and_upper_case() {
        for (text, good) in [
            ("FRM", true),
            ("H2", true),
            ("ABCDEFGHIJKL", true),
            ("", false),
            ("frm", false),
            ("2H", false),
            ("A-B", false),
            ("ABCDEFGHIJKLM", false),
        ] {
            assert_eq!(text.parse::<Prefix>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn the_next_label_is_above_every_label_ever_taken() {
        assert_eq!(next("FRM", &[]), "FRM-001");
        assert_eq!(
            next(
                "FRM",
                &["FRM-003", "frm-007", "FRM-002-9", "HS-050", "FRM-COMP"]
            ),
            "FRM-008"
        );
        assert_eq!(next("FRM", &["FRM-999"]), "FRM-1000");
        assert_eq!(
            next("FRM", &["FRM-4294967295"]),
            "no label is left after `FRM-4294967295`"
        );
    }

    #[test]
    fn a_child_counts_its_siblings_alone() {
        let taken = [
            "FRM-002",
            "FRM-002-5",
            "FRM-002-5-9",
            "FRM-002-1.5",
            "FRM-020-7",
        ];
        let child = |parent: &str| next_child_label(&label(parent), taken).map(|l| l.to_string());
        assert_eq!(child("FRM-002"), Ok("FRM-002-6".into()));
        assert_eq!(child("FRM-001-1.1"), Ok("FRM-001-1.1-1".into()));
        assert_eq!(
            child(&"x".repeat(63)),
            Err(MintError::Exhausted(format!("{}-1", "x".repeat(63))))
        );
    }
}
