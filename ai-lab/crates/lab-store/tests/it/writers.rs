//! Many at once: processes that start together, writers that want the same label.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use lab_model::{EntityKind, Head, WorkItem};
use lab_store::{OpenMode, SqliteStore, Store, StoreError};

use crate::scene::{at, item, jo, opening, uid, write};

const WRITERS: usize = 8;
const EACH: usize = 15;

#[test]
fn labels_and_items_of_many_writers_never_collide() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/ai_lab.db");
    let barrier = Barrier::new(WRITERS);
    // Each opens its own connection, and all create the database together.
    let work = || {
        barrier.wait();
        let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
        (0..EACH)
            .map(|_| {
                let minted = store.write(&jo(), at(1), |tx| {
                    let label = tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix"))?;
                    let head = Head::new(tx.new_uid(), label.clone(), tx.at());
                    tx.insert_item(&WorkItem::new(head, "t".to_owned()))?;
                    Ok::<_, StoreError>(label.to_string())
                });
                minted.expect("writes")
            })
            .collect::<Vec<String>>()
    };
    let minted: BTreeSet<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..WRITERS).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let expected: BTreeSet<String> = (1..=WRITERS * EACH)
        .map(|number| format!("FRM-{number:03}"))
        .collect();
    assert_eq!(minted, expected);
}

#[test]
fn of_two_edits_of_one_item_the_later_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let open = || SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    write(&mut open(), 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    let barrier = Barrier::new(WRITERS);
    let work = |number: usize| {
        let mut store = open();
        let mut seen = store
            .read(|tx| tx.item(&uid(1)))
            .expect("reads")
            .expect("there");
        seen.title = format!("title {number}");
        barrier.wait();
        write(&mut store, 2, |tx| tx.update_item(&seen))
    };
    let work = &work;
    let answers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..WRITERS)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let won = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(2)))
        .count();
    let stale = answers
        .iter()
        .filter(|answer| matches!(answer, Err(StoreError::Stale { .. })))
        .count();
    assert_eq!((won, stale), (1, WRITERS - 1));
}

#[test]
fn one_who_writes_too_long_is_told_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    let raw = rusqlite::Connection::open(&path).expect("opens");
    raw.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let refused = write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001")));
    assert_eq!(
        refused.map_err(|error| error.to_string()),
        Err("another process is writing to the database".to_owned())
    );
    raw.execute_batch("ROLLBACK").expect("unlocks");
    assert_eq!(
        write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).ok(),
        Some(1)
    );
}

#[test]
fn labels_minted_within_a_write_differ_and_heed_those_given_by_hand() {
    let mut store = crate::scene::memory();
    let minted = write(&mut store, 1, |tx| {
        let prefix = "FRM".parse().expect("a prefix");
        let mut labels = vec![];
        labels.push(tx.mint(EntityKind::Item, &prefix)?);
        labels.push(tx.mint(EntityKind::Item, &prefix)?);
        tx.insert_item(&item(1, "FRM-040"))?;
        labels.push(tx.mint(EntityKind::Item, &prefix)?);
        labels.push(tx.mint(EntityKind::Idea, &prefix)?);
        labels.push(tx.mint_child(EntityKind::Item, &labels[2])?);
        labels.push(tx.mint_child(EntityKind::Item, &labels[2])?);
        tx.add_alias(&uid(1), &"FRM-050".parse().expect("a label"))?;
        labels.push(tx.mint(EntityKind::Item, &prefix)?);
        Ok(labels.iter().map(ToString::to_string).collect::<Vec<_>>())
    });
    assert_eq!(
        minted.expect("writes"),
        [
            "FRM-001",
            "FRM-002",
            "FRM-041",
            "FRM-001",
            "FRM-041-1",
            "FRM-041-2",
            "FRM-051"
        ]
    );
}
