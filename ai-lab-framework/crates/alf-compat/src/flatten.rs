//! A JSON Schema as items: one a key, with what it may be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};

use crate::contract::Item;

/// How deep a schema is gone into. Stops one that contains itself by ever new names.
const DEPTH: usize = 12;

/// The keys that a schema describes: `a.b`, `list[]`, `map.*`. The whole is the name that is given.
pub fn flatten(schema: &Value, whole: &str) -> BTreeMap<String, Item> {
    let mut flat = Flat {
        root: schema,
        items: BTreeMap::new(),
    };
    flat.walk(whole, schema, true, &mut Vec::new());
    flat.items.remove("");
    flat.items
}

struct Flat<'a> {
    root: &'a Value,
    items: BTreeMap<String, Item>,
}

impl<'a> Flat<'a> {
    /// Notes what may stand at that place. `inside` are the references that led here.
    fn walk(&mut self, place: &str, schema: &'a Value, required: bool, inside: &mut Vec<&'a str>) {
        let depth = inside.len();
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let found = target
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer));
            match found {
                Some(found) if !inside.contains(&target) => {
                    inside.push(target);
                    self.walk(place, found, required, inside);
                    inside.truncate(depth);
                }
                // What contains itself is described once.
                Some(_) | None => self.note(place, &Map::new(), required),
            }
        }
        let Some(members) = schema
            .as_object()
            .filter(|_| place.matches(['.', '[']).count() < DEPTH)
        else {
            return self.note(place, &Map::new(), required);
        };
        self.note(place, members, required);
        for word in ["anyOf", "oneOf", "allOf"] {
            for part in members
                .get(word)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                self.walk(place, part, required, inside);
            }
        }
        self.walk_inner(place, members, inside);
    }

    fn walk_inner(
        &mut self,
        place: &str,
        members: &'a Map<String, Value>,
        inside: &mut Vec<&'a str>,
    ) {
        let wanted: BTreeSet<&str> = members
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let named = members.get("properties").and_then(Value::as_object);
        for (name, inner) in named.into_iter().flatten() {
            let is_wanted = wanted.contains(name.as_str());
            self.walk(&below(place, name), inner, is_wanted, inside);
        }
        let is_object = members
            .get("type")
            .is_some_and(|kind| kind == "object" || named.is_some());
        match members.get("additionalProperties") {
            Some(Value::Bool(false)) => {}
            Some(Value::Object(_)) => {
                let inner = &members["additionalProperties"];
                self.walk(&below(place, "*"), inner, false, inside);
            }
            Some(_) | None if is_object => self.note(&below(place, "*"), &Map::new(), false),
            Some(_) | None => {}
        }
        let by_pattern = members.get("patternProperties").and_then(Value::as_object);
        for inner in by_pattern.into_iter().flatten().map(|(_, inner)| inner) {
            self.walk(&below(place, "*"), inner, false, inside);
        }
        if let Some(inner) = members.get("items") {
            self.walk(&format!("{place}[]"), inner, false, inside);
        }
    }

    fn note(&mut self, place: &str, members: &Map<String, Value>, required: bool) {
        let item = self.items.entry(place.to_owned()).or_default();
        item.required |= required;
        let types = match members.get("type") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(several)) => several
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(_) | None => Vec::new(),
        };
        add(&mut item.types, types);
        let only = members.get("const").into_iter();
        let values = members
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .chain(only);
        add(
            &mut item.values,
            values.map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            }),
        );
        let bound = |words: [&str; 4]| {
            let found = words
                .into_iter()
                .find_map(|word| members.get(word).and_then(Value::as_number));
            found.cloned()
        };
        let least = bound(["minimum", "minLength", "minItems", "minProperties"]);
        let most = bound(["maximum", "maxLength", "maxItems", "maxProperties"]);
        widen(&mut item.least, least, |new, old| new < old);
        widen(&mut item.most, most, |new, old| new > old);
        if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
            item.pattern = Some(pattern.to_owned());
        }
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}

fn add(all: &mut Vec<String>, new: impl IntoIterator<Item = String>) {
    all.extend(new);
    all.sort();
    all.dedup();
}

/// Of two alternatives the wider bound holds.
fn widen(bound: &mut Option<Number>, new: Option<Number>, is_wider: impl Fn(f64, f64) -> bool) {
    let Some(new) = new else { return };
    let wider = bound
        .as_ref()
        .and_then(|old| Some(is_wider(new.as_f64()?, old.as_f64()?)));
    if wider.unwrap_or(true) {
        *bound = Some(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_key_is_an_item_whatever_form_its_schema_has() {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["kind"],
            "properties": {
                "kind": { "$ref": "#/$defs/Kind", "default": "a" },
                "either": { "anyOf": [{ "type": "string", "maxLength": 9 }, { "type": "null" }] },
                "again": { "$ref": "#/$defs/Node" },
                "list": { "type": "array", "maxItems": 3, "items": { "type": "integer", "minimum": 1, "maximum": 4 } },
                "map": { "type": "object", "additionalProperties": { "type": "string", "pattern": "^x" } },
                "open": { "type": "object" },
                "named": { "type": "object", "patternProperties": { "^a": { "type": "null" } }, "additionalProperties": false },
            },
            "$defs": {
                "Kind": { "oneOf": [{ "const": "b", "type": "string" }, { "enum": ["a"], "type": "string" }] },
                "Node": {
                    "type": "object", "additionalProperties": false,
                    "properties": { "next": { "$ref": "#/$defs/Node" } },
                },
            },
        });
        let told: Vec<String> = flatten(&schema, "")
            .iter()
            .map(|(name, item)| {
                let bounds = format!(
                    "{:?} {:?}",
                    item.least.as_ref().map(Number::as_f64),
                    item.most.as_ref().map(Number::as_f64)
                );
                let bounds = bounds
                    .replace("Some(Some(", "")
                    .replace("))", "")
                    .replace("None", "-");
                format!(
                    "{name}: {:?} {:?} {bounds} {:?} {}",
                    item.types, item.values, item.pattern, item.required
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "again: [\"object\"] [] - - None false",
                "again.next: [] [] - - None false",
                "either: [\"null\", \"string\"] [] - 9.0 None false",
                "kind: [\"string\"] [\"a\", \"b\"] - - None true",
                "list: [\"array\"] [] - 3.0 None false",
                "list[]: [\"integer\"] [] 1.0 4.0 None false",
                "map: [\"object\"] [] - - None false",
                "map.*: [\"string\"] [] - - Some(\"^x\") false",
                "named: [\"object\"] [] - - None false",
                "named.*: [\"null\"] [] - - None false",
                "open: [\"object\"] [] - - None false",
                "open.*: [] [] - - None false",
            ]
        );
        assert_eq!(
            flatten(&json!({ "type": "string" }), "whole")["whole"].types,
            ["string"]
        );
    }
}
