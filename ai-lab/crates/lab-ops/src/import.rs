//! Takes a predecessor's lab over, shows what that would do, and proves that nothing is missing.

use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_import::apply::{carry_out, decide};
use lab_import::limits::Limits;
use lab_import::merge::{MergeOptions, UnknownZone};
use lab_import::read::{ReadError, read_lab};
use lab_import::record::Sources;
use lab_import::report::{Changes, foreseen};
use lab_import::verify::verify;
use lab_model::{Actor, ActorKind, Moment};
use lab_store::{OpenMode, Opening, SqliteStore, Store};

use crate::files::mirror_after;
use crate::{By, Failure, Lab, LabError};

pub use lab_import::finding::{Finding, Severity};
pub use lab_import::report::{FieldLine, ImportReport};
pub use lab_import::verify::{Missing, Moved, VerifyReport};

/// The zone that a predecessor's local times are read in unless another is named.
pub const DEFAULT_ZONE: &str = MergeOptions::DEFAULT_ZONE;

/// What is to be taken over.
#[derive(Clone, Copy, Debug)]
pub struct ImportRequest<'a> {
    /// The predecessor's lab or its data folder; only ever read.
    pub from: &'a Path,
    /// Where the predecessor's machine stood, as an IANA zone.
    pub zone: &'a str,
    /// What keeps this predecessor's sources apart from another's in the same lab.
    pub name: Option<&'a str>,
}

/// Why nothing was taken over. The lab is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The lab's own database.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The predecessor's folder could not be listed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No such zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// The folder is this lab, or holds it.
    #[error("{} holds this lab itself", .0.display())]
    Itself(PathBuf),
    /// Not a name that a folder could have.
    #[error("`{}` is no name: 1 to 32 of a-z, 0-9, `_`, `-`", .0.escape_debug())]
    Name(String),
}

impl Failure for ImportError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Read(ReadError::Missing(_)) => ErrorClass::NotFound,
            Self::Read(ReadError::NotAFolder(_) | ReadError::TooManyFiles { .. }) => {
                ErrorClass::InvalidInput
            }
            Self::Read(ReadError::Unlistable { .. }) => ErrorClass::Environment,
            Self::Zone(_) | Self::Name(_) | Self::Itself(_) => ErrorClass::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Zone(_) => Some(format!("`--zone {DEFAULT_ZONE}` is an example of one")),
            Self::Itself(_) => Some("name the predecessor's folder".to_owned()),
            Self::Read(_) | Self::Name(_) => None,
        }
    }
}

/// Takes everything over in one write; a second time changes nothing.
pub fn import(lab: &Lab, by: &By, request: ImportRequest<'_>) -> Result<ImportReport, ImportError> {
    let options = MergeOptions::in_zone(request.zone)?;
    let read = read(lab, request)?;
    let importer = Actor {
        kind: ActorKind::Import,
        name: by.actor.name.clone(),
    };
    let mut store = lab.open(by.at).map_err(LabError::from)?;
    // Nothing to write, nothing written: not even a transaction.
    let idle = store
        .read(|reader| decide(reader, read.clone(), &options))
        .map_err(LabError::from)?;
    if foreseen(&idle).is_empty() {
        return Ok(ImportReport::of(&idle, Changes::default(), false));
    }
    let outcome = store.write(&importer, by.at, |writer| {
        let decision = decide(writer, read, &options)?;
        let changes = carry_out(writer, &decision)?;
        Ok::<_, lab_store::StoreError>(ImportReport::of(&decision, changes, false))
    });
    let report = outcome.map_err(LabError::from)?;
    let touched = store.take_touched();
    mirror_after(lab, &mut store, by.at, &touched);
    Ok(report)
}

/// Decides everything and writes nothing, not even a database where there is none.
pub fn plan_import(
    lab: &Lab,
    at: Moment,
    request: ImportRequest<'_>,
) -> Result<ImportReport, ImportError> {
    let options = MergeOptions::in_zone(request.zone)?;
    let read = read(lab, request)?;
    let store = open_to_look(lab, at)?;
    let decision = store
        .read(|reader| decide(reader, read, &options))
        .map_err(LabError::from)?;
    Ok(ImportReport::of(&decision, foreseen(&decision), true))
}

