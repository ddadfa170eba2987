//! `ai-lab board` in a real terminal, and items in a real editor.

use std::fs;

use insta::assert_snapshot;

use crate::program::{script, turn};
use crate::scene::Scene;
use crate::terminal::Terminal;

const FIXED: [(&str, &str); 2] = [("USER", "jo"), ("AI_LAB_CLOCK", "2026-02-03T04:05:06Z")];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.prepare(
        r#"
        project add "Home" --prefix HS
        item add "Watch the disks" --project HS --priority high --due 2026-02-01
        item add "Größe des Speichers 🏠 prüfen" --project HS --criterion "It is known"
        item add "Warn" --project HS --depends-on HS-001
        item start HS-002
    "#,
    );
    scene
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its keys")]
fn a_board_is_moved_through_by_keys() {
    let scene = scene();
    let socket = scene.folder().join("tmux");
    let terminal = Terminal::start(scene.folder(), &socket, (76, 15), &FIXED, "board");
    assert_snapshot!(terminal.once_it_shows("HS-002"), @r#"
     todo 2  in_progress 1  review 0  blocked 0  done 0
    ›HS-001 Watch the disks   HS-002 Größe des Speich… nothing
      high 2026-02-01 late

     HS-003 Warn









    ? keys  f filter  / search  u undo  q leave
    "#);
    // To the next column: the rules have nothing against it.
    terminal.press(&["L"]);
    terminal.once_it_shows("HS-001 todo → in_progress");
    // The chosen card went along; done is refused for the other one, and told why.
    terminal.press(&["Down"]);
    terminal.press(&["D"]);
    terminal.once_it_shows("HS-002 cannot be done: 1 acceptance criterion is open: It is known");
    terminal.press(&["e", "C-u"]);
    terminal.type_text("Ganz anders");
    terminal.press(&["Enter"]);
    terminal.once_it_shows("HS-002 Ganz anders");
    terminal.press(&["u"]);
    terminal.once_it_shows("taken back: w7 item.edit of HS-002");
    terminal.press(&["U"]);
    terminal.once_it_shows("taken back: w8 undo of HS-002");
    terminal.press(&["b"]);
    terminal.type_text("no power");
    terminal.press(&["Enter"]);
    assert_snapshot!(terminal.once_it_shows("HS-002 in_progress → blocked"), @r#"
     todo 1  in_progress 1  review 0  blocked 1  done 0
     HS-001 Watch the disks  nothing                    HS-002 Ganz anders
      high 2026-02-01 late











    HS-002 in_progress → blocked
    "#);
    terminal.press(&["Enter"]);
    terminal.once_it_shows("no power");
    // Not by Escape: with a key right behind it, a terminal takes both for one.
    terminal.press(&["q", "f"]);
    terminal.type_text("prio:hgh");
    terminal.press(&["Enter"]);
    terminal.once_it_shows("`hgh` is no priority, perhaps high");
    terminal.press(&["f"]);
    terminal.type_text("prio:high");
    terminal.press(&["Enter"]);
    let filtered = terminal.once_it_shows("[prio:high]");
    assert!(!filtered.contains("HS-003"), "{filtered}");
    terminal.resize((40, 8));
    terminal.press(&["n"]);
    terminal.type_text("Neu");
    terminal.press(&["Enter"]);
    terminal.once_it_shows("ITEM-001 is new");
    terminal.press(&["/"]);
    terminal.type_text("warn");
    terminal.press(&["Enter"]);
    terminal.once_it_shows("HS-003  Warn (todo)");
    terminal.press(&["q", "q"]);
    assert_snapshot!(terminal.once_it_shows("ended"), @"ended 0");
    assert_snapshot!(scene.play("item list --all"), @r#"
    $ ai-lab item list --all
    ITEM      STATUS       PRIORITY  DUE         TITLE
    HS-001    in_progress  high      2026-02-01  Watch the disks
    HS-002    blocked      medium                Ganz anders
    HS-003    todo         medium                Warn
    ITEM-001  todo         medium                Neu
    "#);
}

#[test]
fn what_others_do_is_seen_without_a_key_and_a_stale_change_is_refused() {
    let scene = scene();
    let socket = scene.folder().join("tmux");
    let terminal = Terminal::start(
        scene.folder(),
        &socket,
        (140, 12),
        &FIXED,
        "board prio:high",
    );
    terminal.once_it_shows("HS-001 Watch the disks");
    // The prompt is open while another changes the card: nothing is loaded behind it.
    terminal.press(&["e"]);
    terminal.once_it_shows("title: Watch the disks");
    scene.prepare("item edit HS-001 --assignee mia");
    terminal.press(&["x", "Enter"]);
    terminal.once_it_shows("HS-001 was changed in the meantime");
    terminal.once_it_shows("@mia");
    terminal.press(&["C-c"]);
    terminal.once_it_shows("ended 0");
}

#[test]
fn a_board_without_a_terminal_a_lab_or_sense_is_refused() {
    let scene = scene();
    assert_snapshot!(scene.play("board"), @r#"
    $ ai-lab board
    error: ai-lab board: a board needs a terminal; `ai-lab item list` does without
    next: `--help` shows what the command takes
    [exit 2]
    "#);
    let socket = scene.folder().join("tmux");
    let terminal = Terminal::start(scene.folder(), &socket, (76, 12), &FIXED, "board prio:x");
    assert_snapshot!(terminal.once_it_shows("ended"), @r#"
    error: `x` is no priority: low, medium, high, critical
    next: `ai-lab item list --help` explains the words
    ended 11
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its editors")]
fn an_item_is_changed_in_an_editor() {
    let _turn = turn();
    let scene = scene();
    let editor = scene.folder().join("editor");
    let named = editor.display().to_string();
    let temporary = scene.folder().join("tmp");
    fs::create_dir(&temporary).expect("made");
    let temporary_named = temporary.display().to_string();
    let with = [
        ("EDITOR", named.as_str()),
        ("TMPDIR", temporary_named.as_str()),
        ("PATH", "/usr/bin:/bin"),
    ];
    let edit = ["item", "edit", "HS-001", "--editor"];
    script(
        &editor,
        "sed -i 's/^title: .*/title: Watch all disks/; s/^due: .*/due: fri/' \"$1\"",
    );
    assert_snapshot!(scene.run_with(&with, &edit).stdout, @r#"HS-001 Watch all disks"#);
    script(&editor, "true");
    assert_snapshot!(scene.run_with(&with, &edit).stdout, @r#"HS-001 Watch all disks: nothing was changed"#);
    assert_eq!(fs::read_dir(&temporary).expect("listed").count(), 0);
    // What cannot be taken over is kept, whatever the reason.
    script(&editor, "sed -i 's/^priority: .*/priority: urgent/' \"$1\"");
    let refused = scene.run_with(&with, &edit);
    let told = refused
        .stderr
        .lines()
        .filter(|line| !line.contains("is kept"))
        .collect::<Vec<_>>();
    assert_snapshot!(told.join("\n"), @r#"error: line 3 of the sheet: `urgent` is no priority: low, medium, high, critical"#);
    assert_eq!(
        (
            refused.code,
            fs::read_dir(&temporary).expect("listed").count()
        ),
        (Some(11), 1)
    );
    let program = env!("CARGO_BIN_EXE_ai-lab");
    script(
        &editor,
        &format!(
            "USER=mia {program} item edit HS-001 --estimate 3 >/dev/null\nsed -i 's/^title: .*/title: Mine/' \"$1\""
        ),
    );
    let stale = scene.run_with(&with, &edit);
    assert!(
        stale
            .stderr
            .starts_with("error: HS-001 was changed in the meantime"),
        "{stale:?}"
    );
    assert_eq!(stale.code, Some(5));
    script(&editor, "exit 3");
    let failed = scene.run_with(&with, &edit);
    assert!(
        failed.stderr.contains("ended with exit status: 3"),
        "{failed:?}"
    );
    let both = scene.run_with(
        &with,
        &["item", "edit", "HS-001", "--editor", "--title", "x"],
    );
    assert_eq!(both.code, Some(2), "{both:?}");
    assert_snapshot!(scene.play("item show HS-001"), @r#"
    $ ai-lab item show HS-001
    HS-001  Watch all disks
      status    todo
      priority  high
      type      task
      project   PROJ-001
      author    jo
      due       2026-02-06
      estimate  3 h
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    can be started
      now
    "#);
}
