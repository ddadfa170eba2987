//! What a violation says to a person.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value;

use crate::{Violation, limits, nearest};

/// The kind of a value, as words use it: `a whole number`.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value in backquotes, cut short, with control characters escaped.
pub(crate) fn quoted(value: &Value) -> String {
    let shown = match value {
        Value::String(text) => shown(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            // JSON escapes its own control characters, and no others.
            cut(plain(&value.to_string()))
        }
    };
    format!("`{shown}`")
}

/// A text as a message shows it: cut short, with control characters escaped.
pub(crate) fn shown(text: &str) -> String {
    cut(text.escape_debug())
}

/// The text with its control characters escaped, and nothing else.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|c| {
        let escaped = c.is_control().then(|| c.escape_unicode());
        let itself = escaped.is_none().then_some(c);
        escaped.into_iter().flatten().chain(itself)
    })
}

fn cut(mut text: impl Iterator<Item = char>) -> String {
    let mut short: String = text.by_ref().take(limits::QUOTED_CHARS).collect();
    if text.next().is_some() {
        short.push('…');
    }
    short
}

/// Adds what one error of the engine means: one violation, or several for keys and alternatives.
///
/// Whatever a message quotes of the value or the schema, no character of it commands a terminal.
pub(crate) fn tell(schema: &Value, error: &ValidationError<'_>, into: &mut Vec<Violation>) {
    let before = into.len();
    add(schema, error, into);
    for violation in &mut into[before..] {
        if violation.message.contains(char::is_control) {
            violation.message = plain(&violation.message).collect();
        }
    }
}

fn add(schema: &Value, error: &ValidationError<'_>, into: &mut Vec<Violation>) {
    let pointer = error.instance_path().to_string();
    let found = error.instance().as_ref();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(schema, error);
            into.extend(
                unexpected
                    .iter()
                    .map(|key| unknown_key(&pointer, key, &known)),
            );
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            alternatives(schema, error, context, into);
        }
        Kind::PropertyNames { error: inner } => into.push(Violation {
            pointer: format!(
                "{pointer}/{}",
                escaped(inner.instance().as_str().unwrap_or(""))
            ),
            keyword: "propertyNames".to_owned(),
            message: format!("a key is wrong: {}", sentence(schema, inner)),
            nearest: None,
        }),
        _ => into.push(Violation {
            pointer,
            keyword: error.kind().keyword().to_owned(),
            message: sentence(schema, error),
            nearest: nearest_option(error, found),
        }),
    }
}

/// The schema object whose keyword was broken.
fn owner<'a>(schema: &'a Value, error: &ValidationError<'_>) -> Option<&'a Value> {
    let path = error.schema_path().as_str();
    schema.pointer(path.rsplit_once('/').map_or("", |(owner, _)| owner))
}

fn known_keys(schema: &Value, error: &ValidationError<'_>) -> Vec<String> {
    owner(schema, error)
        .and_then(|owner| owner.get("properties"))
        .and_then(Value::as_object)
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default()
}

