//! How much of the record is kept: what the person's `config.toml` says, else the framework.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_config::{FrameworkSettings, LAB_FILE_BYTES, parse_framework_file};
use alf_store::Retention;
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;
use crate::surroundings::Surroundings;

const DAY_MS: i64 = 86_400_000;

/// The bounds of the record and of what lies beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RecordBounds {
    /// Those of the database and of kept outputs.
    #[serde(flatten)]
    pub retention: Retention,
    /// How many bytes kept artifacts may use; the oldest executions' go first, those of the last day never.
    pub most_artifact_bytes: u64,
}

impl Default for RecordBounds {
    /// [`Retention`]'s, and 4 GiB of artifacts.
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            most_artifact_bytes: 4 << 30,
        }
    }
}

impl Surroundings {
    /// The framework's own settings.
    pub fn settings_file(&self) -> PathBuf {
        self.home.join("config.toml")
    }
}

/// The bounds in force. A file that cannot be read is an error: nothing is taken away by a bound that the person did
/// not mean.
pub fn record_bounds(framework: &Framework) -> Result<RecordBounds, Failure> {
    let path = framework.surroundings.settings_file();
    let Some(text) = read(&path)? else {
        return Ok(RecordBounds::default());
    };
    let settings = parse_framework_file(&text).map_err(|error| {
        let told = format!("{} is no configuration of the framework", path.display());
        Failure::caused(ErrorClass::Config, told, error)
            .with_hint("Mend it; docs/RECORD.md lists its keys. Nothing is pruned until then.")
    })?;
    Ok(bounds(&settings))
}

fn bounds(settings: &FrameworkSettings) -> RecordBounds {
    let usual = RecordBounds::default();
    let days = |days: u64| {
        i64::try_from(days)
            .unwrap_or(i64::MAX)
            .saturating_mul(DAY_MS)
    };
    RecordBounds {
        retention: Retention {
            keep_for_ms: settings.keep_days.map_or(usual.retention.keep_for_ms, days),
            most_executions: settings
                .most_executions
                .unwrap_or(usual.retention.most_executions),
            most_bytes: settings.most_bytes.unwrap_or(usual.retention.most_bytes),
        },
        most_artifact_bytes: settings
            .most_artifact_bytes
            .unwrap_or(usual.most_artifact_bytes),
    }
}

/// The file's text, one byte more of it than may be at most; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let unreadable = |error| {
        let told = format!("cannot read {}", path.display());
        Failure::caused(ErrorClass::Environment, told, error)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        // Where the home is no folder there is none either; whoever writes there says so.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = String::new();
    let mut bounded = file.take(LAB_FILE_BYTES as u64 + 1);
    bounded.read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_the_frameworks_choice() {
        assert_eq!(
            bounds(&FrameworkSettings::default()),
            RecordBounds::default()
        );
        let settings = FrameworkSettings {
            keep_days: Some(90),
            most_artifact_bytes: Some(0),
            ..FrameworkSettings::default()
        };
        assert_eq!(
            bounds(&settings),
            RecordBounds {
                retention: Retention {
                    keep_for_ms: 90 * DAY_MS,
                    ..Retention::default()
                },
                most_artifact_bytes: 0,
            }
        );
    }
}
