//! Puts in what a finding says to put in: renamed keys, flags and symbols.

use std::collections::BTreeMap;

use ai_lab_contract::ErrorClass;
use alf_catalog::read_text;
use alf_compat::mended;
use alf_lock::difference;
use serde::Serialize;

use super::check::CheckedLab;
use crate::connect::write_whole;
use crate::failure::Failure;

/// The longest file, in bytes, that is read again.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// What was mended.
#[derive(Debug, Serialize)]
pub struct Mended {
    /// The form of this answer: 1.
    pub format: u32,
    /// The files that were changed.
    pub files: Vec<MendedFile>,
}

/// One file that was changed.
#[derive(Debug, Serialize)]
pub struct MendedFile {
    /// Its path below the lab.
    pub file: String,
    /// How many places were changed.
    pub places: usize,
    /// The lines of a unified difference.
    pub difference: Vec<String>,
}

/// Changes the lab's files where a finding says what to put in. A file that changed since it was checked is refused, and
/// so is all that comes after it; what lies outside of the lab is left alone.
pub fn mend_lab(checked: &CheckedLab) -> Result<Mended, Failure> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in checked
        .findings
        .iter()
        .filter(|finding| finding.replacement.is_some())
    {
        *places.entry(&finding.file).or_default() += 1;
    }
    let mut files = Vec::new();
    for file in &checked.texts {
        let Some(places) = places
            .get(file.shown.as_str())
            .filter(|_| file.path.starts_with(&checked.lab))
        else {
            continue;
        };
        let here: Vec<_> = checked
            .findings
            .iter()
            .filter(|finding| finding.file == file.shown)
            .cloned()
            .collect();
        let text = mended(&file.text, &here);
        let now = read_text(&file.path, FILE_BYTES);
        if now.is_ok_and(|now| now != file.text) {
            let told = format!("{} changed while it was looked at", file.shown);
            return Err(
                Failure::new(ErrorClass::Conflict, told).with_hint("Run the command again.")
            );
        }
        write_whole(&file.path, &text, 0o644).map_err(|error| {
            let told = format!("cannot write {}", file.shown);
            Failure::caused(ErrorClass::Environment, told, error)
        })?;
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (difference, _) = difference(&lines(&file.text), &lines(&text));
        files.push(MendedFile {
            file: file.shown.clone(),
            places: *places,
            difference,
        });
    }
    Ok(Mended { format: 1, files })
}
