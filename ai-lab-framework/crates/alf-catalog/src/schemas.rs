//! A schema where a manifest says it is.

use std::path::{Component, Path, PathBuf};

use ai_lab_contract::SchemaSource;
use alf_schema::{CompiledSchema, SchemaError, StrictJsonError, strict_json};
use serde_json::Value;

use crate::limits;
use crate::read::{ReadError, read_text};

/// Why a schema that a manifest names cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaSourceError {
    /// Its path leaves the tool's folder.
    #[error("the schema file `{}` lies outside the tool's folder", .0.display())]
    OutsideFolder(PathBuf),
    /// Its file cannot be read.
    #[error("the schema file `{}` cannot be read", .file.display())]
    Unreadable {
        /// The file, as the manifest names it.
        file: PathBuf,
        /// Why.
        #[source]
        reason: ReadError,
    },
    /// Its file is no JSON.
    #[error("the schema file `{}` is wrong", .file.display())]
    NoJson {
        /// The file, as the manifest names it.
        file: PathBuf,
        /// Why, and where in the file.
        #[source]
        reason: StrictJsonError,
    },
    /// It is no schema that is accepted.
    #[error("the schema does not compile")]
    NoSchema(#[source] SchemaError),
}

/// Reads a schema: inline, or from a file in the tool's folder.
pub(crate) fn read_schema(
    source: &SchemaSource,
    folder: &Path,
) -> Result<Value, SchemaSourceError> {
    let name = match source {
        SchemaSource::Inline(schema) => return Ok(Value::Object(schema.clone())),
        SchemaSource::File(name) => PathBuf::from(name),
    };
    let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !name.components().all(stays) {
        return Err(SchemaSourceError::OutsideFolder(name));
    }
    let path = folder.join(&name);
    let real = |path: &Path| {
        path.canonicalize()
            .map_err(|error| SchemaSourceError::Unreadable {
                file: name.clone(),
                reason: ReadError::Io(error),
            })
    };
    let (real_file, real_folder) = (real(&path)?, real(folder)?);
    if !real_file.starts_with(real_folder) {
        return Err(SchemaSourceError::OutsideFolder(name));
    }
    let text = read_text(&real_file, limits::SCHEMA_FILE_BYTES).map_err(|reason| {
        SchemaSourceError::Unreadable {
            file: name.clone(),
            reason,
        }
    })?;
    strict_json::parse(text.as_bytes())
        .map_err(|reason| SchemaSourceError::NoJson { file: name, reason })
}

/// Reads and compiles a schema.
pub(crate) fn compile_schema(
    source: &SchemaSource,
    folder: &Path,
) -> Result<CompiledSchema, SchemaSourceError> {
    CompiledSchema::compile(&read_schema(source, folder)?).map_err(SchemaSourceError::NoSchema)
}
