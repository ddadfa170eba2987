//! No room left.

use super::Home;
use crate::conformance::{ended, id, started};
use crate::error::{RecordError, StoreError};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart, Status};
use crate::store::Store;

#[test]
fn a_full_disk_is_named_and_takes_nothing_that_was_acknowledged() {
    let home = Home::new();
    let store = home.store();
    store
        .seat
        .apart("make the file small", |connection| {
            Ok(connection.query_row("PRAGMA max_page_count = 60", [], |_| Ok(()))?)
        })
        .expect("because the pragma is known");
    let mut acknowledged = 0;
    let refused = loop {
        let start = ExecutionStart {
            input: "x".repeat(5000),
            ..started(acknowledged + 1)
        };
        match store.start_execution(&start) {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, RecordError::Store(StoreError::Full { .. })),
        "{refused:?}"
    );
    assert_eq!(refused.class().as_str(), "environment");
    let big = ExecutionEnd {
        output: Some("y".repeat(9000)),
        ..ended(1, EndStatus::Succeeded)
    };
    assert!(store.end_execution(&big).is_err());
    let all = store.unfinished().expect("because reading needs no room");
    assert_eq!(
        (all.len(), store.verify_chain().ok()),
        (acknowledged as usize, Some(vec![]))
    );
    drop(store);
    let store = home.store();
    store
        .end_execution(&big)
        .expect("because there is room again");
    let one = store.execution(&id(1)).expect("because the file is whole");
    assert_eq!(one.map(|one| one.status), Some(Status::Succeeded));
    assert_eq!(store.quick_check().ok(), Some(vec![]));
}
