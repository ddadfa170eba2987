//! Reads single values of the predecessor: words, lists, hours, dates.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use lab_model::{Day, Hours, Moment, Priority, Tag};

use crate::finding::FindingKind;
use crate::merge::ledger::Parsed;
use crate::node::Node;
use crate::plan::{BlockerDraft, CriterionDraft};
use crate::read::parse_text;

/// Levels that a list in a text column may nest.
const LIST_DEPTH: usize = 16;

/// A text; an empty one says nothing.
pub(crate) fn text(node: &Node) -> Parsed<String> {
    match node.as_text() {
        Some(text) if text.is_empty() => Parsed::Empty("an empty text"),
        Some(text) => Parsed::Plain(text),
        None if node.is_null() => Parsed::Empty("null"),
        None => Parsed::Wrong("text"),
    }
}

/// A word of an enum, or a synonym that the predecessor used.
pub(crate) fn word<T>(node: &Node, synonyms: &[(&str, T)]) -> Parsed<T>
where
    T: Copy + std::fmt::Display + FromStr,
{
    let given = match text(node) {
        Parsed::Plain(given) => given,
        Parsed::Empty(how) => return Parsed::Empty(how),
        Parsed::Wrong(expected) => return Parsed::Wrong(expected),
        Parsed::Converted(..) | Parsed::Odd(..) => return Parsed::Wrong("text"),
    };
    if let Ok(known) = given.parse() {
        return Parsed::Plain(known);
    }
    match synonyms.iter().find(|(synonym, _)| *synonym == given) {
        Some((_, meant)) => Parsed::Converted(*meant, format!("`{given}` is {meant} here")),
        None => Parsed::Odd(
            FindingKind::UnknownWord,
            format!("`{}` is no word of this field", given.escape_debug()),
        ),
    }
}

/// A list of texts: a JSON array, or a text column that holds one.
pub(crate) fn texts(node: &Node) -> Parsed<Vec<String>> {
    match elements(node) {
        Ok(elements) if elements.is_empty() => Parsed::Empty("an empty list"),
        Ok(elements) => {
            let odd = elements.iter().any(|element| element.as_text().is_none());
            let texts = elements.iter().map(spoken).collect();
            if odd {
                Parsed::Converted(texts, "entries that are no texts became texts".to_owned())
            } else {
                Parsed::Plain(texts)
            }
        }
        Err(Some(how)) => Parsed::Empty(how),
        Err(None) => Parsed::Wrong("a list"),
    }
}

/// A list of criteria: texts, or objects with a tick.
pub(crate) fn criteria(node: &Node) -> Parsed<Vec<CriterionDraft>> {
    list_of(node, |element| CriterionDraft {
        text: spoken(element),
        done: ["done", "completed", "checked"].iter().any(|name| {
            element
                .member(name)
                .is_some_and(|tick| tick.to_text() == "true")
        }),
    })
}

/// A list of blockers: texts, or objects with description, severity and resolution.
pub(crate) fn blockers(node: &Node) -> Parsed<Vec<BlockerDraft>> {
    list_of(node, |element| {
        let member = |name: &str| element.member(name).and_then(Node::as_text);
        BlockerDraft {
            text: spoken(element),
            severity: member("severity").and_then(|word| word.parse::<Priority>().ok()),
            resolution: member("resolution").filter(|text| !text.is_empty()),
        }
    })
}

fn list_of<T>(node: &Node, draft: impl Fn(&Node) -> T) -> Parsed<Vec<T>> {
    match elements(node) {
        Ok(elements) if elements.is_empty() => Parsed::Empty("an empty list"),
        Ok(elements) => Parsed::Plain(elements.iter().map(draft).collect()),
        Err(Some(how)) => Parsed::Empty(how),
        Err(None) => Parsed::Wrong("a list"),
    }
}

/// The elements of a list; `Err(Some)` where the value says nothing, `Err(None)` where it is no list.
fn elements(node: &Node) -> Result<Vec<Node>, Option<&'static str>> {
    match node {
        Node::Array(elements) => Ok(elements.clone()),
        Node::Object(_) => Err(None),
        Node::Leaf(_) if node.is_null() => Err(Some("null")),
        Node::Leaf(_) => match node.as_text() {
            Some(text) if text.is_empty() => Err(Some("an empty text")),
            Some(text) => match parse_text(&text, LIST_DEPTH) {
                Ok(Node::Array(elements)) => Ok(elements),
                Ok(inner) if inner.is_null() => Err(Some("the JSON null in a text column")),
                Ok(_) | Err(_) => Err(None),
            },
            None => Err(None),
        },
    }
}

/// What an entry of a list says in words.
fn spoken(element: &Node) -> String {
    let named = ["text", "description", "title", "criterion", "name"]
        .iter()
        .find_map(|name| element.member(name).and_then(Node::as_text));
    element
        .as_text()
        .or(named)
        .unwrap_or_else(|| element.to_text())
}

