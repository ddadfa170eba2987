//! The framework's own settings: `config.toml` in its home.

use std::sync::LazyLock;

use alf_schema::CompiledSchema;
use serde_json::{Value, json};
use thiserror::Error;

use crate::finding::ConfigFindings;
use crate::lab_file::{LabFileError, parse_lab_file};
use crate::layer::{Layer, Origin, layer};

/// What a person may set for the framework itself; `None` leaves the framework's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameworkSettings {
    /// `retention.keep_days`: how long an execution is kept after its start.
    pub keep_days: Option<u64>,
    /// `retention.most_executions`: how many executions are kept.
    pub most_executions: Option<u64>,
    /// `retention.most_bytes`: how many bytes the database and kept outputs may use.
    pub most_bytes: Option<u64>,
    /// `retention.most_artifact_bytes`: how many bytes kept artifacts may use.
    pub most_artifact_bytes: Option<u64>,
}

/// Why a text holds no settings.
#[derive(Debug, Error)]
pub enum FrameworkFileError {
    /// It cannot be read as a configuration file.
    #[error(transparent)]
    Unreadable(#[from] LabFileError),
    /// It sets something that there is not, or to a value that cannot be.
    #[error(transparent)]
    Unfit(#[from] ConfigFindings),
}

static SCHEMA: LazyLock<CompiledSchema> = LazyLock::new(|| {
    CompiledSchema::compile(&framework_file_schema()).expect("because this schema is right")
});

/// The keys of the file, with what each may be, as a JSON Schema.
pub fn framework_file_schema() -> Value {
    let count =
        |least: u64, most: u64| json!({ "type": "integer", "minimum": least, "maximum": most });
    // TOML has no integer above this.
    let any = i64::MAX.unsigned_abs();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "retention": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    // A hundred years.
                    "keep_days": count(1, 36_500),
                    "most_executions": count(1, any),
                    "most_bytes": count(1 << 20, any),
                    "most_artifact_bytes": count(0, any),
                },
            },
        },
    })
}

/// Reads the text of the file. What is not set stays the framework's choice.
pub fn parse_framework_file(text: &str) -> Result<FrameworkSettings, FrameworkFileError> {
    let values = parse_lab_file(text)?;
    let layers = [Layer {
        origin: Origin::User,
        values,
    }];
    let merged = layer(&layers, Some(&SCHEMA)).map_err(in_one_file)?.values;
    let retention = merged.get("retention").and_then(Value::as_object);
    let number = |key: &str| retention?.get(key)?.as_u64();
    Ok(FrameworkSettings {
        keep_days: number("keep_days"),
        most_executions: number("most_executions"),
        most_bytes: number("most_bytes"),
        most_artifact_bytes: number("most_artifact_bytes"),
    })
}

/// Whoever set it, it stands in this file.
pub(crate) fn in_one_file(mut findings: ConfigFindings) -> ConfigFindings {
    for finding in &mut findings.0 {
        finding.origin = None;
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<FrameworkSettings, String> {
        parse_framework_file(text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_set_is_read_and_the_rest_is_left() {
        assert_eq!(told(""), Ok(FrameworkSettings::default()));
        assert_eq!(
            told("[retention] # of the record\nkeep_days = 90\nmost_bytes = 1_073_741_824\n"),
            Ok(FrameworkSettings {
                keep_days: Some(90),
                most_bytes: Some(1 << 30),
                ..FrameworkSettings::default()
            })
        );
        assert_eq!(
            told("retention = { most_executions = 5, most_artifact_bytes = 0 }"),
            Ok(FrameworkSettings {
                most_executions: Some(5),
                most_artifact_bytes: Some(0),
                ..FrameworkSettings::default()
            })
        );
    }

    #[test]
    fn what_there_is_not_and_what_cannot_be_is_named() {
        for (text, wrong) in [
            (
                "[retention]\nkeep_day = 1",
                "`retention.keep_day`: unknown key `keep_day`; did you mean `keep_days`",
            ),
            (
                "[retention]\nkeep_days = \"a year\"",
                "`retention.keep_days`: expected a whole number, found the text `a year`",
            ),
            (
                "[retention]\nmost_bytes = 5",
                "`retention.most_bytes`: 5 is outside 1048576 to 9223372036854775807",
            ),
            (
                "retention = 1",
                "`retention`: expected an object, found the number 1",
            ),
            (
                "[retention",
                "line 1 is no TOML: unclosed table, expected `]`",
            ),
        ] {
            assert_eq!(told(text), Err(wrong.to_owned()));
        }
    }
}
