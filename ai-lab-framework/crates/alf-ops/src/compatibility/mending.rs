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
        if now.map_or(true, |now| now != file.text) {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    use alf_compat::{FileKind, Finding, Replacement, Rule, Severity, Verdict};

    use super::*;
    use crate::compatibility::files::LabText;

    fn checked(lab: &Path, path: &Path) -> CheckedLab {
        let finding = Finding {
            rule: Rule::Deprecated,
            severity: Severity::Warning,
            file: "a.toml".to_owned(),
            line: 1,
            column: 1,
            what: String::new(),
            why: String::new(),
            fix: String::new(),
            replacement: Some(Replacement {
                span: 0..3,
                text: "new".to_owned(),
            }),
            usage: None,
        };
        CheckedLab {
            format: 1,
            against: "1.0.0".to_owned(),
            present: None,
            verdict: Verdict::Warnings,
            files: 1,
            used: BTreeMap::new(),
            record_asked: false,
            findings: vec![finding],
            texts: vec![LabText {
                path: path.to_owned(),
                shown: "a.toml".to_owned(),
                kind: FileKind::Toml,
                text: "old = 1\n".to_owned(),
            }],
            lab: lab.to_owned(),
        }
    }

    fn write(path: &Path, text: &str) {
        let mut file = fs::File::create(path).expect("a file");
        file.write_all(text.as_bytes()).expect("room");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_refused_and_one_outside_is_left_alone() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("a.toml");
        let read = || fs::read_to_string(&path).expect("a text");
        write(&path, "old = 2\n");
        let refused = mend_lab(&checked(folder.path(), &path)).expect_err("it changed");
        assert_eq!(
            (refused.class, read()),
            (ErrorClass::Conflict, "old = 2\n".to_owned())
        );
        write(&path, "old = 1\n");
        let elsewhere =
            mend_lab(&checked(&folder.path().join("lab"), &path)).expect("nothing to do");
        assert_eq!((elsewhere.files.len(), read()), (0, "old = 1\n".to_owned()));
        let mended = mend_lab(&checked(folder.path(), &path)).expect("mended");
        assert_eq!(
            mended.files[0].difference,
            ["@@ -1 +1 @@", "-old = 1", "+new = 1"]
        );
        assert_eq!(read(), "new = 1\n");
        fs::remove_file(&path).expect("removed");
        let gone = mend_lab(&checked(folder.path(), &path)).expect_err("it is gone");
        assert_eq!((gone.class, path.exists()), (ErrorClass::Conflict, false));
    }
}
