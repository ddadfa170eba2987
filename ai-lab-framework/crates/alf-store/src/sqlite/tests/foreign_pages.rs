//! D71, D77 and D79 of the catalogue of bad input: pages and logs that are not the file's own.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{Home, opening};
use crate::conformance::{ended, started};
use crate::execution::{EndStatus, Execution};
use crate::listing::ExecutionFilter;
use crate::opening::OpenMode;
use crate::sqlite::SqliteStore;
use crate::store::Store;

const PAGE: usize = 4096;

/// Twenty executions, all in the file itself.
fn settled() -> Home {
    let home = Home::new();
    let store = home.store();
    for number in 1..=20 {
        store
            .start_execution(&started(number))
            .expect("because it is new");
        store
            .end_execution(&ended(number, EndStatus::Succeeded))
            .expect("because it runs");
    }
    drop(store);
    home.raw()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("because nobody else has the file open");
    home
}

fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// What opening, the quick check and the chain tell together; nothing when all is well.
fn told(database: &Path) -> Vec<String> {
    let store = match SqliteStore::open(database, &opening(OpenMode::Create)) {
        Ok(store) => store,
        Err(error) => return vec![error.to_string()],
    };
    let mut told = store
        .quick_check()
        .unwrap_or_else(|error| vec![error.to_string()]);
    match store.verify_chain() {
        Ok(findings) => told.extend(findings.iter().map(ToString::to_string)),
        Err(error) => told.push(error.to_string()),
    }
    told
}

/// Every execution as it is read; `None` when it is not.
fn rows(database: &Path) -> Option<Vec<Execution>> {
    let store = SqliteStore::open(database, &opening(OpenMode::Create)).ok()?;
    let everything = ExecutionFilter {
        limit: 100,
        ..ExecutionFilter::default()
    };
    Some(store.executions(&everything).ok()?.executions)
}

#[test]
fn pages_that_changed_places_are_noticed_whichever_they_are() {
    let home = settled();
    let whole = fs::read(home.database()).expect("because it is there");
    let file = OpenOptions::new()
        .write(true)
        .open(home.database())
        .expect("because it is there");
    let right = rows(&home.database());
    let pages = whole.len() / PAGE;
    let mut noticed = 0;
    // The first page says what the file is.
    for page in 1..pages - 1 {
        let (here, next) = (page * PAGE, (page + 1) * PAGE);
        let mut swapped = whole[next..next + PAGE].to_vec();
        swapped.extend_from_slice(&whole[here..next]);
        file.write_all_at(&swapped, here as u64)
            .expect("because there is room");
        let told = told(&home.database());
        noticed += usize::from(!told.is_empty());
        // Two pages of one kind without rows may change places: then nothing reads otherwise.
        let is_same = rows(&home.database()) == right;
        assert!(is_same || !told.is_empty(), "pages {page} and {}", page + 1);
        let _gone = fs::remove_file(log_of(&home.database()));
        file.write_all_at(&whole, 0).expect("because there is room");
    }
    assert_eq!(
        (told(&home.database()), rows(&home.database())),
        (Vec::new(), right)
    );
    assert!(noticed * 2 > pages, "{noticed} of {pages} pages");
}

#[test]
fn a_text_that_is_not_utf_8_is_told_with_its_row() {
    let home = settled();
    home.raw()
        .execute_batch(
            "UPDATE tool_executions SET input = CAST(x'ff' AS TEXT) WHERE started_position = 1",
        )
        .expect("because SQLite lets everybody write");
    let told = told(&home.database());
    assert!(
        told.iter().any(|text| text.contains("e-00000001")),
        "{told:?}"
    );
    let listed = home.store().executions(&ExecutionFilter::default());
    assert!(listed.is_err(), "{listed:?}");
}

#[test]
fn a_log_of_garbage_takes_no_row() {
    let home = settled();
    fs::File::create(log_of(&home.database()))
        .and_then(|file| file.write_all_at(&[0x5A; 3 * PAGE], 0))
        .expect("because there is room");
    assert_eq!(told(&home.database()), [""; 0]);
    let listed = home.store().executions(&ExecutionFilter::default());
    assert_eq!(listed.map(|page| page.total).ok(), Some(20));
}
