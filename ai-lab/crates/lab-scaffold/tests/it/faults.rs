//! What others do between the survey and the writing, and what a cut leaves behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use lab_scaffold::{CarryOutError, carry_out};

use crate::{folder, init, plan, tree, write};

/// Surveys, lets somebody else act, carries out; the error, and what the tree holds afterwards.
fn meanwhile(prepare: impl Fn(&Path), act: impl Fn(&Path)) -> (String, crate::Tree) {
    let at = folder();
    prepare(at.path());
    let plan = plan(at.path()).expect("it can be planned");
    act(at.path());
    let error = carry_out(&plan, at.path()).expect_err("somebody was there first");
    let told = error
        .to_string()
        .replace(&at.path().display().to_string(), "LAB");
    (told, tree(at.path()))
}

#[test]
fn a_file_that_appeared_meanwhile_is_left_as_it_is() {
    let (told, files) = meanwhile(|_| (), |lab| write(&lab.join("AGENTS.md"), "theirs\n"));
    assert_eq!(told, "`LAB/AGENTS.md` has changed meanwhile");
    assert_eq!(files["AGENTS.md"], "theirs\n");
}

#[test]
fn a_file_that_changed_meanwhile_is_left_as_it_is() {
    let (told, files) = meanwhile(
        |lab| write(&lab.join("AGENTS.md"), "mine\n"),
        |lab| write(&lab.join("AGENTS.md"), "mine, and more\n"),
    );
    assert_eq!(told, "`LAB/AGENTS.md` has changed meanwhile");
    assert_eq!(files["AGENTS.md"], "mine, and more\n");
}

#[test]
fn a_file_that_became_a_link_meanwhile_is_left_as_it_is() {
    let (told, files) = meanwhile(
        |lab| write(&lab.join("AGENTS.md"), "mine\n"),
        |lab| {
            let moved = lab.join("moved.md");
            fs::rename(lab.join("AGENTS.md"), &moved).expect("it is moved");
            symlink(&moved, lab.join("AGENTS.md")).expect("the link is made");
        },
    );
    assert_eq!(told, "`LAB/AGENTS.md` has changed meanwhile");
    assert_eq!(files["moved.md"], "mine\n");
}

#[test]
fn a_file_that_went_meanwhile_is_named() {
    let (told, files) = meanwhile(
        |lab| write(&lab.join("AGENTS.md"), "mine\n"),
        |lab| fs::remove_file(lab.join("AGENTS.md")).expect("it is removed"),
    );
    assert_eq!(told, "cannot write `LAB/AGENTS.md`");
    assert!(!files.contains_key("AGENTS.md"));
}

#[test]
fn a_writing_cut_short_leaves_whole_files_and_no_lab_and_the_next_one_completes_it() {
    let at = folder();
    let first = plan(at.path()).expect("it can be planned");
    let obstacle = at.path().join("config");
    write(&obstacle, "in the way\n");
    let error = carry_out(&first, at.path()).expect_err("the folder cannot be made");
    assert!(matches!(&error, CarryOutError::Write { path, .. } if path.ends_with(".gitkeep")));
    let cut = tree(at.path());
    assert!(!cut.contains_key("ai-lab.toml"));
    fs::remove_file(&obstacle).expect("the obstacle is removed");
    init(at.path());
    let complete = tree(at.path());
    for (path, text) in cut {
        // The obstacle's place is a folder now.
        if path != "config" {
            assert_eq!(complete[&path], text, "{path}");
        }
    }
    let whole = folder();
    init(whole.path());
    assert_eq!(complete, tree(whole.path()));
}

#[test]
fn what_a_killed_process_left_beside_the_file_is_passed_over() {
    let at = folder();
    let beside = format!(".AGENTS.md.{}-0.ai-lab-new", std::process::id());
    write(&at.path().join(&beside), "half\n");
    init(at.path());
    let mut files = tree(at.path());
    assert_eq!(files.remove(&beside).as_deref(), Some("half\n"));
    let whole = folder();
    init(whole.path());
    assert_eq!(files, tree(whole.path()));
}

#[test]
fn nothing_is_left_beside_the_files() {
    let at = folder();
    write(&at.path().join("AGENTS.md"), "mine\n");
    init(at.path());
    let left: Vec<String> = tree(at.path())
        .into_keys()
        .filter(|path| path.contains("ai-lab-new"))
        .collect();
    assert_eq!(left, [""; 0]);
}
