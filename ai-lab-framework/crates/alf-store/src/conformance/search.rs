//! Facts about searching.

use super::examples::{ended, id, started};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart};
use crate::retention::Retention;
use crate::search::SearchFilter;
use crate::store::Store;

const WORKS: &str = "because the store works";
const NAME: &str = "because the name holds to its rule";

fn record(store: &dyn Store, number: u32, tool: &str, output: &str) {
    let start = ExecutionStart {
        tool: tool.parse().expect(NAME),
        input: format!("{{\"number\":\"n{number}\"}}"),
        ..started(number)
    };
    store.start_execution(&start).expect(WORKS);
    let end = ExecutionEnd {
        output: Some(format!("\"{output}\"")),
        ..ended(number, EndStatus::Succeeded)
    };
    store.end_execution(&end).expect(WORKS);
}

fn found(store: &dyn Store, typed: &str, filter: &SearchFilter) -> Vec<String> {
    let page = store.search(typed, filter).expect(WORKS);
    page.hits
        .iter()
        .map(|hit| hit.execution_id.to_string())
        .collect()
}

fn ids(numbers: &[u32]) -> Vec<String> {
    numbers
        .iter()
        .map(|number| id(*number).to_string())
        .collect()
}

pub(super) fn words_phrases_and_beginnings_are_found_newest_first(store: &dyn Store) {
    record(store, 1, "alpha", "Die Geräte im Flur");
    record(store, 2, "beta", "Gerät im Keller");
    record(store, 3, "alpha", "im Flur steht nichts");
    store.start_execution(&started(4)).expect(WORKS);
    store
        .end_execution(&ended(4, EndStatus::Failed))
        .expect(WORKS);
    let all = SearchFilter::default();
    let cases: [(&str, &[u32]); 11] = [
        ("flur", &[3, 1]),
        ("gerate", &[1]),
        ("gerät*", &[2, 1]),
        ("\"im flur\"", &[3, 1]),
        ("flur im", &[3, 1]),
        ("\"flur im\"", &[]),
        ("n2", &[2]),
        ("no route", &[4]),
        ("asking", &[4, 3, 2, 1]),
        ("flur AND keller", &[]),
        ("\" ( * NEAR", &[]),
    ];
    for (typed, expected) in cases {
        assert_eq!(found(store, typed, &all), ids(expected), "{typed}");
    }
    let alpha = SearchFilter {
        tool: Some("alpha".parse().expect(NAME)),
        ..all.clone()
    };
    assert_eq!(found(store, "asking", &alpha), ids(&[3, 1]));
    let late = SearchFilter {
        since_ms: Some(started(3).started_at_ms),
        ..all.clone()
    };
    assert_eq!(found(store, "asking", &late), ids(&[4, 3]));
    let page = store
        .search(
            "asking",
            &SearchFilter {
                limit: 2,
                ..all.clone()
            },
        )
        .expect(WORKS);
    let rest = SearchFilter {
        before: page.next,
        ..all.clone()
    };
    assert_eq!(
        (page.behind, found(store, "asking", &rest)),
        (0, ids(&[2, 1]))
    );
    let hit = store.search("route", &all).expect(WORKS).hits.remove(0);
    assert_eq!(
        (hit.field, hit.snippet.as_str(), hit.marks),
        ("error", "no route", vec![(3, 8)])
    );
}

pub(super) fn what_was_pruned_is_not_found(store: &dyn Store) {
    record(store, 1, "alpha", "gone");
    let all = SearchFilter::default();
    assert_eq!(found(store, "gone", &all), ids(&[1]));
    let retention = Retention {
        most_executions: 0,
        ..Retention::default()
    };
    assert_eq!(
        store.prune(i64::MAX, &retention).expect(WORKS).executions,
        1
    );
    assert_eq!(found(store, "gone", &all), ids(&[]));
}
