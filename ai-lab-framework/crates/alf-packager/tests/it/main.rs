//! A release from the folder that it is made of to the store that it is unpacked into.
#![expect(
    clippy::disallowed_methods,
    reason = "plays whoever builds a release, in a throw-away folder"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use alf_packager::archive::{Parts, make, tree_of};
use alf_packager::index_folder::{NewIndex, index};
use alf_packager::publish::{Plan, publish};
use alf_packager::signer::Signer;
use alf_release::{Archive, Key, Offer, SchemaVersion, Seen, Staleness, Store, Trust, look};
use semver::Version;

const TARGET: &str = "x86_64-unknown-linux-gnu";
const FILES: [(&str, &str, u32); 3] = [
    ("bin/ai-lab-framework", "#!/bin/sh\n", 0o755),
    ("python/ai_lab_framework/__init__.py", "x = 1\n", 0o644),
    ("share/LICENSE", "MIT\n", 0o644),
];

/// The files of a release, written in that order and with that mode for whoever else reads them.
fn built(folder: &Path, backwards: bool, others: u32) {
    let mut files = FILES;
    if backwards {
        files.reverse();
    }
    for (path, text, mode) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a disk");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode & !others)).expect("ours");
    }
}

fn packed(folder: &Path, to: &Path) -> Archive {
    let parts = Parts {
        folder,
        top: "ai-lab-framework-1.0.0",
        target: TARGET,
        epoch: 1_700_000_000,
    };
    make(&parts, to).expect("an archive")
}

#[test]
fn two_builds_of_the_same_files_are_the_same_bytes() {
    let scratch = tempfile::tempdir().expect("a folder");
    let made = [("one", false, 0o000), ("two", true, 0o077)].map(|(name, backwards, others)| {
        let folder = scratch.path().join(name);
        built(&folder, backwards, others);
        let to = scratch
            .path()
            .join(name.to_owned() + "-out")
            .join("a.tar.gz");
        (packed(&folder, &to), fs::read(&to).expect("a file"))
    });
    assert_eq!(made[0], made[1]);
    assert_eq!(made[0].0.files.files().len(), 3);
    assert!(made[0].0.files.files()[0].program);
}

#[test]
fn what_no_release_may_have_is_named() {
    let scratch = tempfile::tempdir().expect("a folder");
    let told = |name: &str, make: fn(&Path)| {
        let folder = scratch.path().join(name);
        built(&folder, false, 0);
        make(&folder);
        let told = tree_of(&folder).expect_err("refused").to_string();
        told.replace(folder.to_str().expect("a text"), "BUILT")
    };
    assert_eq!(
        told("bytecode", |folder| fs::write(
            folder.join("share/a.pyc"),
            ""
        )
        .expect("a disk")),
        "BUILT/share/a.pyc is bytecode: a release has none"
    );
    assert_eq!(
        told("link", |folder| symlink(
            "/etc/passwd",
            folder.join("share/a")
        )
        .expect("a link")),
        "BUILT/share/a is neither a file nor a folder"
    );
    assert_eq!(
        told("name", |folder| fs::write(folder.join("share/grün"), "")
            .expect("a disk")),
        "`share/grün` is no path of a release: it has characters other than printable ASCII"
    );
}

/// A folder of one release, and whoever signed it.
struct Scene {
    scratch: tempfile::TempDir,
    signer: Signer,
}

impl Scene {
    fn new() -> Self {
        let scratch = tempfile::tempdir().expect("a folder");
        let signer = Signer::create(&scratch.path().join("key")).expect("a key");
        Self { scratch, signer }
    }

    fn folder(&self) -> PathBuf {
        self.scratch.path().join("releases")
    }

