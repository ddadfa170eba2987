//! Pages, counts and search: what is derived agrees with what is there, whoever wrote it.

use std::collections::BTreeMap;
use std::path::Path;

use lab_model::ready::{Stand, stand};
use lab_model::{
    Blocker, Dependency, EntityKind, Idea, ItemStatus, Label, Milestone, Priority, Progress, Uid,
    WorkItem,
};
use lab_store::{
    DueFilter, ItemFilter, ItemOrder, OpenMode, PageRequest, Reader, SearchRequest, SqliteStore,
    Store, StoreError, Total,
};
use proptest::collection;
use proptest::prelude::{Strategy, any, proptest};
use rusqlite::Connection;

use crate::scene::{
    everything, head, insert_everything, item, label, memory, opening, project, uid, write,
};

fn all() -> ItemFilter {
    ItemFilter {
        all: true,
        ..ItemFilter::default()
    }
}

/// Every page of a listing, so many lines at a time, as labels.
fn paged(tx: &dyn Reader, filter: &ItemFilter, order: ItemOrder, limit: u32) -> Vec<String> {
    let mut request = PageRequest {
        after: None,
        limit: Some(limit),
    };
    let mut labels = Vec::new();
    loop {
        let page = tx.item_page(filter, order, &request).expect("a page");
        assert!(page.lines.len() <= limit as usize);
        request.after = page.lines.last().map(|line| line.label.clone());
        labels.extend(page.lines.iter().map(|line| line.label.to_string()));
        if !page.more {
            return labels;
        }
    }
}

fn labels(items: &[&WorkItem]) -> Vec<String> {
    items.iter().map(|it| it.head.label.to_string()).collect()
}

/// Holds what listings derive against what the items themselves say.
fn check_derived(store: &SqliteStore) {
    store
        .read(|tx| {
            let items = tx.items(&all())?;
            let statuses: BTreeMap<Uid, ItemStatus> = items
                .iter()
                .map(|item| (item.head.uid.clone(), item.status))
                .collect();
            let stands: BTreeMap<&Label, Stand> = items
                .iter()
                .map(|it| (&it.head.label, stand(it, |uid| statuses.get(uid).copied())))
                .collect();
            let page = tx.item_page(&all(), ItemOrder::Label, &PageRequest::default())?;
            let listed: Vec<(&Label, Stand)> =
                page.lines.iter().map(|it| (&it.label, it.stand)).collect();
            let expected: Vec<(&Label, Stand)> = items
                .iter()
                .map(|it| (&it.head.label, stands[&it.head.label]))
                .collect();
            assert_eq!(listed, expected);
            assert_eq!(page.total, Total::Exactly(items.len() as u64));
            for of in Stand::ALL {
                let filter = ItemFilter {
                    stands: vec![*of],
                    ..ItemFilter::default()
                };
                let mut pressing: Vec<&WorkItem> = items
                    .iter()
                    .filter(|it| stands[&it.head.label] == *of)
                    .collect();
                pressing
                    .sort_by_key(|it| (std::cmp::Reverse(it.priority), it.due.is_none(), it.due));
                assert_eq!(
                    paged(tx, &filter, ItemOrder::Pressing, 2),
                    labels(&pressing)
                );
                assert_eq!(tx.tallies(None)?.standing(*of), pressing.len() as u64);
                let total = tx.item_page(&filter, ItemOrder::Label, &PageRequest::default())?;
                assert_eq!(total.total, Total::Exactly(pressing.len() as u64));
            }
            let by_owner = tx.tallies_by_owner()?;
            for owner in [1, 3].map(uid) {
                let of = |item: &&WorkItem| {
                    item.project.as_ref() == Some(&owner) || item.milestone.as_ref() == Some(&owner)
                };
                let progress = Progress::of(items.iter().filter(of).map(|item| item.status));
                assert_eq!(tx.tallies(Some(&owner))?.progress(), progress);
                let told = by_owner.get(&owner).map(lab_store::Tallies::progress);
                assert_eq!(told.unwrap_or_default(), progress);
            }
            Ok::<_, StoreError>(())
        })
        .expect("reads");
}

