//! The operation log: exact, append-only, and the state is its fold.

use std::collections::BTreeMap;

use lab_model::{Entity, Identity, Operation, Patch, Priority, Record, SetPatch, steps};
use lab_store::{OpenMode, SqliteStore, Store, StoreError};
use proptest::prelude::{Strategy, any, proptest};
use proptest::{collection, option};

use crate::scene::{at, everything, insert_everything, item, jo, memory, opening, uid, write};

/// What operations add up to: field and member with their text.
fn fold(operations: &[Operation]) -> BTreeMap<(String, String), String> {
    let mut state = BTreeMap::new();
    for operation in operations {
        let key = (operation.field.clone(), operation.member.clone());
        assert_eq!(
            state.get(&key),
            operation.before.as_ref(),
            "{key:?} was something else before"
        );
        match &operation.after {
            Some(after) => state.insert(key, after.clone()),
            None => state.remove(&key),
        };
    }
    state
}

fn facts(entity: &impl Entity) -> BTreeMap<(String, String), String> {
    let facts = entity.facts();
    facts
        .iter()
        .map(|(fact, text)| ((fact.name(), fact.member.clone()), text.to_owned()))
        .collect()
}

#[test]
fn a_change_is_recorded_by_whom_when_why_and_from_what() {
    let mut store = memory();
    write(&mut store, 1_000, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    store
        .write(&jo(), at(2_000), |tx| {
            let seen = tx.item(&uid(1))?.expect("there");
            let blocked = steps::block(seen, tx.at(), uid(9), "no power").expect("may be blocked");
            tx.set_verb("item.block", Some("no power"));
            tx.update_item(&blocked)
        })
        .map_err(|error: StoreError| error.to_string())
        .expect("writes");
    let history = store.read(|tx| tx.history(&uid(1))).expect("reads");
    let told: Vec<String> = history
        .iter()
        .map(|o| {
            let reason = o.reason.as_deref().unwrap_or("-");
            let side = |side: &Option<String>| side.clone().unwrap_or("-".to_owned());
            format!(
                "{} {} {} {reason} {} {}: {} → {}",
                o.at,
                o.actor,
                o.verb,
                o.ordinal,
                o.field,
                side(&o.before),
                side(&o.after)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1970-01-01T00:00:01Z person:jo test - 0 created_at: - → 1970-01-01T00:00:01Z",
            "1970-01-01T00:00:01Z person:jo test - 1 item_type: - → task",
            "1970-01-01T00:00:01Z person:jo test - 2 label: - → FRM-001",
            "1970-01-01T00:00:01Z person:jo test - 3 priority: - → medium",
            "1970-01-01T00:00:01Z person:jo test - 4 status: - → todo",
            "1970-01-01T00:00:01Z person:jo test - 5 title: - → Item FRM-001",
            "1970-01-01T00:00:02Z person:jo item.block no power 0 blocked_from: - → todo",
            "1970-01-01T00:00:02Z person:jo item.block no power 1 blockers: - → no power",
            "1970-01-01T00:00:02Z person:jo item.block no power 2 blockers.open: - → true",
            "1970-01-01T00:00:02Z person:jo item.block no power 3 blockers.opened_at: - → 1970-01-01T00:00:02Z",
            "1970-01-01T00:00:02Z person:jo item.block no power 4 blockers.position: - → 0",
            "1970-01-01T00:00:02Z person:jo item.block no power 5 status: todo → blocked",
        ]
    );
    let writes: std::collections::BTreeSet<_> = history.iter().map(|o| o.write.clone()).collect();
    assert_eq!(writes.len(), 2);
}

#[test]
fn every_field_of_every_kind_is_in_the_log() {
    let mut store = memory();
    let all = everything();
    insert_everything(&mut store, &all);
    let folded = |number| fold(&store.read(|tx| tx.history(&uid(number))).expect("reads"));
    assert_eq!(folded(1), facts(&all.project));
    assert_eq!(folded(2), facts(&all.idea));
    assert_eq!(folded(3), facts(&all.milestone));
    assert_eq!(folded(4), facts(&all.repo));
    assert_eq!(folded(6), facts(&all.full));
}

#[test]
fn the_log_cannot_be_changed_or_shortened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let mut store = SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    let raw = rusqlite::Connection::open(&path).expect("opens");
    for sql in [
        "UPDATE operations SET after = 'x'",
        "DELETE FROM operations",
    ] {
        let refused = raw.execute(sql, []).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("the operation log is append-only".to_owned()),
            "{sql}"
        );
    }
}

