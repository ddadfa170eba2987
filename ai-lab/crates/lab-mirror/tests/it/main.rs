//! Files on a real disk.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use lab_mirror::{FILE_BYTES, FileDesk, FilesLock, Replaced, Stamp, Watch, scan};
use lab_model::EntityKind;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What a person or another program writes.
#[expect(clippy::disallowed_methods, reason = "tests write what others would")]
fn write(root: &Path, path: &str, text: &str) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().expect("it has one")).expect("made");
    fs::write(full, text).expect("written");
}

fn written(replaced: Replaced) -> Stamp {
    match replaced {
        Replaced::Written(stamp) => stamp,
        Replaced::Changed => unreachable!("nobody else writes"),
    }
}

#[test]
fn what_killed_writers_left_is_found_and_swept_and_nothing_else() {
    let at = folder();
    let root = at.path();
    let left = "data/ideas/.123-0.ai-lab-new";
    let others = [
        "data/ideas/.ai-lab-new",
        "data/ideas/.draft-0.ai-lab-new",
        "data/ideas/123-0.ai-lab-new",
    ];
    for path in others.into_iter().chain([left]) {
        write(root, path, "");
    }
    let scanned = scan(root).expect("it is listed");
    assert_eq!(scanned.left, [left]);
    let desk = FileDesk::for_few(root);
    // Twice: somebody else may have swept before.
    for _ in 0..2 {
        desk.sweep(&scanned.left).expect("swept");
    }
    assert!(!root.join(left).exists());
    assert!(others.iter().all(|path| root.join(path).exists()));
}

#[test]
fn every_document_is_found_and_nothing_else_is_followed() {
    let (at, elsewhere) = (folder(), folder());
    let root = at.path();
    for path in [
        "data/ideas/IDEA-001_1.json",
        "data/ideas/notes.txt",
        "data/ideas/.draft.json",
        "projects/a/data/project.json",
        "projects/a/data/work-items/x.json",
        "projects/.hidden/data/work-items/x.json",
        "projects/file",
    ] {
        write(root, path, "{}");
    }
    write(elsewhere.path(), "secret.json", "{}");
    symlink(
        elsewhere.path().join("secret.json"),
        root.join("data/ideas/link.json"),
    )
    .expect("linked");
    symlink(elsewhere.path(), root.join("projects/b")).expect("linked");
    fs::create_dir_all(root.join("projects/a/data/milestones/odd.json")).expect("made");
    let scanned = scan(root).expect("it is listed");
    let found: Vec<(&str, EntityKind)> = scanned
        .files
        .iter()
        .map(|(path, found)| (path.as_str(), found.place.kind))
        .collect();
    assert_eq!(
        found,
        [
            ("data/ideas/IDEA-001_1.json", EntityKind::Idea),
            ("projects/a/data/project.json", EntityKind::Project),
            ("projects/a/data/work-items/x.json", EntityKind::Item),
        ]
    );
    assert_eq!(
        scanned.strange,
        [
            "data/ideas/link.json",
            "projects/a/data/milestones/odd.json"
        ]
    );
    assert_eq!(scanned.project_folders, ["a"]);
    assert!(scan(&root.join("nowhere")).is_ok_and(|it| it.files.is_empty()));
}

#[test]
fn a_file_is_written_whole_and_only_over_what_was_seen() {
    let at = folder();
    let root = at.path();
    let mut desk = FileDesk::for_few(root);
    let path = "data/ideas/a.json";
    let first = written(desk.replace(path, "one", None).expect("there is room"));
    assert_eq!(desk.stamp(path), Some(first));
    assert_eq!(
        desk.read(path).expect("it is there"),
        ("one".to_owned(), first)
    );
    // Something is there that was not seen.
    assert_eq!(
        desk.replace(path, "two", None).expect("it is told"),
        Replaced::Changed
    );
    let second = written(
        desk.replace(path, "two", Some(first))
            .expect("there is room"),
    );
    assert_ne!(first, second);
    write(root, path, "a person's");
    let lost = desk
        .replace(path, "three", Some(second))
        .expect("it is told");
    assert_eq!(lost, Replaced::Changed);
    assert!(!desk.remove(path, second).expect("it is told"));
    let (text, seen) = desk.read(path).expect("it is there");
    assert_eq!(text, "a person's");
    assert!(desk.remove(path, seen).expect("it goes"));
    assert_eq!(desk.stamp(path), None);
    let left: Vec<_> = fs::read_dir(root.join("data/ideas"))
        .expect("listed")
        .collect();
    assert_eq!(left.len(), 0, "no draft is left");
}

#[test]
fn many_files_are_on_the_disk_after_one_settling() {
    let at = folder();
    let mut desk = FileDesk::for_many(at.path());
    for number in 0..20 {
        let path = format!("data/work-items/{number}.json");
        written(desk.replace(&path, "x", None).expect("there is room"));
    }
    desk.settle().expect("the disk takes it");
    assert_eq!(scan(at.path()).expect("listed").files.len(), 20);
}

#[test]
fn what_cannot_be_read_or_written_says_which_and_why() {
    let at = folder();
    let root = at.path();
    write(
        root,
        "data/big",
        &"x".repeat(usize::try_from(FILE_BYTES).expect("fits") + 1),
    );
    fs::create_dir_all(root.join("data/dir")).expect("made");
    let mut desk = FileDesk::for_few(root);
    let told = |path: &str| desk.read(path).expect_err("it cannot").to_string();
    assert_eq!(told("data/none"), "cannot read data/none");
    assert_eq!(told("data/dir"), "cannot read data/dir");
    assert_eq!(told("data/big"), "data/big is larger than 4194304 bytes");
    #[expect(clippy::disallowed_methods, reason = "tests write what others would")]
    fs::write(root.join("data/bytes"), b"ab\xff").expect("written");
    assert_eq!(told("data/bytes"), "data/bytes: byte 2 is not UTF-8");
    let error = desk
        .replace("data/big/x.json", "x", None)
        .expect_err("no folder");
    assert_eq!(error.to_string(), "cannot write data/big/x.json");
}

#[test]
fn one_writer_of_files_waits_for_the_other() {
    let at = folder();
    let root = at.path().to_owned();
    let first = FilesLock::take(&root).expect("it is free");
    let (sender, receiver) = channel();
    let second = std::thread::spawn(move || {
        let _lock = FilesLock::take(&root).expect("it becomes free");
        sender.send(()).expect("someone waits");
    });
    assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
    drop(first);
    receiver.recv().expect("the second has it");
    second.join().expect("it ends");
}

#[test]
fn a_watch_tells_of_a_change_once_it_is_quiet() {
    let at = folder();
    let root = at.path().to_owned();
    let watch = Watch::start(&root).expect("there is a watch");
    let (sender, receiver) = channel();
    let waiting = std::thread::spawn(move || {
        watch.wait().expect("something happens");
        sender.send(()).expect("someone waits");
    });
    // A lock is no change of a lab.
    drop(FilesLock::take(&root).expect("it is free"));
    assert!(receiver.recv_timeout(Duration::from_millis(300)).is_err());
    write(&root, "data/new.json", "{}");
    receiver.recv().expect("it is told");
    waiting.join().expect("it ends");
}