/// One change of one of a few items.
#[derive(Clone, Debug)]
struct Step {
    which: u64,
    status: usize,
    priority: usize,
    blockers: Vec<bool>,
    on: Vec<u64>,
    parent: Option<u64>,
    flags: [bool; 5],
    due: Option<u8>,
}

fn step() -> impl Strategy<Value = Step> {
    (
        (10..16_u64, 0..9_usize, 0..4_usize),
        collection::vec(any::<bool>(), 0..3),
        collection::vec(10..16_u64, 0..3),
        proptest::option::of(10..16_u64),
        any::<[bool; 5]>(),
        proptest::option::of(1..4_u8),
    )
        .prop_map(
            |((which, status, priority), blockers, on, parent, flags, due)| Step {
                which,
                status,
                priority,
                blockers,
                on,
                parent,
                flags,
                due,
            },
        )
}

impl Step {
    /// The item after the step; what depends points to lower numbers, so there is no circle.
    fn applied(&self, mut item: WorkItem) -> WorkItem {
        let [draft, away, in_project, in_milestone, unresolved] = self.flags;
        item.status = ItemStatus::ALL
            .get(self.status)
            .copied()
            .unwrap_or(ItemStatus::Todo);
        item.priority = Priority::ALL[self.priority];
        item.is_draft = draft;
        item.head.archived = away && draft;
        item.project = in_project.then(|| uid(1));
        item.milestone = in_milestone.then(|| uid(3));
        item.due = self
            .due
            .and_then(|day| lab_model::Day::from_ymd(2026, 2, i8::try_from(day).ok()?));
        item.parent = self.parent.filter(|it| *it < self.which).map(uid);
        item.dependencies = self
            .on
            .iter()
            .filter(|on| **on < self.which)
            .map(|on| Dependency::On(uid(*on)))
            .collect();
        if unresolved && draft {
            item.dependencies
                .insert(Dependency::Unresolved("FRM-999".to_owned()));
        }
        item.blockers = (0..)
            .zip(&self.blockers)
            .map(|(position, open)| Blocker {
                uid: uid(1_000 + self.which * 10 + position),
                text: "b".to_owned(),
                severity: None,
                opened_at: None,
                open: *open,
                closed_at: None,
                resolution: None,
            })
            .collect();
        item
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, failure_persistence: None, ..Default::default() })]
    #[test]
    fn what_listings_derive_is_what_the_items_say(steps in collection::vec(step(), 1..24)) {
        let mut store = memory();
        write(&mut store, 1, |tx| {
            tx.insert_project(&project(1, "PROJ-001"))?;
            tx.insert_milestone(&Milestone::new(head(3, "MS-001"), "m".to_owned()))?;
            for number in (10..16).rev() {
                tx.insert_item(&item(number, &format!("FRM-{number}")))?;
            }
            Ok(())
        }).expect("writes");
        for (ms, step) in (2..).zip(steps) {
            write(&mut store, ms, |tx| {
                let seen = tx.item(&uid(step.which))?.expect("there");
                tx.update_item(&step.applied(seen))
            }).expect("writes");
        }
        check_derived(&store);
    }
}

#[test]
fn pages_add_up_to_the_whole_in_both_orders() {
    let mut store = memory();
    let numbers: Vec<u64> = vec![7, 1, 10, 9, 100, 2];
    write(&mut store, 1, |tx| {
        for number in &numbers {
            let mut item = item(*number, &format!("FRM-{number}"));
            item.priority = Priority::ALL[usize::try_from(number % 3).expect("small")];
            tx.insert_item(&item)?;
        }
        tx.insert_item(&item(50, "FRM-9-2"))?;
        tx.insert_item(&item(51, "frm-9-1"))
    })
    .expect("writes");
    store
        .read(|tx| {
            let by_label = [
                "FRM-1", "FRM-2", "FRM-7", "FRM-9", "frm-9-1", "FRM-9-2", "FRM-10", "FRM-100",
            ];
            let pressing = [
                "FRM-2", "FRM-1", "FRM-7", "frm-9-1", "FRM-9-2", "FRM-10", "FRM-100", "FRM-9",
            ];
            for limit in 1..10 {
                assert_eq!(paged(tx, &all(), ItemOrder::Label, limit), by_label);
                assert_eq!(paged(tx, &all(), ItemOrder::Pressing, limit), pressing);
            }
            let behind = |order, after: &str| {
                let request = PageRequest {
                    after: Some(label(after)),
                    limit: Some(1),
                };
                tx.item_page(&all(), order, &request)
                    .map(|page| page.lines[0].label.to_string())
                    .map_err(|error| error.to_string())
            };
            assert_eq!(behind(ItemOrder::Label, "FRM-3"), Ok("FRM-7".to_owned()));
            let unknown = behind(ItemOrder::Pressing, "FRM-3");
            assert_eq!(unknown, Err("no item is called `FRM-3`".to_owned()));
            Ok::<_, StoreError>(())
        })
        .expect("reads");
}

