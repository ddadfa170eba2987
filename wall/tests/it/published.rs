//! The published crates as an outsider sees them: by version, without the halves' workspaces.

use ai_lab_contract::v1::{Manifest, schema_documents};

#[test]
fn an_outsider_reads_a_manifest_and_the_schemas_with_the_contract_alone() {
    let manifest: Manifest = serde_json::from_str(
        r#"{"contract":1,"name":"probe","version":"0.1.0","description":"Answers.",
            "run":{"command":["./probe"]},
            "actions":{"ask":{"description":"Asks.","input":{},"output":{}}}}"#,
    )
    .expect("the smallest manifest is one");
    let files: Vec<&str> = schema_documents().iter().map(|d| d.file).collect();
    assert_eq!(manifest.name.as_str(), "probe");
    assert_eq!(
        files,
        [
            "manifest.schema.json",
            "request.schema.json",
            "answer.schema.json",
            "context.schema.json",
            "error-class.schema.json",
            "lab-lock.schema.json",
            "update-journal.schema.json"
        ]
    );
}

// Linked so that no lock of this checkout carries an idle patch of the seam.
use {ai_lab_client as _, ai_lab_tool as _};
