#![expect(
    clippy::disallowed_methods,
    reason = "plays whoever changes a release, in a throw-away folder"
)]
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::tree::TreeFile;

const FILES: [(&str, &str); 3] = [
    ("bin/run", "#!/bin/sh\n"),
    ("python/sdk/tool.py", "x = 1\n"),
    ("share/contract.json", "{}\n"),
];

/// A store, a release and its archive.
struct Scene {
    folder: tempfile::TempDir,
    store: Store,
    archive: Archive,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut files = Vec::new();
        for (path, text) in FILES {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            let name = format!("ai-lab-framework-1.0.0/{path}");
            let added = builder.append_data(&mut header, name, text.as_bytes());
            added.expect("memory");
            files.push(TreeFile {
                path: path.parse().expect("a path"),
                program: path.starts_with("bin/"),
                bytes: text.len() as u64,
                sha256: Sha256::of(text.as_bytes()),
            });
        }
        let gzip = builder.into_inner().expect("memory");
        let bytes = gzip.finish().expect("memory");
        fs::write(folder.path().join("archive.tar.gz"), &bytes).expect("a disk");
        let files = Tree::of(files).expect("a tree");
        Self {
            store: Store::at(folder.path().join("framework")),
            archive: Archive {
                target: "x86_64-unknown-linux-gnu".to_owned(),
                file: "archive.tar.gz".to_owned(),
                bytes: bytes.len() as u64,
                sha256: Sha256::of(&bytes),
                tree: files.digest(),
                files,
            },
            folder,
        }
    }

    fn place(&self) -> Result<PathBuf, PlaceError> {
        let file = self.folder.path().join("archive.tar.gz");
        self.store
            .place(&Version::new(1, 0, 0), &self.archive, &file)
    }

    /// What is different after a person has done this in the folder.
    fn after(&self, line: &str) -> Vec<String> {
        let place = self.place().expect("placed");
        let shell = ["-c", line];
        let done = Command::new("sh").args(shell).current_dir(&place).status();
        assert!(done.expect("a shell").success(), "{line}");
        let found = look(&place, &self.archive.files).expect("a folder");
        found.iter().map(ToString::to_string).collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let root = self.folder.path().join("framework");
        if root.exists() {
            look::make_writable(&root).expect("it is ours");
        }
    }
}

#[test]
fn a_release_is_placed_once_whole_and_read_only() {
    let scene = Scene::new();
    let place = scene.place().expect("placed");
    let name = format!("1.0.0-{}", &scene.archive.tree.as_str()[..16]);
    assert_eq!(scene.store.names().expect("a folder"), [name]);
    assert_eq!(look(&place, &scene.archive.files).expect("a folder"), []);
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&path.metadata().expect("there"));
    let first = inode(&place.join("bin/run"));
    assert_eq!(
        inode(&scene.place().expect("still there").join("bin/run")),
        first
    );
}