/// What a filter lets through of everything in the scene, and how many it says there are.
fn check(filter: &ItemFilter, expected: &str) {
    let mut store = memory();
    insert_everything(&mut store, &everything());
    let page = store
        .read(|tx| tx.item_page(filter, ItemOrder::Label, &PageRequest::default()))
        .expect("reads");
    let labels: Vec<&str> = page.lines.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels.join(" "), expected, "{filter:?}");
    assert_eq!(
        page.total,
        Total::Exactly(labels.len() as u64),
        "{filter:?}"
    );
}

#[test]
fn a_name_may_be_missing_and_a_label_must_be() {
    let full = "FRM-001-1.1";
    let cases: &[(Ask, &str)] = &[
        (|it| it.projects = vec![None], "FRM-001"),
        (
            |it| it.projects = vec![None, Some(uid(1))],
            "FRM-001 FRM-001-1.1",
        ),
        (|it| it.assignees = vec![Some("sam".to_owned())], full),
        (|it| it.assignees = vec![None], "FRM-001"),
        (|it| it.parents = vec![None], "FRM-001"),
        (
            |it| it.without_labels = vec!["X".parse().expect("a tag")],
            "FRM-001",
        ),
        (|it| it.types = vec![lab_model::ItemType::Research], full),
        (|it| it.due = Some(DueFilter::Never), "FRM-001"),
        (|it| it.due = Some(due("", "2026-02-03")), full),
        (|it| it.due = Some(due("", "2026-02-02")), ""),
        (|it| it.due = Some(due("2026-02-03", "")), full),
        (|it| it.due = Some(due("2026-02-04", "")), ""),
        (
            |it| it.stands = vec![Stand::Blocked, Stand::Ready],
            "FRM-001 FRM-001-1.1",
        ),
    ];
    for (ask, expected) in cases {
        let mut filter = ItemFilter::default();
        ask(&mut filter);
        check(&filter, expected);
    }
}

/// Sets one condition.
type Ask = fn(&mut ItemFilter);

/// From one day to another; an empty side is open.
fn due(from: &str, to: &str) -> DueFilter {
    DueFilter::Between(from.parse().ok(), to.parse().ok())
}

#[test]
fn what_many_match_is_still_found_and_counted_as_far_as_it_is_worth() {
    let mut store = memory();
    write(&mut store, 1, |tx| {
        for number in 1..=1_100 {
            let mut item = item(number, &format!("FRM-{number}"));
            item.labels.insert("common".parse().expect("a tag"));
            item.due = "2026-02-03".parse().ok();
            item.description = "a common word".to_owned();
            tx.insert_item(&item)?;
        }
        Ok(())
    })
    .expect("writes");
    let tag = || vec!["COMMON".parse().expect("a tag")];
    let due = Some(DueFilter::Between("2026-02-03".parse().ok(), None));
    for filter in [
        ItemFilter {
            labels: tag(),
            ..ItemFilter::default()
        },
        ItemFilter {
            text: Some("comm".to_owned()),
            ..ItemFilter::default()
        },
        ItemFilter {
            due,
            ..ItemFilter::default()
        },
        ItemFilter {
            labels: tag(),
            due,
            text: Some("word".to_owned()),
            ..all()
        },
    ] {
        let request = PageRequest {
            after: Some(label("FRM-999")),
            limit: Some(2),
        };
        let page = store
            .read(|tx| tx.item_page(&filter, ItemOrder::Label, &request))
            .expect("reads");
        let labels: Vec<&str> = page.lines.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(
            (labels.join(" "), page.more),
            ("FRM-1000 FRM-1001".to_owned(), true)
        );
        // Words that are everywhere are not counted to the end.
        let expected = match filter.text {
            None => Total::Exactly(1_100),
            Some(_) => Total::AtLeast(3),
        };
        assert_eq!(page.total, expected);
    }
    let request = SearchRequest {
        text: "common".to_owned(),
        limit: 3,
        ..SearchRequest::default()
    };
    let found = store.read(|tx| tx.search(&request)).expect("reads");
    assert_eq!((found.hits.len(), found.total), (3, Total::AtLeast(1_000)));
}

