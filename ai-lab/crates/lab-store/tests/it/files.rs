//! What is known of files, and what lab and files say differently.

use std::collections::BTreeMap;

use lab_model::EntityKind;
use lab_store::{DisputeSource, FileBase, FileStamp, OpenDispute, Reader, Store, StoreError};

use crate::scene::{at, item, jo, label, memory, uid, write};

fn read<T>(store: &impl Store, body: impl FnOnce(&dyn Reader) -> Result<T, StoreError>) -> T {
    store.read(body).expect("it is read")
}

#[test]
fn an_entity_stands_with_the_file_that_it_was_last_alike_with() {
    let mut store = memory();
    let base = FileBase {
        uid: uid(1),
        file: Some((
            "data/work-items/A-1.json".to_owned(),
            FileStamp {
                bytes: 7,
                changed_ns: -1,
                inode: u64::MAX,
            },
        )),
        revision: 1,
    };
    write(&mut store, 1, |tx| {
        tx.insert_item(&item(1, "A-1"))?;
        tx.insert_item(&item(2, "A-2"))?;
        tx.keep_file_base(&base)
    })
    .expect("written");
    let known = read(&store, |tx| tx.standings());
    let of: Vec<_> = known
        .iter()
        .map(|it| (it.label.as_str(), &it.base))
        .collect();
    assert_eq!(of, [("A-1", &Some(base.clone())), ("A-2", &None)]);
    let gone = FileBase {
        file: None,
        revision: 2,
        ..base
    };
    // Of what is not history there is no row in the log.
    let touched = store.take_touched();
    assert_eq!(
        touched,
        [(EntityKind::Item, uid(1)), (EntityKind::Item, uid(2))]
    );
    store
        .write_lightly(&jo(), at(2), |tx| {
            tx.keep_file_base(&gone)?;
            let fields = BTreeMap::from([("colour".to_owned(), "\"red\"".to_owned())]);
            tx.keep_file_fields(
                &uid(1),
                &BTreeMap::from([("old".to_owned(), "1".to_owned())]),
            )?;
            tx.keep_file_fields(&uid(1), &fields)
        })
        .expect("written");
    let (standing, fields) = read(&store, |tx| {
        Ok((tx.standing(&uid(1))?, tx.file_fields(&uid(1))?))
    });
    assert_eq!(standing.and_then(|it| it.base), Some(gone));
    assert_eq!(
        fields.into_iter().collect::<Vec<_>>(),
        [("colour".to_owned(), "\"red\"".to_owned())]
    );
    assert_eq!(store.check_up().expect("looked at").log, (1, 12));
    assert_eq!(store.take_touched(), []);
}

#[test]
fn a_dispute_is_open_once_until_it_is_settled() {
    let mut store = memory();
    let dispute = |ours: &str| OpenDispute {
        number: 0,
        uid: uid(1),
        source: DisputeSource::Sync,
        field: "title".to_owned(),
        member: String::new(),
        base: None,
        ours: Some(ours.to_owned()),
        theirs: Some("t".to_owned()),
        others: vec![None, Some("u".to_owned())],
        opened_at: at(5),
    };
    let open = write(&mut store, 1, |tx| {
        tx.insert_item(&item(1, "A-1"))?;
        tx.open_dispute(&dispute("a"))?;
        tx.open_dispute(&dispute("b"))?;
        tx.disputes(Some(&uid(1)))
    })
    .expect("written");
    let expected = OpenDispute {
        number: open[0].number,
        ..dispute("b")
    };
    assert_eq!(open, [expected]);
    write(&mut store, 2, |tx| {
        tx.settle_dispute(open[0].number, "ours")
    })
    .expect("written");
    assert_eq!(read(&store, |tx| tx.disputes(None)), []);
    write(&mut store, 3, |tx| tx.open_dispute(&dispute("c"))).expect("written");
    assert_eq!(read(&store, |tx| tx.disputes(None)).len(), 1);
}

#[test]
fn a_label_that_was_given_up_is_free_and_remembered() {
    let mut store = memory();
    write(&mut store, 1, |tx| {
        tx.insert_item(&item(2, "A-1"))?;
        let mut younger = tx.item(&uid(2))?.expect("it is there");
        younger.head.label = label("A-2");
        tx.update_item(&younger)?;
        tx.give_up_label(EntityKind::Item, &uid(2), &label("A-1"))?;
        tx.insert_item(&item(1, "A-1"))?;
        // Whoever is called so has not merely been.
        tx.keep_former_label(EntityKind::Item, &uid(1), &label("A-1"))
    })
    .expect("written");
    let found = read(&store, |tx| {
        let owner = tx.uid_of(EntityKind::Item, &label("a-1"))?;
        Ok((owner, tx.aliases(&uid(2))?, tx.aliases(&uid(1))?))
    });
    assert_eq!(found, (Some(uid(1)), vec![label("A-1")], vec![]));
}