/// Reads the sources again and compares every value with what the lab keeps.
pub fn verify_import(
    lab: &Lab,
    at: Moment,
    request: ImportRequest<'_>,
) -> Result<VerifyReport, ImportError> {
    let options = MergeOptions::in_zone(request.zone)?;
    let read = read(lab, request)?;
    let store = open_to_look(lab, at)?;
    Ok(store
        .read(|reader| verify(reader, read, &options))
        .map_err(LabError::from)?)
}

fn read(lab: &Lab, request: ImportRequest<'_>) -> Result<Sources, ImportError> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    if let Some(name) = request.name
        && (!(1..=32).contains(&name.len()) || !name.chars().all(is_plain))
    {
        return Err(ImportError::Name(name.to_owned()));
    }
    // Its own database would be taken over again and again, provenance of provenance.
    if let (Ok(from), Ok(root)) = (request.from.canonicalize(), lab.root().canonicalize()) {
        let is_lab = from.join("data").is_dir();
        let top = if is_lab { from.join("data") } else { from };
        if root.join("data").starts_with(top) {
            return Err(ImportError::Itself(request.from.to_owned()));
        }
    }
    let mut sources = read_lab(request.from, &Limits::default())?;
    if let Some(name) = request.name {
        sources.below(name);
    }
    Ok(sources)
}

