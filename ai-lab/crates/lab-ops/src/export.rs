//! Gives a predecessor's lab back as it was imported.

use std::path::Path;

use ai_lab_contract::ErrorClass;
use lab_import::apply::kept_in;
use lab_import::export::{ExportError, plan_export, write_export};
use lab_model::Moment;
use lab_store::Store;

use crate::import::open_to_look;
use crate::{Failure, Lab, LabError};

pub use lab_import::export::ExportReport;

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportLabError {
    /// The lab's own database.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// There is nothing to export or no place for it.
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl Failure for ExportLabError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Export(ExportError::Nothing) => ErrorClass::NotFound,
            Self::Export(ExportError::NotEmpty(_) | ExportError::OddPath(_)) => ErrorClass::Refused,
            Self::Export(ExportError::Write { .. } | ExportError::Database { .. }) => {
                ErrorClass::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Export(ExportError::Nothing) => {
                Some("`ai-lab import DIR` takes a predecessor's lab over".to_owned())
            }
            Self::Export(ExportError::NotEmpty(_)) => {
                Some("name a folder that is not there yet".to_owned())
            }
            Self::Export(
                ExportError::OddPath(_) | ExportError::Write { .. } | ExportError::Database { .. },
            ) => None,
        }
    }
}

/// Writes the predecessor's files and databases into a new folder, as they were last imported.
pub fn export_predecessor(
    lab: &Lab,
    at: Moment,
    folder: &Path,
) -> Result<ExportReport, ExportLabError> {
    let store = open_to_look(lab, at)?;
    let kept = store.read(kept_in).map_err(LabError::from)?;
    Ok(write_export(&plan_export(&kept), folder)?)
}
