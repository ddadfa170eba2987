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
