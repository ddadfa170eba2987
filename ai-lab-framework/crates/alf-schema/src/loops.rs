//! Whether a schema's references stay inside it and come to an end.

use serde_json::Value;

use crate::SchemaError;

/// Refuses references that leave the schema.
pub(crate) fn check_references(schema: &Value) -> Result<(), SchemaError> {
    outside(schema, String::new())
}

fn outside(value: &Value, pointer: String) -> Result<(), SchemaError> {
    match value {
        Value::Object(members) => {
            for (key, child) in members {
                let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                if let (true, Some(reference)) =
                    (matches!(&**key, "$ref" | "$dynamicRef"), child.as_str())
                    && !reference.starts_with('#')
                {
                    let reference = reference.to_owned();
                    return Err(SchemaError::OutsideReference {
                        pointer: place,
                        reference,
                    });
                }
                outside(child, place)?;
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| outside(item, format!("{pointer}/{index}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
