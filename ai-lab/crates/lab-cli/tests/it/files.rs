//! The lab's files at the command line.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;

use crate::scene::Scene;

const PUMP: &str = r#"
    project add "Home server" --prefix HS
    item add "Buy a pump" --project HS --label loud
    item add "Plant a tree" --project HS
"#;

/// The file of an item, and its text with what differs from run to run left out.
fn file(scene: &Scene, stem: &str) -> PathBuf {
    let folder = scene.folder().join("projects/home-server/data/work-items");
    let entries = fs::read_dir(folder).expect("it is listed");
    let mut paths = entries.map(|entry| entry.expect("it is read").path());
    let is_it = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(stem))
    };
    paths.find(is_it).expect("it has a file")
}

#[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
fn change(scene: &Scene, stem: &str, from: &str, to: &str) {
    let path = file(scene, stem);
    let text = fs::read_to_string(&path).expect("it is read");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).expect("it is written");
}

/// A screen without the ends of uids that file names show.
fn steady(screen: &str) -> String {
    let mut steady = String::new();
    let mut rest = screen;
    while let Some(at) = rest.find(".json") {
        let (head, tail) = rest.split_at(at);
        let is_tail = head.len() > 9 && head.as_bytes()[head.len() - 9] == b'_';
        steady.push_str(if is_tail {
            &head[..head.len() - 8]
        } else {
            head
        });
        steady.push_str(if is_tail { "UID.json" } else { ".json" });
        rest = &tail[5..];
    }
    steady + rest
}

