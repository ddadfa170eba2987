//! What is asked of a record. Each question fails if its answer is empty: nothing is quick by finding nothing.

use std::error::Error;

use alf_store::{
    ExecutionFilter, FiguresFilter, Retention, SearchFilter, SqliteStore, Status, Store as _,
    TimeBucket,
};

use super::filler::{DAY_MS, END_MS, tool, word};

/// Asks a record one thing.
pub(super) type Ask = fn(&SqliteStore) -> Result<(), Box<dyn Error>>;

/// Every question with its name.
pub(super) const QUESTIONS: &[(&str, Ask)] = &[
    ("execution list", |store| list(store, &usual())),
    ("execution list TOOL", |store| {
        let tool = Some(tool(3)?);
        list(store, &ExecutionFilter { tool, ..usual() })
    }),
    ("execution list --status failed", |store| {
        by_status(store, Status::Failed)
    }),
    ("execution list --status succeeded", |store| {
        by_status(store, Status::Succeeded)
    }),
    ("execution list --since 1d", |store| {
        let since_ms = Some(END_MS - DAY_MS);
        list(
            store,
            &ExecutionFilter {
                since_ms,
                ..usual()
            },
        )
    }),
    ("metrics", |store| figures(store, None)),
    ("metrics --since 1d", |store| {
        figures(store, Some(END_MS - DAY_MS))
    }),
    ("metrics --by day --since 2d", |store| {
        let filter = FiguresFilter {
            since_ms: Some(END_MS - 2 * DAY_MS),
            ..FiguresFilter::default()
        };
        some(store.figures_by_bucket(&filter, TimeBucket::Day)?.len())
    }),
    ("execution search, one word in 1 of 14", |store| {
        search(store, &word(50))
    }),
    ("execution search, two words, 1 of 100", |store| {
        search(store, &format!("{} {}", word(20), word(50)))
    }),
    ("execution search, a word in nearly all", |store| {
        search(store, &word(0))
    }),
    ("upkeep with nothing to do", |store| {
        store.tend(END_MS, &Retention::default())?;
        Ok(())
    }),
];

fn usual() -> ExecutionFilter {
    ExecutionFilter::default()
}

fn by_status(store: &SqliteStore, status: Status) -> Result<(), Box<dyn Error>> {
    let status = Some(status);
    list(store, &ExecutionFilter { status, ..usual() })
}

fn list(store: &SqliteStore, filter: &ExecutionFilter) -> Result<(), Box<dyn Error>> {
    some(store.executions(filter)?.executions.len())
}

fn figures(store: &SqliteStore, since_ms: Option<i64>) -> Result<(), Box<dyn Error>> {
    let filter = FiguresFilter {
        since_ms,
        ..FiguresFilter::default()
    };
    some(store.action_figures(&filter)?.len())
}

fn search(store: &SqliteStore, words: &str) -> Result<(), Box<dyn Error>> {
    some(store.search(words, &SearchFilter::default())?.hits.len())
}

fn some(found: usize) -> Result<(), Box<dyn Error>> {
    if found == 0 {
        return Err("the record has no answer".into());
    }
    Ok(())
}
