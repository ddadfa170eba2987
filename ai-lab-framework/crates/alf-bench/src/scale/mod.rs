//! What a long record costs its reader: the same questions to a short record and to a long one, in turn.

pub(crate) mod filler;
mod questions;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use alf_store::{OpenMode, Opening, Retention, SqliteStore, Store as _};

use self::filler::{END_MS, fill};
use self::questions::QUESTIONS;
use crate::turns::Turns;

/// Executions in the short record and in the long one, unless said otherwise.
const SIZES: [u32; 2] = [10_000, 1_000_000];

/// A question to the long record takes less than so many times what it takes to ask the short one.
const MOST_RATIO: f64 = 5.0;

/// Times that each question is asked.
const ROUNDS: usize = 100;

/// Fills both records, asks every question and tells the times, the long record's as the measured ones.
/// Fails after the last line where a ratio is too high.
pub(crate) fn measure(
    sizes: &[String],
    mut tell: impl FnMut(String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let [mut short, mut long] = SIZES;
    if let [first, second] = sizes {
        (short, long) = (first.parse()?, second.parse()?);
    }
    let folder = tempfile::tempdir()?;
    let mut stores = Vec::new();
    for (name, size) in [("short", short), ("long", long)] {
        let begun = Instant::now();
        let store = open(&folder.path().join(name).join("framework.db"))?;
        fill(&store, size, END_MS)?;
        // What is left of the texts, the log and the retention: nothing of it is due in what is measured.
        while store.tend(END_MS, &Retention::default())? {}
        let facts = store.facts()?;
        tell(format!(
            "{size} executions: {} MiB, filled in {} s",
            facts.file_bytes >> 20,
            begun.elapsed().as_secs()
        ))?;
        stores.push(store);
    }
    let [short_store, long_store] = &stores[..] else {
        return Err("two records are filled".into());
    };
    tell(format!("{long} executions as measured, {short} as base"))?;
    tell(Turns::heading())?;
    let mut above = Vec::new();
    for (name, ask) in QUESTIONS {
        let turns = Turns::take(ROUNDS, || ask(long_store), || ask(short_store))?;
        tell(turns.line(name))?;
        if turns.ratio() >= MOST_RATIO {
            above.push(*name);
        }
    }
    if above.is_empty() {
        return Ok(());
    }
    Err(format!("{MOST_RATIO} times as long, or more: {}", above.join("; ")).into())
}

/// Fills the record of a home with so many executions, the last of them then, in milliseconds since 1970.
pub(crate) fn fill_home(home: &Path, size: u32, end_ms: i64) -> Result<(), Box<dyn Error>> {
    let store = open(&home.join("framework.db"))?;
    fill(&store, size, end_ms)?;
    while store.tend(end_ms, &Retention::default())? {}
    Ok(())
}

fn open(path: &Path) -> Result<SqliteStore, Box<dyn Error>> {
    let opening = Opening {
        mode: OpenMode::Create,
        framework_version: env!("CARGO_PKG_VERSION").to_owned(),
        now_ms: END_MS,
    };
    Ok(SqliteStore::open(path, &opening)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_an_answer_and_the_filled_chain_holds() {
        let folder = tempfile::tempdir().expect("because there is room");
        let store = open(&folder.path().join("framework.db")).expect("because it is new");
        fill(&store, 2_000, END_MS).expect("because the ids differ");
        while store
            .tend(END_MS, &Retention::default())
            .expect("because nothing is in the way")
        {}
        for (name, ask) in QUESTIONS {
            assert!(ask(&store).is_ok(), "{name}");
        }
        assert_eq!(store.verify_chain().ok(), Some(vec![]));
    }
}
