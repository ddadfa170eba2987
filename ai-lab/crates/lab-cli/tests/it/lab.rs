//! `ai-lab status`, `doctor`, `completions`, and what holds for every command.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::program::ai_lab;
use crate::scene::Scene;

#[test]
fn status_is_the_lab_on_one_screen() {
    let scene = Scene::new();
    assert_snapshot!(scene.play("status"), @r#"
    $ ai-lab status
    Nothing here yet.
    `ai-lab project add NAME` or `ai-lab item add TITLE` begins.
    "#);
    scene.prepare(r#"
        project add "AI Lab Framework" --prefix FRM
        project add "Home server"
        milestone add "First light" --project FRM --due 2026-02-02
        milestone add "Second light" --project FRM --due 2026-02-03
        milestone add "Far light" --project FRM --due 2026-04-03
        idea add "A quieter house"
        item add "Unpack the archive" --project FRM --priority high --milestone MS-001
        item add "Verify the archive, every file of it, by its digest and not by its name" --parent FRM-001 --due 2026-01-31
        item add "Write the guide" --project FRM --depends-on FRM-001
        item add "Buy a pump" --project HS --priority critical
        item add "Loose end" --due 2026-02-05
        item add "Second end"
        item add "Third end"
        item add "Fourth end"
        item add "Fifth end"
        item start FRM-001-1
        item block HS-001 "the shop is closed"
    "#);
    assert_snapshot!(scene.play("status"), @r#"
    $ ai-lab status
    PROJECTS
      FRM  AI Lab Framework  ░░░░░░░░░░░░░░░░░░░░  0% of 3  1 in progress
      HS   Home server       ░░░░░░░░░░░░░░░░░░░░  0% of 1  1 blocked

    IN PROGRESS
      FRM-001-1  medium  Verify the archive, every file of it, by its …  3 days late

    READY NEXT (5 of 6)
      FRM-001   high    Unpack the archive
      ITEM-001  medium  Loose end           due 2026-02-05
      ITEM-002  medium  Second end
      ITEM-003  medium  Third end
      ITEM-004  medium  Fourth end

    BLOCKED
      HS-001  Buy a pump  ← the shop is closed

    MILESTONES
      MS-001  First light   1 day late (2026-02-02)  ░░░░░░░░░░░░░░░░░░░░  0 of 1
      MS-002  Second light  today (2026-02-03)       ░░░░░░░░░░░░░░░░░░░░  no items

    IDEAS
      1 waits  `ai-lab idea list`
    "#);
    let json = scene.run(&["status", "--json"]);
    assert!(
        json.stdout
            .starts_with("{\n  \"format\": 1,\n  \"projects\": ["),
        "{}",
        json.stdout
    );
}

#[test]
fn status_stays_on_one_screen_however_much_is_going_on() {
    let scene = Scene::new();
    for number in 1..=12 {
        scene.prepare(&format!("item add a{number}\nitem start ITEM-{number:03}"));
    }
    scene.prepare("item edit ITEM-012 --priority critical");
    let screen = scene.play("status");
    let lines: Vec<&str> = screen.lines().collect();
    assert_eq!(
        lines[1..3],
        ["IN PROGRESS (10 of 12)", "  ITEM-012  critical  a12"]
    );
    assert_eq!(lines.len(), 12);
}

#[test]
fn doctor_tells_what_it_looked_at_and_what_is_wrong() {
    let scene = Scene::new();
    scene.prepare("item add a");
    let sound = scene.run(&["doctor"]);
    let lines: Vec<&str> = sound
        .stdout
        .lines()
        .filter(|line| !line.contains("sqlite") && !line.contains("size"))
        .collect();
    assert_snapshot!(lines.join("\n"), @r#"
    lab       LAB
    database  LAB/data/ai_lab.db
    schema    1.6
    holds     0 ideas, 1 item, 0 milestones, 0 projects, 0 repos
    log       7 operations in 1 write
    sound     yes
    "#);
    assert_eq!(sound.code, Some(0));
    let path = scene.folder().join("data/ai_lab.db");
    #[expect(clippy::disallowed_methods, reason = "the test lays a broken file")]
    fs::write(
        &path,
        "no database at all, but long enough to be looked at ".repeat(40),
    )
    .expect("written");
    assert_snapshot!(scene.play("doctor"), @r#"
    $ ai-lab doctor
    error: LAB/data/ai_lab.db is not a lab's database: it is no database
    next: move it away, and the next command makes a new database
    [exit 3]
    "#);
}

#[test]
fn without_a_lab_every_command_says_where_to_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |arguments: &[&str]| {
        let ended = ai_lab(folder.path(), &[], arguments);
        let home = folder.path().display().to_string();
        format!(
            "{:?} {}{}",
            ended.code,
            ended.stdout,
            ended.stderr.replace(&home, "HERE")
        )
    };
    assert_snapshot!(told(&["status"]), @r#"
    Some(4) error: no lab at HERE or above it: no folder has ai-lab.toml
    next: `ai-lab init` makes one here; `--lab DIR` names another
    "#);
    assert_snapshot!(told(&["item", "list", "--lab", "nowhere"]), @r#"
    Some(4) error: nowhere is no lab: it has no ai-lab.toml
    next: `ai-lab init nowhere` makes it one
    "#);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_lab_is_found_from_below_and_by_name() {
    let scene = Scene::new();
    scene.prepare("item add a");
    let deep = scene.folder().join("projects/deep");
    fs::create_dir_all(&deep).expect("made");
    let below = ai_lab(&deep, &[], &["item", "list"]);
    let named = ai_lab(
        &std::env::temp_dir(),
        &[],
        &[
            "item",
            "list",
            "--lab",
            &scene.folder().display().to_string(),
        ],
    );
    assert_eq!((below.stdout.lines().count(), below), (2, named));
}

#[test]
fn who_acts_comes_from_the_environment() {
    let scene = Scene::new();
    scene.run_with(&[("AI_LAB_ACTOR", "agent:reviewer")], &["item", "add", "a"]);
    assert!(
        scene
            .run(&["item", "show", "ITEM-001"])
            .stdout
            .contains("author    reviewer")
    );
    for (name, value) in [("AI_LAB_ACTOR", "reviewer"), ("AI_LAB_CLOCK", "today")] {
        let wrong = scene.run_with(&[(name, value)], &["item", "add", "a"]);
        assert_eq!(wrong.code, Some(3), "{wrong:?}");
        assert!(
            wrong.stderr.starts_with(&format!(
                "error: the environment is wrong: {name}: `{value}`"
            )),
            "{wrong:?}"
        );
    }
}

#[test]
fn what_a_title_holds_cannot_steer_the_terminal() {
    let scene = Scene::new();
    scene.prepare("item add \"\u{1b}[2Jgone\u{7}\"");
    assert_snapshot!(scene.play("item list\nitem show ITEM-001\nstatus"), @r#"
    $ ai-lab item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         �[2Jgone�
    $ ai-lab item show ITEM-001
    ITEM-001  �[2Jgone�
      status    todo
      priority  medium
      type      task
      author    jo
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    can be started
      now
    $ ai-lab status
    READY NEXT
      ITEM-001  medium  �[2Jgone�
    "#);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let scene = Scene::new();
    scene.prepare("item add a");
    // More than a pipe holds, so the program is still writing when the reader goes.
    let long = "x".repeat(100_000);
    scene.run(&["item", "edit", "ITEM-001", "--notes", &long]);
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let mut child = Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(["item", "show", "ITEM-001"])
        .current_dir(scene.folder())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = [0; 10];
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_exact(&mut first)
        .expect("reads");
    let ended = child.wait_with_output().expect("ends");
    assert_eq!(
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr)),
        (Some(0), "".into())
    );
}

#[test]
fn completions_know_every_command() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = scene.run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
        assert!(
            script.stdout.contains("milestone") && script.stdout.contains("unblock"),
            "{shell}"
        );
    }
}
