//! `repair`: what was changed in the store is unpacked again from the kept archive.

use alf_release::{Difference, Repaired, TARGET};
use semver::Version;
use serde::Serialize;

use super::refusal::{of_kept, of_repair};
use super::shelf::Shelf;
use super::verify::{Selection, known, subjects};
use crate::failure::Failure;
use crate::framework::Framework;

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairOutcome {
    /// Nothing was wrong with it.
    WasWhole,
    /// It was unpacked again.
    UnpackedAgain,
}

/// One release.
#[derive(Debug, Serialize)]
pub struct RepairedPlace {
    /// The name of its folder in the store.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What became of it.
    pub outcome: RepairOutcome,
    /// What was different before.
    pub differences: Vec<Difference>,
}

/// What was repaired.
#[derive(Debug, Serialize)]
pub struct Repairs {
    /// The form of this answer: 1.
    pub format: u32,
    /// One after the other, by name.
    pub places: Vec<RepairedPlace>,
}

/// Repairs the releases that are meant. Stops at the first that cannot be; those before it are right then.
pub fn repair_releases(framework: &Framework, selection: &Selection) -> Result<Repairs, Failure> {
    let shelf = Shelf::of(framework)?;
    let mut places = Vec::new();
    for subject in subjects(framework, &shelf, selection)? {
        let (release, _, _) = known(&shelf, &subject).map_err(of_kept)?;
        let Some(archive) = release.archive(TARGET) else {
            continue;
        };
        let repaired = shelf
            .store
            .repair(&release.version, archive)
            .map_err(of_repair)?;
        let (outcome, differences) = match repaired {
            Repaired::WasWhole => (RepairOutcome::WasWhole, Vec::new()),
            Repaired::Anew(found) => (RepairOutcome::UnpackedAgain, found),
        };
        places.push(RepairedPlace {
            name: subject.name,
            version: release.version,
            outcome,
            differences,
        });
    }
    Ok(Repairs { format: 1, places })
}
