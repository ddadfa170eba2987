//! Brings a server's schema into JSON Schema 2020-12: what has only another name there is rewritten, and said.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The dialects that are read as 2020-12 once the words below are rewritten.
const READ: [&str; 6] = [
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Words under which schemas lie by name.
const BY_NAME: [&str; 5] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];
/// Words under which one schema lies.
const ONE: [&str; 11] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Words under which a list of schemas lies.
const SEVERAL: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// A schema of 2020-12, and what was rewritten for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Converted {
    pub(super) schema: Value,
    pub(super) rewritten: Vec<String>,
}

/// Converts a schema; `Err` names the dialect that cannot be.
pub(super) fn convert(schema: &Value) -> Result<Converted, String> {
    let mut schema = schema.clone();
    let mut rewritten = BTreeSet::new();
    if let Some(said) = schema
        .as_object_mut()
        .and_then(|root| root.remove("$schema"))
    {
        let dialect = said.as_str().unwrap_or_default().trim_end_matches('#');
        if !READ.contains(&dialect) {
            return Err(format!(
                "its schema is written in {said}, which is not read"
            ));
        }
        if !dialect.ends_with("2020-12/schema") {
            rewritten.insert(format!("`$schema` {said} left out"));
        }
    }
    rewrite(&mut schema, &mut rewritten);
    Ok(Converted {
        schema,
        rewritten: rewritten.into_iter().collect(),
    })
}

fn rewrite(schema: &mut Value, rewritten: &mut BTreeSet<String>) {
    let Some(words) = schema.as_object_mut() else {
        return;
    };
    rename(words, rewritten);
    for (word, value) in words.iter_mut() {
        if BY_NAME.contains(&word.as_str()) {
            let members = value.as_object_mut().into_iter().flat_map(Map::values_mut);
            members.for_each(|member| rewrite(member, rewritten));
        } else if ONE.contains(&word.as_str()) {
            rewrite(value, rewritten);
        } else if SEVERAL.contains(&word.as_str()) {
            let members = value.as_array_mut().into_iter().flatten();
            members.for_each(|member| rewrite(member, rewritten));
        }
    }
}

/// The words of one schema that have another name in 2020-12.
fn rename(words: &mut Map<String, Value>, rewritten: &mut BTreeSet<String>) {
    if words.get("items").is_some_and(Value::is_array)
        && let Some(first) = words.remove("items")
    {
        words.insert("prefixItems".to_owned(), first);
        if let Some(more) = words.remove("additionalItems") {
            words.insert("items".to_owned(), more);
        }
        rewritten.insert("`items` as a list became `prefixItems`".to_owned());
    }
    if let Some(Value::Object(old)) = words.remove("definitions") {
        let defs = words
            .entry("$defs")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(defs) = defs {
            defs.extend(old);
        }
        rewritten.insert("`definitions` became `$defs`".to_owned());
    }
    if let Some(Value::String(reference)) = words.get_mut("$ref")
        && let Some(name) = reference.strip_prefix("#/definitions/")
    {
        *reference = format!("#/$defs/{name}");
    }
    if let Some(Value::Object(old)) = words.remove("dependencies") {
        for (name, needs) in old {
            let word = if needs.is_array() {
                "dependentRequired"
            } else {
                "dependentSchemas"
            };
            let table = words
                .entry(word)
                .or_insert_with(|| Value::Object(Map::new()));
            table[&name] = needs;
        }
        rewritten
            .insert("`dependencies` became `dependentRequired` and `dependentSchemas`".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(schema: &Value, expected: &Value, rewritten: &[&str]) {
        let converted = convert(schema).expect("it can be read");
        assert_eq!(
            (&converted.schema, converted.rewritten),
            (expected, rewritten.iter().map(|&r| r.to_owned()).collect())
        );
    }

    #[test]
    fn what_has_another_name_is_rewritten_and_said() {
        check(
            &json!({ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                     "properties": { "a": { "$ref": "#/definitions/A" }, "definitions": { "type": "string" } },
                     "definitions": { "A": { "items": [{}, {}], "additionalItems": false } },
                     "dependencies": { "a": ["definitions"], "b": { "minProperties": 2 } } }),
            &json!({ "type": "object",
                     "properties": { "a": { "$ref": "#/$defs/A" }, "definitions": { "type": "string" } },
                     "$defs": { "A": { "prefixItems": [{}, {}], "items": false } },
                     "dependentRequired": { "a": ["definitions"] }, "dependentSchemas": { "b": { "minProperties": 2 } } }),
            &[
                "`$schema` \"http://json-schema.org/draft-07/schema#\" left out",
                "`definitions` became `$defs`",
                "`dependencies` became `dependentRequired` and `dependentSchemas`",
                "`items` as a list became `prefixItems`",
            ],
        );
    }

    #[test]
    fn what_is_2020_12_already_stays_as_it_is_and_so_do_values() {
        let plain =
            json!({ "type": "object", "properties": { "x": { "enum": [{ "definitions": 1 }] } } });
        check(&plain, &plain, &[]);
        let mut said = plain.clone();
        said["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        check(&said, &plain, &[]);
    }

    #[test]
    fn another_dialect_is_refused_by_name() {
        let told = convert(&json!({ "$schema": "http://json-schema.org/draft-04/schema#" }));
        assert_eq!(
            told,
            Err("its schema is written in \"http://json-schema.org/draft-04/schema#\", which is not read".to_owned())
        );
    }
}
