//! Which items a filter lets through.

use lab_model::{ItemStatus, Priority};
use lab_store::{ItemFilter, SqliteStore, Store};

use crate::conformance::on_every_backend;
use crate::scene::{everything, insert_everything, item, uid, write};

/// The one item of the scene that has everything.
const FULL: &str = "FRM-001-1.1";

fn scene(store: &mut SqliteStore) {
    insert_everything(store, &everything());
    write(store, 3, |tx| {
        for (number, name, status, priority) in [
            (31, "HS-001", ItemStatus::Todo, Priority::Low),
            (32, "HS-002", ItemStatus::Done, Priority::High),
            (33, "HS-010", ItemStatus::Cancelled, Priority::High),
            (34, "HS-9", ItemStatus::InProgress, Priority::High),
        ] {
            let mut item = item(number, name);
            (item.status, item.priority) = (status, priority);
            item.notes = Some("50% of_it \\ done".to_owned());
            tx.insert_item(&item)?;
        }
        let mut away = item(35, "HS-011");
        away.head.archived = true;
        tx.insert_item(&away)
    })
    .expect("writes");
}

fn check(filter: &ItemFilter, expected: &str) {
    on_every_backend(|store| {
        scene(store);
        let items = store.read(|tx| tx.items(filter)).expect("reads");
        let labels: Vec<&str> = items.iter().map(|item| item.head.label.as_str()).collect();
        assert_eq!(labels.join(" "), expected, "{filter:?}");
    });
}

fn none() -> ItemFilter {
    ItemFilter::default()
}

#[test]
fn settled_and_put_away_items_show_when_asked_for() {
    let done = vec![ItemStatus::Done, ItemStatus::Cancelled];
    check(&none(), "FRM-001 FRM-001-1.1 HS-001 HS-9");
    check(
        &ItemFilter {
            all: true,
            ..none()
        },
        "FRM-001 FRM-001-1.1 HS-001 HS-002 HS-9 HS-010 HS-011",
    );
    check(
        &ItemFilter {
            statuses: done,
            ..none()
        },
        "HS-002 HS-010",
    );
}

#[test]
fn conditions_hold_together() {
    let (done, high) = (vec![ItemStatus::Done], vec![Priority::High]);
    check(
        &ItemFilter {
            priorities: high.clone(),
            ..none()
        },
        "HS-9",
    );
    check(
        &ItemFilter {
            statuses: done,
            priorities: high,
            all: true,
            ..none()
        },
        "HS-002",
    );
    check(
        &ItemFilter {
            projects: vec![Some(uid(1))],
            ..none()
        },
        FULL,
    );
    check(
        &ItemFilter {
            milestones: vec![Some(uid(3))],
            ..none()
        },
        FULL,
    );
    check(
        &ItemFilter {
            parents: vec![Some(uid(5))],
            ..none()
        },
        FULL,
    );
    check(
        &ItemFilter {
            parents: vec![Some(uid(5))],
            projects: vec![Some(uid(9))],
            ..none()
        },
        "",
    );
}

#[test]
fn every_label_must_be_there() {
    let tags = |tags: &[&str]| tags.iter().map(|tag| tag.parse().expect("a tag")).collect();
    check(
        &ItemFilter {
            labels: tags(&["UI/UX", "x"]),
            ..none()
        },
        FULL,
    );
    check(
        &ItemFilter {
            labels: tags(&["ui/ux", "y"]),
            ..none()
        },
        "",
    );
}

#[test]
fn every_word_of_a_text_must_be_there_or_begin_one_that_is() {
    for (text, expected) in [
        ("item hs-", "HS-001 HS-9"),
        ("50% OF_", "HS-001 HS-9"),
        ("DONE it", "HS-001 HS-9"),
        ("don", "HS-001 HS-9"),
        ("one", ""),
        ("\\", ""),
        ("done \"", "HS-001 HS-9"),
        ("done OR nothing", ""),
        ("frm-001-1", FULL),
        ("frm 1", FULL),
    ] {
        check(
            &ItemFilter {
                text: Some(text.to_owned()),
                ..none()
            },
            expected,
        );
    }
}
