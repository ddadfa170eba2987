//! A change to a session's context.

use alf_ops::merge_patch;
use alf_schema::strict_json;
use serde_json::{Map, Value};

/// Two lines, a context and a change to it: the change does what RFC 7396 says, and nothing grows beyond the two.
pub(crate) fn check(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |&byte| byte == b'\n');
    let (Some(context), Some(change)) = (lines.next(), lines.next()) else {
        return;
    };
    let (Ok(context), Ok(change)) = (strict_json::parse(context), strict_json::parse(change))
    else {
        return;
    };
    let mut changed = context.clone();
    merge_patch(&mut changed, &change);
    assert_eq!(changed, by_the_rfc(&context, &change));

    let mut twice = changed.clone();
    merge_patch(&mut twice, &change);
    assert_eq!(twice, changed, "twice is once");
    assert!(depth(&changed) <= depth(&context).max(depth(&change)));
    assert!(changed.to_string().len() <= context.to_string().len() + change.to_string().len());
}

/// RFC 7396, section 2, line by line.
fn by_the_rfc(target: &Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch.clone();
    };
    let mut object = match target {
        Value::Object(object) => object.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    };
    for (name, value) in patch {
        if value.is_null() {
            object.remove(name);
        } else {
            let before = object.get(name).cloned().unwrap_or_default();
            object.insert(name.clone(), by_the_rfc(&before, value));
        }
    }
    Value::Object(object)
}

/// How many levels of lists and objects there are.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(keys) => 1 + keys.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
