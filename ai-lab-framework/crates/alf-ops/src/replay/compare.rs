//! Whether two answers to one call are the same in what matters.

use ai_lab_contract::ErrorClass;
use serde::Serialize;
use serde_json::Value;

/// How many differences are named; more are counted. Bounds what a comparison of two large answers says.
const NAMED: usize = 100;

/// The longest value that a difference quotes, in bytes of JSON; of a longer one its size is told.
const QUOTED_BYTES: usize = 2_048;

/// What an execution answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Its data.
    Data(Value),
    /// Why it gave none.
    Error {
        /// The row of the failure table.
        class: ErrorClass,
        /// The tool's own word for it, or the class's.
        kind: String,
        /// What was said.
        message: String,
    },
}

/// How alike two answers are, the most alike first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Nothing differs.
    Same,
    /// Only what differs from run to run: instants, durations, ids, the wording of a failure.
    Cosmetic,
    /// It failed before and no longer does.
    Fixed,
    /// Something else differs.
    Changed,
    /// It did not fail before.
    NewError,
}

impl Likeness {
    /// The word in listings: `same`, `cosmetic`, `fixed`, `changed`, `new error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Cosmetic => "cosmetic",
            Self::Fixed => "fixed",
            Self::Changed => "changed",
            Self::NewError => "new error",
        }
    }
}

/// One place where two answers differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// Whether it is of the kind that differs from run to run.
    pub cosmetic: bool,
    /// What was there; `None` for nothing.
    pub old: Option<Value>,
    /// What is there; `None` for nothing.
    pub new: Option<Value>,
}

/// What comparing two answers found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// How alike they are.
    pub likeness: Likeness,
    /// Where they differ, at most a hundred places.
    pub differences: Vec<Difference>,
    /// How many places differ beside those.
    pub more: u64,
}

/// Compares two answers to one call.
///
/// Cosmetic is a difference at a `volatile` pointer (`*` stands for any key or place), between two instants
/// (RFC 3339) or two UUIDs, or between two numbers whose key says that they are an instant or a duration (`…_at`,
/// `…_ms`, `…_us`, `timestamp`). The order of keys says nothing. Two failures of one class and kind differ in their
/// wording only.
pub fn compare(old: &Answered, new: &Answered, volatile: &[String]) -> Comparison {
    match (old, new) {
        (Answered::Data(old), Answered::Data(new)) => compare_data(old, new, volatile),
        (Answered::Data(_), Answered::Error { .. }) => outright(Likeness::NewError),
        (Answered::Error { .. }, Answered::Data(_)) => outright(Likeness::Fixed),
        (
            Answered::Error {
                class,
                kind,
                message,
            },
            Answered::Error {
                class: new_class,
                kind: new_kind,
                message: new_message,
            },
        ) => outright(if (class, kind) != (new_class, new_kind) {
            Likeness::Changed
        } else if message == new_message {
            Likeness::Same
        } else {
            Likeness::Cosmetic
        }),
    }
}

const fn outright(likeness: Likeness) -> Comparison {
    Comparison {
        likeness,
        differences: Vec::new(),
        more: 0,
    }
}

fn compare_data(old: &Value, new: &Value, volatile: &[String]) -> Comparison {
    let mut walk = Walk {
        volatile,
        likeness: Likeness::Same,
        differences: Vec::new(),
        more: 0,
    };
    walk.values("", "", Some(old), Some(new));
    Comparison {
        likeness: walk.likeness,
        differences: walk.differences,
        more: walk.more,
    }
}

struct Walk<'a> {
    volatile: &'a [String],
    likeness: Likeness,
    differences: Vec<Difference>,
    more: u64,
}

impl Walk<'_> {
    fn values(&mut self, pointer: &str, key: &str, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        if self.volatile.iter().any(|pattern| fits(pattern, pointer)) {
            self.tell(pointer, true, old, new);
            return;
        }
        match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                let added = new.keys().filter(|key| !old.contains_key(*key));
                for key in old.keys().chain(added) {
                    let inner = format!("{pointer}/{}", escaped(key));
                    self.values(&inner, key, old.get(key), new.get(key));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                for place in 0..old.len().max(new.len()) {
                    let inner = format!("{pointer}/{place}");
                    self.values(&inner, key, old.get(place), new.get(place));
                }
            }
            (Some(one), Some(other)) => {
                self.tell(pointer, is_of_its_run(key, one, other), old, new);
            }
            (Some(_) | None, None) | (None, Some(_)) => self.tell(pointer, false, old, new),
        }
    }

    fn tell(&mut self, pointer: &str, cosmetic: bool, old: Option<&Value>, new: Option<&Value>) {
        let likeness = if cosmetic {
            Likeness::Cosmetic
        } else {
            Likeness::Changed
        };
        self.likeness = self.likeness.max(likeness);
        if self.differences.len() == NAMED {
            self.more += 1;
            return;
        }
        self.differences.push(Difference {
            pointer: pointer.to_owned(),
            cosmetic,
            old: old.map(quoted),
            new: new.map(quoted),
        });
    }
}

