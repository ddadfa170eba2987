//! Many at once, and killed in the middle: nothing is lost, and files follow.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::scene::Scene;

fn start(folder: &Path, arguments: &[&str]) -> Child {
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("USER", "jo")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Runs twenty commands at once; each must succeed and have nothing to add.
fn twenty(scene: &Scene, arguments: impl Fn(usize) -> Vec<String>) {
    let started: Vec<Child> = (0..20)
        .map(|number| {
            let arguments = arguments(number);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            start(scene.folder(), &arguments)
        })
        .collect();
    for child in started {
        let ended = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.is_empty(), "{said}");
    }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn items(scene: &Scene) -> Vec<Value> {
    let text = scene
        .run(&["item", "list", "--all", "--limit", "1000", "--json"])
        .stdout;
    let listing: Value = serde_json::from_str(&text).expect("it is JSON");
    listing["items"].as_array().cloned().unwrap_or_default()
}

/// The files of items, each read.
fn files(scene: &Scene) -> Vec<Value> {
    let entries = fs::read_dir(scene.folder().join("data/work-items")).expect("it is listed");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(entry.expect("it is read").path()).expect("it is read");
        serde_json::from_str(&text).expect("it is JSON")
    };
    entries.map(read).collect()
}

#[test]
fn twenty_edits_of_one_item_and_twenty_new_ones_are_all_kept_and_in_the_files() {
    let scene = Scene::new();
    scene.prepare("item add One");
    twenty(&scene, |number| {
        words(&[
            "item",
            "edit",
            "ITEM-001",
            "--label",
            &format!("tag{number}"),
        ])
    });
    twenty(&scene, |number| {
        words(&["item", "add", &format!("New {number}")])
    });
    let listed = items(&scene);
    let labels: BTreeSet<String> = listed.iter().map(|it| it["label"].to_string()).collect();
    assert_eq!((listed.len(), labels.len()), (21, 21));
    let files = files(&scene);
    assert_eq!(files.len(), 21);
    let first = files
        .iter()
        .find(|it| it["label"] == "ITEM-001")
        .expect("it has a file");
    assert_eq!(first["labels"].as_array().map(Vec::len), Some(20));
    assert_eq!(scene.run(&["sync", "--check"]).code, Some(0));
}

#[test]
fn a_sync_that_is_killed_at_any_moment_is_taken_up_by_the_next() {
    let scene = Scene::new();
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(
        scene.folder().join("ai-lab.toml"),
        "[files]\nmirror = false\n",
    )
    .expect("written");
    let tasks: Vec<String> = (0..300)
        .map(|number| format!("- [ ] Task {number}"))
        .collect();
    let list = tasks.join(
        "
",
    );
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(scene.folder().join("list.md"), list).expect("written");
    scene.prepare("import list.md");
    let before = scene.run(&["export", "--as", "jsonl", "-"]).stdout;
    // Out of the lab into files, and back into a lab that has forgotten everything: cut each time a little later.
    for forgets in [false, true] {
        for turns in 0..12_u32 {
            if forgets && turns == 0 {
                for ending in ["", "-wal", "-shm"] {
                    let _ = fs::remove_file(scene.folder().join(format!("data/ai_lab.db{ending}")));
                }
            }
            let mut child = start(scene.folder(), &["sync"]);
            // So much work, not so much time: it is cut wherever it happens to be.
            let work: u64 = (0..u64::from(turns) * 400_000).fold(0, |a, b| a.wrapping_mul(31) ^ b);
            assert_ne!(work, 1);
            let _ = child.kill();
            child.wait().expect("it ends");
        }
        let ended = scene.run(&["sync"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(scene.run(&["sync", "--check"]).code, Some(0));
        assert_eq!(files(&scene).len(), 300);
        assert_eq!(scene.run(&["export", "--as", "jsonl", "-"]).stdout, before);
    }
}

#[test]
fn a_watch_takes_what_is_written_while_it_watches() {
    let scene = Scene::new();
    scene.prepare("item add One");
    let mut child = start(scene.folder(), &["sync", "--watch"]);
    let mut told = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut heard = |what: &str| {
        let line = told
            .by_ref()
            .map(|line| line.expect("it is text"))
            .find(|line| line.starts_with(what));
        line.expect("it is told")
    };
    let file = r#"{"format": 1, "title": "From outside"}"#;
    // The watch may not stand yet: whatever is there when it starts is taken as well.
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(scene.folder().join("data/work-items/new.json"), file).expect("written");
    assert!(heard("create").contains("ITEM-002"));
    heard("write");
    #[expect(clippy::disallowed_methods, reason = "a person writes as they like")]
    fs::write(scene.folder().join("data/work-items/newer.json"), file).expect("written");
    assert!(heard("create").contains("ITEM-003"));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(items(&scene).len(), 3);
}
