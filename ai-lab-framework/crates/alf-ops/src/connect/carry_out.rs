//! A plan carried out: the ledger, then the files.

use std::path::PathBuf;

use alf_connect::Scope;
use serde::Serialize;

use super::ledger::{Connection, Guide, Ledger};
use super::plan::{ConnectionPlan, FileChange, PlannedFile};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::tool_lock::{by_a_person, instant};

/// The mode of a new file of the person's own; others may keep keys in it later.
const OWN: u32 = 0o600;
/// The mode of a new file of a lab.
const SHARED: u32 = 0o644;

/// What a plan has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarriedOut {
    /// The copy of the client's file as it was; `None` where there was none or nothing changed.
    pub copy: Option<PathBuf>,
}

/// Writes what a plan says, unless a file has changed since it was planned. A tool may not ask for it.
pub fn carry_out_connection(
    framework: &Framework,
    plan: &ConnectionPlan,
) -> Result<CarriedOut, Failure> {
    by_a_person(framework, "change how clients are connected")?;
    if !plan.removes {
        // Before the files: an entry without a row leaves more behind than a row without an entry.
        Ledger::change(framework, |ledger| note(framework, ledger, plan))?;
    }
    let copy = match plan.file.change {
        FileChange::Changed => plan.file.file.keep(framework.surroundings.clock.now_ms())?,
        FileChange::Made | FileChange::Removed | FileChange::AsItWas => None,
    };
    let mode = match plan.scope {
        Scope::Lab(_) => SHARED,
        Scope::Global => OWN,
    };
    write(&plan.file, mode)?;
    if let Some(guide) = &plan.guide {
        write(guide, SHARED)?;
    }
    if plan.removes {
        Ledger::change(framework, |ledger| strike(ledger, plan))?;
    }
    Ok(CarriedOut { copy })
}

fn write(file: &PlannedFile, mode: u32) -> Result<(), Failure> {
    match file.change {
        FileChange::AsItWas => Ok(()),
        FileChange::Made | FileChange::Changed | FileChange::Removed => {
            file.file.replace(file.after.as_deref(), mode)
        }
    }
}

fn note(framework: &Framework, ledger: &mut Ledger, plan: &ConnectionPlan) {
    let known = ledger.connection(plan.client, &plan.scope).cloned();
    ledger
        .connections
        .retain(|row| !(row.client == plan.client && row.scope == plan.scope));
    let made = plan.file.made.clone();
    let before = known.as_ref().map(|known| known.made.clone());
    ledger.connections.push(Connection {
        client: plan.client,
        scope: plan.scope.clone(),
        file: plan.file.path.clone(),
        made: made.or(before).unwrap_or_default(),
        at: known.map_or_else(|| instant(&framework.surroundings.clock), |known| known.at),
    });
    ledger
        .connections
        .sort_by(|one, other| (one.client, &one.scope).cmp(&(other.client, &other.scope)));
    if let Some(guide) = &plan.guide
        && let Some(made) = &guide.made
    {
        ledger.guides.retain(|row| row.file != guide.path);
        ledger.guides.push(Guide {
            file: guide.path.clone(),
            made: made.clone(),
        });
        ledger
            .guides
            .sort_by(|one, other| one.file.cmp(&other.file));
    }
}

fn strike(ledger: &mut Ledger, plan: &ConnectionPlan) {
    ledger
        .connections
        .retain(|row| !(row.client == plan.client && row.scope == plan.scope));
    if let Some(guide) = &plan.guide {
        ledger.guides.retain(|row| row.file != guide.path);
    }
}