/// An amount of hours.
pub(crate) fn hours(node: &Node) -> Parsed<Hours> {
    if node.is_null() {
        return Parsed::Empty("null");
    }
    let given = node.to_text();
    match given.parse::<f64>() {
        Ok(number) => match Hours::try_from(number) {
            Ok(hours) => Parsed::Plain(hours),
            Err(error) => Parsed::Odd(FindingKind::WrongType, error.to_string()),
        },
        Err(_) if given == r#""""# => Parsed::Empty("an empty text"),
        Err(_) => Parsed::Wrong("a number"),
    }
}

/// A whole number that is not negative.
pub(crate) fn number(node: &Node) -> Parsed<u64> {
    if node.is_null() {
        return Parsed::Empty("null");
    }
    match node.to_text().parse() {
        Ok(number) => Parsed::Plain(number),
        Err(_) => Parsed::Wrong("a whole number"),
    }
}

/// Yes or no: a JSON boolean or a column's 0 and 1.
pub(crate) fn flag(node: &Node) -> Parsed<bool> {
    match node.to_text().as_str() {
        "true" => Parsed::Plain(true),
        "false" => Parsed::Plain(false),
        "1" => Parsed::Converted(true, "1 is yes".to_owned()),
        "0" => Parsed::Converted(false, "0 is no".to_owned()),
        "null" => Parsed::Empty("null"),
        _ => Parsed::Wrong("true or false"),
    }
}

/// An instant; one without a zone is read in `zone`.
pub(crate) fn moment(node: &Node, zone: &TimeZone) -> Parsed<Moment> {
    let given = match text(node) {
        Parsed::Plain(given) => given,
        Parsed::Empty(how) => return Parsed::Empty(how),
        Parsed::Wrong(_) | Parsed::Converted(..) | Parsed::Odd(..) => {
            return Parsed::Wrong("a date");
        }
    };
    let odd = || {
        Parsed::Odd(
            FindingKind::NotADate,
            format!("`{}` is no date", given.escape_debug()),
        )
    };
    let (stamp, how) = if let Ok(stamp) = given.parse::<Timestamp>() {
        (stamp, String::new())
    } else if let Ok(civil) = given.parse::<DateTime>() {
        let name = zone.iana_name().unwrap_or("UTC");
        match zone.to_ambiguous_timestamp(civil).compatible() {
            Ok(stamp) => (stamp, format!("read as {name} time")),
            Err(_) => return odd(),
        }
    } else {
        return odd();
    };
    match Moment::from_ms(stamp.as_millisecond()) {
        Ok(moment) if how.is_empty() && moment.to_string() == given => Parsed::Plain(moment),
        Ok(moment) => {
            let cut = if stamp.as_microsecond() % 1000 == 0 {
                ""
            } else {
                ", cut to milliseconds"
            };
            let how = if how.is_empty() {
                "the same instant".to_owned()
            } else {
                how
            };
            Parsed::Converted(moment, format!("{how}{cut}"))
        }
        Err(_) => odd(),
    }
}

/// A calendar day: the date as it is written, whatever time stands beside it.
pub(crate) fn day(node: &Node) -> Parsed<Day> {
    let given = match text(node) {
        Parsed::Plain(given) => given,
        Parsed::Empty(how) => return Parsed::Empty(how),
        Parsed::Wrong(_) | Parsed::Converted(..) | Parsed::Odd(..) => {
            return Parsed::Wrong("a date");
        }
    };
    let how = "the day as it is written, without its time";
    if let Ok(date) = given.parse::<Date>() {
        return if date.to_string() == given {
            Parsed::Plain(Day::from(date))
        } else {
            Parsed::Converted(Day::from(date), how.to_owned())
        };
    }
    // With a zone: the date is in UTC, as the predecessor wrote it.
    match given.parse::<Timestamp>() {
        Ok(stamp) => {
            let date = stamp.to_zoned(TimeZone::UTC).date();
            Parsed::Converted(Day::from(date), how.to_owned())
        }
        Err(_) => Parsed::Odd(
            FindingKind::NotADate,
            format!("`{}` is no date", given.escape_debug()),
        ),
    }
}

