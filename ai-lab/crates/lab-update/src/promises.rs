//! Whether a newer release of a major promises all that the one in force promises.

use serde_json::{Map, Value};

/// Where a release's files have its contract.
pub(crate) const CONTRACT: &str = "share/contract.json";

/// What the newer contract lacks, as `AREA NAME`, in the order of the older one; empty where the major is another, which
/// may take away what it likes, and where either says nothing that can be read.
pub(crate) fn taken_away(older: &Value, newer: &Value) -> Vec<String> {
    if older["contract"]["major"] != newer["contract"]["major"] {
        return Vec::new();
    }
    let (Some(older), Some(newer)) = (areas(older), areas(newer)) else {
        return Vec::new();
    };
    let mut gone = Vec::new();
    for (area, items) in older {
        let kept = newer.get(area).and_then(Value::as_object);
        for name in items.as_object().into_iter().flat_map(Map::keys) {
            if !kept.is_some_and(|kept| kept.contains_key(name)) {
                gone.push(format!("{area} {name}"));
            }
        }
    }
    gone
}

fn areas(contract: &Value) -> Option<&Map<String, Value>> {
    contract["items"].as_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract(major: u32, items: &Value) -> Value {
        json!({ "contract": { "major": major, "minor": 0 }, "items": items })
    }

    #[test]
    fn what_the_older_promises_and_the_newer_does_not_is_named() {
        let older = contract(
            1,
            &json!({ "command": { "tool run": {}, "tool list": {} }, "python": { "Tool": {} } }),
        );
        let newer = contract(
            1,
            &json!({ "command": { "tool list": {}, "tool say": {} } }),
        );
        assert_eq!(
            taken_away(&older, &newer),
            ["command tool run", "python Tool"]
        );
        assert_eq!(taken_away(&newer, &older), ["command tool say"]);
        assert_eq!(taken_away(&older, &older), Vec::<String>::new());
    }

    #[test]
    fn another_major_and_what_cannot_be_read_take_nothing_away() {
        let older = contract(1, &json!({ "command": { "tool run": {} } }));
        let other = contract(2, &json!({ "command": {} }));
        assert_eq!(taken_away(&older, &other), Vec::<String>::new());
        let nothing = contract(1, &Value::Null);
        assert_eq!(taken_away(&older, &nothing), Vec::<String>::new());
        assert_eq!(taken_away(&Value::Null, &older), Vec::<String>::new());
    }
}
