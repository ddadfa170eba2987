//! The JSON Schemas of the contract, generated from its types.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use super::{Answer, Context, ErrorClass, JournalHead, LabLock, Manifest, Request};

/// One schema with the name of the file it is committed under.
#[derive(Clone, Debug)]
pub struct SchemaDocument {
    /// The file under `schemas/v1`, such as `manifest.schema.json`.
    pub file: &'static str,
    /// The schema (2020-12).
    pub schema: Schema,
}

fn document<T: JsonSchema>(file: &'static str, id: &'static str) -> SchemaDocument {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), id.into());
    SchemaDocument { file, schema }
}

/// All schemas of contract version 1.
pub fn schema_documents() -> Vec<SchemaDocument> {
    vec![
        document::<Manifest>("manifest.schema.json", "urn:ai-lab:contract:1:manifest"),
        document::<Request>("request.schema.json", "urn:ai-lab:contract:1:request"),
        document::<Answer>("answer.schema.json", "urn:ai-lab:contract:1:answer"),
        document::<Context>("context.schema.json", "urn:ai-lab:contract:1:context"),
        document::<ErrorClass>(
            "error-class.schema.json",
            "urn:ai-lab:contract:1:error-class",
        ),
        document::<LabLock>("lab-lock.schema.json", "urn:ai-lab:contract:1:lab-lock"),
        document::<JournalHead>(
            "update-journal.schema.json",
            "urn:ai-lab:contract:1:update-journal",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Compares with the committed files; `AI_LAB_BLESS=1` writes them anew.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "blessing schemas is this test's own door"
    )]
    fn the_committed_schemas_are_the_generated_ones() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/v1");
        for document in schema_documents() {
            let path = folder.join(document.file);
            let generated =
                serde_json::to_string_pretty(&document.schema).expect("a schema is JSON") + "\n";
            if std::env::var_os("AI_LAB_BLESS").is_some() {
                std::fs::write(&path, &generated).expect("the schema folder is writable");
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == generated,
                "{} differs: run with AI_LAB_BLESS=1",
                document.file
            );
        }
    }
}
