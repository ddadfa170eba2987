use std::collections::BTreeSet;

use super::*;
use crate::{Blocker, Head, Moment};

fn uid(number: u8) -> Uid {
    Uid::from_parts(u64::from(number), [number; 10])
}

fn item() -> WorkItem {
    let at = Moment::from_ms(0).expect("in range");
    let label = "FRM-001".parse().expect("a label");
    WorkItem::new(Head::new(uid(0), label, at), "t".to_owned())
}

/// Item 1 is done, 2 is cancelled, 3 is in progress; there are no others.
fn status_of(other: &Uid) -> Option<ItemStatus> {
    let known = [
        (1, ItemStatus::Done),
        (2, ItemStatus::Cancelled),
        (3, ItemStatus::InProgress),
    ];
    known
        .into_iter()
        .find(|(number, _)| uid(*number) == *other)
        .map(|(_, status)| status)
}

fn check(change: impl FnOnce(&mut WorkItem), expected: &[Hindrance]) {
    let mut item = item();
    change(&mut item);
    assert_eq!(hindrances(&item, status_of), expected);
    assert_eq!(is_ready(&item, status_of), expected.is_empty());
}

fn on(numbers: &[u8]) -> BTreeSet<Dependency> {
    numbers
        .iter()
        .map(|number| Dependency::On(uid(*number)))
        .collect()
}

#[test]
fn only_what_is_to_do_can_be_started() {
    for status in ItemStatus::ALL {
        let expected = match status {
            ItemStatus::Todo => vec![],
            ItemStatus::InProgress
            | ItemStatus::Review
            | ItemStatus::Done
            | ItemStatus::Blocked
            | ItemStatus::Cancelled => vec![Hindrance::Status(*status)],
        };
        check(|item| item.status = *status, &expected);
    }
    check(|item| item.is_draft = true, &[Hindrance::Draft]);
    check(|item| item.head.archived = true, &[Hindrance::Archived]);
}

#[test]
fn dependencies_hinder_until_they_are_settled() {
    check(|item| item.dependencies = on(&[1, 2]), &[]);
    check(
        |item| item.dependencies = on(&[1, 3, 4]),
        &[Hindrance::Waits(uid(3)), Hindrance::Waits(uid(4))],
    );
    let unknown = || "FRM-999".to_owned();
    check(
        |item| item.dependencies = [Dependency::Unresolved(unknown())].into(),
        &[Hindrance::Unresolved(unknown())],
    );
}

#[test]
fn a_part_does_not_wait_for_its_whole() {
    check(
        |item| {
            item.parent = Some(uid(3));
            item.dependencies = on(&[3]);
        },
        &[],
    );
    check(
        |item| {
            item.parent = Some(uid(1));
            item.dependencies = on(&[3]);
        },
        &[Hindrance::Waits(uid(3))],
    );
}

#[test]
fn open_blockers_hinder_and_closed_ones_do_not() {
    let blocker = |open, text: &str| Blocker {
        uid: uid(9),
        text: text.to_owned(),
        severity: None,
        opened_at: None,
        open,
        closed_at: None,
        resolution: None,
    };
    check(
        |item| item.blockers = vec![blocker(false, "rain"), blocker(true, "snow")],
        &[Hindrance::Blocker("snow".to_owned())],
    );
}
