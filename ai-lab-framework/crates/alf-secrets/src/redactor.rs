//! Takes values out of text, bytes and JSON, in every form they have.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use ai_lab_contract::SecretName;
use serde_json::{Map, Value};

use crate::forms::forms_of;
use crate::value::SecretValue;

/// Knows every form of every secret, and puts `[secret:NAME]` in their place.
///
/// Cheap to clone. One that knows no secret does nothing, at no cost. Its tables hold the values and, unlike
/// [`SecretValue`], are not zeroed when dropped.
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Patterns>>);

pub(crate) struct Patterns {
    search: AhoCorasick,
    /// Which marker each pattern leads to.
    leads_to: Vec<usize>,
    markers: Vec<String>,
    /// The patterns themselves, sorted.
    forms: Vec<Vec<u8>>,
    /// The longest pattern, in bytes.
    longest: usize,
}

/// How many bytes of a secret must stand at the end of cut bytes to be taken for it: fewer tell nothing.
const LEAST_BEGUN: usize = 3;

/// A stretch of bytes that holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) marker: usize,
    /// The longest single pattern in it, which names it.
    longest: usize,
}

impl Redactor {
    /// A redactor for these secrets.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the store keeps the bound that is expected"
    )]
    pub fn new<'a>(secrets: impl IntoIterator<Item = (&'a SecretName, &'a SecretValue)>) -> Self {
        let mut forms: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut markers = Vec::new();
        for (name, value) in secrets {
            // Of two secrets with a form in common the first names it.
            for form in forms_of(value.expose()) {
                forms.entry(form).or_insert(markers.len());
            }
            markers.push(format!("[secret:{name}]"));
        }
        if forms.is_empty() {
            return Self(None);
        }
        let search = AhoCorasick::builder()
            // All matches, overlapping ones too: half of a second secret must not be left beside the first.
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(forms.keys())
            .expect("because the store bounds what all values have together");
        let (forms, leads_to): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        Self(Some(Arc::new(Patterns {
            search,
            longest: forms.iter().map(Vec::len).max().unwrap_or(0),
            forms,
            leads_to,
            markers,
        })))
    }

    /// Whether it knows no secret.
    pub const fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) const fn patterns(&self) -> Option<&Arc<Patterns>> {
        self.0.as_ref()
    }

    /// The text without any secret.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Whole texts were taken out of a text: what is left is one.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The bytes without any secret.
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Some(patterns) = &self.0 else {
            return Cow::Borrowed(bytes);
        };
        let stretches = patterns.stretches(bytes);
        if stretches.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut redacted = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for stretch in stretches {
            redacted.extend_from_slice(&bytes[done..stretch.start]);
            redacted.extend_from_slice(patterns.marker(stretch.marker));
            done = stretch.end;
        }
        redacted.extend_from_slice(&bytes[done..]);
        Cow::Owned(redacted)
    }

    /// Takes secrets out of a JSON value: texts, keys, and numbers whose digits are a secret (they become texts).
    pub fn value(&self, value: &mut Value) {
        if self.is_idle() {
            return;
        }
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                if let Cow::Owned(redacted) = self.text(&number.to_string()) {
                    *value = Value::String(redacted);
                }
            }
            Value::String(text) => self.string(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => self.object(members),
        }
    }

    /// The same for one text in place.
    pub fn string(&self, text: &mut String) {
        if let Cow::Owned(redacted) = self.text(text) {
            *text = redacted;
        }
    }

    /// The same for an object's keys and values.
    pub fn object(&self, members: &mut Map<String, Value>) {
        if self.is_idle() {
            return;
        }
        members.values_mut().for_each(|member| self.value(member));
        let spilled = |key: &&String| matches!(self.text(key), Cow::Owned(_));
        let keys: Vec<String> = members.keys().filter(spilled).cloned().collect();
        for key in keys {
            let member = members.remove(&key).unwrap_or_default();
            let redacted = self.text(&key).into_owned();
            // Two keys may become the same; neither member is lost.
            let mut free = redacted.clone();
            let mut count = 1;
            while members.contains_key(&free) {
                count += 1;
                free = format!("{redacted}#{count}");
            }
            members.insert(free, member);
        }
    }

    /// Takes the beginning of a secret off the end of bytes that were cut there.
    pub fn cut_end(&self, bytes: &mut Vec<u8>) {
        if let Some(patterns) = &self.0 {
            let begun = patterns.begun_at_the_end(bytes);
            bytes.truncate(begun);
        }
    }

    /// How many stretches of these bytes hold a secret.
    pub fn count(&self, bytes: &[u8]) -> usize {
        self.0
            .as_ref()
            .map_or(0, |patterns| patterns.stretches(bytes).len())
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("Redactor(0 secrets)"),
            Some(patterns) => patterns.fmt(f),
        }
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.markers.len())
    }
}

impl Patterns {
    pub(crate) fn marker(&self, index: usize) -> &[u8] {
        self.markers[index].as_bytes()
    }

    /// How many bytes before a place must be known to tell whether a pattern ends behind it.
    pub(crate) const fn reach(&self) -> usize {
        self.longest.saturating_sub(1)
    }