fn quoted(value: &Value) -> Value {
    let bytes = value.to_string().len();
    if bytes <= QUOTED_BYTES {
        return value.clone();
    }
    serde_json::json!({ "not_shown": { "bytes": bytes } })
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Whether a pattern such as `/disks/*/uuid` means the place, or one around it.
fn fits(pattern: &str, pointer: &str) -> bool {
    let mut parts = pointer.split('/');
    pattern.split('/').all(|wanted| {
        parts
            .next()
            .is_some_and(|part| wanted == "*" || wanted == part)
    })
}

/// Whether both are something that no two runs share.
fn is_of_its_run(key: &str, old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(old), Value::String(new)) => {
            let both = |is: fn(&str) -> bool| is(old) && is(new);
            both(is_instant) || both(is_uuid)
        }
        (Value::Number(_), Value::Number(_)) => {
            let endings = ["_at", "_ms", "_us", "_ns", "timestamp"];
            endings.iter().any(|ending| key.ends_with(ending))
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}

fn is_instant(text: &str) -> bool {
    text.len() >= "2026-01-01T00:00:00Z".len() && text.parse::<jiff::Timestamp>().is_ok()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn data(old: Value, new: Value, volatile: &[&str]) -> (Likeness, Vec<(String, bool)>) {
        let volatile: Vec<String> = volatile.iter().map(|text| (*text).to_owned()).collect();
        let found = compare(&Answered::Data(old), &Answered::Data(new), &volatile);
        let places = found.differences.into_iter();
        let places = places.map(|place| (place.pointer, place.cosmetic));
        (found.likeness, places.collect())
    }

    fn error(class: ErrorClass, kind: &str, message: &str) -> Answered {
        Answered::Error {
            class,
            kind: kind.to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn what_differs_from_run_to_run_is_cosmetic() {
        let cases = [
            (
                json!({ "a": 1, "b": 2 }),
                json!({ "b": 2, "a": 1 }),
                Likeness::Same,
            ),
            (
                json!({ "at": "2026-11-23T02:00:00Z" }),
                json!({ "at": "2026-11-23T03:00:00+01:00" }),
                Likeness::Cosmetic,
            ),
            (
                json!(["0193f2a8-7c44-7def-8000-000000000001"]),
                json!(["0193f2a8-7c44-7def-8000-000000000002"]),
                Likeness::Cosmetic,
            ),
            (
                json!({ "took_ms": 3 }),
                json!({ "took_ms": 4.5 }),
                Likeness::Cosmetic,
            ),
            (
                json!({ "seen_at": [1] }),
                json!({ "seen_at": [2] }),
                Likeness::Cosmetic,
            ),
            (
                json!({ "took_ms": 3 }),
                json!({ "took_ms": null }),
                Likeness::Changed,
            ),
            (
                json!({ "at": "2026-11-23T02:00:00Z" }),
                json!({ "at": "never" }),
                Likeness::Changed,
            ),
            (
                json!({ "count": 3 }),
                json!({ "count": 4 }),
                Likeness::Changed,
            ),
            (json!([1, 2]), json!([1]), Likeness::Changed),
            (json!({ "a": null }), json!({}), Likeness::Changed),
        ];
        for (old, new, expected) in cases {
            assert_eq!(data(old.clone(), new, &[]).0, expected, "{old}");
        }
    }

    #[test]
    fn a_difference_is_named_by_its_place_and_forgiven_where_that_was_said() {
        let old = json!({ "disks": [{ "free": 1, "name": "a" }, { "free": 2 }], "x/y": 1 });
        let new = json!({ "disks": [{ "free": 3, "name": "b" }, { "free": 4 }], "x/y": 2 });
        let place = |pointer: &str, cosmetic| (pointer.to_owned(), cosmetic);
        assert_eq!(
            data(old.clone(), new.clone(), &["/disks/*/free"]),
            (
                Likeness::Changed,
                vec![
                    place("/disks/0/free", true),
                    place("/disks/0/name", false),
                    place("/disks/1/free", true),
                    place("/x~1y", false),
                ]
            )
        );
        assert_eq!(
            data(old, new, &["/disks", "/x~1y"]),
            (
                Likeness::Cosmetic,
                vec![place("/disks", true), place("/x~1y", true)]
            )
        );
    }

    #[test]
    fn failures_are_compared_by_class_and_kind() {
        let good = Answered::Data(json!(1));
        let busy = error(ErrorClass::ToolFailed, "busy", "the router is busy");
        let later = error(ErrorClass::ToolFailed, "busy", "the router is very busy");
        let gone = error(ErrorClass::ToolFailed, "gone", "the router is busy");
        let likeness = |old, new| compare(old, new, &[]).likeness;
        assert_eq!(
            [
                likeness(&busy, &busy),
                likeness(&busy, &later),
                likeness(&busy, &gone),
                likeness(&busy, &good),
                likeness(&good, &busy),
            ],
            [
                Likeness::Same,
                Likeness::Cosmetic,
                Likeness::Changed,
                Likeness::Fixed,
                Likeness::NewError,
            ]
        );
    }

    #[test]
    fn what_is_said_of_two_large_answers_is_bounded() {
        let many = |value: u32| Value::from(vec![value; 250]);
        let found = compare(&Answered::Data(many(1)), &Answered::Data(many(2)), &[]);
        assert_eq!((found.differences.len(), found.more), (100, 150));
        let long = |c: &str| Answered::Data(json!(c.repeat(3_000)));
        let found = compare(&long("a"), &long("b"), &[]);
        assert_eq!(
            found.differences[0].new,
            Some(json!({ "not_shown": { "bytes": 3_002 } }))
        );
    }
}