fn nearest_option(error: &ValidationError<'_>, found: &Value) -> Option<String> {
    let word = found.as_str()?;
    match error.kind() {
        Kind::Enum { options } => {
            let options = options.as_array()?.iter().filter_map(Value::as_str);
            nearest(word, options).map(str::to_owned)
        }
        Kind::Constant { expected_value } => {
            nearest(word, expected_value.as_str()).map(str::to_owned)
        }
        _ => None,
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Tells the alternative that the value was most likely meant to be, or all of them in one line.
fn alternatives(
    schema: &Value,
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
    into: &mut Vec<Violation>,
) {
    let here = error.instance_path();
    let is_about_kind = |inner: &ValidationError<'_>| {
        inner.instance_path() == here
            && matches!(
                inner.kind(),
                Kind::Type { .. } | Kind::Constant { .. } | Kind::Enum { .. }
            )
    };
    // An alternative of the value's own kind is the one that was meant, if there is no other.
    let mut meant = context
        .iter()
        .filter(|branch| !branch.iter().any(is_about_kind));
    if let (Some(branch), None) = (meant.next(), meant.next()) {
        for inner in branch {
            tell(schema, inner, into);
        }
        return;
    }
    let unknown = unknown_everywhere(schema, context);
    if !unknown.is_empty() {
        into.extend(unknown);
        return;
    }
    let found = error.instance().as_ref();
    let words = common_words(found, context);
    let only_kinds = context
        .iter()
        .flatten()
        .all(|e| expected_kinds(e).is_some());
    let keyword = match &words {
        Some(_) => "enum",
        None if only_kinds => "type",
        None => error.kind().keyword(),
    };
    into.push(Violation {
        pointer: here.to_string(),
        keyword: keyword.to_owned(),
        message: match &words {
            Some(words) => none_of(found, words),
            None => forms(schema, found, context),
        },
        nearest: words.zip(found.as_str()).and_then(|(words, word)| {
            nearest(word, words.iter().map(String::as_str)).map(str::to_owned)
        }),
    });
}

/// The keys that no alternative knows, when each of them has such.
fn unknown_everywhere(schema: &Value, context: &[Vec<ValidationError<'static>>]) -> Vec<Violation> {
    let mut known = Vec::new();
    let mut unknown: Option<Vec<&String>> = None;
    let mut pointer = String::new();
    for branch in context {
        let refused = branch.iter().find_map(|inner| match inner.kind() {
            Kind::AdditionalProperties { unexpected } => Some((inner, unexpected)),
            _ => None,
        });
        let Some((inner, unexpected)) = refused else {
            return Vec::new();
        };
        pointer = inner.instance_path().to_string();
        known.extend(known_keys(schema, inner));
        unknown = Some(match unknown {
            Some(before) => before
                .into_iter()
                .filter(|key| unexpected.contains(key))
                .collect(),
            None => unexpected.iter().collect(),
        });
    }
    let unknown = unknown.unwrap_or_default();
    unknown
        .into_iter()
        .map(|key| unknown_key(&pointer, key, &known))
        .collect()
}

fn unknown_key(pointer: &str, key: &str, known: &[String]) -> Violation {
    Violation {
        pointer: format!("{pointer}/{}", escaped(key)),
        keyword: "additionalProperties".to_owned(),
        message: format!("unknown key {}", quoted(&Value::String(key.to_owned()))),
        nearest: nearest(key, known.iter().map(String::as_str)).map(str::to_owned),
    }
}

/// The words that the alternatives allow together; `None` when there are none, or other forms than words.
///
/// For text, an alternative of another kind was not meant and does not count.
fn common_words(found: &Value, context: &[Vec<ValidationError<'static>>]) -> Option<Vec<String>> {
    let of_branch = |branch: &Vec<ValidationError<'static>>| {
        let other_kind = found.is_string() && branch.iter().any(|e| expected_kinds(e).is_some());
        let words = branch.iter().find_map(allowed_words);
        words.or_else(|| other_kind.then(Vec::new))
    };
    let words: Option<Vec<_>> = context.iter().map(of_branch).collect();
    words
        .map(|words| words.concat())
        .filter(|words| !words.is_empty())
}

/// What each of several alternatives asks for.
fn forms(schema: &Value, found: &Value, context: &[Vec<ValidationError<'static>>]) -> String {
    let first: Vec<_> = context.iter().filter_map(|branch| branch.first()).collect();
    let kinds: Option<Vec<_>> = first.iter().map(|inner| expected_kinds(inner)).collect();
    if let Some(kinds) = kinds {
        return format!(
            "expected {}, found {}",
            either(&kinds.concat()),
            told(found)
        );
    }
    let asked: Vec<String> = first.iter().map(|inner| sentence(schema, inner)).collect();
    format!(
        "fits none of the {} allowed forms: {}",
        context.len(),
        asked.join("; or: ")
    )
}

fn allowed_words(error: &ValidationError<'_>) -> Option<Vec<String>> {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match error.kind() {
        Kind::Enum { options } => Some(options.as_array()?.iter().map(word).collect()),
        Kind::Constant { expected_value } => Some(vec![word(expected_value)]),
        _ => None,
    }
}

fn none_of(found: &Value, words: &[String]) -> String {
    format!(
        "{} is none of {}",
        quoted(found),
        either(&words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>())
    )
}

fn expected_kinds(error: &ValidationError<'_>) -> Option<Vec<String>> {
    let Kind::Type { kind } = error.kind() else {
        return None;
    };
    Some(match kind {
        TypeKind::Single(single) => vec![kind_word(*single).to_owned()],
        TypeKind::Multiple(several) => several
            .iter()
            .map(|one| kind_word(one).to_owned())
            .collect(),
    })
}

fn kind_word(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
    }
}

fn either(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The kind of a value, and the value where it is short.
fn told(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => kind_of(value).to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) => format!("the number {value}"),
        Value::String(_) => format!("the text {}", quoted(value)),
    }
}

fn sentence(schema: &Value, error: &ValidationError<'_>) -> String {
    let found = error.instance().as_ref();
    match error.kind() {
        Kind::Type { .. } => {
            let kinds = expected_kinds(error).unwrap_or_default();
            format!("expected {}, found {}", either(&kinds), told(found))
        }
        Kind::Required { property } => format!("missing key {}", quoted(property)),
        Kind::Enum { .. } | Kind::Constant { .. } => {
            none_of(found, &allowed_words(error).unwrap_or_default())
        }
        Kind::Minimum { limit } => outside(found, owner(schema, error))
            .unwrap_or_else(|| format!("{found} is less than {limit}")),
        Kind::Maximum { limit } => outside(found, owner(schema, error))
            .unwrap_or_else(|| format!("{found} is more than {limit}")),
        Kind::ExclusiveMinimum { limit } => format!("{found} is not more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("{found} is not less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("{found} is no multiple of {multiple_of}"),
        Kind::MinLength { .. } | Kind::MaxLength { .. } => format!(
            "{} characters, allowed are {}",
            found.as_str().map_or(0, |text| text.chars().count()),
            range(owner(schema, error), "minLength", "maxLength")
        ),
        Kind::MinItems { .. } | Kind::MaxItems { .. } => format!(
            "{} items, allowed are {}",
            found.as_array().map_or(0, Vec::len),
            range(owner(schema, error), "minItems", "maxItems")
        ),
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } => format!(
            "{} keys, allowed are {}",
            found.as_object().map_or(0, serde_json::Map::len),
            range(owner(schema, error), "minProperties", "maxProperties")
        ),
        Kind::Pattern { pattern } => {
            let pattern = cut(plain(pattern));
            format!("{} does not match the pattern `{pattern}`", quoted(found))
        }
        Kind::UniqueItems => "an item is there twice".to_owned(),
        Kind::FalseSchema => "nothing is allowed here".to_owned(),
        _ => error.masked_with("the value").to_string(),
    }
}

/// `1 to 64`, `at least 1` or `at most 64`.
/// The whole range where a schema gives both ends.
fn outside(found: &Value, owner: Option<&Value>) -> Option<String> {
    let (least, most) = (owner?.get("minimum")?, owner?.get("maximum")?);
    Some(format!("{found} is outside {least} to {most}"))
}

fn range(owner: Option<&Value>, least: &str, most: &str) -> String {
    let bound = |keyword: &str| owner.and_then(|owner| owner.get(keyword));
    match (bound(least), bound(most)) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "the allowed range".to_owned(),
    }
}
