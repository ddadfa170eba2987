//! Ready by one query is ready by the rule.

use std::collections::BTreeMap;

use lab_model::{Blocker, Dependency, ItemStatus, Priority, WorkItem, ready::is_ready};
use lab_store::{ItemFilter, Reader, Store, StoreError};
use proptest::collection;
use proptest::prelude::{Strategy, any, proptest};

use crate::scene::{at, item, memory, uid, write};

fn ready(tx: &dyn Reader, limit: Option<u32>) -> Result<Vec<String>, StoreError> {
    Ok(tx
        .ready(limit)?
        .into_iter()
        .map(|item| item.head.label.to_string())
        .collect())
}

#[test]
fn critical_comes_first_then_what_is_due() {
    let mut store = memory();
    let mut items: Vec<WorkItem> = (1..=5)
        .map(|number| item(number, &format!("FRM-00{number}")))
        .collect();
    items[4].priority = Priority::Critical;
    items[3].due = "2026-02-01".parse().ok();
    items[2].due = "2026-01-01".parse().ok();
    items[0].priority = Priority::Low;
    write(&mut store, 1, |tx| {
        items
            .iter()
            .try_for_each(|item| tx.insert_item(item).map(|_| ()))
    })
    .expect("writes");
    let order = store.read(|tx| ready(tx, None)).expect("reads");
    assert_eq!(
        order,
        ["FRM-005", "FRM-003", "FRM-004", "FRM-002", "FRM-001"]
    );
    assert_eq!(
        store.read(|tx| ready(tx, Some(2))).expect("reads"),
        order[..2]
    );
    assert_eq!(
        store.read(|tx| ready(tx, Some(0))).expect("reads"),
        Vec::<String>::new()
    );
}

#[derive(Clone, Debug)]
struct Plan {
    status: usize,
    blockers: Vec<bool>,
    parent: bool,
    on: Vec<usize>,
    odd: Odd,
}

#[derive(Clone, Copy, Debug)]
struct Odd {
    unresolved: bool,
    draft: bool,
    archived: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let rarely = || (0..8_u8).prop_map(|n| n == 0);
    (
        0..ItemStatus::ALL.len() + 6,
        collection::vec(any::<bool>(), 0..2),
        any::<bool>(),
        collection::vec(0..12_usize, 0..3),
        (rarely(), rarely(), rarely()),
    )
        .prop_map(
            |(status, blockers, parent, on, (unresolved, draft, archived))| Plan {
                // Mostly to do: those are the interesting ones.
                status: if status < ItemStatus::ALL.len() {
                    status
                } else {
                    0
                },
                blockers,
                parent,
                on,
                odd: Odd {
                    unresolved,
                    draft,
                    archived,
                },
            },
        )
}

fn build(number: usize, plan: &Plan) -> WorkItem {
    let own = number as u64 + 1;
    let mut item = item(own, &format!("FRM-{own:03}"));
    item.status = ItemStatus::ALL[plan.status];
    item.is_draft = plan.odd.draft;
    item.head.archived = plan.odd.archived;
    // Dependencies point backwards, so there is no circle; the first of them may be the parent.
    let on: Vec<u64> = plan
        .on
        .iter()
        .filter(|on| **on < number)
        .map(|on| *on as u64 + 1)
        .collect();
    item.parent = on.first().filter(|_| plan.parent).map(|on| uid(*on));
    item.dependencies = on.into_iter().map(|on| Dependency::On(uid(on))).collect();
    if plan.odd.unresolved {
        item.dependencies
            .insert(Dependency::Unresolved("FRM-999".to_owned()));
    }
    for (position, open) in (0..).zip(&plan.blockers) {
        item.blockers.push(Blocker {
            uid: uid(1_000 + own * 10 + position),
            text: "b".to_owned(),
            severity: None,
            opened_at: Some(at(1)),
            open: *open,
            closed_at: None,
            resolution: None,
        });
    }
    item
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 96, failure_persistence: None, ..Default::default() })]
    #[test]
    fn the_query_agrees_with_the_rule(plans in collection::vec(plan(), 1..12)) {
        let mut store = memory();
        write(&mut store, 1, |tx| {
            for (number, plan) in plans.iter().enumerate() {
                tx.insert_item(&build(number, plan))?;
            }
            Ok(())
        })
        .expect("writes");
        let (mut by_query, items) = store
            .read(|tx| {
                let all = ItemFilter { all: true, ..ItemFilter::default() };
                Ok::<_, StoreError>((ready(tx, None)?, tx.items(&all)?))
            })
            .expect("reads");
        let statuses: BTreeMap<_, _> =
            items.iter().map(|item| (item.head.uid.clone(), item.status)).collect();
        let by_rule: Vec<String> = items
            .iter()
            .filter(|item| is_ready(item, |uid| statuses.get(uid).copied()))
            .map(|item| item.head.label.to_string())
            .collect();
        by_query.sort();
        assert_eq!(by_query, by_rule);
    }
}
