//! Facts about log lines.

use super::examples::{ended, id, line, started};
use crate::execution::{EndStatus, ExecutionStart};
use crate::log::{LogEntry, LogFilter, LogLevel};
use crate::store::Store;

const WORKS: &str = "because the store works";
const NAME: &str = "because the name holds to its rule";

/// One execution of `fritzbox` with two lines, two lines of the framework, one execution of `monitoring`.
fn six_lines(store: &dyn Store) {
    store.start_execution(&started(1)).expect(WORKS);
    store
        .end_execution(&ended(1, EndStatus::Succeeded))
        .expect(WORKS);
    let own = [
        line(5, LogLevel::Debug, "begun"),
        line(6, LogLevel::Error, ""),
    ];
    store.add_logs(&own).expect(WORKS);
    store.add_logs(&[]).expect(WORKS);
    let other = ExecutionStart {
        tool: "monitoring".parse().expect(NAME),
        ..started(2)
    };
    store.start_execution(&other).expect(WORKS);
    store
        .end_execution(&ended(2, EndStatus::Failed))
        .expect(WORKS);
}

fn texts(entries: &[LogEntry]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry.line.text.as_str())
        .collect()
}

pub(super) fn lines_are_listed_newest_first_with_their_execution(store: &dyn Store) {
    six_lines(store);
    let entries = store.logs(&LogFilter::default()).expect(WORKS);
    assert_eq!(
        texts(&entries),
        ["slow", "asking", "", "begun", "slow", "asking"]
    );
    let expected = LogEntry {
        position: entries[0].position,
        execution_id: Some(id(2)),
        tool: Some("monitoring".parse().expect(NAME)),
        line: line(1_700_000_000_101, LogLevel::Warn, "slow"),
    };
    assert_eq!(entries[0], expected);
    assert_eq!((&entries[2].execution_id, &entries[2].tool), (&None, &None));
    assert!(
        entries
            .windows(2)
            .all(|pair| pair[0].position > pair[1].position)
    );
}

pub(super) fn every_log_filter_narrows(store: &dyn Store) {
    six_lines(store);
    let none = LogFilter::default;
    let check = |filter: LogFilter, expected: &[&str]| {
        let entries = store.logs(&filter).expect(WORKS);
        assert_eq!(texts(&entries), expected, "{filter:?}");
        entries
    };
    let of_one = LogFilter {
        execution: Some(id(1)),
        ..none()
    };
    check(of_one, &["slow", "asking"]);
    let of_tool = LogFilter {
        tool: Some("monitoring".parse().expect(NAME)),
        ..none()
    };
    check(of_tool, &["slow", "asking"]);
    let loud = LogFilter {
        at_least: Some(LogLevel::Warn),
        ..none()
    };
    check(loud, &["slow", "", "slow"]);
    let late = LogFilter {
        since_ms: Some(1_700_000_000_101),
        ..none()
    };
    check(late, &["slow"]);
    let first = check(LogFilter { limit: 2, ..none() }, &["slow", "asking"]);
    let next = LogFilter {
        limit: 2,
        before: first.last().map(|entry| entry.position),
        ..none()
    };
    check(next, &["", "begun"]);
}
