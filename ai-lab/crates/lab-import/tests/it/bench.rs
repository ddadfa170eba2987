//! A lab to import into, and the way there.

use std::collections::BTreeMap;
use std::path::Path;

use lab_import::apply::{carry_out, decide, kept_in};
use lab_import::export::{ExportReport, plan_export, write_export};
use lab_import::limits::Limits;
use lab_import::merge::MergeOptions;
use lab_import::read::read_lab;
use lab_import::report::{ImportReport, foreseen};
use lab_import::verify::{VerifyReport, verify};
use lab_model::{Actor, EntityKind, Label, Moment, WorkItem};
use lab_store::{ItemFilter, OpenMode, Opening, Reader, SqliteStore, Store, StoreError};

/// A moment that every test shares.
pub(crate) fn now() -> Moment {
    "2026-03-01T12:00:00Z".parse().expect("a moment")
}

pub(crate) fn opening() -> Opening {
    Opening {
        mode: OpenMode::Create,
        software_version: "0.0.0".to_owned(),
        at: now(),
    }
}

pub(crate) fn options() -> MergeOptions {
    MergeOptions::in_zone(MergeOptions::DEFAULT_ZONE).expect("a bundled zone")
}

pub(crate) fn importer() -> Actor {
    "import:predecessor".parse().expect("an actor")
}

pub(crate) fn person() -> Actor {
    "person:jo".parse().expect("an actor")
}

/// A new lab in memory.
pub(crate) fn lab() -> SqliteStore {
    SqliteStore::in_memory(&opening()).expect("a database in memory")
}

pub(crate) fn limits() -> Limits {
    Limits {
        lock_wait: std::time::Duration::from_millis(50),
        ..Limits::default()
    }
}

/// Imports a folder as the command does.
pub(crate) fn import(store: &mut SqliteStore, from: &Path) -> ImportReport {
    let read = read_lab(from, &limits()).expect("a folder that can be listed");
    store
        .write(&importer(), now(), |writer| {
            let decision = decide(writer, read, &options())?;
            let changes = carry_out(writer, &decision)?;
            assert_eq!(
                changes,
                foreseen(&decision),
                "the plan foresees what is written"
            );
            Ok::<_, StoreError>(ImportReport::of(&decision, changes, false))
        })
        .expect("an import")
}

pub(crate) fn verified(store: &SqliteStore, from: &Path) -> VerifyReport {
    let read = read_lab(from, &limits()).expect("a folder that can be listed");
    store
        .read(|reader| verify(reader, read, &options()))
        .expect("a verification")
}

pub(crate) fn export(store: &SqliteStore, to: &Path) -> ExportReport {
    let kept = store.read(kept_in).expect("what the lab keeps");
    write_export(&plan_export(&kept), to).expect("an export")
}

pub(crate) fn item(store: &SqliteStore, label: &str) -> WorkItem {
    let label: Label = label.parse().expect("a label");
    store
        .read(|reader| {
            let uid = reader.uid_of(EntityKind::Item, &label)?;
            let item = uid.map(|uid| reader.item(&uid)).transpose()?.flatten();
            Ok::<_, StoreError>(item)
        })
        .expect("a reading")
        .expect("an item of that label")
}

/// Everything that the lab holds, as text: equal dumps are equal labs.
pub(crate) fn dump(store: &SqliteStore) -> String {
    store
        .read(|reader: &dyn Reader| {
            let all = ItemFilter {
                all: true,
                ..ItemFilter::default()
            };
            let dump = format!(
                "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n",
                reader.projects()?,
                reader.ideas()?,
                reader.milestones()?,
                reader.repos()?,
                reader.items(&all)?,
                reader.imported_values(None)?,
                reader.attachments(None)?,
            );
            let mut histories = BTreeMap::new();
            for kind in EntityKind::ALL {
                for (uid, _) in reader.labels(*kind)? {
                    histories.insert(uid.clone(), reader.history(&uid)?);
                }
            }
            Ok::<_, StoreError>(dump + &format!("{histories:#?}"))
        })
        .expect("a dump")
}
