//! Single values: as facts tell them, as JSON holds them.

use lab_model::{Actor, Day, Hours, Moment, Prefix, RepoName, Uid};
use serde_json::{Number, Value};

use crate::fields::Scalar;

/// What was wanted where something else is, such as `a date such as 2026-02-03`.
pub(crate) type Wanted = String;

/// A reference as a file shows it: the label for people, the uid for good.
pub(crate) fn shown_reference(uid: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("{label} <{uid}>"),
        None => uid.to_owned(),
    }
}

/// The uid of a reference with the label beside it, or the label alone that a person wrote.
pub(crate) fn read_reference(text: &str) -> (String, Option<String>) {
    let bracketed = text
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
        .filter(|(_, uid)| uid.parse::<Uid>().is_ok());
    match bracketed {
        Some((label, uid)) => {
            let label = label.trim();
            (
                uid.to_owned(),
                (!label.is_empty()).then(|| label.to_owned()),
            )
        }
        None => (text.trim().to_owned(), None),
    }
}

impl Scalar {
    /// A fact's text as JSON; `label` is what people call a referenced entity.
    pub(crate) fn to_json(self, text: &str, label: Option<&str>) -> Value {
        match self {
            Self::Hours | Self::Count => number(text),
            Self::Flag => Value::Bool(text == "true"),
            Self::Reference(_) => Value::String(if text.parse::<Uid>().is_ok() {
                shown_reference(text, label)
            } else {
                text.to_owned()
            }),
            Self::Text
            | Self::MaybeText
            | Self::Word(_)
            | Self::Day
            | Self::Moment
            | Self::Actor
            | Self::Prefix
            | Self::RepoName => Value::String(text.to_owned()),
        }
    }

    /// A JSON value as a fact's text; `None` where it is as good as absent.
    pub(crate) fn read(self, value: &Value) -> Result<Option<String>, Wanted> {
        if value.is_null() {
            return Ok(None);
        }
        match self {
            Self::Hours => hours(value).map(Some),
            Self::Count => value
                .as_u64()
                .map(|number| Some(number.to_string()))
                .ok_or_else(|| "a whole number from 0".to_owned()),
            Self::Flag => match value {
                Value::Bool(true) => Ok(Some("true".to_owned())),
                Value::Bool(false) => Ok(None),
                _ => Err("true or false".to_owned()),
            },
            Self::Text
            | Self::MaybeText
            | Self::Word(_)
            | Self::Day
            | Self::Moment
            | Self::Reference(_)
            | Self::Actor
            | Self::Prefix
            | Self::RepoName => {
                let text = value.as_str().ok_or_else(|| self.wanted())?;
                self.read_text(text)
            }
        }
    }

    fn read_text(self, text: &str) -> Result<Option<String>, Wanted> {
        let canonical = match self {
            Self::Text if text.is_empty() => return Ok(None),
            Self::Text | Self::MaybeText => Some(text.to_owned()),
            Self::Word(words) => words.contains(&text).then(|| text.to_owned()),
            Self::Day => text.parse::<Day>().ok().map(|day| day.to_string()),
            Self::Moment => text.parse::<Moment>().ok().map(|at| at.to_string()),
            Self::Actor => text.parse::<Actor>().ok().map(|who| who.to_string()),
            Self::Prefix => text.parse::<Prefix>().ok().map(|it| it.to_string()),
            Self::RepoName => text.parse::<RepoName>().ok().map(|it| it.to_string()),
            Self::Reference(_) => {
                let (name, _) = read_reference(text);
                (!name.is_empty()).then_some(name)
            }
            Self::Hours | Self::Count | Self::Flag => None,
        };
        canonical.map(Some).ok_or_else(|| self.wanted())
    }

    /// What such a value is, for an error.
    pub(crate) fn wanted(self) -> Wanted {
        match self {
            Self::Text | Self::MaybeText => "a text".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Hours => "a number of hours from 0 to 1,000,000".to_owned(),
            Self::Count => "a whole number from 0".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Day => "a date such as 2026-02-03".to_owned(),
            Self::Moment => "an instant such as 2026-02-03T04:05:06Z".to_owned(),
            Self::Reference(kind) => format!("the label or uid of a {kind}"),
            Self::Actor => "an actor such as person:jo".to_owned(),
            Self::Prefix => "a prefix: 1 to 12 of A-Z and 0-9, a letter first".to_owned(),
            Self::RepoName => "a repository such as owner/name".to_owned(),
        }
    }
}

fn hours(value: &Value) -> Result<String, Wanted> {
    value
        .as_f64()
        .and_then(|number| Hours::try_from(number).ok())
        .map(|hours| hours.to_string())
        .ok_or_else(|| Scalar::Hours.wanted())
}

/// A number as JSON writes it: whole ones without a point.
fn number(text: &str) -> Value {
    let whole = text.parse::<u64>().ok().map(Number::from);
    let number = whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_uid_with_or_without_its_label_or_a_label_alone() {
        let uid = Uid::from_parts(1, [1; 10]).to_string();
        for (text, name, hint) in [
            (format!("FRM-002 <{uid}>"), uid.as_str(), Some("FRM-002")),
            (format!("<{uid}>"), &uid, None),
            (uid.clone(), &uid, None),
            ("FRM-002".to_owned(), "FRM-002", None),
            ("odd <label>".to_owned(), "odd <label>", None),
        ] {
            let hint = hint.map(str::to_owned);
            assert_eq!(read_reference(&text), (name.to_owned(), hint), "{text}");
        }
        assert_eq!(
            read_reference(&shown_reference(&uid, Some("a <b>"))),
            (uid, Some("a <b>".to_owned()))
        );
    }
}
