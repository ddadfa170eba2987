//! Imported values and documents.

use lab_model::{Attachment, EntityKind, ImportedValue, RawKind, Uid};
use lab_store::{Store, StoreError};

use crate::conformance::on_every_backend;
use crate::scene::{at, item, uid, write};

fn value(kind: RawKind, raw: &str, entity: Option<(EntityKind, Uid)>) -> ImportedValue {
    ImportedValue {
        source: "data/ai_lab.db:work_items".to_owned(),
        record: "FRM-001".to_owned(),
        field: "due_date".to_owned(),
        kind,
        raw: raw.to_owned(),
        entity,
        went_to: None,
        decision: "empty becomes none".to_owned(),
    }
}

#[test]
fn imported_values_and_documents_are_kept_once() {
    on_every_backend(|store| {
        write(store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
        let owner = Some((EntityKind::Item, uid(1)));
        let values = [
            value(RawKind::Text, "", owner.clone()),
            value(RawKind::Null, "", owner.clone()),
            value(RawKind::Text, "2025", None),
        ];
        let document = Attachment {
            uid: uid(70),
            entity: owner.clone(),
            name: "FRM-001.json".to_owned(),
            media_type: "application/json".to_owned(),
            kept_at: at(5),
            content: vec![0, 255, b'{'],
        };
        let other = Attachment {
            uid: uid(71),
            entity: None,
            ..document.clone()
        };
        let again = Attachment {
            uid: uid(72),
            ..document.clone()
        };
        let mut keep = || {
            write(store, 5, |tx| {
                let kept = values.iter().map(|value| tx.keep_imported_value(value));
                let kept: Vec<bool> = kept.collect::<Result<_, _>>()?;
                Ok((
                    kept,
                    [&document, &again, &other].map(|it| tx.keep_attachment(it).ok()),
                ))
            })
            .expect("writes")
        };
        assert_eq!(
            keep(),
            (vec![true; 3], [Some(true), Some(false), Some(true)])
        );
        assert_eq!(keep(), (vec![false; 3], [Some(false); 3]));
        let read = store.read(|tx| {
            let of = uid(1);
            Ok::<_, StoreError>((
                tx.imported_values(None)?,
                tx.imported_values(Some(&of))?,
                tx.attachments(None)?,
                tx.attachments(Some(&of))?,
            ))
        });
        assert_eq!(
            read.expect("reads"),
            (
                values.to_vec(),
                values[..2].to_vec(),
                vec![document.clone(), other.clone()],
                vec![document.clone()]
            )
        );
    });
}
