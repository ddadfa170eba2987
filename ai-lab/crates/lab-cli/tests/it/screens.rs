//! Listings of nothing, of much, and of what terminals choke on.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use insta::assert_snapshot;
use lab_model::{Head, Moment, WorkItem};
use lab_store::{OpenMode, Opening, SqliteStore, Store as _, StoreError};

use crate::scene::Scene;

/// Adds items with these titles in one write.
fn fill(scene: &Scene, titles: &[String]) {
    let at: Moment = "2026-02-03T04:05:06Z".parse().expect("a moment");
    let opening = Opening {
        mode: OpenMode::Create,
        software_version: "0.1.0".to_owned(),
        at,
    };
    let path = scene.folder().join("data/ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening).expect("opens");
    let actor = "person:jo".parse().expect("an actor");
    store
        .write(&actor, at, |tx| {
            for title in titles {
                let prefix = "ITEM".parse().expect("a prefix");
                let label = tx.mint(lab_model::EntityKind::Item, &prefix)?;
                let head = Head::new(tx.new_uid(), label, at);
                tx.insert_item(&WorkItem::new(head, title.clone()))?;
            }
            Ok::<_, StoreError>(())
        })
        .expect("writes");
}

/// Starts a command whose output nobody has read yet.
#[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
fn start(scene: &Scene, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(arguments)
        .current_dir(scene.folder())
        .env_clear()
        .env("USER", "jo")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn many() -> Vec<String> {
    (1..=3_000)
        .map(|number| {
            format!("Item {number} of many, each with a title that is long enough to fill pipes")
        })
        .collect()
}

#[test]
fn an_empty_lab_says_so_everywhere() {
    let scene = Scene::new();
    assert_snapshot!(scene.play("
        project list
        idea list
        item list
        item ready
        milestone list
        repo list
        search anything
        log
        undo
        item list --all --limit 5
    "), @r#"
    $ ai-lab project list
    no projects
    $ ai-lab idea list
    no ideas
    $ ai-lab item list
    no items
    $ ai-lab item ready
    nothing is ready
    $ ai-lab milestone list
    no milestones
    $ ai-lab repo list
    no repositories
    $ ai-lab search anything
    nothing was found
    $ ai-lab log
    nothing happened yet
    $ ai-lab undo
    error: there is nothing of person:jo to undo
    next: `ai-lab log` shows what happened
    [exit 4]
    $ ai-lab item list --all --limit 5
    no items
    "#);
}

#[test]
fn strange_titles_stay_in_their_line_and_cell() {
    let scene = Scene::new();
    let titles = [
        "Größe prüfen: äöü ß",
        "🏠 Haus 👩‍👩‍👧 Familie",
        "שלום עולם",
        "evil \u{202e}gpj.exe",
        "clear\u{1b}[2J\u{7}screen\nnext\ttab",
        "長い題名を持つ項目",
        "AveryveryverylongwordthatdoesnotfitintoanyterminalofFORTYcolumns",
    ];
    fill(&scene, &titles.map(str::to_owned));
    let narrow = scene.run_with(&[("COLUMNS", "40")], &["item", "list"]);
    assert!(!narrow.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']));
    assert_snapshot!(narrow.stdout, @r#"
    ITEM      STATUS  TITLE
    ITEM-001  todo    Größe prüfen: äöü ß
    ITEM-002  todo    🏠 Haus 👩‍👩‍👧 Familie
    ITEM-003  todo    שלום עולם
    ITEM-004  todo    evil �gpj.exe
    ITEM-005  todo    clear�[2J�screen next…
    ITEM-006  todo    長い題名を持つ項目
    ITEM-007  todo    Averyveryverylongword…
    "#);
    // Into a pipe one line an item, as wide as it is.
    let piped = scene.run_with(&[("COLUMNS", "")], &["item", "list"]);
    assert_snapshot!(piped.stdout, @r#"
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         Größe prüfen: äöü ß
    ITEM-002  todo    medium         🏠 Haus 👩‍👩‍👧 Familie
    ITEM-003  todo    medium         שלום עולם
    ITEM-004  todo    medium         evil �gpj.exe
    ITEM-005  todo    medium         clear�[2J�screen next tab
    ITEM-006  todo    medium         長い題名を持つ項目
    ITEM-007  todo    medium         AveryveryverylongwordthatdoesnotfitintoanyterminalofFORTYcolumns
    "#);
    let json = scene.run(&["item", "list", "--json"]).stdout;
    assert!(
        json.contains("evil \u{202e}gpj.exe") && json.contains("clear\\u001b[2J"),
        "{json}"
    );
}

#[test]
fn a_slow_reader_gets_every_line() {
    let scene = Scene::new();
    fill(&scene, &many());
    let mut child = start(&scene, &["item", "list"]);
    let mut stdout = child.stdout.take().expect("a pipe");
    // The pipe is full long before all is written: from here on every line waits for the reader.
    let (mut all, mut piece) = (Vec::new(), [0; 97]);
    loop {
        let count = stdout.read(&mut piece).expect("reads");
        if count == 0 {
            break;
        }
        all.extend_from_slice(&piece[..count]);
        std::thread::yield_now();
    }
    assert_eq!(child.wait().expect("ends").code(), Some(0));
    let text = String::from_utf8(all).expect("text");
    assert_eq!(text.lines().count(), 3_001);
    assert!(text.len() > 200_000 && text.trim_end().ends_with("fill pipes"));
}

#[test]
fn a_reader_that_goes_is_no_failure() {
    let scene = Scene::new();
    fill(&scene, &many());
    let mut child = start(&scene, &["item", "list"]);
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut first).expect("reads");
    drop(stdout);
    let ended = child.wait_with_output().expect("ends");
    assert_eq!(first, "ITEM       STATUS  PRIORITY  DUE  TITLE\n");
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()));
}

#[test]
fn much_comes_in_pages_that_add_up() {
    let scene = Scene::new();
    fill(&scene, &many());
    let mut after: Option<String> = None;
    let mut labels = 0;
    loop {
        let mut arguments = vec!["item", "list", "--limit", "700"];
        if let Some(after) = &after {
            arguments.extend(["--after", after]);
        }
        let page = scene.run(&arguments).stdout;
        labels += page
            .lines()
            .filter(|line| line.starts_with("ITEM-"))
            .count();
        let next = page.lines().find_map(|line| line.split_once("; --after "));
        after = match next {
            Some((told, next)) => {
                assert_eq!(told, "700 of 3000");
                next.strip_suffix(" goes on").map(str::to_owned)
            }
            None => break,
        };
    }
    assert_eq!(labels, 3_000);
}
