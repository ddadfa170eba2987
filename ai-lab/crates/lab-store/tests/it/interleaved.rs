//! Two writers in any order against a plain model: what was accepted is there, what was stale is refused whole.

use lab_model::{Tag, WorkItem};
use lab_store::{OpenMode, Reader, SqliteStore, Store, StoreError};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::scene::{item, opening, uid, write};

/// What a writer does with the one item.
#[derive(Clone, Debug)]
enum Step {
    /// Reads it anew.
    Look,
    /// Writes what it has read, with another title.
    Title(u8),
    /// Writes what it has read, with one label more or less.
    Label(u8),
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    let step = (0..5_u8, any::<u8>()).prop_map(|(what, value)| match what {
        0 | 1 => Step::Look,
        2 => Step::Title(value % 3),
        _ => Step::Label(value % 4),
    });
    (any::<bool>(), step)
}

fn stored(store: &SqliteStore) -> WorkItem {
    let read = |tx: &dyn Reader| tx.item(&uid(1));
    let found: Result<_, StoreError> = store.read(read);
    found.expect("it is read").expect("it is there")
}

fn changed(mut item: WorkItem, step: &Step) -> WorkItem {
    match step {
        Step::Look => {}
        Step::Title(value) => item.title = format!("title {value}"),
        Step::Label(value) => {
            let tag: Tag = format!("tag{value}").parse().expect("a tag");
            if !item.labels.remove(&tag) {
                item.labels.insert(tag);
            }
        }
    }
    item
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nobody_overwrites_what_they_have_not_read(steps in vec(step(), 1..30)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ai_lab.db");
        let open = || SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
        let mut stores = [open(), open()];
        write(&mut stores[0], 1, |tx| tx.insert_item(&item(1, "A-1"))).expect("written");
        let mut model = stored(&stores[0]);
        let mut seen = [model.clone(), model.clone()];
        let mut accepted = 1_u64;
        for (tick, (second, step)) in (2..).zip(&steps) {
            let who = usize::from(*second);
            if matches!(step, Step::Look) {
                seen[who] = stored(&stores[who]);
                prop_assert_eq!(&seen[who], &model);
                continue;
            }
            let wanted = changed(seen[who].clone(), step);
            let outcome = write(&mut stores[who], tick, |tx| tx.update_item(&wanted));
            let is_fresh = seen[who].head.revision == model.head.revision;
            match outcome {
                Ok(revision) => {
                    prop_assert!(is_fresh);
                    accepted += u64::from(revision != model.head.revision);
                    model = stored(&stores[who]);
                    prop_assert_eq!(&model.title, &wanted.title);
                    prop_assert_eq!(&model.labels, &wanted.labels);
                    seen[who] = model.clone();
                }
                Err(StoreError::Stale { seen: told, stored, .. }) => {
                    prop_assert!(!is_fresh);
                    prop_assert_eq!((told, stored), (seen[who].head.revision, model.head.revision));
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
            for store in &stores {
                prop_assert_eq!(&stored(store), &model);
            }
        }
        // The log has every write that was accepted, and no other; the item is its fold.
        let history = stores[0].read(|tx| tx.history(&uid(1)));
        let history: Result<_, StoreError> = history;
        let history = history.expect("it is read");
        let last = history.last().map(|it| it.revision);
        prop_assert_eq!(last, Some(accepted));
        prop_assert_eq!(model.head.revision, accepted);
        let fold = lab_model::Record::fold(&history);
        prop_assert_eq!(fold, lab_model::Record::from(lab_model::Entity::facts(&model)));
    }
}
