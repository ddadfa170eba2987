//! Chance against the redactor: every form a program writes, in any text, cut anywhere.

use std::io::Write as _;

use alf_secrets::{RedactingWriter, Redactor, SecretValue};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::store::name;

/// The ways in which a tool may write a value, each by code that is not the redactor's.
const WAYS: usize = 12;

fn written(value: &str, way: usize) -> String {
    match way {
        0 => value.to_owned(),
        1 => serde_json::to_string(value).expect("JSON"),
        2 => serde_json::to_string(&json!({ "said": json!({ "inner": value }).to_string() }))
            .expect("JSON"),
        3 => each_byte(value, |_| false, |byte| format!("{byte:02x}")),
        4 => each_byte(value, |_| false, |byte| format!("{byte:02X}")),
        5 => each_byte(value, is_unreserved, |byte| format!("%{byte:02X}")),
        6 => each_byte(value, is_unreserved, |byte| format!("%{byte:02x}")),
        7 => base64("", value, "+/"),
        8 => base64("a:", value, "+/"),
        9 => base64("ad:", value, "-_"),
        10 => base64("ada:", value, "+/").trim_end_matches('=').to_owned(),
        _ => base64("", value, "-_"),
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

fn each_byte(value: &str, kept: fn(u8) -> bool, other: fn(u8) -> String) -> String {
    let byte = |byte: u8| {
        if kept(byte) {
            char::from(byte).to_string()
        } else {
            other(byte)
        }
    };
    value.bytes().map(byte).collect()
}

fn base64(before: &str, value: &str, end: &str) -> String {
    let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digits: Vec<char> = all.chars().chain(end.chars()).collect();
    let bytes = before.bytes().chain(value.bytes());
    let bits = bytes.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    let bits: Vec<bool> = bits.collect();
    let digit = |six: &[bool]| {
        let bit = |place: usize| usize::from(six.get(place).copied().unwrap_or(false));
        digits[(0..6).fold(0, |number, place| number * 2 + bit(place))]
    };
    let text: String = bits.chunks(6).map(digit).collect();
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    text + &padding
}

/// What must not be readable in what is left: the decided part of what was written.
fn is_left(left: &str, value: &str, way: usize) -> bool {
    let text = written(value, way);
    let core = text.trim_matches(['"', '=']);
    let core = match way {
        2 => serde_json::to_string(&serde_json::to_string(value).expect("JSON")).expect("JSON"),
        _ => core.to_owned(),
    };
    let core = core.trim_matches(['"', '\\']);
    // At the edges of base64, a digit may carry bits of its neighbours: eight digits inside are enough to see.
    let (start, end) = if way >= 7 {
        (4, core.len() - 1)
    } else {
        (0, core.len())
    };
    left.contains(&core[start..end.max(start + 6).min(core.len())])
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{8,40}",
        "[A-Za-z0-9]{8,64}",
        "[a-zä-ü\"\\\\/\n\t€🌱&<>' +%-]{8,30}",
    ]
    .prop_filter("a value has eight bytes and is not all blanks", |value| {
        value.len() >= 8 && !value.trim().is_empty()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_form_of_a_secret_is_left_in_any_text(
        secrets in proptest::collection::vec(secret(), 1..5),
        around in proptest::collection::vec("[A-Za-z0-9 .,:\n{}\"]{0,20}", 60),
        size in 1_usize..200,
    ) {
        let values: Vec<(ai_lab_contract::SecretName, SecretValue)> = secrets
            .iter()
            .enumerate()
            .map(|(index, value)| {
                (name(&format!("s{index}")), SecretValue::new(value).expect("long enough"))
            })
            .collect();
        let redactor = Redactor::new(values.iter().map(|(name, value)| (name, value)));
        let mut text = String::new();
        let mut gaps = around.iter().cycle();
        for value in &secrets {
            for way in 0..WAYS {
                text.push_str(gaps.next().expect("it goes round"));
                text.push('|');
                text.push_str(&written(value, way));
                text.push('|');
            }
        }
        let left = redactor.text(&text).into_owned();
        for value in &secrets {
            for way in 0..WAYS {
                prop_assert!(!is_left(&left, value, way), "way {way} of {value:?} in {left:?}");
            }
        }
        prop_assert_eq!(redactor.count(left.as_bytes()), 0);

        let mut writer = RedactingWriter::new(&redactor, Vec::new());
        for piece in text.as_bytes().chunks(size) {
            writer.write_all(piece).expect("a vector takes all");
        }
        let streamed = writer.finish().expect("a vector takes all");
        prop_assert_eq!(String::from_utf8(streamed).expect("UTF-8"), left);
    }

    #[test]
    fn no_secret_is_left_in_json(value in secret(), way in 0..WAYS, deep in 0_usize..20) {
        let kept = SecretValue::new(&value).expect("long enough");
        let name = name("s");
        let redactor = Redactor::new([(&name, &kept)]);
        let mut json = json!({ written(&value, way): [written(&value, way), 1] });
        for _ in 0..deep {
            json = json!({ "in": [json] });
        }
        redactor.value(&mut json);
        prop_assert!(!is_left(&json.to_string(), &value, way), "{json}");
        prop_assert!(!holds(&json, &value));
    }

    #[test]
    fn text_without_a_secret_is_not_touched(text in "[a-f0-9 ]{0,300}") {
        let kept = SecretValue::new("correct horse battery").expect("long enough");
        let name = name("s");
        let redactor = Redactor::new([(&name, &kept)]);
        prop_assert!(matches!(redactor.text(&text), std::borrow::Cow::Borrowed(_)));
    }
}

/// Whether a text or a key of it holds the value.
fn holds(json: &Value, value: &str) -> bool {
    match json {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains(value),
        Value::Array(items) => items.iter().any(|item| holds(item, value)),
        Value::Object(members) => members
            .iter()
            .any(|(key, member)| key.contains(value) || holds(member, value)),
    }
}