/// A lab in which a word is everywhere, as an older version would have written it.
fn of_many(path: &Path, items: u32) -> SqliteStore {
    drop(SqliteStore::open(path, &opening(OpenMode::Create)).expect("opens"));
    let raw = Connection::open(path).expect("opens");
    let numbers = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {items})"
    );
    let uid = "printf('01890000-0000-7000-8000-%012d', n)";
    raw.execute_batch(&format!(
        "BEGIN;
         INSERT INTO entities {numbers} SELECT {uid}, 'item', 1, 1, 1, 0 FROM n;
         INSERT INTO entity_labels (kind, label, uid, is_current, since_ms)
         {numbers} SELECT 'item', 'FRM-' || n, {uid}, 1, 1 FROM n;
         INSERT INTO work_items (uid, title, description, status, priority, item_type, is_draft)
         {numbers} SELECT {uid}, iif(n > 5000, 'a late common word', 'a common word'), '', 'todo', iif(n % 7, 'low', 'high'), 'task', 0 FROM n;
         COMMIT;"
    ))
    .expect("runs");
    drop(raw);
    SqliteStore::open(path, &opening(OpenMode::Create)).expect("opens")
}

#[test]
fn what_is_everywhere_is_listed_without_looking_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = of_many(&folder.path().join("ai_lab.db"), 5_600);
    let page = |filter: &ItemFilter, after: &str| {
        let request = PageRequest {
            after: Some(label(after)),
            limit: Some(2),
        };
        let page = store.read(|tx| tx.item_page(filter, ItemOrder::Label, &request));
        let page = page.expect("reads");
        let labels: Vec<String> = page.lines.iter().map(|it| it.label.to_string()).collect();
        (labels.join(" "), page.more, page.total)
    };
    let common = ItemFilter {
        text: Some("COMM word".to_owned()),
        ..ItemFilter::default()
    };
    let high = ItemFilter {
        priorities: vec![Priority::High],
        ..common.clone()
    };
    let urgent = ItemFilter {
        priorities: vec![Priority::High, Priority::Critical],
        types: vec![lab_model::ItemType::Task],
        ..ItemFilter::default()
    };
    let two = |labels: &str, more, total| (labels.to_owned(), more, total);
    assert_eq!(
        page(&common, "FRM-1000"),
        two("FRM-1001 FRM-1002", true, Total::AtLeast(3))
    );
    assert_eq!(
        page(&common, "FRM-5599"),
        two("FRM-5600", false, Total::AtLeast(1))
    );
    // Many have it, and none of the first.
    let late = ItemFilter {
        text: Some("late word".to_owned()),
        ..ItemFilter::default()
    };
    assert_eq!(
        page(&late, "FRM-9"),
        two("FRM-5001 FRM-5002", true, Total::AtLeast(3))
    );
    assert_eq!(
        page(&high, "FRM-9"),
        two("FRM-14 FRM-21", true, Total::AtLeast(3))
    );
    assert_eq!(
        page(&urgent, "FRM-9"),
        two("FRM-14 FRM-21", true, Total::AtLeast(285))
    );
}

fn found(store: &SqliteStore, text: &str) -> String {
    let request = SearchRequest {
        text: text.to_owned(),
        limit: 10,
        ..SearchRequest::default()
    };
    let page = store.read(|tx| tx.search(&request)).expect("reads");
    assert_eq!(page.total, Total::Exactly(page.hits.len() as u64));
    let labels: Vec<&str> = page.hits.iter().map(|hit| hit.label.as_str()).collect();
    labels.join(" ")
}

