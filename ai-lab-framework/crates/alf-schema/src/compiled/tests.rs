use serde_json::{Map, json};

use super::*;

fn refused(schema: &Value) -> String {
    CompiledSchema::compile(schema)
        .map_or_else(|error| error.to_string(), |_| "compiles".to_owned())
}

/// `[pointer] message -> nearest`, one line a violation.
fn told(schema: &Value, value: &Value) -> Vec<String> {
    let schema = CompiledSchema::compile(schema).expect("because the schema is right");
    let violations = schema.check(value);
    assert_eq!(violations.is_empty(), schema.fits(value));
    violations
        .iter()
        .map(|one| {
            let nearest = one.nearest.as_ref().map(|word| format!(" -> {word}"));
            format!(
                "[{}] {}: {}{}",
                one.pointer,
                one.keyword,
                one.message,
                nearest.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_schema_that_cannot_be_used_is_refused_by_name() {
    let nested = (0..70).fold(json!({}), |inner, _| json!({ "not": inner }));
    let table = [
        (json!(3), "a schema is an object, not a whole number"),
        (json!(["a"]), "a schema is an object, not a list"),
        (
            json!({"type": "strin"}),
            "`/type` is no JSON Schema: `strin` is none of `array`, `boolean`, `integer`, `null`, `number`, `object` or `string`",
        ),
        (
            json!({"properties": {"a": {"minLength": -1}}}),
            "`/properties/a/minLength` is no JSON Schema: -1 is less than 0",
        ),
        (
            json!({"required": "a"}),
            "`/required` is no JSON Schema: expected a list, found the text `a`",
        ),
        (
            json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
            "the schema is written in `http://json-schema.org/draft-07/schema#`, not in JSON Schema 2020-12",
        ),
        // What commands a terminal is escaped, wherever it stands; what is long is cut.
        (
            json!({"$schema": "h\u{0}\u{9b}2J"}),
            "the schema is written in `h\\0\\u{9b}2J`, not in JSON Schema 2020-12",
        ),
        (
            json!({"$ref": "#/\u{1b}[2J"}),
            "`/$ref` is no JSON Schema: there is no schema at `#/\\u{1b}[2J`",
        ),
        (
            json!({"properties": {"\u{7f}": {"$ref": "y".repeat(100)}}}),
            "`/properties/\\u{7f}/$ref` refers to `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…`: only references inside the schema (`#/…`) are followed",
        ),
        (
            json!({"items": {"$ref": "https://example.com/a.json"}}),
            "`/items/$ref` refers to `https://example.com/a.json`: only references inside the schema (`#/…`) are followed",
        ),
        (
            json!({"$ref": "file:///etc/passwd"}),
            "`/$ref` refers to `file:///etc/passwd`: only references inside the schema (`#/…`) are followed",
        ),
        (
            json!({"$ref": "other.json#/a"}),
            "`/$ref` refers to `other.json#/a`: only references inside the schema (`#/…`) are followed",
        ),
        (
            json!({"$id": "urn:a", "$defs": {"b": {"$id": "urn:b"}}}),
            "`/$defs/b/$id` refers to `urn:b`: only references inside the schema (`#/…`) are followed",
        ),
        (
            json!({"$ref": "#/$defs/nowhere"}),
            "`/$ref` is no JSON Schema: there is no schema at `#/$defs/nowhere`",
        ),
        (
            json!({"$ref": "#nowhere"}),
            "`/$ref` is no JSON Schema: there is no schema at `#nowhere`",
        ),
        (
            json!({"pattern": "("}),
            "the pattern `(` at `/pattern` is no regular expression that runs in linear time",
        ),
        (
            json!({"patternProperties": {"(": {}}}),
            "the pattern `(` at `/patternProperties/(` is no regular expression that runs in linear time",
        ),
        (
            json!({"pattern": "(a)\\1"}),
            "the pattern `(a)\\\\1` at `/pattern` is no regular expression that runs in linear time",
        ),
        (
            json!({"pattern": "^(?=a)"}),
            "the pattern `^(?=a)` at `/pattern` is no regular expression that runs in linear time",
        ),
        (
            json!({"pattern": "(a{1000}){1000}"}),
            "the pattern `(a{1000}){1000}` at `/pattern` is no regular expression that runs in linear time",
        ),
        (nested, "the schema nests deeper than 64 levels"),
        (
            json!({"description": "a".repeat(limits::SCHEMA_BYTES)}),
            "the schema is longer than 262144 bytes",
        ),
    ];
    for (schema, expected) in table {
        let short: String = schema.to_string().chars().take(90).collect();
        assert_eq!(refused(&schema), expected, "{short}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_reference_without_end_is_refused_and_one_that_goes_into_the_value_is_not() {
    let endless = |pointer: &str| {
        format!("`{pointer}` refers back to itself, or its references multiply without end")
    };
    let doubling = |levels: usize| {
        let defs: Map<String, Value> = (0..levels)
            .map(|i| {
                let next = json!({"$ref": format!("#/$defs/d{}", i + 1)});
                (format!("d{i}"), json!({"allOf": [next, next]}))
            })
            .chain([(format!("d{levels}"), json!({}))])
            .collect();
        json!({"$ref": "#/$defs/d0", "$defs": defs})
    };
    let chain: Map<String, Value> = (0..200)
        .map(|i| {
            (
                format!("c{i:03}"),
                json!({"$ref": format!("#/$defs/c{:03}", i + 1)}),
            )
        })
        .chain([("c200".to_owned(), json!({}))])
        .collect();
    let compiles = "compiles".to_owned();
    let table = [
        (json!({"$ref": "#"}), endless("")),
        (json!({"allOf": [{"$ref": "#"}]}), endless("")),
        (
            json!({"anyOf": [{"not": {"$ref": "#/anyOf/0"}}]}),
            endless("/anyOf/0"),
        ),
        (
            json!({"$anchor": "top", "if": {"$dynamicRef": "#top"}}),
            endless(""),
        ),
        (
            json!({"$ref": "#/%24defs/a", "$defs": {"a": {"$ref": "#"}}}),
            endless(""),
        ),
        (
            json!({"dependentSchemas": {"a": {"$ref": "#"}}}),
            endless(""),
        ),
        (doubling(30), endless("/$defs/d18")),
        (json!({"$defs": chain}), endless("/$defs/c129")),
        (doubling(8), compiles.clone()),
        (
            json!({"properties": {"child": {"$ref": "#"}}}),
            compiles.clone(),
        ),
        (
            json!({"items": {"$ref": "#"}, "$defs": {"a": true}}),
            compiles.clone(),
        ),
        (
            json!({"properties": {"$ref": {"type": "string"}}}),
            compiles.clone(),
        ),
        (
            json!({"default": {"$ref": "https://example.com"}}),
            compiles.clone(),
        ),
        (
            json!({"$ref": "#/default", "default": {"$ref": "#/default"}}),
            "`/$ref` is no JSON Schema: there is no schema at `#/default`".to_owned(),
        ),
        (json!(true), compiles),
    ];
    for (schema, expected) in table {
        let short: String = schema.to_string().chars().take(90).collect();
        assert_eq!(refused(&schema), expected, "{short}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_violation_says_what_was_found_and_what_is_right() {
    let schema = json!({
        "type": "object",
        "required": ["host"],
        "additionalProperties": false,
        "properties": {
            "host": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z]*$"},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535},
            "level": {"enum": ["debug", "info"]},
            "mode": {"oneOf": [{"const": "fast"}, {"const": "slow"}]},
            "list": {"type": "array", "maxItems": 2, "uniqueItems": true},
            "few": {"type": "object", "minProperties": 1},
            "either": {"anyOf": [{"type": "string"}, {"type": "object"}]},
            "rate": {"type": "number", "exclusiveMinimum": 0},
            "none": false,
            "kind": {"type": ["string", "null"]},
            "retry": {"anyOf": [
                {"type": "object", "required": ["attempts"],
                 "properties": {"attempts": {"type": "integer", "minimum": 1}}},
                {"type": "null"}
            ]},
            "shape": {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "named": {"propertyNames": {"maxLength": 2}},
            "tagged": {"oneOf": [
                {"type": "object", "required": ["action"], "additionalProperties": false,
                 "properties": {"action": {}}},
                {"type": "object", "required": ["seconds"], "additionalProperties": false,
                 "properties": {"seconds": {}}}
            ]}
        }
    });
    let table = [
        (json!(3), "[] type: expected an object, found the number 3"),
        (json!({}), "[] required: missing key `host`"),
        (
            json!({"host": "a", "hsot": 1}),
            "[/hsot] additionalProperties: unknown key `hsot` -> host",
        ),
        (
            json!({"host": "a", "a/b~\u{7}": 1}),
            "[/a~1b~0\u{7}] additionalProperties: unknown key `a/b~\\u{7}`",
        ),
        (
            json!({"host": 5}),
            "[/host] type: expected text, found the number 5",
        ),
        (
            json!({"host": ""}),
            "[/host] minLength: 0 characters, allowed are 1 to 8",
        ),
        (
            json!({"host": "abcdefghi"}),
            "[/host] maxLength: 9 characters, allowed are 1 to 8",
        ),
        (
            json!({"host": "A\n"}),
            "[/host] pattern: `A\\n` does not match the pattern `^[a-z]*$`",
        ),
        (
            json!({"host": "a", "port": 0}),
            "[/port] minimum: 0 is outside 1 to 65535",
        ),
        (
            json!({"host": "a", "port": 65536}),
            "[/port] maximum: 65536 is outside 1 to 65535",
        ),
        (
            json!({"host": "a", "port": 1.5}),
            "[/port] type: expected a whole number, found the number 1.5",
        ),
        (
            json!({"host": "a", "level": "inof"}),
            "[/level] enum: `inof` is none of `debug` or `info` -> info",
        ),
        (
            json!({"host": "a", "mode": "fasst"}),
            "[/mode] enum: `fasst` is none of `fast` or `slow` -> fast",
        ),
        (
            json!({"host": "a", "list": [1, 2, 3]}),
            "[/list] maxItems: 3 items, allowed are at most 2",
        ),
        (
            json!({"host": "a", "list": [1, 1]}),
            "[/list] uniqueItems: an item is there twice",
        ),
        (
            json!({"host": "a", "few": {}}),
            "[/few] minProperties: 0 keys, allowed are at least 1",
        ),
        (
            json!({"host": "a", "either": 3}),
            "[/either] type: expected text or an object, found the number 3",
        ),
        (
            json!({"host": "a", "rate": 0}),
            "[/rate] exclusiveMinimum: 0 is not more than 0",
        ),
        (
            json!({"host": "a", "none": 1}),
            "[/none] falseSchema: nothing is allowed here",
        ),
        (
            json!({"host": "a", "kind": true}),
            "[/kind] type: expected null or text, found true",
        ),
        (
            json!({"host": "a", "kind": [1]}),
            "[/kind] type: expected null or text, found a list",
        ),
        (
            json!({"host": "a", "retry": {"attempts": 0}}),
            "[/retry/attempts] minimum: 0 is less than 1",
        ),
        (
            json!({"host": "a", "retry": {}}),
            "[/retry] required: missing key `attempts`",
        ),
        (
            json!({"host": "a", "shape": {}}),
            "[/shape] oneOf: fits none of the 2 allowed forms: missing key `a`; or: missing key `b`",
        ),
        (
            json!({"host": "a", "tagged": {"secnods": 1}}),
            "[/tagged/secnods] additionalProperties: unknown key `secnods` -> seconds",
        ),
        (
            json!({"host": "a", "named": {"abc": 1}}),
            "[/named/abc] propertyNames: a key is wrong: 3 characters, allowed are at most 2",
        ),
    ];
    for (value, expected) in table {
        assert_eq!(told(&schema, &value), [expected], "{value}");
    }
    assert_eq!(told(&schema, &json!({"host": "a", "kind": null})), [""; 0]);
}

#[test]
fn all_violations_are_told_at_once_up_to_the_bound() {
    let schema = json!({"items": {"type": "string"}});
    let value: Value = (0..100).collect();
    let told = told(&schema, &value);
    assert_eq!(told.len(), limits::VIOLATIONS);
    assert_eq!(told[31], "[/31] type: expected text, found the number 31");
}

#[test]
fn a_quoted_value_is_cut_short() {
    let schema = json!({"enum": ["a"]});
    let told = told(&schema, &json!("b".repeat(500)));
    assert_eq!(
        told,
        [format!(
            "[] enum: `{}…` is none of `a`",
            "b".repeat(limits::QUOTED_CHARS)
        )]
    );
}

#[test]
fn a_pattern_that_backtracks_elsewhere_runs_in_linear_time_here() {
    let schema = json!({"pattern": "^(a+)+$"});
    let compiled = CompiledSchema::compile(&schema).expect("because the pattern is regular");
    assert!(!compiled.fits(&json!("a".repeat(100_000) + "!")));
    assert_eq!(compiled.schema(), &schema);
}

#[test]
fn a_message_quotes_no_command_to_a_terminal_from_value_or_schema() {
    let schema = json!({
        "properties": {
            "pattern": {"pattern": "^\u{7f}\\d{3}$"},
            "word": {"enum": ["a\u{9b}2J", "b"]},
            "none": {"not": {"const": "\u{1b}c"}},
        }
    });
    let table = [
        (
            json!({"pattern": "x\u{7}"}),
            r"[/pattern] pattern: `x\u{7}` does not match the pattern `^\u{7f}\d{3}$`",
        ),
        (
            json!({"word": "\u{9b}"}),
            r"[/word] enum: `\u{9b}` is none of `a\u{9b}2J` or `b`",
        ),
        (json!({"none": "\u{1b}c"}), r"[/none] not: "),
    ];
    for (value, expected) in table {
        let told = told(&schema, &value);
        assert!(told[0].starts_with(expected), "{told:?}");
        assert!(!told[0].contains(char::is_control), "{told:?}");
    }
    let long = json!({"pattern": format!("^{}$", "a".repeat(1_000))});
    let told = self::told(&long, &json!("b"));
    assert!(told[0].len() < 200, "{told:?}");
}
