//! Words that very many items have: what a listing and a search find is what the texts say, however they are found.

use std::path::Path;

use lab_store::{
    ItemFilter, ItemOrder, OpenMode, PageRequest, SearchRequest, SqliteStore, Store, Total,
};
use rusqlite::Connection;

use crate::scene::{label, opening};

/// More than are looked up one by one, and more than a search weighs.
const ITEMS: u32 = 4_500;

/// Whether the item of a number has a word.
type Holds = fn(u32) -> bool;

/// Which items have which: every second, every tenth, every fortieth, the last thousand.
const WORDS: &[(&str, Holds)] = &[
    ("second", |n| n.is_multiple_of(2)),
    ("tenth", |n| n.is_multiple_of(10)),
    ("fortieth", |n| n.is_multiple_of(40)),
    ("late", |n| n > ITEMS - 1_000),
    // The beginning of words that many have, and itself no word.
    ("sec", |n| n.is_multiple_of(2)),
    ("every", |_| true),
    ("Überall", |_| true),
    ("uber", |_| true),
    ("none", |_| false),
];

/// A lab of so many items whose texts have these words, in title, description or notes.
fn lab(path: &Path) -> SqliteStore {
    drop(SqliteStore::open(path, &opening(OpenMode::Create)).expect("opens"));
    let raw = Connection::open(path).expect("opens");
    let numbers = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ITEMS})"
    );
    let uid = "printf('01890000-0000-7000-8000-%012d', n)";
    raw.execute_batch(&format!(
        "BEGIN;
         INSERT INTO entities {numbers} SELECT {uid}, 'item', 1, 1, 1, 0 FROM n;
         INSERT INTO entity_labels (kind, label, uid, is_current, since_ms)
         {numbers} SELECT 'item', 'FRM-' || n, {uid}, 1, 1 FROM n;
         INSERT INTO work_items (uid, title, description, notes, status, priority, item_type, is_draft)
         {numbers} SELECT {uid}, 'every' || iif(n % 10, '', ' tenth') || iif(n % 500, '', ' Überall'),
         'überall ' || iif(n % 2, '', 'second ') || iif(n > {ITEMS} - 1000, 'late', ''),
         iif(n % 40, NULL, 'a fortieth'), 'todo', iif(n % 7, 'low', 'high'), 'task', 0 FROM n;
         COMMIT;"
    ))
    .expect("runs");
    drop(raw);
    SqliteStore::open(path, &opening(OpenMode::Create)).expect("opens")
}

/// The first of a page by these words, as numbers.
fn page(store: &SqliteStore, text: &str, order: ItemOrder, after: u32, limit: u32) -> Vec<u32> {
    let filter = ItemFilter {
        text: Some(text.to_owned()),
        ..ItemFilter::default()
    };
    let request = PageRequest {
        after: (after > 0).then(|| label(&format!("FRM-{after}"))),
        limit: Some(limit),
    };
    let page = store
        .read(|tx| tx.item_page(&filter, order, &request))
        .expect("reads");
    page.lines
        .iter()
        .map(|it| number(it.label.as_str()))
        .collect()
}

fn number(label: &str) -> u32 {
    label["FRM-".len()..].parse().expect("a number")
}

/// What a page must be: the items put in order, those that have all words.
fn expected(words: &[usize], order: ItemOrder, after: u32, limit: u32) -> Vec<u32> {
    let is_high = |n: u32| n.is_multiple_of(7);
    let mut all: Vec<u32> = (1..=ITEMS).collect();
    match order {
        ItemOrder::Label => {}
        ItemOrder::Pressing => all.sort_by_key(|n| (!is_high(*n), *n)),
    }
    let start = all.iter().position(|n| *n == after).map_or(0, |at| at + 1);
    let behind = all[start..].iter().copied();
    behind
        .filter(|n| words.iter().all(|word| WORDS[*word].1(*n)))
        .take(limit as usize)
        .collect()
}

#[test]
fn a_page_by_words_is_the_same_whether_they_are_common_or_rare_whole_or_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = lab(&folder.path().join("ai_lab.db"));
    let pairs = (0..WORDS.len()).flat_map(|one| (one..WORDS.len()).map(move |two| [one, two]));
    for words in pairs {
        let text = format!("{} {}", WORDS[words[0]].0, WORDS[words[1]].0);
        for order in [ItemOrder::Label, ItemOrder::Pressing] {
            for (after, limit) in [(0, 20), (0, 1), (699, 3), (4_480, 100)] {
                assert_eq!(
                    page(&store, &text, order, after, limit),
                    expected(&words, order, after, limit),
                    "{text}, {order:?}, {limit} behind {after}"
                );
            }
        }
    }
}

/// The first hits and how many there are.
fn search(store: &SqliteStore, text: &str, skip: u32) -> (Vec<u32>, Total) {
    let request = SearchRequest {
        text: text.to_owned(),
        skip,
        limit: 3,
        ..SearchRequest::default()
    };
    let found = store.read(|tx| tx.search(&request)).expect("reads");
    let hits = found.hits.iter().map(|hit| number(hit.label.as_str()));
    (hits.collect(), found.total)
}

#[test]
fn of_words_that_very_many_have_the_titles_go_first_and_then_the_youngest() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = lab(&folder.path().join("ai_lab.db"));
    let most = Total::AtLeast(1_000);
    // In a title, in descriptions, both, only begun.
    assert_eq!(
        search(&store, "every", 0),
        (vec![4_500, 4_499, 4_498], most)
    );
    assert_eq!(
        search(&store, "second", 1),
        (vec![4_498, 4_496, 4_494], most)
    );
    assert_eq!(search(&store, "sec", 0), (vec![4_500, 4_498, 4_496], most));
    // 450 titles have `tenth`, and each description `überall`.
    assert_eq!(search(&store, "tenth uberall", 0).1, Total::Exactly(450));
    // Every five-hundredth has it in its title, too; those below 2,501 are not among the 2,000 youngest.
    assert_eq!(
        search(&store, "uberall", 0),
        (vec![4_500, 4_000, 3_500], most)
    );
    assert_eq!(
        search(&store, "uberall", 3),
        (vec![3_000, 4_499, 4_498], most)
    );
    // 2,250 have `second`; of the 2,000 youngest with it none has it in the title, so that their age decides.
    assert_eq!(search(&store, "second", 1_998), (vec![504, 502], most));
}