#[test]
fn a_search_finds_the_words_that_are_there_now() {
    let mut store = memory();
    write(&mut store, 1, |tx| {
        let mut idea = Idea::new(head(1, "IDEA-001"), "Ruhe".to_owned());
        idea.notes = Some("Die Pumpe ist laut, Grüße".to_owned());
        tx.insert_idea(&idea)?;
        let mut done = item(2, "FRM-001");
        (done.status, done.title) = (ItemStatus::Done, "Pumpe kaufen".to_owned());
        tx.insert_item(&done)
    })
    .expect("writes");
    // A title weighs more than a note.
    assert_eq!(found(&store, "pumpe"), "FRM-001 IDEA-001");
    assert_eq!(found(&store, "PUM lau"), "IDEA-001");
    assert_eq!(found(&store, "grusse"), "");
    assert_eq!(found(&store, "gruße"), "IDEA-001");
    assert_eq!(found(&store, "frm-001"), "FRM-001");
    for nothing in [
        "",
        "  ",
        "\"",
        "*",
        "umpe",
        "NOT pumpe",
        "title:pumpe",
        "🏠",
    ] {
        assert_eq!(found(&store, nothing), "", "{nothing}");
    }
    write(&mut store, 2, |tx| {
        let mut changed = tx.item(&uid(2))?.expect("there");
        changed.title = "Ventil kaufen".to_owned();
        changed.head.label = label("HS-7");
        tx.update_item(&changed)?;
        let mut changed = tx.idea(&uid(1))?.expect("there");
        changed.notes = None;
        tx.update_idea(&changed)
    })
    .expect("writes");
    for (text, expected) in [
        ("pumpe", ""),
        ("ventil", "HS-7"),
        ("frm", ""),
        ("hs", "HS-7"),
        ("ruhe", "IDEA-001"),
    ] {
        assert_eq!(found(&store, text), expected, "{text}");
    }
    check_kinds(&store);
}

/// One idea and no item has a word that begins so.
fn check_kinds(store: &SqliteStore) {
    let of = |kind| SearchRequest {
        text: "r".to_owned(),
        kind,
        limit: 10,
        skip: 0,
    };
    let count = |kind| {
        store
            .read(|tx| tx.search(&of(kind)))
            .expect("reads")
            .hits
            .len()
    };
    let counts = [None, Some(EntityKind::Idea), Some(EntityKind::Item)].map(count);
    assert_eq!(counts, [1, 1, 0]);
}

/// A database as schema 1.1 left it, with everything of the scene in it.
fn of_schema_1_1(path: &Path) {
    let full = path.with_extension("full");
    let mut store = SqliteStore::open(&full, &opening(OpenMode::Create)).expect("opens");
    insert_everything(&mut store, &everything());
    drop(store);
    let raw = Connection::open(path).expect("opens");
    raw.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF;")
        .expect("runs");
    raw.execute_batch(include_str!("../../migrations/0001_keep_the_tracker.sql"))
        .expect("runs");
    raw.execute("ATTACH ?1 AS full", [full.to_str()])
        .expect("attaches");
    let names = |sql: &str| -> Vec<String> {
        let mut statement = raw.prepare(sql).expect("prepares");
        let rows = statement.query_map([], |row| row.get(0)).expect("reads");
        rows.collect::<rusqlite::Result<_>>().expect("text")
    };
    for table in
        names("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name <> 'migrations'")
    {
        let columns = names(&format!(
            "SELECT name FROM main.pragma_table_info('{table}')"
        ))
        .join(", ");
        raw.execute_batch(&format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM full.{table};"
        ))
        .expect("copies");
    }
    raw.execute_batch(
        "INSERT INTO main.migrations VALUES (1, '0001_keep_the_tracker', '0.1.0', 1);
         PRAGMA main.application_id = 0x41494c62; PRAGMA main.user_version = 1001;",
    )
    .expect("runs");
}

