//! Keys and what they mean; screens, cell by cell.

use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;

use crate::{Board, Card, Column, Details, Found, Key, Step, Wish, draw};

fn card(label: &str, title: &str) -> Card {
    Card {
        label: label.to_owned(),
        title: title.to_owned(),
        priority: "medium".to_owned(),
        revision: 3,
        ..Card::default()
    }
}

fn column(status: &str, cards: Vec<Card>) -> Column {
    Column {
        status: status.to_owned(),
        total: cards.len().to_string(),
        cards,
    }
}

/// A board with a few cards.
fn board() -> Board {
    let mut board = Board::new("");
    let urgent = Card {
        priority: "critical".to_owned(),
        due: Some("2026-02-01".to_owned()),
        is_late: true,
        assignee: Some("jo".to_owned()),
        ..card("HS-003", "Mount the rack")
    };
    let ready = Card {
        is_ready: true,
        due: Some("2026-02-09".to_owned()),
        ..card("HS-001", "Watch the disks before one of them is full")
    };
    board.show(vec![
        column("todo", vec![ready, card("HS-002", "Warn")]),
        column("in_progress", vec![urgent]),
        column("blocked", vec![]),
        column("done", vec![card("HS-004", "Buy a switch")]),
    ]);
    board
}

/// The screen as text, cell by cell; the second cell of a wide character is not told.
fn screen(board: &Board, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
    terminal.draw(|frame| draw(board, frame)).expect("drawn");
    let shown = terminal.backend().to_string();
    let line = |line: &str| {
        // What a wide character hides is told behind the line.
        let line = line.split("\" Hidden by").next().unwrap_or_default();
        line.trim_matches('"').trim_end().to_owned()
    };
    shown.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Presses keys; answers with the last wish.
fn press(board: &mut Board, keys: &[Key]) -> Option<Wish> {
    keys.iter().map(|key| board.press(*key)).last().flatten()
}

fn typed(text: &str) -> Vec<Key> {
    let mut keys = vec![Key::Control('u')];
    keys.extend(text.chars().map(Key::Char));
    keys.push(Key::Enter);
    keys
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is compared with what a key gives"
)]
fn change(label: &str, step: Step) -> Option<Wish> {
    Some(Wish::Change {
        label: label.to_owned(),
        revision: 3,
        step,
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is as long as its rows")]
fn each_key_means_one_thing() {
    let first = "HS-001";
    for (keys, wish) in [
        (vec![Key::Char('q')], Some(Wish::Quit)),
        (vec![Key::Control('c')], Some(Wish::Quit)),
        (vec![Key::Char('?'), Key::Control('c')], Some(Wish::Quit)),
        (vec![Key::Char('r')], Some(Wish::Load(String::new()))),
        (vec![Key::Char('u')], Some(Wish::Undo)),
        (vec![Key::Control('r')], Some(Wish::Redo)),
        (vec![Key::Enter], Some(Wish::Open(first.to_owned()))),
        (
            vec![Key::Char('j'), Key::Enter],
            Some(Wish::Open("HS-002".to_owned())),
        ),
        (
            vec![Key::Char('L')],
            change(first, Step::To("in_progress".to_owned())),
        ),
        (
            vec![Key::Right, Key::ShiftLeft],
            change("HS-003", Step::To("todo".to_owned())),
        ),
        (
            vec![Key::Char('D')],
            change(first, Step::To("done".to_owned())),
        ),
        (vec![Key::Char('X')], change(first, Step::Cancel)),
        (vec![Key::Char('E')], Some(Wish::Edit(first.to_owned()))),
        (vec![Key::Char('H')], None),
        (vec![Key::Char('z')], None),
        (vec![Key::Escape], None),
    ] {
        assert_eq!(press(&mut board(), &keys), wish, "{keys:?}");
    }
    let asked = |key: char, text: &str| {
        let mut keys = vec![Key::Char(key)];
        keys.extend(typed(text));
        press(&mut board(), &keys)
    };
    assert_eq!(
        asked('f', "prio:high.."),
        Some(Wish::Load("prio:high..".to_owned()))
    );
    assert_eq!(
        asked('/', "größe 🏠"),
        Some(Wish::Search("größe 🏠".to_owned()))
    );
    assert_eq!(asked('n', "New"), Some(Wish::Add("New".to_owned())));
    assert_eq!(asked('n', "  "), None);
    assert_eq!(
        asked('e', "Other"),
        change(first, Step::Title("Other".to_owned()))
    );
    assert_eq!(
        asked('p', "high"),
        change(first, Step::Priority("high".to_owned()))
    );
    assert_eq!(asked('d', ""), change(first, Step::Due(String::new())));
    assert_eq!(
        asked('a', "mia"),
        change(first, Step::Assignee("mia".to_owned()))
    );
    assert_eq!(
        asked('b', "no power"),
        change(first, Step::Block("no power".to_owned()))
    );
    assert_eq!(
        asked('!', "it is late"),
        change(first, Step::Force("it is late".to_owned()))
    );
}

#[test]
fn a_move_into_the_blocked_column_asks_why_and_an_empty_answer_does_nothing() {
    let mut board = board();
    assert_eq!(press(&mut board, &[Key::Right, Key::Char('>')]), None);
    assert!(screen(&board, 60, 4).ends_with("blocked by:"));
    assert_eq!(press(&mut board, &[Key::Enter]), None);
    assert!(screen(&board, 80, 4).ends_with("blocked by: nothing was said, so nothing was done"));
}

#[test]
fn a_line_is_typed_with_a_cursor() {
    let mut board = board();
    let keys = [
        Key::Char('e'),
        Key::Control('u'),
        Key::Char('b'),
        Key::Char('d'),
        Key::Left,
        Key::Char('c'),
        Key::Home,
        Key::Char('a'),
        Key::Char('x'),
        Key::Backspace,
        Key::End,
        Key::Char('e'),
        Key::Left,
        Key::Delete,
        Key::Right,
        Key::Up,
        Key::Enter,
    ];
    assert_eq!(
        press(&mut board, &keys),
        change("HS-001", Step::Title("abcd".to_owned()))
    );
    assert_eq!(
        press(
            &mut board,
            &[Key::Char('e'), Key::Char('!'), Key::Escape, Key::Char('q')]
        ),
        Some(Wish::Quit)
    );
}

#[test]
fn the_chosen_card_stays_chosen_wherever_it_goes() {
    let mut board = board();
    press(&mut board, &[Key::Down]);
    board.show(vec![
        column("todo", vec![card("HS-001", "x")]),
        column(
            "in_progress",
            vec![card("HS-003", "x"), card("HS-002", "x")],
        ),
    ]);
    assert_eq!(
        press(&mut board, &[Key::Enter]),
        Some(Wish::Open("HS-002".to_owned()))
    );
    board.show(vec![column("todo", vec![card("HS-009", "x")])]);
    assert_eq!(
        press(&mut board, &[Key::Enter]),
        Some(Wish::Open("HS-009".to_owned()))
    );
    board.show(vec![]);
    assert_eq!(press(&mut board, &[Key::Enter]), None);
}

#[test]
fn the_chosen_card_and_its_column_are_shown_in_reverse_and_nothing_else() {
    let mut board = board();
    press(&mut board, &[Key::Down]);
    let mut terminal = Terminal::new(TestBackend::new(100, 9)).expect("a screen");
    terminal.draw(|frame| draw(&board, frame)).expect("drawn");
    let buffer = terminal.backend().buffer();
    let reversed: String = buffer
        .content()
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(reversed, format!(" todo 2 {:<24}", " HS-002 Warn"));
}

#[test]
fn nothing_is_loaded_behind_what_is_being_looked_at() {
    let mut board = Board::new("mine");
    assert_eq!(board.idle(), Some(Wish::Load("mine".to_owned())));
    press(&mut board, &[Key::Char('?')]);
    assert_eq!(board.idle(), None);
    press(&mut board, &[Key::Escape]);
    assert_eq!(
        press(&mut board, &[Key::Escape]),
        Some(Wish::Load(String::new()))
    );
}

#[test]
fn the_board_on_a_wide_screen() {
    assert_snapshot!(screen(&board(), 100, 9), @r#"
     todo 2  in_progress 1  blocked 0  done 1
    ›HS-001 Watch the disks…  HS-003 Mount the rack   nothing                   HS-004 Buy a switch
      2026-02-09               critical 2026-02-01 l…

     HS-002 Warn



    ? keys  f filter  / search  u undo  q leave
    "#);
}

#[test]
fn the_board_on_forty_columns_shows_one_and_names_the_others() {
    let mut board = board();
    assert_snapshot!(screen(&board, 40, 9), @r#"
     todo 2  in_progress 1  blocked 0  done
    ›HS-001 Watch the disks before one of …
      2026-02-09

     HS-002 Warn



    ? keys  f filter  / search  u undo  q l…
    "#);
    press(&mut board, &[Key::Right]);
    press(&mut board, &[Key::Right, Key::Right]);
    assert!(
        screen(&board, 40, 9)
            .starts_with(" in_progress 1  blocked 0  done 1\n HS-004 Buy a switch\n")
    );
    press(&mut board, &[Key::Left, Key::Left]);
    board.refuse("HS-003 cannot be done: 1 acceptance criterion is open: It holds");
    assert_snapshot!(screen(&board, 40, 9), @r#"
     todo 2  in_progress 1  blocked 0  done
     HS-003 Mount the rack
      critical 2026-02-01 late @jo




    HS-003 cannot be done: 1 acceptance
    criterion is open: It holds
    "#);
}

#[test]
fn empty_boards_and_empty_screens() {
    let mut board = Board::new("prio:critical");
    assert_snapshot!(screen(&board, 50, 3), @r#"
     [prio:critical]

    ? keys  f filter  / search  u undo  q leave
    "#);
    board.show(vec![column("todo", vec![]), column("done", vec![])]);
    assert_snapshot!(screen(&board, 50, 4), @r#"
     todo 0  done 0  [prio:critical]
    nothing                  nothing

    ? keys  f filter  / search  u undo  q leave
    "#);
    for (width, height) in [(1, 1), (2, 2), (7, 3), (23, 2), (300, 1)] {
        screen(&board, width, height);
        screen(&self::board(), width, height);
    }
}

#[test]
fn odd_texts_stay_within_their_cells_and_move_nothing() {
    let mut board = Board::new("");
    let who = Card {
        assignee: Some("\u{1b}[31mmallory\u{202e}".to_owned()),
        ..card("Ü-001", "\u{1b}[2J\u{9b}31m gone\r\nline\ttab \u{202e}abc")
    };
    board.show(vec![column(
        "todo",
        vec![
            who,
            card(
                "X-002",
                "Größe der Straße in Öhringen prüfen und weitersagen",
            ),
            card("X-003", "🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠"),
            card("X-004", "مرحبا بالعالم שלום עולם"),
            card("X-005", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"),
        ],
    )]);
    assert_snapshot!(screen(&board, 32, 17), @r#"
     todo 5
     Ü-001 �[2J�31m gone  line tab…
      @�[31mmallory�

     X-002 Größe der Straße in Öhr…


     X-003 🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠🏠…


     X-004 مرحبا بالعالم שלום עולם


     X-005 漢字漢字漢字漢字漢字漢…


    ? keys  f filter  / search  u u…
    "#);
}

#[test]
fn a_huge_column_scrolls_with_the_chosen_card() {
    let mut board = Board::new("");
    let cards = (1..=500).map(|n| card(&format!("H-{n:03}"), "x")).collect();
    let mut huge = column("todo", cards);
    huge.total = "1000+".to_owned();
    board.show(vec![huge]);
    press(&mut board, &[Key::PageDown, Key::PageDown, Key::Down]);
    assert_snapshot!(screen(&board, 30, 8), @r#"
     todo 1000+
     H-021 x


     H-022 x


    ? keys  f filter  / search  u…
    "#);
    press(&mut board, &[Key::End, Key::Down]);
    assert!(screen(&board, 30, 8).contains("H-500"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screens")]
fn details_help_and_what_was_found_lie_over_the_cards() {
    let mut board = board();
    board.open(Details {
        label: "HS-001".to_owned(),
        lines: vec![
            "Watch the disks".to_owned(),
            String::new(),
            "  A long description that does not fit on one line of this narrow screen".to_owned(),
            "averyveryveryveryveryverylongwordwithoutanyspaces".to_owned(),
        ],
    });
    assert_snapshot!(screen(&board, 34, 10), @r#"
     todo 2  in_progress 1  blocked 0
    ┌ HS-001 ────────────────────────┐
    │Watch the disks                 │
    │                                │
    │  A long description that does  │
    │not fit on one line of this     │
    │narrow screen                   │
    │averyveryveryveryveryverylongwor│
    └────────────────────────────────┘
    ? keys  f filter  / search  u und…
    "#);
    assert_eq!(
        press(&mut board, &[Key::Down, Key::Char('E')]),
        Some(Wish::Edit("HS-001".to_owned()))
    );
    board.found(vec![
        Found {
            label: "HS-002".to_owned(),
            line: "Warn (todo)".to_owned(),
        },
        Found {
            label: "IDEA-001".to_owned(),
            line: "Rain (backlog)".to_owned(),
        },
    ]);
    press(&mut board, &[Key::Down]);
    assert_snapshot!(screen(&board, 34, 6), @r#"
     todo 2  in_progress 1  blocked 0
    ┌ found ─────────────────────────┐
    │HS-002  Warn (todo)             │
    │IDEA-001  Rain (backlog)        │
    └────────────────────────────────┘
    ? keys  f filter  / search  u und…
    "#);
    assert_eq!(
        press(&mut board, &[Key::Up, Key::Enter]),
        Some(Wish::Open("HS-002".to_owned()))
    );
    board.found(vec![]);
    assert!(screen(&board, 34, 6).ends_with("nothing was found"));
    press(&mut board, &[Key::Char('?'), Key::Down]);
    assert_snapshot!(screen(&board, 60, 8), @r#"
     todo 2  in_progress 1  blocked 0  done 1
    ┌ keys ────────────────────────────────────────────────────┐
    │PgUp PgDn, g G       ten cards on, the first, the last    │
    │Shift+← →, H L, < >  move the card a column; the rules ma…│
    │Enter                everything about the card            │
    │D                    done                                 │
    └──────────────────────────────────────────────────────────┘
    ? keys  f filter  / search  u undo  q leave
    "#);
    assert_eq!(
        press(&mut board, &[Key::Char('?'), Key::Char('q')]),
        Some(Wish::Quit)
    );
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        any::<char>().prop_map(Key::Char),
        prop::sample::select(vec![
            'h', 'j', 'k', 'l', 'H', 'L', 'g', 'G', 'e', 'b', 'f', '/', '?', 'n', 'p', 'd', 'a',
            '!'
        ])
        .prop_map(Key::Char),
        prop::sample::select(vec![
            Key::Enter,
            Key::Escape,
            Key::Backspace,
            Key::Delete,
            Key::Left,
            Key::Right,
            Key::Up,
            Key::Down,
            Key::Home,
            Key::End,
            Key::PageUp,
            Key::PageDown,
            Key::ShiftLeft,
            Key::ShiftRight,
        ]),
    ]
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 40, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_keys_and_no_texts_bring_the_board_out_of_step(
        keys in prop::collection::vec(any_key(), 0..60), titles in prop::collection::vec(".{0,40}", 0..5),
        width in 1_u16..90, height in 1_u16..20,
    ) {
        let mut board = board();
        for (at, key) in keys.into_iter().enumerate() {
            let wish = board.press(key);
            if let Some(Wish::Change { label, .. }) = &wish {
                prop_assert!(label.starts_with("HS-") || label.starts_with("P-"), "{wish:?}");
            }
            match wish {
                Some(Wish::Open(label)) => board.open(Details { label, lines: titles.clone() }),
                Some(Wish::Search(_)) => {
                    board.found(titles.iter().map(|t| Found { label: t.clone(), line: t.clone() }).collect());
                }
                _ => {}
            }
            if at % 7 == 3 {
                let cards = titles.iter().map(|title| card("P-1", title)).collect();
                board.show(vec![column("todo", cards), column("done", vec![])]);
            }
            screen(&board, width, height);
        }
    }
}
