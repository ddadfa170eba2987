//! Whether a schema's references stay inside it and come to an end.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::wording::shown;
use crate::{SchemaError, limits};

/// Refuses references that leave the schema, that come back to themselves without going into the value,
/// and those that multiply the work for one value beyond [`limits::SCHEMA_WORK`].
pub(crate) fn check_references(schema: &Value) -> Result<(), SchemaError> {
    let mut graph = Graph {
        schema,
        nodes: BTreeMap::new(),
        anchors: BTreeMap::new(),
    };
    graph.add(schema, String::new())?;
    let pointers: Vec<String> = graph.nodes.keys().cloned().collect();
    for pointer in pointers {
        graph.work(&pointer, 0)?;
    }
    Ok(())
}

/// Keywords that hold subschemas by a name that the author chose.
const BY_NAME: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];

/// Keywords that hold data, in which `$ref` is a word like any other.
const DATA: [&str; 4] = ["const", "enum", "default", "examples"];

/// What is known of the work below a subschema.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Unknown,
    /// Being counted: coming here again is a loop.
    Underway,
    Counted(Cost),
}

/// What a subschema costs for one value.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cost {
    /// How many subschemas apply, itself included.
    schemas: u64,
    /// How many are applied within one another.
    levels: usize,
}

struct Graph<'a> {
    schema: &'a Value,
    /// Every subschema that is an object, by JSON Pointer, with the pointers of what applies to the same value.
    nodes: BTreeMap<String, (Vec<Edge>, Work)>,
    /// `$anchor` and `$dynamicAnchor`, with the subschema that each names.
    anchors: BTreeMap<String, String>,
}

/// That one subschema applies to the same value as another.
#[derive(Clone)]
struct Edge {
    /// The keyword's own place.
    from: String,
    to: Target,
}

/// Where a subschema is.
#[derive(Clone)]
enum Target {
    Pointer(String),
    Anchor(String),
}

impl Graph<'_> {
    /// Adds a subschema and all below it.
    fn add(&mut self, value: &Value, pointer: String) -> Result<(), SchemaError> {
        match value {
            Value::Object(members) => {
                for (key, child) in members {
                    let place = step(&pointer, key);
                    match child {
                        Value::Object(named) if BY_NAME.contains(&key.as_str()) => named
                            .iter()
                            .try_for_each(|(name, child)| self.add(child, step(&place, name)))?,
                        _ if DATA.contains(&key.as_str()) => {}
                        _ => self.add(child, place)?,
                    }
                }
                let edges = self.edges(members, &pointer)?;
                self.nodes.insert(pointer, (edges, Work::Unknown));
                Ok(())
            }
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.add(item, format!("{pointer}/{index}"))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn edges(
        &mut self,
        members: &Map<String, Value>,
        pointer: &str,
    ) -> Result<Vec<Edge>, SchemaError> {
        let mut edges = Vec::new();
        for (key, child) in members {
            let from = step(pointer, key);
            let mut add = |to| {
                let from = from.clone();
                edges.push(Edge { from, to });
            };
            match (key.as_str(), child) {
                ("$ref" | "$dynamicRef", Value::String(reference)) => {
                    add(target_of(reference, &from)?);
                }
                ("$id", Value::String(reference)) if !pointer.is_empty() => {
                    return Err(outside(reference, &from));
                }
                ("$anchor" | "$dynamicAnchor", Value::String(name)) => {
                    self.anchors.insert(name.clone(), pointer.to_owned());
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(options)) => (0..options.len())
                    .for_each(|index| add(Target::Pointer(format!("{from}/{index}")))),
                ("not" | "if" | "then" | "else", _) => add(Target::Pointer(from.clone())),
                ("dependentSchemas", Value::Object(schemas)) => schemas
                    .keys()
                    .for_each(|name| add(Target::Pointer(step(&from, name)))),
                _ => {}
            }
        }
        Ok(edges)
    }

    /// Counts what `pointer` costs, `level` subschemas deep.
    fn work(&mut self, pointer: &str, level: usize) -> Result<Cost, SchemaError> {
        let endless = || SchemaError::EndlessReference {
            pointer: pointer.to_owned(),
        };
        let Some((edges, work)) = self.nodes.get_mut(pointer) else {
            // `true` and `false` cost nothing to follow.
            return Ok(Cost {
                schemas: 1,
                levels: 1,
            });
        };
        match *work {
            Work::Counted(cost) => return Ok(cost),
            Work::Underway => return Err(endless()),
            Work::Unknown if level > limits::SCHEMA_LEVELS => return Err(endless()),
            Work::Unknown => *work = Work::Underway,
        }
        let mut cost = Cost {
            schemas: 1,
            levels: 1,
        };
        for edge in edges.clone() {
            let inner = self.work(&self.followed(edge)?, level + 1)?;
            cost.schemas = cost.schemas.saturating_add(inner.schemas);
            cost.levels = cost.levels.max(inner.levels + 1);
        }
        if cost.schemas > limits::SCHEMA_WORK || cost.levels > limits::SCHEMA_LEVELS {
            return Err(endless());
        }
        if let Some((_, work)) = self.nodes.get_mut(pointer) {
            *work = Work::Counted(cost);
        }
        Ok(cost)
    }

    /// The pointer of the subschema that an edge leads to.
    fn followed(&self, edge: Edge) -> Result<String, SchemaError> {
        let (pointer, told) = match edge.to {
            Target::Pointer(pointer) => (Some(pointer.clone()), format!("#{pointer}")),
            Target::Anchor(name) => (self.anchors.get(&name).cloned(), format!("#{name}")),
        };
        let there = |pointer: &String| {
            self.nodes.contains_key(pointer)
                || matches!(self.schema.pointer(pointer), Some(Value::Bool(_)))
        };
        pointer.filter(there).ok_or_else(|| SchemaError::Invalid {
            pointer: edge.from,
            reason: format!("there is no schema at `{}`", shown(&told)),
        })
    }
}

/// Where a reference leads; only `#`, `#/…` and `#anchor` are followed.
fn target_of(reference: &str, from: &str) -> Result<Target, SchemaError> {
    let fragment = reference
        .strip_prefix('#')
        .ok_or_else(|| outside(reference, from))?;
    if fragment.is_empty() || fragment.starts_with('/') {
        return Ok(Target::Pointer(percent_decoded(fragment)));
    }
    Ok(Target::Anchor(fragment.to_owned()))
}

fn outside(reference: &str, from: &str) -> SchemaError {
    SchemaError::OutsideReference {
        pointer: from.to_owned(),
        reference: reference.to_owned(),
    }
}

fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// `%41` is `A`; what is no such pair stays as it is.
fn percent_decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| first == b'%');
        let decoded = pair
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