#[test]
fn an_older_database_is_listed_and_searched_like_a_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    of_schema_1_1(&path);
    let store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("migrates");
    check_derived(&store);
    assert_eq!(found(&store, "calm"), "IDEA-003");
    assert_eq!(found(&store, "item frm"), "FRM-001 FRM-001-1.1");
    let next = |store: &mut SqliteStore| {
        write(store, 9, |tx| {
            tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix"))
        })
    };
    let mut store = store;
    assert_eq!(next(&mut store).expect("mints"), label("FRM-002"));
    assert!(store.check_up().expect("looks").is_sound());
}

/// What the statements of schema 1.1 do: they name no column that came later.
fn written_by_an_older_version(new: &Uid) -> String {
    format!(
        "BEGIN; PRAGMA trusted_schema = OFF;
         INSERT INTO entities VALUES ('{new}', 'item', 1, 1, 1, 0);
         INSERT INTO entity_labels (kind, label, uid, is_current, since_ms) VALUES ('item', 'FRM-7', '{new}', 1, 1);
         INSERT INTO work_items (uid, title, description, status, priority, item_type, is_draft, parent_uid)
         VALUES ('{new}', 'Chimney', '', 'todo', 'low', 'task', 0, NULL);
         INSERT INTO dependencies VALUES ('item', '{new}', '{first}');
         INSERT INTO blockers (blocker_uid, uid, position, text, open) VALUES ('{blocker}', '{new}', 0, 'b', 1);
         UPDATE blockers SET open = 0 WHERE uid = '{new}';
         UPDATE work_items SET status = 'done' WHERE uid = '{first}';
         UPDATE entities SET archived = 1 WHERE uid = '{full}';
         UPDATE entity_labels SET is_current = 0 WHERE uid = '{first}';
         INSERT INTO entity_labels (kind, label, uid, is_current, since_ms) VALUES ('item', 'FRM-12', '{first}', 1, 1);
         COMMIT;",
        first = uid(5),
        full = uid(6),
        blocker = uid(71),
    )
}

#[test]
fn what_an_older_version_writes_meanwhile_is_listed_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    insert_everything(&mut store, &everything());
    drop(store);
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch(&written_by_an_older_version(&uid(70)))
        .expect("runs");
    drop(raw);
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    check_derived(&store);
    assert_eq!(found(&store, "chimney"), "FRM-7");
    assert_eq!(found(&store, "frm-12"), "FRM-12");
    let minted = write(&mut store, 9, |tx| {
        tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix"))
    });
    assert_eq!(minted.expect("mints"), label("FRM-013"));
}

#[test]
fn a_label_is_minted_above_the_highest_number_alone() {
    let mut store = memory();
    write(&mut store, 1, |tx| {
        for (number, name) in (1..).zip([
            "FRM-3",
            "FRM-010",
            "FRM-10-4",
            "FRM-12-COMP",
            "FRM-13-1",
            "FRM-99999999999",
            "FRM-COMP",
            "FRMX-50",
            "FRM",
        ]) {
            tx.insert_item(&item(number, name))?;
        }
        let mut renamed = tx.item(&uid(2))?.expect("there");
        renamed.head.label = label("OLD-1");
        tx.update_item(&renamed)
    })
    .expect("writes");
    let next = |store: &mut SqliteStore, parent: Option<&str>| {
        write(store, 2, |tx| match parent {
            None => tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix")),
            Some(parent) => tx.mint_child(EntityKind::Item, &label(parent)),
        })
        .map(|label| label.to_string())
        .map_err(|error| error.to_string())
    };
    // An alias is never given again; parts and other words are no numbers.
    assert_eq!(next(&mut store, None), Ok("FRM-011".to_owned()));
    assert_eq!(next(&mut store, Some("frm-10")), Ok("frm-10-5".to_owned()));
    assert_eq!(next(&mut store, Some("FRM-3")), Ok("FRM-3-1".to_owned()));
    write(&mut store, 3, |tx| {
        tx.insert_item(&item(90, "FRM-4294967295"))
    })
    .expect("writes");
    let exhausted = "no label is left after `FRM-4294967295`".to_owned();
    assert_eq!(next(&mut store, None), Err(exhausted));
}
