//! Keeps the files that a tool put out: `artifacts/EXECUTION/NAME` in the home, without secrets.

use std::borrow::Cow;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::Profile;
use alf_policy::Digest;
use alf_sandbox::{RefusedArtifact, TakenArtifacts};
use alf_secrets::Redactor;
use alf_store::{LogLevel, LogLine};
use serde::{Deserialize, Serialize};

use super::record::Recording;

/// Below the framework's home, where artifacts are.
pub(crate) const ARTIFACTS: &str = "artifacts";

/// A file that a tool put out, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptArtifact {
    /// The name that the tool gave it, with `/` between its folders.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has.
    pub bytes: u64,
    /// The digest of what it holds.
    pub digest: Digest,
}

/// What came of keeping them.
pub(super) struct Kept {
    pub(super) artifacts: Vec<KeptArtifact>,
    refused: Vec<RefusedArtifact>,
}

impl Kept {
    /// A line for each file: its digest, or why it is not kept.
    pub(super) fn log_lines(&self, at_ms: i64) -> Vec<LogLine> {
        let line = |level, text| LogLine { at_ms, level, text };
        let kept = self.artifacts.iter().map(|kept| {
            let KeptArtifact {
                name,
                bytes,
                digest,
                ..
            } = kept;
            let text = format!("artifact `{name}`: {bytes} bytes, {digest}");
            line(LogLevel::Info, text)
        });
        let refused = self.refused.iter().map(|refused| {
            let RefusedArtifact { name, why } = refused;
            let text = format!("artifact `{name}` is not kept: {why}");
            line(LogLevel::Warn, text)
        });
        kept.chain(refused).collect()
    }
}

/// Writes down what was taken. What cannot be written is told, and changes nothing about the answer.
pub(super) fn keep(recording: &Recording<'_>, profile: Profile, taken: TakenArtifacts) -> Kept {
    let home = &recording.framework.surroundings.home;
    let folder = home.join(ARTIFACTS).join(recording.execution.as_str());
    let mut kept = Kept {
        artifacts: Vec::new(),
        refused: taken.refused,
    };
    for artifact in taken.artifacts {
        let path = folder.join(&artifact.name);
        let written = without_secrets(&recording.redactor, &artifact.name, &artifact.contents)
            .and_then(|contents| {
                write(&path, &contents, profile).map_err(|error| error.to_string())?;
                Ok(contents)
            });
        match written {
            Ok(contents) => kept.artifacts.push(KeptArtifact {
                bytes: contents.len() as u64,
                digest: Digest::of(&contents),
                name: artifact.name,
                path,
            }),
            Err(why) => kept.refused.push(RefusedArtifact {
                name: artifact.name,
                why,
            }),
        }
    }
    kept
}

/// What may be kept of a file. A text is kept without its secrets; another file is whole or not kept.
fn without_secrets<'a>(
    redactor: &Redactor,
    name: &str,
    contents: &'a [u8],
) -> Result<Cow<'a, [u8]>, String> {
    if let Cow::Owned(_) = redactor.text(name) {
        return Err("its name holds a secret".to_owned());
    }
    let redacted = redactor.bytes(contents);
    if matches!(redacted, Cow::Owned(_)) && str::from_utf8(contents).is_err() {
        return Err("it holds a secret and is no text".to_owned());
    }
    Ok(redacted)
}

/// A new file, for its owner alone; half a one does not stay.
fn write(path: &Path, contents: &[u8], profile: Profile) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let written = file.write_all(contents).and_then(|()| match profile {
        Profile::Production => {
            file.sync_all()?;
            File::open(folder)?.sync_all()
        }
        Profile::Standard | Profile::Experimental => Ok(()),
    });
    if written.is_err() {
        let _half = std::fs::remove_file(path);
    }
    written
}
