//! Facts about pruning.

use ai_lab_contract::Profile;

use super::examples::{ended, id, started};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart};
use crate::figures::FiguresFilter;
use crate::listing::ExecutionFilter;
use crate::log::LogFilter;
use crate::retention::{Pruned, PrunedLinks, Retention};
use crate::store::Store;

const WORKS: &str = "because the store works";
const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_800_000_000_000;

/// Bounds that nothing passes.
const WIDE: Retention = Retention {
    keep_for_ms: i64::MAX,
    most_executions: u64::MAX,
    most_bytes: u64::MAX,
};

/// An execution so many days old.
fn aged(store: &dyn Store, number: u32, days: i64, profile: Profile) {
    let start = ExecutionStart {
        started_at_ms: NOW_MS - days * DAY_MS,
        profile,
        ..started(number)
    };
    store.start_execution(&start).expect(WORKS);
}

fn end(store: &dyn Store, number: u32) {
    store
        .end_execution(&ended(number, EndStatus::Succeeded))
        .expect(WORKS);
}

fn left(store: &dyn Store) -> Vec<String> {
    let page = store.executions(&ExecutionFilter::default()).expect(WORKS);
    let ids = page.executions.iter().rev();
    ids.map(|one| one.start.execution_id.to_string()).collect()
}

fn ids(numbers: &[u32]) -> Vec<String> {
    numbers
        .iter()
        .map(|number| id(*number).to_string())
        .collect()
}

pub(super) fn what_is_too_old_goes_and_the_rest_stays_provable(store: &dyn Store) {
    for (number, days) in [(1, 50), (2, 40), (3, 40), (4, 20), (5, 1)] {
        aged(store, number, days, Profile::Standard);
    }
    // The ends interleave with the starts; 3 never ends.
    for number in [4, 1, 2, 5] {
        end(store, number);
    }
    let retention = Retention {
        keep_for_ms: 30 * DAY_MS,
        ..WIDE
    };
    assert_eq!(
        store
            .plan_prune(NOW_MS, &retention)
            .expect(WORKS)
            .executions,
        2
    );
    let figures = store
        .action_figures(&FiguresFilter::default())
        .expect(WORKS);
    let pruned = store.prune(NOW_MS, &retention).expect(WORKS);
    assert_eq!(pruned.executions, 2);
    assert_eq!(left(store), ids(&[3, 4, 5]));
    assert_eq!(store.verify_chain().expect(WORKS), []);
    // Starts 1 and 2 are one range, the ends of 1 and 2 another.
    let links = PrunedLinks {
        links: 4,
        up_to: 2,
        ranges: 2,
    };
    assert_eq!(store.pruned_links().expect(WORKS), links);
    assert_eq!(
        store
            .action_figures(&FiguresFilter::default())
            .expect(WORKS),
        figures
    );
    let log = LogFilter {
        execution: Some(id(1)),
        ..LogFilter::default()
    };
    assert_eq!(store.logs(&log).expect(WORKS), []);
    assert_eq!(store.metrics(&id(1)).expect(WORKS), []);
    assert_eq!(store.prune(NOW_MS, &retention).expect(WORKS).executions, 0);
}

pub(super) fn what_is_too_much_goes_oldest_first_but_never_within_its_floor(store: &dyn Store) {
    let profiles = [
        (1, 20, Profile::Production),
        (2, 20, Profile::Standard),
        (3, 5, Profile::Experimental),
        (4, 5, Profile::Standard),
        (5, 0, Profile::Experimental),
    ];
    for (number, days, profile) in profiles {
        aged(store, number, days, profile);
        end(store, number);
    }
    let one = Retention {
        most_executions: 4,
        ..WIDE
    };
    let pruned = store.prune(NOW_MS, &one).expect(WORKS);
    assert_eq!(
        (pruned, left(store)),
        (
            Pruned {
                executions: 1,
                ..Pruned::default()
            },
            ids(&[1, 3, 4, 5])
        )
    );
    let all = Retention {
        most_executions: 0,
        keep_for_ms: 0,
        most_bytes: 0,
    };
    while store.prune(NOW_MS, &all).expect(WORKS).executions > 0 {}
    assert_eq!(left(store), ids(&[1, 4, 5]));
    assert_eq!(store.verify_chain().expect(WORKS), []);
    // Later their floors are over; a chain without a row is still one that goes on.
    while store
        .prune(NOW_MS + 60 * DAY_MS, &all)
        .expect(WORKS)
        .executions
        > 0
    {}
    assert_eq!(left(store), ids(&[]));
    let links = PrunedLinks {
        links: 10,
        up_to: 10,
        ranges: 1,
    };
    assert_eq!(store.pruned_links().expect(WORKS), links);
    aged(store, 6, 0, Profile::Standard);
    assert_eq!(store.verify_chain().expect(WORKS), []);
}

pub(super) fn kept_outputs_count_against_the_bytes(store: &dyn Store) {
    let kept = store
        .keep_output(&vec![b'x'; 40_000_000], Profile::Standard)
        .expect(WORKS);
    aged(store, 1, 40, Profile::Standard);
    aged(store, 2, 40, Profile::Standard);
    // One file, however many refer to it.
    for number in [1, 2] {
        let end = ExecutionEnd {
            output: Some(kept.to_string()),
            ..ended(number, EndStatus::Succeeded)
        };
        store.end_execution(&end).expect(WORKS);
    }
    let due = |most_bytes| {
        let retention = Retention { most_bytes, ..WIDE };
        let due = store.plan_prune(NOW_MS, &retention).expect(WORKS);
        due.executions
    };
    assert_eq!([due(39_000_000), due(41_000_000)], [2, 0]);
}

pub(super) fn nothing_goes_while_no_bound_is_passed(store: &dyn Store) {
    aged(store, 1, 300, Profile::Standard);
    end(store, 1);
    let pruned = store.prune(NOW_MS, &Retention::default()).expect(WORKS);
    assert_eq!((pruned, left(store)), (Pruned::default(), ids(&[1])));
}
