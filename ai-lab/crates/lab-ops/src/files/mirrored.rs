//! The files of a change, right after it.

use std::sync::{Arc, Mutex, PoisonError};

use lab_model::{EntityKind, Moment, Uid};
use lab_store::SqliteStore;

use super::FilesConfig;
use crate::Lab;

/// What went otherwise than a person expects, beside answers that stand. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    /// Adds one, unless it is there already.
    pub(crate) fn add(&self, notice: String) {
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// Tells one that is no operation's.
    pub fn tell(&self, notice: String) {
        self.add(notice);
    }

    /// Takes what there is, oldest first.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes the files of what changed, where the lab's settings say so. The change stands whatever becomes of them.
pub(crate) fn mirror_after(
    lab: &Lab,
    store: &mut SqliteStore,
    at: Moment,
    touched: &[(EntityKind, Uid)],
) {
    if touched.is_empty() {
        return;
    }
    let told = match FilesConfig::of_lab(lab.root()) {
        Ok(FilesConfig { mirror: false }) => return,
        Ok(FilesConfig { mirror: true }) => lab_sync::mirror(store, lab.root(), at, touched),
        Err(error) => {
            lab.notices().add(format!("no file was written: {error}"));
            return;
        }
    };
    match told {
        Ok(problems) => {
            for problem in problems {
                let (path, message) = (&problem.path, &problem.message);
                lab.notices().add(format!(
                    "{path}: {message}; `ai-lab sync` brings both together"
                ));
            }
        }
        Err(error) => lab.notices().add(format!(
            "no file was written: {error}; `ai-lab sync` does it"
        )),
    }
}