/// The lab's database as it is; an empty one in memory where there is none yet.
pub(crate) fn open_to_look(lab: &Lab, at: Moment) -> Result<SqliteStore, LabError> {
    let opening = Opening {
        mode: OpenMode::ReadOnly,
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        at,
    };
    if lab.database().exists() {
        Ok(SqliteStore::open(&lab.database(), &opening)?)
    } else {
        let mode = OpenMode::Create;
        Ok(SqliteStore::in_memory(&Opening { mode, ..opening })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{ExportLabError, export_predecessor};

    struct Bench {
        folder: tempfile::TempDir,
        lab: Lab,
        by: By,
    }

    fn put(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::io::Write::write_all(
            &mut std::fs::File::create(path).expect("a file"),
            text.as_bytes(),
        )
        .expect("written");
    }

    fn bench() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        put(&folder.path().join("lab/ai-lab.toml"), "");
        put(
            &folder.path().join("old/data/work-items/A-1.json"),
            "{\"id\": \"A-1\", \"title\": \"Größe 🎉\", \"status\": \"open\"}",
        );
        let lab = Lab::at(&folder.path().join("lab")).expect("a lab");
        let by = By {
            actor: "person:jo".parse().expect("an actor"),
            at: "2026-03-01T12:00:00Z".parse().expect("a moment"),
            seen_revision: None,
        };
        Bench { folder, lab, by }
    }

    impl Bench {
        fn request(&self) -> (std::path::PathBuf, &'static str) {
            (self.folder.path().join("old"), DEFAULT_ZONE)
        }
    }

    #[test]
    fn a_plan_writes_nothing_and_says_what_an_import_then_does() {
        let bench = bench();
        let (from, zone) = bench.request();
        let request = ImportRequest {
            from: &from,
            zone,
            name: None,
        };
        let planned = plan_import(&bench.lab, bench.by.at, request).expect("a plan");
        assert!(planned.dry_run);
        assert!(
            !bench.lab.root().join("data").exists(),
            "the plan made a database"
        );
        let done = import(&bench.lab, &bench.by, request).expect("an import");
        assert_eq!(
            (planned.changes, planned.decisions),
            (done.changes.clone(), done.decisions)
        );
        assert_eq!(done.changes.created["item"], 1);
        let again = import(&bench.lab, &bench.by, request).expect("an import");
        assert!(again.changes.is_empty());
        let verified = verify_import(&bench.lab, bench.by.at, request).expect("a verification");
        assert_eq!(
            (verified.is_complete(), verified.values, verified.moved),
            (true, 3, vec![])
        );
    }

    #[test]
    fn the_operation_log_says_that_it_was_an_import() {
        use lab_model::EntityKind;
        let bench = bench();
        let (from, zone) = bench.request();
        import(
            &bench.lab,
            &bench.by,
            ImportRequest {
                from: &from,
                zone,
                name: None,
            },
        )
        .expect("an import");
        let store = bench.lab.open(bench.by.at).expect("a database");
        let actors = store.read(|reader| {
            let uid = reader.resolve(EntityKind::Item, "A-1")?;
            let history = reader.history(&uid)?;
            Ok::<_, lab_store::StoreError>(
                history
                    .iter()
                    .map(|operation| operation.actor.to_string())
                    .collect::<Vec<_>>(),
            )
        });
        let actors = actors.expect("a history");
        assert!(!actors.is_empty());
        assert!(
            actors.iter().all(|actor| actor == "import:jo"),
            "{actors:?}"
        );
    }

    #[test]
    fn what_cannot_begin_says_why_and_of_which_class() {
        let bench = bench();
        let check = |from: &Path, zone: &str| {
            let told = import(
                &bench.lab,
                &bench.by,
                ImportRequest {
                    from,
                    zone,
                    name: None,
                },
            );
            told.err().map(|error| (error.class(), error.to_string()))
        };
        let old = bench.folder.path().join("old");
        let nowhere = bench.folder.path().join("nowhere");
        let file = old.join("data/work-items/A-1.json");
        assert_eq!(
            check(&nowhere, DEFAULT_ZONE),
            Some((
                ErrorClass::NotFound,
                format!("there is no folder {}", nowhere.display())
            ))
        );
        assert_eq!(
            check(&file, DEFAULT_ZONE),
            Some((
                ErrorClass::InvalidInput,
                format!("{} is no folder", file.display())
            ))
        );
        std::fs::create_dir(bench.lab.root().join("data")).expect("a folder");
        for itself in [
            bench.folder.path(),
            bench.lab.root(),
            &bench.lab.root().join("data"),
        ] {
            assert_eq!(
                check(itself, DEFAULT_ZONE),
                Some((
                    ErrorClass::Usage,
                    format!("{} holds this lab itself", itself.display())
                ))
            );
        }
        assert_eq!(
            check(&old, "Mars/Olympus"),
            Some((
                ErrorClass::Usage,
                "there is no time zone `Mars/Olympus`".to_owned()
            ))
        );
    }

    #[test]
    fn a_name_keeps_a_second_predecessor_apart() {
        let bench = bench();
        let (from, zone) = bench.request();
        let check = |name: &str| {
            let request = ImportRequest {
                from: &from,
                zone,
                name: Some(name),
            };
            match plan_import(&bench.lab, bench.by.at, request) {
                Ok(report) => report.decisions[0].source.clone(),
                Err(error) => error.to_string(),
            }
        };
        assert_eq!(check("second"), "second/work-items/A-1.json");
        assert_eq!(
            check("../x"),
            "`../x` is no name: 1 to 32 of a-z, 0-9, `_`, `-`"
        );
        assert_eq!(check(""), "`` is no name: 1 to 32 of a-z, 0-9, `_`, `-`");
    }

    #[test]
    fn an_export_gives_back_what_was_imported() {
        let bench = bench();
        let (from, zone) = bench.request();
        let to = bench.folder.path().join("back");
        let nothing =
            export_predecessor(&bench.lab, bench.by.at, &to).expect_err("nothing to export");
        assert_eq!(nothing.class(), ErrorClass::NotFound);
        assert!(matches!(nothing, ExportLabError::Export(_)), "{nothing}");
        import(
            &bench.lab,
            &bench.by,
            ImportRequest {
                from: &from,
                zone,
                name: None,
            },
        )
        .expect("an import");
        let report = export_predecessor(&bench.lab, bench.by.at, &to).expect("an export");
        assert_eq!(
            (report.documents, report.files, report.databases),
            (1, 0, 0)
        );
        let text = std::fs::read_to_string(to.join("data/work-items/A-1.json")).expect("a file");
        assert_eq!(
            text,
            "{\n  \"id\": \"A-1\",\n  \"title\": \"Größe 🎉\",\n  \"status\": \"open\"\n}\n"
        );
        let again = export_predecessor(&bench.lab, bench.by.at, &to).expect_err("it is there");
        assert_eq!(again.class(), ErrorClass::Refused);
    }
}
