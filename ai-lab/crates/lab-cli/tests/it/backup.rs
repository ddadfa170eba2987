//! Backups from the command line, with a framework that is played, and kills in between.

use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::program::{script, turn};
use crate::scene::Scene;

/// Sizes as `N KiB`: they are `SQLite`'s own affair.
fn sizeless(screen: &str) -> String {
    let words = screen.split_inclusive([' ', '\n']).collect::<Vec<_>>();
    let mut shown = String::new();
    for (at, word) in words.iter().enumerate() {
        let is_size = words
            .get(at + 1)
            .is_some_and(|next| next.trim_end_matches([';', '\n', ' ']) == "KiB");
        shown.push_str(if is_size { "N " } else { word });
    }
    shown
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
fn a_lab_is_backed_up_listed_checked_and_put_back() {
    let scene = Scene::new();
    scene.prepare("item add One");
    assert_snapshot!(sizeless(&scene.play("
        backup list
        backup create
        backup create
        backup list
        item add Two
        backup verify
        backup restore
        backup restore --over
        item list
        backup restore ai-lab-20260203T040506Z-replaced.tar.zst --to other
        --lab other item list
        backup restore nothing --to x
        backup prune --hourly 0 --daily 0 --weekly 0 --monthly 0
        backup prune --yes
    ")), @r#"
    $ ai-lab backup list
    no backups; `ai-lab backup create` makes one
    $ ai-lab backup create
    LAB/data/backups/ai-lab-20260203T040506Z-regular.tar.zst: 2 files, N KiB
    note: without the framework's record: the framework is not found
    $ ai-lab backup create
    error: LAB/data/backups/ai-lab-20260203T040506Z-regular.tar.zst is there already
    next: the same command again takes another name
    [exit 5]
    $ ai-lab backup list
    BACKUP                                   MADE                  SIZE
    ai-lab-20260203T040506Z-regular.tar.zst  2026-02-03T04:05:06Z  N KiB
    $ ai-lab item add Two
    ITEM-002  Two
    $ ai-lab backup verify
      backup  LAB/data/backups/ai-lab-20260203T040506Z-regular.tar.zst
      made    2026-02-03T04:05:06Z
      files   2, each as it was
      lab     schema 1.6, sound: idea 0, item 1, milestone 0, project 0, repo 0
      log     1 writes
    $ ai-lab backup restore
    error: the following required arguments were not provided:
      --to <DIR>

    Usage: ai-lab backup restore --to <DIR> [BACKUP]

    For more information, try '--help'.
    [exit 2]
    $ ai-lab backup restore --over
    LAB is as it was at 2026-02-03T04:05:06Z
    what was there is kept: LAB/data/backups/ai-lab-20260203T040506Z-replaced.tar.zst
    $ ai-lab item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         One
    $ ai-lab backup restore ai-lab-20260203T040506Z-replaced.tar.zst --to other
    LAB/other is as it was at 2026-02-03T04:05:06Z
    $ ai-lab --lab other item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         One
    ITEM-002  todo    medium         Two
    $ ai-lab backup restore nothing --to x
    error: there is no backup `nothing`
    next: `ai-lab backup list` shows what there is
    [exit 4]
    $ ai-lab backup prune --hourly 0 --daily 0 --weekly 0 --monthly 0
    error: it would keep no backup at all
    [exit 2]
    $ ai-lab backup prune --yes
    0 removed, N KiB; 2 kept
    "#);
}

#[test]
fn the_frameworks_half_is_copied_by_the_framework() {
    let _turn = turn();
    let scene = Scene::new();
    scene.prepare("item add One");
    let framework = scene.folder().join("framework");
    script(
        &framework,
        r#"case "$1" in
        version) echo '{"format":1,"name":"ai-lab-framework","version":"0.3.1","contract":1,"schema":"1.1"}';;
        backup) [ -e "$2" ] && exit 5; echo record > "$2"; echo '{}';;
        execution) echo "$(cat "$AI_LAB_HOME/framework.db") is whole";;
        esac"#,
    );
    let named = framework.display().to_string();
    let with = [("AI_LAB_FRAMEWORK", named.as_str())];
    let made = scene.run_with(&with, &["backup", "create", "--json"]);
    assert!(made.stdout.contains("\"framework\": \"0.3.1\""), "{made:?}");
    let found = scene.run_with(&with, &["backup", "verify", "--json"]);
    assert!(
        found.stdout.contains("\"framework\": \"record is whole\""),
        "{found:?}"
    );
    let restored = scene.run_with(&with, &["backup", "restore", "--to", "new"]);
    assert_snapshot!(restored.stdout, @r#"
    LAB/new is as it was at 2026-02-03T04:05:06Z
    the framework's record is LAB/new/framework/framework.db: put it into the framework's home as framework.db while nothing runs
    "#);
    // One that refuses keeps the backup from being called one.
    script(
        &framework,
        "case \"$1\" in version) echo '{}';; *) echo 'the disk is gone' >&2; exit 8;; esac",
    );
    let refused = scene.run_with(&with, &["backup", "create", "--into", "there"]);
    assert_snapshot!(refused.stderr, @r#"
    error: the framework's record could not be copied
    because: the framework refused: the disk is gone
    next: `ai-lab backup create --without-framework` leaves it out
    "#);
    assert_eq!(
        std::fs::read_dir(scene.folder().join("there"))
            .expect("listed")
            .count(),
        0
    );
    // One without a record is told, and is no failure.
    script(
        &framework,
        "case \"$1\" in version) echo '{}';; *) exit 4;; esac",
    );
    let without = scene.run_with(&with, &["backup", "create", "--into", "there"]);
    assert!(
        without
            .stdout
            .ends_with("note: without the framework's record: the framework has no record yet\n")
    );
}

#[test]
fn units_are_shown_before_they_are_written() {
    let scene = Scene::new();
    let home = scene.folder().display().to_string();
    let with = [("HOME", home.as_str())];
    let planned = scene.run_with(
        &with,
        &["backup", "schedule", "--dry-run", "--every", "day"],
    );
    assert!(
        planned.stdout.ends_with("nothing was written\n"),
        "{planned:?}"
    );
    assert!(!scene.folder().join(".config").exists());
    let done = scene.run_with(&with, &["backup", "schedule"]);
    assert!(done.stdout.contains("OnCalendar=hourly"), "{done:?}");
    let units = std::fs::read_dir(scene.folder().join(".config/systemd/user")).expect("listed");
    assert_eq!(units.count(), 2);
    let nowhere = scene.run(&["backup", "schedule"]);
    assert_eq!(nowhere.code, Some(3), "{nowhere:?}");
}

/// Kills a restore as soon as something can be seen of it.
fn kill_when(scene: &Scene, is_time: impl Fn(&Path) -> bool) {
    #[expect(clippy::disallowed_methods, reason = "the test starts what it kills")]
    let mut child = Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(["backup", "restore", "backup.tar.zst", "--over"])
        .current_dir(scene.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    while !is_time(scene.folder()) && child.try_wait().expect("it is asked").is_none() {
        std::hint::spin_loop();
    }
    // It may be over already.
    let _ = child.kill();
    child.wait().expect("it ends");
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_or_the_new() {
    let scene = Scene::new();
    let many: Vec<String> = (0..30)
        .map(|number| format!("item add Old{number}"))
        .collect();
    scene.prepare(&many.join("\n"));
    let made = scene.run(&["backup", "create"]).stdout;
    let archive = made
        .split(':')
        .next()
        .expect("it is told")
        .replace("LAB", &scene.folder().display().to_string());
    std::fs::rename(&archive, scene.folder().join("backup.tar.zst")).expect("moved");
    scene.prepare("item add New");
    let restore = |folder: &Path| folder.join("data/.restore");
    let total = || {
        let listed = scene.run(&["item", "list", "--all", "--limit", "100", "--json"]);
        assert_eq!(listed.code, Some(0), "{listed:?}");
        listed.stdout.matches("\"label\"").count()
    };
    assert_eq!(total(), 31);
    let moments: [&dyn Fn(&Path) -> bool; 5] = [
        &|folder| restore(folder).exists(),
        &|folder| std::fs::read_dir(restore(folder)).is_ok_and(|mut it| it.next().is_some()),
        &|folder| restore(folder).join("ready").exists(),
        &|folder| {
            restore(folder).join("ready").exists() && folder.join("data/ai_lab.db-wal").exists()
        },
        &|folder| restore(folder).join("done").exists(),
    ];
    let mut seen = std::collections::BTreeSet::new();
    // On a busy machine a kill may come late: as often as it takes to see both.
    let rounds = moments.into_iter().cycle().take(40).enumerate();
    for (round, is_time) in rounds {
        if round >= moments.len() && seen.len() == 2 {
            break;
        }
        kill_when(&scene, is_time);
        let found = total();
        assert!(found == 30 || found == 31, "{found}");
        seen.insert(found);
        let doctor = scene.run(&["doctor"]);
        assert!(doctor.stdout.contains("sound     yes"), "{doctor:?}");
        if found == 30 {
            scene.prepare("item add New");
        }
    }
    assert_eq!(
        seen.len(),
        2,
        "no kill came before, or none after the decision"
    );
}
