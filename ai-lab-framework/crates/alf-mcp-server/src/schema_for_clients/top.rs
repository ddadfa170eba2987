//! Choices at the top of a schema: clients want one object there.

use serde_json::{Map, Value, json};

/// Takes `anyOf`, `oneOf`, `allOf`, `not`, `if` and the like from the top: the properties of every branch are offered,
/// those that every branch needs are required, and what each branch needs is said.
pub(super) fn without_choices(object: &mut Map<String, Value>, said: &mut Vec<String>) {
    if let Some(Value::Array(branches)) = object.remove("allOf") {
        for branch in &branches {
            take_properties(object, branch);
            let needed = required_of(branch);
            require(object, needed);
        }
    }
    for (key, words) in [("anyOf", "at least one"), ("oneOf", "exactly one")] {
        let Some(Value::Array(branches)) = object.remove(key) else {
            continue;
        };
        for branch in &branches {
            take_properties(object, branch);
        }
        let sets: Vec<Vec<String>> = branches.iter().map(required_of).collect();
        let everywhere: Vec<String> = sets.first().map_or(Vec::new(), |first| {
            let in_all = |name: &&String| sets.iter().all(|set| set.contains(name));
            first.iter().filter(in_all).cloned().collect()
        });
        require(object, everywhere);
        let shown: Vec<String> = sets
            .iter()
            .filter(|set| !set.is_empty())
            .map(|set| format!("`{}`", set.join("` and `")))
            .collect();
        if shown.len() > 1 {
            said.push(format!("give {words} of: {}", shown.join("; or ")));
        }
    }
    for key in [
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "unevaluatedProperties",
    ] {
        if object.remove(key).is_some() {
            said.push(format!("more is checked when it is called (`{key}`)"));
        }
    }
    if let Some(Value::Object(needs)) = object.remove("dependentRequired") {
        for (name, others) in needs {
            said.push(format!("`{name}` goes with {others}"));
        }
    }
}

fn take_properties(object: &mut Map<String, Value>, branch: &Value) {
    let Some(Value::Object(theirs)) = branch.get("properties") else {
        return;
    };
    let ours = object.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(ours) = ours else { return };
    for (name, schema) in theirs {
        let merged = match ours.get(name) {
            None => schema.clone(),
            Some(known) if known == schema => continue,
            Some(known) => either(known, schema),
        };
        ours.insert(name.clone(), merged);
    }
}

fn either(one: &Value, other: &Value) -> Value {
    // The usual case: a word that tells the branches apart.
    if let (Some(Value::Array(a)), Some(Value::Array(b))) = (one.get("enum"), other.get("enum")) {
        let mut both = one.clone();
        let more = b.iter().filter(|word| !a.contains(word)).cloned();
        both["enum"] = Value::Array(a.iter().cloned().chain(more).collect());
        return both;
    }
    json!({ "anyOf": [one, other] })
}

fn required_of(branch: &Value) -> Vec<String> {
    let names = branch.get("required").and_then(Value::as_array);
    let names = names.map_or(&[][..], Vec::as_slice);
    names
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn require(object: &mut Map<String, Value>, names: Vec<String>) {
    if names.is_empty() {
        return;
    }
    let required = object.entry("required").or_insert_with(|| json!([]));
    let Value::Array(required) = required else {
        return;
    };
    for name in names {
        if !required.contains(&json!(name)) {
            required.push(json!(name));
        }
    }
}