/// A list of tags; entries that cannot be tags stay in the provenance alone.
pub(crate) fn tags(node: &Node) -> Parsed<Vec<String>> {
    let given = match texts(node) {
        Parsed::Plain(given) | Parsed::Converted(given, _) => given,
        other => return other,
    };
    let fitting: Vec<String> = given
        .iter()
        .filter(|text| text.parse::<Tag>().is_ok())
        .cloned()
        .collect();
    let lost = given.len() - fitting.len();
    if lost == 0 {
        Parsed::Plain(fitting)
    } else {
        Parsed::Converted(
            fitting,
            format!("{lost} entries cannot be tags and are kept here alone"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_model::ItemStatus;
    use serde_json::json;

    fn node(value: &serde_json::Value) -> Node {
        Node::from_value(value)
    }

    #[test]
    fn an_instant_keeps_its_zone_and_one_without_is_read_in_the_given_one() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a bundled zone");
        let check = |text: &str, zone: &TimeZone| match moment(&node(&json!(text)), zone) {
            Parsed::Plain(at) => format!("{at}"),
            Parsed::Converted(at, how) => format!("{at} ({how})"),
            Parsed::Odd(kind, message) => format!("{kind:?}: {message}"),
            Parsed::Empty(how) => how.to_owned(),
            Parsed::Wrong(expected) => format!("no {expected}"),
        };
        let utc = TimeZone::UTC;
        assert_eq!(check("2025-11-09T00:00:00Z", &utc), "2025-11-09T00:00:00Z");
        assert_eq!(
            check("2025-12-01 22:10:11.123456", &utc),
            "2025-12-01T22:10:11.123Z (read as UTC time, cut to milliseconds)"
        );
        assert_eq!(
            check("2025-12-02 00:08:09.654321", &berlin),
            "2025-12-01T23:08:09.654Z (read as Europe/Berlin time, cut to milliseconds)"
        );
        assert_eq!(
            check("2025-07-01 12:00:00", &berlin),
            "2025-07-01T10:00:00Z (read as Europe/Berlin time)"
        );
        assert_eq!(
            check("2025-11-09T01:00:00+01:00", &berlin),
            "2025-11-09T00:00:00Z (the same instant)"
        );
        assert_eq!(
            check("2025-11-07", &utc),
            "2025-11-07T00:00:00Z (read as UTC time)"
        );
        assert_eq!(check("soon", &utc), "NotADate: `soon` is no date");
        assert_eq!(check("", &utc), "an empty text");
    }

    #[test]
    fn a_day_is_the_date_that_is_written() {
        let check = |text: &str| match day(&node(&json!(text))) {
            Parsed::Plain(day) => format!("{day}"),
            Parsed::Converted(day, _) => format!("{day} without its time"),
            other => format!("{other:?}"),
        };
        assert_eq!(check("2025-12-15"), "2025-12-15");
        assert_eq!(check("2025-12-15T00:00:00Z"), "2025-12-15 without its time");
        assert_eq!(
            check("2025-11-21 00:30:00.1"),
            "2025-11-21 without its time"
        );
    }

    #[test]
    fn synonyms_are_told_and_unknown_words_are_named() {
        let synonyms = [("completed", ItemStatus::Done)];
        let check = |text: &str| word(&node(&json!(text)), &synonyms);
        assert_eq!(check("done"), Parsed::Plain(ItemStatus::Done));
        assert_eq!(
            check("completed"),
            Parsed::Converted(ItemStatus::Done, "`completed` is done here".into())
        );
        assert_eq!(
            check("nearly"),
            Parsed::Odd(
                FindingKind::UnknownWord,
                "`nearly` is no word of this field".into()
            )
        );
        assert_eq!(word(&node(&json!(3)), &synonyms), Parsed::Wrong("text"));
    }

    #[test]
    fn a_list_may_stand_in_a_text_column() {
        assert_eq!(
            texts(&node(&json!("[\"a\", \"b\"]"))),
            Parsed::Plain(vec!["a".into(), "b".into()])
        );
        assert_eq!(texts(&node(&json!(["a"]))), Parsed::Plain(vec!["a".into()]));
        assert_eq!(texts(&node(&json!([]))), Parsed::Empty("an empty list"));
        assert_eq!(texts(&node(&json!("[]"))), Parsed::Empty("an empty list"));
        assert_eq!(texts(&node(&json!(null))), Parsed::Empty("null"));
        assert_eq!(texts(&node(&json!(""))), Parsed::Empty("an empty text"));
        assert_eq!(texts(&node(&json!("[cut"))), Parsed::Wrong("a list"));
        assert_eq!(texts(&node(&json!(7))), Parsed::Wrong("a list"));
        assert_eq!(
            texts(&node(&json!([{"title": "t"}, 7]))),
            Parsed::Converted(
                vec!["t".into(), "7".into()],
                "entries that are no texts became texts".into()
            )
        );
    }

    #[test]
    fn numbers_and_ticks_are_what_they_are() {
        assert_eq!(
            hours(&node(&json!(-1))),
            Parsed::Odd(
                FindingKind::WrongType,
                "`-1` is no amount of hours: a number from 0 to 1,000,000".into()
            )
        );
        assert_eq!(hours(&node(&json!("4"))), Parsed::Wrong("a number"));
        assert_eq!(hours(&node(&json!(null))), Parsed::Empty("null"));
        assert_eq!(number(&node(&json!(7))), Parsed::Plain(7));
        assert_eq!(number(&node(&json!(-7))), Parsed::Wrong("a whole number"));
        assert_eq!(
            flag(&node(&json!(0))),
            Parsed::Converted(false, "0 is no".into())
        );
        assert_eq!(flag(&node(&json!("x"))), Parsed::Wrong("true or false"));
        assert_eq!(
            criteria(&node(&json!(["a", {"text": "b", "done": true}]))),
            Parsed::Plain(vec![
                CriterionDraft {
                    text: "a".into(),
                    done: false
                },
                CriterionDraft {
                    text: "b".into(),
                    done: true
                }
            ])
        );
        assert_eq!(
            blockers(&node(
                &json!([{"description": "d", "severity": "high", "resolution": ""}])
            )),
            Parsed::Plain(vec![BlockerDraft {
                text: "d".into(),
                severity: Some(Priority::High),
                resolution: None
            }])
        );
    }
}