/// One edit that a person could make.
#[derive(Clone, Debug)]
struct Edit {
    title: Option<String>,
    notes: Patch<String>,
    labels: SetPatch<lab_model::Tag>,
    priority: Option<Priority>,
    criterion: Option<u8>,
}

fn edit() -> impl Strategy<Value = Edit> {
    let tag = "[a-c]{1,2}".prop_map(|text| text.parse().expect("a tag"));
    let notes = option::of(option::of("[ -~]{0,8}")).prop_map(|notes| match notes {
        None => Patch::Keep,
        Some(None) => Patch::Clear,
        Some(Some(text)) => Patch::Set(text),
    });
    let priority = (0..4_usize).prop_map(|number| Priority::ALL[number]);
    (
        option::of("[ -~]{1,8}"),
        notes,
        collection::vec(tag.clone(), 0..3),
        collection::vec(tag, 0..3),
        option::of(priority),
        option::of(any::<u8>()),
    )
        .prop_map(|(title, notes, add, remove, priority, criterion)| Edit {
            title,
            notes,
            labels: SetPatch { add, remove },
            priority,
            criterion,
        })
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn an_item_is_the_fold_of_its_operations(edits in collection::vec(edit(), 1..12)) {
        let mut store = memory();
        write(&mut store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
        for (ms, edit) in (2..).zip(edits) {
            write(&mut store, ms, |tx| {
                let mut seen = tx.item(&uid(1))?.expect("there");
                let number = edit.criterion.unwrap_or(0);
                match seen.criteria.len() {
                    // Now and then one goes and all behind it move up.
                    count if number > 200 && count > 0 => {
                        seen.criteria.remove(usize::from(number) % count);
                    }
                    _ if edit.criterion.is_some() => seen.criteria.push(lab_model::Criterion {
                        uid: tx.new_uid(),
                        text: number.to_string(),
                        done: number % 2 == 0,
                        evidence: None,
                    }),
                    _ => {}
                }
                lab_model::ItemPatch {
                    title: edit.title,
                    notes: edit.notes,
                    labels: edit.labels,
                    priority: edit.priority,
                    ..lab_model::ItemPatch::default()
                }
                .apply(&mut seen);
                tx.update_item(&seen)
            })
            .expect("writes");
        }
        let (stored, history) = store
            .read(|tx| Ok::<_, StoreError>((tx.item(&uid(1))?.expect("there"), tx.history(&uid(1))?)))
            .expect("reads");
        assert_eq!(fold(&history), facts(&stored));
        assert_eq!(again(&stored, &history).as_ref(), Ok(&stored));
        assert_eq!(history.last().map(|it| it.revision), Some(stored.head.revision));
    }
}

/// An entity made anew of nothing but the log.
fn again<E: lab_model::Recorded>(
    stored: &E,
    history: &[Operation],
) -> Result<E, lab_model::RecordError> {
    E::from_record(Identity::of(stored.head()), Record::fold(history))
}

#[test]
fn every_kind_can_be_made_anew_from_the_log_alone() {
    let mut store = memory();
    insert_everything(&mut store, &everything());
    store
        .read(|tx| {
            let project = tx.project(&uid(1))?.expect("there");
            assert_eq!(again(&project, &tx.history(&uid(1))?), Ok(project));
            let idea = tx.idea(&uid(2))?.expect("there");
            assert_eq!(again(&idea, &tx.history(&uid(2))?), Ok(idea));
            let milestone = tx.milestone(&uid(3))?.expect("there");
            assert_eq!(again(&milestone, &tx.history(&uid(3))?), Ok(milestone));
            let repo = tx.repo(&uid(4))?.expect("there");
            assert_eq!(again(&repo, &tx.history(&uid(4))?), Ok(repo));
            let item = tx.item(&uid(6))?.expect("there");
            assert_eq!(again(&item, &tx.history(&uid(6))?), Ok(item));
            Ok::<_, StoreError>(())
        })
        .expect("reads");
}
