//! A folder with a lab in it.

use std::fs;
use std::path::Path;

use lab_model::{Actor, Entity, EntityKind, Head, ItemPatch, Moment, Project, Uid, WorkItem};
use lab_store::{OpenMode, Opening, Reader, SqliteStore, Store, StoreError, Writer};
use lab_sync::{SyncReport, SyncRequest, mirror, plan, sync};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) store: SqliteStore,
    clock: i64,
}

pub(crate) fn uid(number: u64) -> Uid {
    Uid::from_parts(
        1_700_000_000_000 + number,
        [u8::try_from(number % 256).expect("a byte"); 10],
    )
}

pub(crate) fn jo() -> Actor {
    "person:jo".parse().expect("an actor")
}

fn at(ms: i64) -> Moment {
    Moment::from_ms(1_700_000_100_000 + ms).expect("in range")
}

fn open(folder: &Path) -> SqliteStore {
    let opening = Opening {
        mode: OpenMode::Create,
        software_version: "0.1.0".to_owned(),
        at: at(0),
    };
    SqliteStore::open(&folder.join("data/ai_lab.db"), &opening).expect("it opens")
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        Self {
            folder,
            store,
            clock: 0,
        }
    }

    /// A second lab with the same files, as a clone has them.
    pub(crate) fn cloned(&self) -> Self {
        let other = Self {
            clock: self.clock,
            ..Self::new()
        };
        for path in self.files() {
            other.put(&path, &self.text(&path));
        }
        other
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn now(&mut self) -> Moment {
        self.clock += 1000;
        at(self.clock)
    }

    pub(crate) fn write<T>(
        &mut self,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
    ) -> T {
        let now = self.now();
        self.store.write(&jo(), now, body).expect("written")
    }

    pub(crate) fn read<T>(&self, body: impl FnOnce(&dyn Reader) -> Result<T, StoreError>) -> T {
        self.store.read(body).expect("it is read")
    }

    pub(crate) fn sync(&mut self) -> SyncReport {
        let at = self.now();
        let request = SyncRequest {
            root: self.folder.path(),
            at,
            many_gone: false,
        };
        sync(&mut self.store, &request).expect("they are made alike")
    }

    pub(crate) fn plan(&mut self) -> SyncReport {
        let at = self.now();
        let request = SyncRequest {
            root: self.folder.path(),
            at,
            many_gone: false,
        };
        plan(&mut self.store, &request).expect("it is planned")
    }

    /// What the sync did, a line each; nothing may be in the way.
    pub(crate) fn synced(&mut self) -> Vec<String> {
        let report = self.sync();
        assert_eq!(report.problems, []);
        told(&report)
    }

    pub(crate) fn mirror(&mut self) -> usize {
        let (at, touched) = (self.now(), self.store.take_touched());
        let problems = mirror(&mut self.store, self.folder.path(), at, &touched);
        problems.expect("files are written").len()
    }

    /// The lab forgets everything but its files.
    pub(crate) fn forget(&mut self) {
        let other = tempfile::tempdir().expect("a folder");
        self.store = open(other.path());
        for ending in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.root().join(format!("data/ai_lab.db{ending}")));
        }
        self.store = open(self.root());
    }

    pub(crate) fn project(&mut self, number: u64, label: &str, prefix: &str) {
        self.write(|tx| {
            let mut project = Project::new(head(number, label), format!("Project {label}"));
            project.prefix = prefix.parse().ok();
            tx.insert_project(&project)
        });
    }

    pub(crate) fn add(&mut self, number: u64, label: &str) {
        self.write(|tx| {
            tx.insert_item(&WorkItem::new(head(number, label), format!("Item {label}")))
        });
    }

    pub(crate) fn edit(&mut self, number: u64, patch: ItemPatch) {
        self.write(|tx| {
            let mut item = tx.item(&uid(number))?.expect("it is there");
            patch.apply(&mut item);
            tx.update_item(&item)
        });
    }

    pub(crate) fn item(&self, number: u64) -> WorkItem {
        self.read(|tx| tx.item(&uid(number))).expect("it is there")
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        let labels = self.read(|tx| tx.labels(EntityKind::Item));
        labels.into_values().map(|it| it.to_string()).collect()
    }

    /// Every file of a document, by path.
    pub(crate) fn files(&self) -> Vec<String> {
        let scanned = lab_mirror::scan(self.root()).expect("it is listed");
        scanned.files.into_keys().collect()
    }

    /// The path of an entity's file.
    pub(crate) fn path(&self, number: u64) -> String {
        let tail = &uid(number).as_str()[28..].to_owned();
        let mut files = self.files().into_iter();
        files
            .find(|path| path.contains(tail))
            .expect("it has a file")
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("it is read")
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).expect("it is JSON")
    }

    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    pub(crate) fn put(&self, path: &str, text: &str) {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().expect("it has one")).expect("made");
        fs::write(full, text).expect("written");
    }

    /// A person changes one value of a file.
    pub(crate) fn set(&self, path: &str, key: &str, value: impl Into<Value>) {
        let mut json = self.json(path);
        json[key] = value.into();
        self.put(path, &format!("{json:#}"));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.root().join(path)).expect("it goes");
    }
}

pub(crate) fn head(number: u64, label: &str) -> Head {
    Head::new(uid(number), label.parse().expect("a label"), at(0))
}

pub(crate) fn told(report: &SyncReport) -> Vec<String> {
    let line = |did: &lab_sync::Did| format!("{} {}", did.what.as_str(), did.label);
    report.did.iter().map(line).collect()
}

/// An entity without what only one database knows.
pub(crate) fn bare<E: Entity + Clone>(entity: &E) -> E {
    let mut bare = entity.clone();
    bare.head_mut().revision = 0;
    bare
}