#[test]
fn every_change_writes_its_file_and_a_sync_finds_nothing_to_do() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    let text = fs::read_to_string(file(&scene, "HS-001_")).expect("it is read");
    assert!(text.contains("\"title\": \"Buy a pump\""), "{text}");
    assert_snapshot!(scene.play("
        sync --check
        item edit HS-001 --priority high
        sync
        log --limit 1
    "), @r#"
    $ ai-lab sync --check
    3 files, 0 read: nothing to do
    $ ai-lab item edit HS-001 --priority high
    HS-001  Buy a pump
    $ ai-lab sync
    3 files, 0 read: nothing to do
    $ ai-lab log --limit 1
    w4  2026-02-03T04:05:06Z  person:jo  item.edit
         HS-001 priority: medium → high
    --before w4 goes on
    "#);
    let schema = scene.folder().join("data/schemas/work-item.json");
    assert!(schema.is_file(), "the schemas are published");
}

#[test]
fn what_is_changed_in_a_file_is_planned_checked_taken_and_taken_back() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    change(&scene, "HS-001_", "Buy a pump", "Buy two pumps");
    assert_snapshot!(steady(&scene.play("
        sync --plan
        sync --check
        sync
        item list
        log --limit 1
        undo w4
        item list
        sync --check
    ")), @r#"
    $ ai-lab sync --plan
    take      HS-001  projects/home-server/data/work-items/HS-001_UID.json
    3 files, 1 read: this is the plan: nothing was written
    $ ai-lab sync --check
    take      HS-001  projects/home-server/data/work-items/HS-001_UID.json
    3 files, 1 read: this is the plan: nothing was written
    error: lab and files are not alike: 1 difference
    next: `ai-lab sync` makes them alike
    [exit 5]
    $ ai-lab sync
    take      HS-001  projects/home-server/data/work-items/HS-001_UID.json
    3 files, 1 read: lab and files are alike
    $ ai-lab item list
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    medium         Buy two pumps
    HS-002  todo    medium         Plant a tree
    $ ai-lab log --limit 1
    w4  2026-02-03T04:05:06Z  sync:files  sync
         HS-001 title: Buy a pump → Buy two pumps
    --before w4 goes on
    $ ai-lab undo w4
    taken back:
    w4  2026-02-03T04:05:06Z  sync:files  sync
         HS-001 title: Buy a pump → Buy two pumps
    $ ai-lab item list
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    medium         Buy a pump
    HS-002  todo    medium         Plant a tree
    $ ai-lab sync --check
    3 files, 0 read: nothing to do
    "#);
}

#[test]
fn a_conflict_is_told_and_settled() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    change(&scene, "HS-001_", "Buy a pump", "Buy two pumps");
    assert_snapshot!(steady(&scene.play("
        item edit HS-001 --title \"Buy no pump\"
        sync
        sync conflicts
        sync resolve HS-002 --take lab
        sync resolve HS-001 --take file
        sync conflicts
        sync
        item list
    ")), @r#"
    $ ai-lab item edit HS-001 --title "Buy no pump"
    HS-001  Buy no pump
    note: projects/home-server/data/work-items/HS-001_UID.json: it was changed or removed since the last sync; `ai-lab sync` brings both together
    $ ai-lab sync
    merge     HS-001  projects/home-server/data/work-items/HS-001_UID.json (one conflict)
    conflict: HS-001 title: the lab says `Buy no pump`, the file `Buy two pumps`; both had `Buy a pump`
    3 files, 1 read: lab and files are alike
    error: 1 conflict to be settled
    next: `ai-lab sync resolve LABEL --take lab|file` settles one
    [exit 5]
    $ ai-lab sync conflicts
    conflict: HS-001 title: the lab says `Buy no pump`, the file `Buy two pumps`; both had `Buy a pump`
    $ ai-lab sync resolve HS-002 --take lab
    error: nothing of `HS-002` is in conflict
    next: `ai-lab sync conflicts` shows what there is
    [exit 4]
    $ ai-lab sync resolve HS-001 --take file
    settled: HS-001 title
    $ ai-lab sync conflicts
    nothing is in conflict
    $ ai-lab sync
    3 files, 0 read: nothing to do
    $ ai-lab item list
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    medium         Buy two pumps
    HS-002  todo    medium         Plant a tree
    "#);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_line() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    change(
        &scene,
        "HS-001_",
        "\"status\": \"todo\"",
        "\"status\": \"completed\"",
    );
    change(
        &scene,
        "HS-002_",
        "  \"title\"",
        "<<<<<<< HEAD\n  \"title\"",
    );
    assert_snapshot!(steady(&scene.play("
        sync
        item show HS-001 --json
    ").lines().take(8).collect::<Vec<_>>().join("\n")), @r#"
    $ ai-lab sync
    problem: projects/home-server/data/work-items/HS-001_UID.json: line 7, column 13: `status` is not one of todo, in_progress, review, done, blocked, cancelled
    problem: projects/home-server/data/work-items/HS-002_UID.json: line 6, column 1: a merge left its conflict markers here
    3 files, 0 read: nothing to do
    error: 2 files could not be taken or written
    next: mend what is named above, then sync again
    [exit 11]
    $ ai-lab item show HS-001 --json
    "#);
}

#[test]
fn a_lab_may_keep_its_files_for_the_sync() {
    let scene = Scene::new();
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(
        scene.folder().join("ai-lab.toml"),
        "[files]\nmirror = false\n",
    )
    .expect("written");
    scene.prepare(PUMP);
    assert!(!scene.folder().join("projects").exists());
    assert_snapshot!(steady(&scene.play("sync")), @r#"
    $ ai-lab sync
    write     HS-001  projects/home-server/data/work-items/HS-001_UID.json (it has no file yet)
    write     HS-002  projects/home-server/data/work-items/HS-002_UID.json (it has no file yet)
    write     PROJ-001  projects/home-server/data/project.json (it has no file yet)
    0 files, 0 read: lab and files are alike
    "#);
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(
        scene.folder().join("ai-lab.toml"),
        "[files]\nmirror = perhaps\n",
    )
    .expect("written");
    assert_snapshot!(scene.play("item start HS-001"), @r#"
    $ ai-lab item start HS-001
    HS-001  Buy a pump
      todo → in_progress
    note: no file was written: LAB/ai-lab.toml: string values must be quoted, expected literal string
    "#);
}

#[test]
fn git_merges_through_merge_file() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    let path = file(&scene, "HS-001_");
    let base = fs::read_to_string(&path).expect("it is read");
    let put = |name: &str, text: &str| {
        #[expect(clippy::disallowed_methods, reason = "git writes as it likes")]
        fs::write(scene.folder().join(name), text).expect("written");
    };
    put("base", &base);
    put(
        "ours",
        &base.replace("medium", "high").replace("Buy a pump", "Ours"),
    );
    put(
        "theirs",
        &base.replace("loud", "wet").replace("Buy a pump", "Theirs"),
    );
    put("broken", "<<<<<<< HEAD\n");
    assert_snapshot!(scene.play("
        merge-file base ours theirs home/data/work-items/x.json
        merge-file base ours broken data/work-items/x.json
        merge-file base ours theirs README.md
    "), @r#"
    $ ai-lab merge-file base ours theirs home/data/work-items/x.json
    HS-001: in conflict: title
    $ ai-lab merge-file base ours broken data/work-items/x.json
    error: LAB/broken cannot be read
    because: line 1, column 1: a merge left its conflict markers here
    next: `git checkout --ours` or `--theirs` takes one of them; then `git add`
    [exit 11]
    $ ai-lab merge-file base ours theirs README.md
    error: README.md is no place of a tracker's file
    [exit 2]
    "#);
    let merged = fs::read_to_string(scene.folder().join("ours")).expect("it is read");
    let json: serde_json::Value = serde_json::from_str(&merged).expect("it is JSON");
    assert_eq!(
        (&json["priority"], &json["labels"][0]),
        (&"high".into(), &"wet".into())
    );
    assert_eq!(
        (&json["title"], &json["conflicts"][0]["theirs"]),
        (&"Ours".into(), &"Theirs".into())
    );
}
