//! The documents' JSON Schemas (2020-12), made from the same table that reads and writes them.

use lab_model::EntityKind;
use serde_json::{Map, Value, json};

use crate::document::FORMAT;
use crate::fields::{Field, Part, Scalar, Shape, fields, needed};

/// The file name of a kind's schema, such as `work-item.json`.
pub const fn schema_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Project => "project.json",
        EntityKind::Idea => "idea.json",
        EntityKind::Item => "work-item.json",
        EntityKind::Milestone => "milestone.json",
        EntityKind::Repo => "repo.json",
    }
}

/// The schema of a kind's documents, as its file says it.
pub fn schema(kind: EntityKind) -> String {
    let mut properties = Map::new();
    let mut put = |key: &str, about: &str, mut value: Value| {
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), about.into());
        }
        properties.insert(key.to_owned(), value);
    };
    put("format", "The format's version.", json!({"const": FORMAT}));
    put("kind", "What it is.", json!({"const": kind.as_str()}));
    let uid = json!({"type": "string", "format": "uuid"});
    put(
        "uid",
        "Its identity; leave it out in a file that you write, and the next sync gives it one.",
        uid,
    );
    put(
        "label",
        "What people call it; leave it out, and the next sync gives it one.",
        json!({"type": "string", "minLength": 1, "maxLength": 64}),
    );
    put(
        "aliases",
        "What people called it before.",
        json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true}),
    );
    for field in fields(kind) {
        put(field.name, field.about, of_field(field));
    }
    put(
        "conflicts",
        "What two branches say differently; `ai-lab sync resolve` settles it.",
        json!({"type": "array", "items": {"type": "object", "required": ["field"]}}),
    );
    put(
        "updated_at",
        "When it was last changed.",
        of_scalar(Scalar::Moment),
    );
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("ai-lab {kind}"),
        "description": "Fields that are not named here are kept as they are.",
        "type": "object",
        "required": ["format", needed(kind)],
        "properties": properties,
    });
    format!("{whole:#}\n")
}

fn of_field(field: &Field) -> Value {
    let mut told = match field.shape {
        Shape::One(scalar) => of_scalar(scalar),
        Shape::Tags => {
            let tag = json!({"type": "string", "minLength": 1, "maxLength": 100});
            json!({"type": "array", "items": tag, "uniqueItems": true})
        }
        Shape::Dependencies(kind) => {
            let on = of_scalar(Scalar::Reference(kind));
            json!({"type": "array", "items": on, "uniqueItems": true})
        }
        Shape::List(entries) => {
            let object = of_parts(entries.parts, true);
            json!({"type": "array", "items": {"anyOf": [object, {"type": "string"}]}})
        }
        Shape::Object(parts) => of_parts(parts, false),
    };
    if let (Some(default), Some(object)) = (field.default, told.as_object_mut()) {
        object.insert("default".to_owned(), default.into());
    }
    told
}

fn of_parts(parts: &[Part], has_uid: bool) -> Value {
    let mut properties: Map<String, Value> = parts
        .iter()
        .map(|part| (part.key.to_owned(), of_scalar(part.scalar)))
        .collect();
    if has_uid {
        let uid = json!({"type": "string", "format": "uuid"});
        properties.insert("uid".to_owned(), uid);
    }
    let needed: Vec<&str> = parts
        .iter()
        .filter(|part| part.needed)
        .map(|part| part.key)
        .collect();
    json!({
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn of_scalar(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Text | Scalar::MaybeText => json!({"type": "string"}),
        Scalar::Word(words) => json!({"enum": words}),
        Scalar::Hours => json!({"type": "number", "minimum": 0, "maximum": 1_000_000}),
        Scalar::Count => json!({"type": "integer", "minimum": 0}),
        Scalar::Flag => json!({"type": "boolean"}),
        Scalar::Day => json!({"type": "string", "format": "date"}),
        Scalar::Moment => json!({"type": "string", "format": "date-time"}),
        Scalar::Reference(_) => json!({"type": "string", "minLength": 1}),
        Scalar::Actor => json!({
            "type": "string",
            "pattern": "^(person|agent|sync|import):.+$",
        }),
        Scalar::Prefix => json!({"type": "string", "pattern": "^[A-Z][A-Z0-9]{0,11}$"}),
        Scalar::RepoName => json!({"type": "string", "pattern": "^[^/]+/[^/]+$"}),
    }
}
