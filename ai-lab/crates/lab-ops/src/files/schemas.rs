//! The schemas of the files, for editors and other programs.

use std::path::Path;

use lab_files::{schema, schema_name};
use lab_mirror::{FileDesk, FileError};
use lab_model::EntityKind;

/// Has `data/schemas/` say what this version reads and writes.
pub(super) fn publish_schemas(root: &Path) -> Result<(), FileError> {
    let mut desk = FileDesk::for_few(root);
    for kind in EntityKind::ALL {
        let path = format!("data/schemas/{}", schema_name(*kind));
        let text = schema(*kind);
        let seen = desk.stamp(&path);
        if seen.is_some() && desk.read(&path).is_ok_and(|(there, _)| there == text) {
            continue;
        }
        desk.replace(&path, &text, seen)?;
    }
    Ok(())
}
