//! What a collector outside of the sandbox wrote down, because asking needs privilege: systemd's units, SMART reports.
//!
//! Each file is written as a whole. Its age is that of the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use jiff::Timestamp;
use rustix::fs::OFlags;
use serde_json::Value;
use thiserror::Error;

use crate::settings::Settings;

/// The longest file that is read, in bytes. Stops a file that grew without end from taking all memory.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// After how many seconds what was collected is called stale.
pub(crate) const STALE_S: u64 = 15 * 60;

/// What there is no answer from. It is told; nothing fails by it.
#[derive(Debug, Error)]
pub(crate) enum CollectedError {
    /// Nobody has written it.
    #[error(
        "{path} is not there; `homeserver-agent collect` writes it, run by a timer as whoever may ask"
    )]
    Absent {
        /// The file.
        path: String,
    },
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: String,
        /// What the kernel says.
        source: io::Error,
    },
    /// It is no JSON.
    #[error("{path} is no JSON")]
    NotJson {
        /// The file.
        path: String,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
}

impl CollectedError {
    /// The error with its cause, as one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Absent { .. } => self.to_string(),
            Self::Unreadable { source, .. } => format!("{self}: {source}"),
            Self::NotJson { source, .. } => format!("{self}: {source}"),
        }
    }
}

/// One file of what was collected.
#[derive(Debug)]
pub(crate) struct Report {
    /// What it says.
    pub(crate) value: Value,
    /// How old it is; 0 for one from the future.
    pub(crate) age_s: u64,
}

impl Report {
    /// Whether it is too old to be believed without a word.
    pub(crate) fn is_stale(&self) -> bool {
        self.age_s > STALE_S
    }
}

/// The collector's folder.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    folder: PathBuf,
    now: Timestamp,
}

impl Collected {
    /// The configured folder; a relative one lies in the tool's own, where the tool is started.
    pub(crate) fn configured(settings: &Settings, now: Timestamp) -> Self {
        Self {
            folder: PathBuf::from(&settings.collected),
            now,
        }
    }

    /// A file as JSON.
    pub(crate) fn read(&self, name: &str) -> Result<Report, CollectedError> {
        let path = self.folder.join(name);
        let shown = path.display().to_string();
        let (bytes, age_s) = match self.bytes(name) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(CollectedError::Absent { path: shown });
            }
            Err(source) => {
                return Err(CollectedError::Unreadable {
                    path: shown,
                    source,
                });
            }
        };
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Report { value, age_s }),
            Err(source) => Err(CollectedError::NotJson {
                path: shown,
                source,
            }),
        }
    }

    /// The names of the JSON files in a folder of it, without `.json`, sorted; none where there is no such folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.join(folder)) else {
            return vec![];
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                name.strip_suffix(".json").map(str::to_owned)
            })
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    fn bytes(&self, name: &str) -> io::Result<(Vec<u8>, u64)> {
        // Without waiting: a named pipe that nobody writes to would hang the answer.
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
        let file: File = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(self.folder.join(name))?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        if about.len() > FILE_BYTES {
            return Err(io::Error::other(format!(
                "it is longer than {FILE_BYTES} bytes"
            )));
        }
        let written = Timestamp::try_from(about.modified()?).map_err(io::Error::other)?;
        let age_s = self.now.as_second().saturating_sub(written.as_second());
        let mut bytes = Vec::new();
        file.take(FILE_BYTES).read_to_end(&mut bytes)?;
        Ok((bytes, u64::try_from(age_s).unwrap_or(0)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::machine::tests::machine;
    use std::path::Path;
    use std::time::{Duration, UNIX_EPOCH};

    /// What lies below that root, as of that second.
    pub(crate) fn collected(root: &Path, now_s: i64) -> Collected {
        Collected {
            folder: root.to_owned(),
            now: Timestamp::from_second(now_s).expect("a time"),
        }
    }

    /// Says of a file that it was written at that second.
    pub(crate) fn written_at(path: &Path, second: u64) {
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .expect("the file is there");
        file.set_modified(UNIX_EPOCH + Duration::from_secs(second))
            .expect("its time can be set");
    }

    #[test]
    fn what_was_collected_has_an_age() {
        let root = machine(&[("units.json", "[1]"), ("smart/sda.json", "{}")]);
        written_at(&root.path().join("units.json"), 1000);
        let aged = |now_s| {
            let report = collected(root.path(), now_s).read("units.json");
            let report = report.expect("it is there");
            (report.age_s, report.is_stale(), report.value)
        };
        assert_eq!(aged(1900), (900, false, serde_json::json!([1])));
        assert_eq!(aged(1901), (901, true, serde_json::json!([1])));
        assert_eq!(aged(500), (0, false, serde_json::json!([1])));
        let all = collected(root.path(), 0);
        assert_eq!(all.names("smart"), ["sda"]);
        assert_eq!(all.names("none"), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_there_broken_too_long_or_no_file_is_told() {
        let root = machine(&[("broken.json", "[1,"), ("folder/x", "")]);
        let long = File::create(root.path().join("long.json")).expect("a file");
        long.set_len(FILE_BYTES + 1).expect("a length");
        let pipe = root.path().join("pipe.json");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .expect("a pipe");
        let told = |name: &str| {
            let error = collected(root.path(), 0).read(name).expect_err("it is bad");
            error
                .sentence()
                .replace(&root.path().display().to_string(), "F")
        };
        assert_eq!(
            [
                "none.json",
                "broken.json",
                "folder",
                "pipe.json",
                "long.json"
            ]
            .map(told),
            [
                "F/none.json is not there; `homeserver-agent collect` writes it, run by a timer as whoever may ask",
                "F/broken.json is no JSON: EOF while parsing a value at line 1 column 3",
                "F/folder cannot be read: it is no regular file",
                "F/pipe.json cannot be read: it is no regular file",
                "F/long.json cannot be read: it is longer than 4194304 bytes",
            ]
        );
    }
}
