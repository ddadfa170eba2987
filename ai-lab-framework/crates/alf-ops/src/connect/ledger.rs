//! The ledger of connections: `connections.json` in the framework's home.
//!
//! It says what was made for an entry, so that taking it out leaves a client's file as it was. Without it an entry is
//! found and taken out all the same; an empty table may stay behind.

use std::fs::File;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_catalog::{ReadError, read_text};
use alf_connect::{Client, Made, Scope};
use serde::{Deserialize, Serialize};

use super::place::write_whole;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::new_tool::{made_home, unwritten};

/// The longest ledger, in bytes. Stops a file that nobody here wrote.
const LEDGER_BYTES: u64 = 1_048_576;
/// The form of the file.
const FORMAT: u32 = 1;

/// One client that was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) scope: Scope,
    pub(super) file: PathBuf,
    pub(super) made: Made,
    /// When it was first connected: an RFC 3339 instant in UTC.
    pub(super) at: String,
}

/// One guide that our lines were put into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Guide {
    pub(super) file: PathBuf,
    pub(super) made: Made,
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    format: u32,
    pub(super) connections: Vec<Connection>,
    pub(super) guides: Vec<Guide>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            format: FORMAT,
            connections: Vec::new(),
            guides: Vec::new(),
        }
    }
}

impl Ledger {
    /// The ledger; an empty one where there is none.
    pub(super) fn read(framework: &Framework) -> Result<Self, Failure> {
        let path = path(framework);
        let text = match read_text(&path, LEDGER_BYTES) {
            Ok(text) => text,
            Err(ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(unusable(&path, error)),
        };
        let ledger: Self = serde_json::from_str(&text).map_err(|error| unusable(&path, error))?;
        if ledger.format == FORMAT {
            return Ok(ledger);
        }
        let told = format!(
            "{} is of form {}, this framework reads {FORMAT}",
            path.display(),
            ledger.format
        );
        Err(Failure::new(ErrorClass::Incompatible, told)
            .with_hint("Use the framework that wrote it, or move the file away."))
    }

    /// Reads, changes and replaces it while no other process does.
    pub(super) fn change(
        framework: &Framework,
        change: impl FnOnce(&mut Self),
    ) -> Result<(), Failure> {
        let home = made_home(&framework.surroundings.home)?;
        let path = path(framework);
        let folder = File::open(home).map_err(|error| unwritten(&path, error))?;
        // Released with the descriptor, also when this process is killed.
        folder.lock().map_err(|error| unwritten(&path, error))?;
        let mut ledger = Self::read(framework)?;
        let before = ledger.clone();
        change(&mut ledger);
        if ledger == before {
            return Ok(());
        }
        let mut text = serde_json::to_string_pretty(&ledger)
            .expect("because paths that came from text are text");
        text.push('\n');
        write_whole(&path, &text, 0o600).map_err(|error| unwritten(&path, error))
    }

    pub(super) fn connection(&self, client: Client, scope: &Scope) -> Option<&Connection> {
        let mut rows = self.connections.iter();
        rows.find(|row| row.client == client && row.scope == *scope)
    }

    pub(super) fn guide(&self, file: &Path) -> Option<&Guide> {
        self.guides.iter().find(|guide| guide.file == file)
    }
}

fn path(framework: &Framework) -> PathBuf {
    framework.surroundings.home.join("connections.json")
}

fn unusable(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    let told = format!("cannot use {}", path.display());
    Failure::caused(ErrorClass::Config, told, error).with_hint(
        "Move the file away: connections are found without it, but what was made for them is forgotten.",
    )
}