#[test]
fn whatever_is_changed_from_outside_is_named() {
    let all = [
        (
            "chmod u+w bin/run; echo more >>bin/run",
            "`bin/run` was changed",
        ),
        (
            "chmod u+w bin/run; printf '#!/bin/sj\\n' >bin/run",
            "`bin/run` was changed",
        ),
        (
            "chmod u+w bin; rm -f bin/run; chmod u-w bin",
            "`bin/run` was removed",
        ),
        ("chmod u+w .; echo >more; chmod u-w .", "`more` was added"),
        (
            "chmod u+w python/sdk; mkdir python/sdk/__pycache__; echo >python/sdk/__pycache__/tool.cpython-311.pyc; \
             chmod u-w python/sdk",
            "`python/sdk/__pycache__` was added",
        ),
        ("chmod 4555 bin/run", "the mode of `bin/run` was changed"),
        ("chmod 755 bin", "the mode of `bin` was changed"),
        (
            "chmod u+w bin; rm -f bin/run; ln -s /bin/true bin/run; chmod u-w bin",
            "`bin/run` is no file any more",
        ),
        (
            "chmod u+w . share; mv share old; chmod u-w . old",
            "`old` was added",
        ),
    ];
    for (line, told) in all {
        let found = Scene::new().after(line);
        assert_eq!(
            found.first().map(String::as_str),
            Some(told),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn one_that_was_changed_is_not_taken_for_the_one_that_was_placed() {
    let scene = Scene::new();
    scene.after("chmod u+w share/contract.json; echo >>share/contract.json");
    let told = scene.place().expect_err("it was changed").to_string();
    let name = Store::name(&Version::new(1, 0, 0), &scene.archive.tree);
    assert_eq!(
        told,
        format!("the store has `{name}`, and it was changed: `share/contract.json` was changed")
    );
}

#[test]
fn another_archive_leaves_nothing_with_a_name() {
    let scene = Scene::new();
    let file = scene.folder.path().join("archive.tar.gz");
    let mut bytes = fs::read(&file).expect("a file");
    bytes.push(0);
    fs::write(&file, &bytes).expect("a disk");
    let told = scene.place().expect_err("another").to_string();
    let (found, wanted) = (Sha256::of(&bytes), &scene.archive.sha256);
    assert_eq!(
        told,
        format!("the archive is not the one that its release names: {found} instead of {wanted}")
    );
    assert_eq!(scene.store.names().expect("a folder"), Vec::<String>::new());
}

#[test]
fn what_a_crash_left_half_made_is_taken_away_and_no_link_in_it_is_followed() {
    let scene = Scene::new();
    let outside = scene.folder.path().join("outside");
    fs::create_dir(&outside).expect("a folder");
    fs::write(outside.join("kept"), "kept").expect("a disk");
    let half = scene.folder.path().join("framework/.stage/1.0.0-half/bin");
    fs::create_dir_all(&half).expect("a folder");
    symlink(&outside, half.join("link")).expect("a link");
    fs::set_permissions(&half, fs::Permissions::from_mode(0o555)).expect("ours");
    scene.place().expect("placed");
    assert!(!half.exists());
    assert!(outside.join("kept").exists());
}

impl Scene {
    /// Takes a kept copy of the archive.
    fn keep(&self) -> PathBuf {
        let from = File::open(self.folder.path().join("archive.tar.gz")).expect("a file");
        self.store.keep_archive(from, &self.archive).expect("kept")
    }

    fn name(&self) -> String {
        Store::name(&Version::new(1, 0, 0), &self.archive.tree)
    }

    fn verify(&self) -> Vec<String> {
        let found = self.store.verify(&Version::new(1, 0, 0), &self.archive);
        let found = found.expect("a folder");
        found.iter().map(ToString::to_string).collect()
    }

    fn quick(&self) -> Quick {
        let tree = Some(&self.archive.tree);
        self.store.quick(&self.name(), tree).expect("a mark")
    }
}

#[test]
fn a_full_look_makes_a_mark_and_whatever_is_touched_afterwards_is_told_by_it() {
    let lines = [
        ("chmod u+w bin/run; echo >>bin/run", vec!["bin/run"]),
        (
            "touch -d @0 share/contract.json",
            vec!["share/contract.json"],
        ),
        (
            "chmod u+w share; echo >share/more; chmod u-w share",
            vec!["share", "share/more"],
        ),
        (
            "chmod u+w bin; rm -f bin/run; chmod u-w bin",
            vec!["bin", "bin/run"],
        ),
        (
            "chmod u+w bin; cp -p bin/run bin/new; chmod u+w bin/new; echo '#!/bin/zz' >bin/new; chmod 555 bin/new; \
             touch -r bin/run bin/new; mv -f bin/new bin/run; chmod u-w bin",
            vec!["bin", "bin/run"],
        ),
    ];
    for (line, touched) in lines {
        let scene = Scene::new();
        scene.place().expect("placed");
        assert_eq!(scene.quick(), Quick::Unmarked);
        assert_eq!(scene.verify(), Vec::<String>::new());
        assert_eq!(scene.quick(), Quick::Untouched);
        assert_eq!(
            scene.store.quick(&scene.name(), None).expect("a mark"),
            Quick::Untouched
        );
        scene.after(line);
        let touched = touched.into_iter().map(str::to_owned).collect();
        assert_eq!(scene.quick(), Quick::Touched(touched), "{line}");
    }
}

#[test]
fn a_mark_of_another_tree_or_that_is_none_says_nothing() {
    let scene = Scene::new();
    scene.place().expect("placed");
    scene.verify();
    let other = Sha256::of(b"another");
    let quick = |name: &str, tree| scene.store.quick(name, tree).expect("a mark");
    assert_eq!(quick(&scene.name(), Some(&other)), Quick::Unmarked);
    assert_eq!(quick("1.0.1-0000000000000000", None), Quick::Unmarked);
    let mark = scene
        .folder
        .path()
        .join("framework/.marks")
        .join(scene.name());
    for text in ["", "ai-lab-mark 1 short\n", "no mark\n"] {
        fs::write(&mark, text).expect("a disk");
        assert_eq!(quick(&scene.name(), None), Quick::Unmarked, "{text:?}");
    }
}

#[test]
fn what_was_changed_is_found_marked_no_more_and_unpacked_again() {
    let scene = Scene::new();
    scene.place().expect("placed");
    scene.keep();
    scene.verify();
    scene.after("chmod u+w bin/run share; echo more >>bin/run; echo >share/more");
    let changed = [
        "`share/more` was added",
        "`bin/run` was changed",
        "the mode of `share` was changed",
    ];
    assert_eq!(scene.verify(), changed);
    assert_eq!(scene.quick(), Quick::Unmarked);
    let repair = || scene.store.repair(&Version::new(1, 0, 0), &scene.archive);
    let Ok(Repaired::Anew(found)) = repair() else {
        panic!("it was not repaired");
    };
    assert_eq!(found.len(), 3);
    assert_eq!(scene.verify(), Vec::<String>::new());
    assert_eq!(scene.quick(), Quick::Untouched);
    assert_eq!(repair().expect("whole"), Repaired::WasWhole);
    let left: Vec<_> = fs::read_dir(scene.store.root())
        .expect("a folder")
        .flatten()
        .collect();
    let stages = left
        .iter()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGE));
    assert_eq!(stages.count(), 0);
}

#[test]
fn a_release_that_is_gone_or_is_a_link_is_put_right() {
    let scene = Scene::new();
    let place = scene.place().expect("placed");
    scene.keep();
    let repair = || scene.store.repair(&Version::new(1, 0, 0), &scene.archive);
    repair::remove_all(&place).expect("ours");
    assert_eq!(
        repair().expect("repaired"),
        Repaired::Anew(vec![Difference::Removed(".".to_owned())])
    );
    let aside = scene.store.root().join(".aside");
    fs::rename(&place, &aside).expect("ours");
    symlink(&aside, &place).expect("a link");
    assert_eq!(
        repair().expect("repaired"),
        Repaired::Anew(vec![Difference::Kind(".".to_owned())])
    );
    assert!(aside.join("bin/run").exists());
}

#[test]
fn without_its_archive_nothing_is_repaired_and_nothing_is_lost() {
    let scene = Scene::new();
    scene.place().expect("placed");
    scene.after("chmod u+w bin/run; echo more >>bin/run");
    let told = || {
        let repaired = scene.store.repair(&Version::new(1, 0, 0), &scene.archive);
        repaired.expect_err("there is no archive").to_string()
    };
    let gone = "the archive of 1.0.0 is not kept any more, or was changed";
    assert_eq!(told(), gone);
    let kept = scene.keep();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o644)).expect("ours");
    fs::write(&kept, "another").expect("a disk");
    assert_eq!(told(), gone);
    assert!(
        scene
            .store
            .path(&Version::new(1, 0, 0), &scene.archive.tree)
            .exists()
    );
}