    fn plan(&self) -> Plan {
        let built_in = self.scratch.path().join("built");
        built(&built_in, false, 0);
        let wheel = self
            .scratch
            .path()
            .join("ai_lab_framework-1.0.0-py3-none-any.whl");
        fs::write(&wheel, "wheel").expect("a disk");
        let to = self
            .scratch
            .path()
            .join("out/ai-lab-framework-1.0.0.tar.gz");
        Plan {
            version: Version::new(1, 0, 0),
            released_at_ms: 1_700_000_000_000,
            contract: SchemaVersion { major: 1, minor: 0 },
            schemas: BTreeMap::from([(
                "framework".to_owned(),
                SchemaVersion { major: 1, minor: 5 },
            )]),
            changes: vec!["First.".to_owned()],
            archives: vec![(packed(&built_in, &to), to)],
            wheels: vec![wheel],
        }
    }

    fn index(&self) -> Result<alf_release::Index, String> {
        let new = NewIndex {
            signed_at_ms: 1_700_000_000_000,
            until_ms: 1_800_000_000_000,
            withdrawn: Vec::new(),
        };
        index(&self.folder(), &new, &self.signer).map_err(|error| error.to_string())
    }
}

#[test]
fn what_is_published_is_believed_fetched_and_whole() {
    let scene = Scene::new();
    let published = publish(&scene.plan(), &scene.signer, &scene.folder()).expect("published");
    assert_eq!(scene.index().expect("an index").counter, 1);
    assert_eq!(scene.index().expect("an index").counter, 2);
    let trust = Trust::of(vec![Key {
        name: "ours".to_owned(),
        public: scene.signer.public(),
        from_ms: 0,
        until_ms: i64::MAX,
    }])
    .expect("a key");
    let store = Store::at(scene.scratch.path().join("store"));
    let seen = Seen::load(store.root()).expect("nothing");
    let (folder, now_ms) = (scene.folder(), 1_750_000_000_000);
    let offer = Offer::open(&folder, &trust, &seen, now_ms, Staleness::Refused).expect("an offer");
    let found = offer
        .release(&published.version, &trust, None)
        .expect("a release");
    assert_eq!(found.release, published);
    let archive = found.archive(TARGET).expect("for this machine");
    let opened = offer
        .open_archive(&published.version, archive)
        .expect("there");
    drop(store.hold().expect("a folder"));
    let kept = store.keep_archive(opened, archive).expect("kept");
    let place = store
        .place(&published.version, archive, &kept)
        .expect("placed");
    assert_eq!(look(&place, &archive.files).expect("a folder"), []);
    let wheel = &published.wheels[0];
    assert!(offer.file(&published.version, &wheel.file).is_file());
}

#[test]
fn a_release_is_made_once() {
    let scene = Scene::new();
    publish(&scene.plan(), &scene.signer, &scene.folder()).expect("published");
    scene.index().expect("an index");
    let told = publish(&scene.plan(), &scene.signer, &scene.folder()).expect_err("there");
    assert!(
        told.to_string().contains("a release is never made again"),
        "{told}"
    );
    let moved = scene.folder().join("1.0.1");
    fs::rename(scene.folder().join("1.0.0"), &moved).expect("ours");
    assert_eq!(
        scene.index().expect_err("another folder"),
        "the folder 1.0.1 has the release 1.0.0"
    );
    fs::remove_dir_all(moved).expect("ours");
    assert!(
        scene
            .index()
            .expect_err("gone")
            .contains("1.0.0 was listed before")
    );
}

#[test]
fn a_key_is_made_once_and_signs_each_time() {
    let scene = Scene::new();
    let trust = Trust::of(vec![Key {
        name: "ours".to_owned(),
        public: scene.signer.public(),
        from_ms: 0,
        until_ms: 9,
    }])
    .expect("a key");
    for _ in 0..2 {
        let signature = scene.signer.sign(b"release", 1_000).expect("signed");
        assert!(trust.signer(b"release", &signature, 8).is_ok());
    }
    let path = scene.scratch.path().join("key");
    assert_eq!(
        Signer::open(&path).expect("a key").public(),
        scene.signer.public()
    );
    assert!(Signer::create(&path).is_err());
    let mode = fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(&path, "no key").expect("a disk");
    let told = Signer::open(&path).expect_err("none").to_string();
    assert!(
        told.starts_with("no key of minisign without a password: "),
        "{told}"
    );
}