    /// Where at the end of these bytes a pattern begins that is not complete; their length where none does.
    fn begun_at_the_end(&self, bytes: &[u8]) -> usize {
        let earliest = bytes.len().saturating_sub(self.reach());
        let begins = |at: &usize| {
            let end = &bytes[*at..];
            let place = self.forms.partition_point(|form| form.as_slice() < end);
            self.forms
                .get(place)
                .is_some_and(|form| form.starts_with(end))
        };
        let told = bytes.len().saturating_sub(LEAST_BEGUN - 1);
        (earliest..told).find(begins).unwrap_or(bytes.len())
    }

    /// Where secrets are, from left to right, none overlapping.
    pub(crate) fn stretches(&self, bytes: &[u8]) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        // Matches come in the order of their ends.
        for found in self.search.find_overlapping_iter(bytes) {
            let mut stretch = Stretch {
                start: found.start(),
                end: found.end(),
                marker: self.leads_to[found.pattern().as_usize()],
                longest: found.len(),
            };
            while let Some(before) = stretches.last() {
                let touches = before.end == stretch.start && before.marker == stretch.marker;
                if before.end <= stretch.start && !touches {
                    break;
                }
                stretch.start = stretch.start.min(before.start);
                if before.longest >= stretch.longest {
                    (stretch.longest, stretch.marker) = (before.longest, before.marker);
                }
                stretches.pop();
            }
            stretches.push(stretch);
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn redactor(secrets: &[(&str, &str)]) -> Redactor {
        let secrets: Vec<(SecretName, SecretValue)> = secrets
            .iter()
            .map(|(name, value)| {
                let name = name.parse().expect("a valid name");
                (name, SecretValue::new(value).expect("a valid value"))
            })
            .collect();
        Redactor::new(secrets.iter().map(|(name, value)| (name, value)))
    }

    #[test]
    fn a_value_leaves_its_name_behind_and_nothing_else() {
        let redactor = redactor(&[("router", "hunter2hunter2"), ("token", "abcdefgh")]);
        let cases = [
            ("nothing here", "nothing here"),
            ("it is hunter2hunter2.", "it is [secret:router]."),
            ("hunter2hunter2abcdefgh", "[secret:router][secret:token]"),
            ("abcdefghabcdefgh", "[secret:token]"),
            ("ä aHVudGVyMmh1bnRlcjI= ä", "ä [secret:router] ä"),
            ("abcdefg", "abcdefg"),
        ];
        for (text, expected) in cases {
            assert_eq!(redactor.text(text), expected);
            assert_eq!(redactor.count(text.as_bytes()) > 0, text != expected);
        }
    }

    #[test]
    fn secrets_that_overlap_are_taken_out_whole() {
        let redactor = redactor(&[("a", "12345678"), ("b", "56789012345"), ("c", "123456789")]);
        assert_eq!(redactor.text("x123456789012345y"), "x[secret:b]y");
        assert_eq!(redactor.text("x123456789y"), "x[secret:c]y");
    }

    #[test]
    fn json_is_redacted_in_keys_texts_and_numbers() {
        let redactor = redactor(&[("pin", "12345678"), ("key", "ke\"y\u{e4}1234")]);
        let mut value = json!({
            "n": 12_345_678, "same": [1, true, null, "ke\"yä1234", 912_345_678.5],
            "12345678": 1, "0x 12345678": { "ke\"yä1234": "as it is" },
            "ke\\\"y\\u00e41234": 3,
        });
        redactor.value(&mut value);
        assert_eq!(
            value,
            json!({
                "n": "[secret:pin]", "same": [1, true, null, "[secret:key]", "9[secret:pin].5"],
                "[secret:pin]": 1, "0x [secret:pin]": { "[secret:key]": "as it is" },
                "[secret:key]": 3,
            })
        );
    }

    #[test]
    fn keys_that_become_the_same_keep_their_members() {
        let redactor = redactor(&[("pin", "12345678")]);
        let mut value = json!({ "12345678": 1, "MTIzNDU2Nzg=": 2, "[secret:pin]": 3 });
        redactor.value(&mut value);
        let members = value.as_object().expect("it is one");
        let mut kept: Vec<i64> = members.values().filter_map(Value::as_i64).collect();
        kept.sort_unstable();
        let keys: Vec<&String> = members.keys().collect();
        assert_eq!(keys, ["[secret:pin]", "[secret:pin]#2", "[secret:pin]#3"]);
        assert_eq!(kept, [1, 2, 3]);
    }

    #[test]
    fn the_beginning_of_a_secret_is_cut_off_the_end() {
        let redactor = redactor(&[("a", "correct horse"), ("b", "correct staple")]);
        let cases = [
            ("it is correct hors", "it is "),
            ("it is cor", "it is "),
            ("it is co", "it is co"),
            ("it is correct x", "it is correct x"),
            ("Y29ycmVjd", ""),
            ("", ""),
        ];
        for (text, expected) in cases {
            let mut bytes = text.as_bytes().to_vec();
            redactor.cut_end(&mut bytes);
            assert_eq!(String::from_utf8_lossy(&bytes), expected, "{text}");
        }
    }

    #[test]
    fn one_that_knows_no_secret_gives_back_what_it_got() {
        let idle = Redactor::default();
        let mut value = json!({ "a": "b" });
        idle.value(&mut value);
        assert!(idle.is_idle() && matches!(idle.bytes(b"x"), Cow::Borrowed(b"x")));
        assert_eq!((value, idle.count(b"x")), (json!({ "a": "b" }), 0));
        assert_eq!(format!("{idle:?}"), "Redactor(0 secrets)");
    }
}
