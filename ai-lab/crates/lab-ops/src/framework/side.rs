//! The lab's own database, as an update needs it.

use lab_model::Moment;
use lab_store::{OpenMode, Opening, SqliteStore};
use lab_update::{LabRefusal, LabSide, LabWork};

use crate::backup::{BackupKind, CreateBackup, CreateBackupError, create};
use crate::{Failure, Lab, Places};

/// How many names, a millisecond apart, are tried for a backup.
const NAMES: i64 = 100;

/// A lab's database.
#[derive(Debug)]
pub struct Side<'a> {
    pub(super) lab: &'a Lab,
    pub(super) places: Places<'a>,
    pub(super) at: Moment,
}

impl LabSide for Side<'_> {
    fn work(&mut self, work: &LabWork) -> Result<String, LabRefusal> {
        match work {
            LabWork::Copy { to } => {
                let store = self.lab.open_as_it_is(self.at).map_err(|it| refusal(&it))?;
                store.snapshot(to).map_err(|error| LabRefusal {
                    message: told(&error),
                    class: ai_lab_contract::ErrorClass::Environment,
                })?;
                Ok("copied".to_owned())
            }
            LabWork::TryOut { database } => self.try_out(database),
            LabWork::BackUp => self.back_up(),
            LabWork::Migrate => {
                let store = self.lab.open_as_it_is(self.at).map_err(|it| refusal(&it))?;
                drop(store);
                Ok("as this version wants it".to_owned())
            }
        }
    }
}

impl Side<'_> {
    fn try_out(&self, database: &std::path::Path) -> Result<String, LabRefusal> {
        let opening = Opening {
            mode: OpenMode::Create,
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            at: self.at,
        };
        let store = SqliteStore::open(database, &opening).map_err(|it| refusal(&it))?;
        let found = store.check_up().map_err(|it| refusal(&it))?;
        if found.is_sound() {
            return Ok(format!("schema {}, sound", found.schema));
        }
        let findings: Vec<String> = found.damage.into_iter().chain(found.dangling).collect();
        Err(LabRefusal {
            message: format!("the lab's database is not sound: {}", findings.join("; ")),
            class: ai_lab_contract::ErrorClass::Environment,
        })
    }

    /// A backup of now, or of the next free name: another of this very second may be there.
    fn back_up(&self) -> Result<String, LabRefusal> {
        let asked = CreateBackup {
            into: None,
            key: None,
            places: Some(self.places),
            kind: BackupKind::Regular,
        };
        let names = (0..NAMES).filter_map(|step| Moment::from_ms(self.at.ms() + step).ok());
        let mut last = None;
        for at in names {
            match create(self.lab, at, &asked) {
                Ok(made) => return Ok(made.archive.display().to_string()),
                Err(error @ CreateBackupError::Pack(lab_backup::PackError::Occupied(_))) => {
                    last = Some(error);
                }
                Err(error) => return Err(refusal(&error)),
            }
        }
        Err(refusal(&last.expect("because there is a name to try")))
    }
}

fn refusal(error: &(impl Failure + 'static)) -> LabRefusal {
    LabRefusal {
        message: told(error),
        class: error.class(),
    }
}

/// An error with its causes, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.join(": ")
}