#[test]
fn an_archive_that_is_another_is_not_kept() {
    let scene = Scene::new();
    fs::create_dir_all(scene.store.root()).expect("a folder");
    let other = scene.folder.path().join("other");
    fs::write(&other, vec![0; 10_000]).expect("a disk");
    let from = File::open(&other).expect("a file");
    let told = scene
        .store
        .keep_archive(from, &scene.archive)
        .expect_err("another")
        .to_string();
    assert!(
        told.starts_with("the archive is not the one that its release names: "),
        "{told}"
    );
    let left = fs::read_dir(scene.store.root().join(".archives")).expect("a folder");
    assert_eq!(left.count(), 0);
}

#[test]
fn what_a_lab_or_a_process_uses_is_never_collected() {
    let scene = Scene::new();
    scene.place().expect("placed");
    scene.keep();
    let name = scene.name();
    let collect = |keep: &[String]| scene.store.collect(keep, "x86_64-unknown-linux-gnu", false);
    let kept_for = |keep: &[String]| {
        let plan = collect(keep).expect("a plan");
        plan.kept.into_iter().next().map(|kept| kept.kept_for)
    };
    assert_eq!(kept_for(&[]), None);
    assert_eq!(kept_for(std::slice::from_ref(&name)), Some(KeptFor::Asked));
    let lab = scene.folder.path().join("lab");
    fs::create_dir_all(lab.join(".ai-lab/update")).expect("a folder");
    scene.store.remember_lab(&lab).expect("remembered");
    assert_eq!(kept_for(&[]), None);
    let by_lab = Some(KeptFor::Lab { lab: lab.clone() });
    let digits = &scene.archive.tree.as_str()[..20];
    fs::write(lab.join("ai-lab.lock"), format!("tree = \"{digits}\"")).expect("a disk");
    assert_eq!(kept_for(&[]), by_lab);
    fs::write(lab.join("ai-lab.lock"), "").expect("a disk");
    fs::write(lab.join(".ai-lab/update/journal.json"), &name).expect("a disk");
    assert_eq!(kept_for(&[]), by_lab);
    fs::remove_file(lab.join(".ai-lab/update/journal.json")).expect("there");
    symlink(
        scene.store.root().join(&name),
        lab.join(".ai-lab/framework"),
    )
    .expect("a link");
    assert_eq!(kept_for(&[]), by_lab);
    fs::remove_dir_all(&lab).expect("ours");
    assert_eq!(kept_for(&[]), None);
    let plan = scene
        .store
        .collect(&[], "x86_64-unknown-linux-gnu", true)
        .expect("collected");
    assert_eq!((plan.removed, plan.archives.len()), (vec![name], 1));
    assert_eq!(scene.store.names().expect("a folder"), Vec::<String>::new());
    assert_eq!(scene.store.kept_archive(&scene.archive), None);
}
