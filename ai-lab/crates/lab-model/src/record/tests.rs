use super::*;
use crate::WorkItem;

fn uid(number: u64) -> Uid {
    Uid::from_parts(number, [0; 10])
}

fn item() -> WorkItem {
    let at = Moment::from_ms(1).expect("in range");
    let head = Head::new(uid(1), "FRM-001".parse().expect("a label"), at);
    WorkItem::new(head, "t".to_owned())
}

fn back(item: &WorkItem, change: impl FnOnce(&mut Record)) -> Result<WorkItem, RecordError> {
    let mut record = Record::from(item.facts());
    change(&mut record);
    WorkItem::from_record(Identity::of(&item.head), record)
}

#[test]
fn an_item_is_what_its_facts_say() {
    let mut full = item();
    full.labels = ["b", "a"].map(|tag| tag.parse().expect("a tag")).into();
    full.dependencies = [
        Dependency::On(uid(7)),
        Dependency::Unresolved("FRM-999".to_owned()),
    ]
    .into();
    full.claim = Some(Claim {
        by: "agent:x".parse().expect("an actor"),
        until: Moment::from_ms(5_000).expect("in range"),
    });
    // Positions beyond nine count as numbers; the order is not that of the uids.
    full.criteria = (0..12_u64)
        .rev()
        .map(|number| Criterion {
            uid: uid(100 + number),
            text: String::new(),
            done: number % 2 == 0,
            evidence: (number % 3 == 0).then(|| "seen".to_owned()),
        })
        .collect();
    assert_eq!(back(&full, |_| {}), Ok(full));
}

#[test]
fn what_is_missing_wrong_or_unknown_is_named() {
    let missing = back(&item(), |record| record.put("status", "", None));
    let field = |field: &str| field.to_owned();
    assert_eq!(
        missing,
        Err(RecordError::Missing {
            field: field("status")
        })
    );
    let wrong = back(&item(), |record| {
        record.put("priority", "", Some("most".to_owned()));
    });
    let text = "most".to_owned();
    assert_eq!(
        wrong,
        Err(RecordError::Unreadable {
            field: field("priority"),
            text
        })
    );
    let unknown = back(&item(), |record| {
        record.put("colour", "", Some("red".to_owned()));
    });
    assert_eq!(
        unknown,
        Err(RecordError::Unknown {
            field: field("colour")
        })
    );
}
