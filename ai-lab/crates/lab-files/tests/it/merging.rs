//! Two sides change one document: what is not the same fact is kept of both.

use std::collections::BTreeMap;

use lab_files::{Dispute, Document, Merged, merge_documents, merge_records};
use lab_model::{EntityKind, Record, Uid};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::samples::{document, item, milestone, uid};

fn merged(base: &Document, ours: &Document, theirs: &Document) -> Document {
    match merge_documents(base, ours, theirs) {
        Merged::Document {
            mut document,
            fresh,
        } => {
            document.add_disputes(fresh);
            *document
        }
        Merged::Different { .. } => unreachable!("they are one"),
    }
}

fn changed(document: &Document, facts: &[(&str, &str, Option<&str>)]) -> Document {
    let mut document = document.clone();
    for (field, member, text) in facts {
        let text = text.map(str::to_owned);
        document.record.put(field, member, text);
    }
    document
}

fn dispute(field: &str, member: &str, versions: [Option<&str>; 3]) -> Dispute {
    let [base, ours, theirs] = versions.map(|text| text.map(str::to_owned));
    Dispute {
        field: field.to_owned(),
        member: member.to_owned(),
        base,
        ours,
        theirs,
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table and its text")]
fn each_side_keeps_what_it_alone_changed_and_the_rest_is_named() {
    let base = document(&item());
    let (first, second) = (uid(20).to_string(), uid(21).to_string());
    let more = uid(22).to_string();
    let ours = changed(
        &base,
        &[
            ("priority", "", Some("low")),
            ("labels", "mine", Some("mine")),
            ("labels", "ui/ux", None),
            ("title", "", Some("ours")),
            ("criteria", &first, Some("reworded")),
            ("due", "", None),
        ],
    );
    let theirs = changed(
        &base,
        &[
            ("assignee", "", None),
            ("labels", "other", Some("other")),
            ("title", "", Some("theirs")),
            ("criteria.done", &first, Some("true")),
            ("criteria", &more, Some("new")),
            ("criteria.position", &more, Some("2")),
            ("due", "", Some("2026-05-05")),
        ],
    );
    let both = merged(&base, &ours, &theirs);
    let expected = changed(
        &base,
        &[
            ("priority", "", Some("low")),
            ("labels", "mine", Some("mine")),
            ("labels", "ui/ux", None),
            ("labels", "other", Some("other")),
            ("title", "", Some("ours")),
            ("criteria", &first, Some("reworded")),
            ("criteria.done", &first, Some("true")),
            ("criteria", &more, Some("new")),
            ("criteria.position", &more, Some("2")),
            ("assignee", "", None),
            ("due", "", None),
        ],
    );
    assert_eq!(both.record, expected.record);
    let title = base.record.get("title", "");
    assert_eq!(
        both.disputes,
        [
            dispute("due", "", [Some("2026-02-03"), None, Some("2026-05-05")]),
            dispute("title", "", [title, Some("ours"), Some("theirs")]),
        ]
    );
    let gone = changed(
        &base,
        &[
            ("criteria", &second, None),
            ("criteria.done", &second, None),
            ("criteria.evidence", &second, None),
            ("criteria.position", &second, None),
        ],
    );
    let edited = changed(&base, &[("criteria", &second, Some("still wanted"))]);
    assert_eq!(
        merged(&base, &gone, &base).record.get("criteria", &second),
        None
    );
    // What one side removed and the other changed stays.
    for (ours, theirs) in [(&gone, &edited), (&edited, &gone)] {
        let text = merged(&base, ours, theirs);
        assert_eq!(text.record.get("criteria", &second), Some("still wanted"));
    }
}

#[test]
fn a_status_moves_with_what_belongs_to_it() {
    let base = document(&item());
    let done = changed(
        &base,
        &[
            ("status", "", Some("done")),
            ("blocked_from", "", None),
            ("settled_at", "", Some("2026-01-01T00:00:00Z")),
        ],
    );
    let later = changed(&done, &[("settled_at", "", Some("2026-01-02T00:00:00Z"))]);
    let review = changed(
        &base,
        &[("status", "", Some("review")), ("blocked_from", "", None)],
    );
    let both = merged(&base, &done, &later);
    assert_eq!(
        (both.record, both.disputes),
        (done.record.clone(), Vec::new())
    );
    let both = merged(&base, &done, &review);
    assert_eq!(both.record, done.record);
    assert_eq!(
        both.disputes,
        [dispute(
            "status",
            "",
            [Some("blocked"), Some("done"), Some("review")]
        )]
    );
    let free = changed(&base, &[("claim", "", None), ("claim.until", "", None)]);
    let taken = changed(&base, &[("claim", "", Some("person:jo"))]);
    for (ours, theirs) in [(&free, &taken), (&taken, &free)] {
        let both = merged(&base, ours, theirs);
        assert_eq!(
            (both.record, both.disputes),
            (taken.record.clone(), Vec::new())
        );
    }
}

#[test]
fn two_new_labels_are_one_and_nothing_is_forgotten() {
    let base = document(&item());
    let named = |label: &str| Document {
        label: label.parse().ok(),
        ..base.clone()
    };
    let (ours, theirs) = (named("FRM-030"), named("FRM-029"));
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        let both = merged(&base, ours, theirs);
        let aliases: Vec<String> = both.aliases.iter().map(ToString::to_string).collect();
        assert_eq!(both.label, "FRM-029".parse().ok());
        assert_eq!(aliases, ["FRM-020", "FRM-030", "OLD-1"]);
        assert_eq!(both.disputes, []);
    }
    assert_eq!(merged(&base, &ours, &base).label, "FRM-030".parse().ok());
}

#[test]
fn unknown_fields_are_merged_too_and_settled_disputes_stay_settled() {
    let mut base = document(&milestone());
    base.extras.insert("a".to_owned(), 1.into());
    base.disputes = vec![
        dispute("due", "", [None, Some("2026-03-01"), Some("y")]),
        dispute("notes", "", [None, Some("n"), Some("z")]),
    ];
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.extras.insert("a".to_owned(), 2.into());
    ours.extras.insert("b".to_owned(), true.into());
    theirs.extras.insert("a".to_owned(), 3.into());
    theirs.disputes.remove(0);
    let both = merged(&base, &ours, &theirs);
    assert_eq!(
        (&both.extras["a"], &both.extras["b"]),
        (&2.into(), &true.into())
    );
    assert_eq!(
        both.disputes,
        [
            dispute("extra", "a", [Some("1"), Some("2"), Some("3")]),
            dispute("notes", "", [None, Some("n"), Some("z")]),
        ]
    );
    // A third branch says something else again: nobody's word is lost.
    let titled = |title: &str| changed(&base, &[("title", "", Some(title))]);
    let two = merged(&base, &titled("one"), &titled("two"));
    let three = merged(&base, &two, &titled("three"));
    let open = three.disputes.iter().filter(|it| it.field == "title");
    let open: Vec<_> = open
        .map(|it| (it.ours.as_deref(), it.theirs.as_deref()))
        .collect();
    assert_eq!(
        open,
        [(Some("one"), Some("three")), (Some("one"), Some("two"))]
    );
    // Both branches merged each other: they agree on what is open.
    let back = merged(&base, &titled("two"), &titled("one"));
    let both_ways = merged(&base, &two, &back);
    let open = both_ways.disputes.iter().filter(|it| it.field == "title");
    assert_eq!(open.count(), 1);
    let other = Document {
        uid: Some(uid(77)),
        ..base.clone()
    };
    assert!(matches!(
        merge_documents(&base, &base, &other),
        Merged::Different { .. }
    ));
}

/// What one side does to a document.
#[derive(Clone, Debug)]
enum Edit {
    Set(usize, u8),
    Tag(u8, bool),
    Add(u8),
    Remove(usize),
    Tick(usize),
}

const SCALARS: [&str; 4] = ["title", "priority", "assignee", "due"];

fn edit() -> impl Strategy<Value = Edit> {
    (0..5_u8, any::<u8>()).prop_map(|(what, value)| match what {
        0 => Edit::Set(usize::from(value) % SCALARS.len(), value / 32),
        1 => Edit::Tag(value % 4, value > 99),
        2 => Edit::Add(value),
        3 => Edit::Remove(usize::from(value)),
        _ => Edit::Tick(usize::from(value)),
    })
}

fn criteria(record: &Record) -> Vec<String> {
    let position = |uid: &str| -> usize {
        let text = record.get("criteria.position", uid).expect("it has one");
        text.parse().expect("a number")
    };
    let facts = record.iter().filter(|(field, _, _)| *field == "criteria");
    let mut uids: Vec<String> = facts.map(|(_, uid, _)| uid.to_owned()).collect();
    uids.sort_by_key(|uid| position(uid));
    uids
}

fn carry_out(record: &mut Record, edits: &[Edit], side: u8) {
    for edit in edits {
        match edit {
            Edit::Set(field, value) => {
                let text = (*value > 0).then(|| format!("{side} {value}"));
                record.put(SCALARS[*field], "", text);
            }
            Edit::Tag(tag, on) => {
                let tag = format!("tag{tag}");
                record.put("labels", &tag, on.then(|| tag.clone()));
            }
            Edit::Add(value) => {
                let own = Uid::from_parts(u64::from(*value), [100 + side; 10]).to_string();
                let last = criteria(record).len();
                if record.get("criteria", &own).is_none() {
                    record.put("criteria", &own, Some(format!("{side} {value}")));
                    record.put("criteria.position", &own, Some(last.to_string()));
                }
            }
            Edit::Remove(which) => {
                let mut uids = criteria(record);
                if uids.is_empty() {
                    continue;
                }
                let gone = uids.remove(which % uids.len());
                for field in ["", ".position", ".done", ".evidence"] {
                    record.put(&format!("criteria{field}"), &gone, None);
                }
                for (index, uid) in uids.iter().enumerate() {
                    record.put("criteria.position", uid, Some(index.to_string()));
                }
            }
            Edit::Tick(which) => {
                let uids = criteria(record);
                if let Some(uid) = uids.get(which % uids.len().max(1)) {
                    record.put("criteria.done", uid, Some("true".to_owned()));
                }
            }
        }
    }
}

fn facts(record: &Record) -> BTreeMap<(String, String), String> {
    record
        .iter()
        .filter(|(field, _, _)| !field.ends_with(".position"))
        .map(|(field, member, text)| ((field.to_owned(), member.to_owned()), text.to_owned()))
        .collect()
}

proptest! {
    /// A plain model: every fact for itself.
    #[test]
    fn no_change_of_either_side_is_lost_without_a_word(
        first in vec(edit(), 0..8), second in vec(edit(), 0..8), start in vec(edit(), 0..6),
    ) {
        let mut base = document(&item()).record;
        carry_out(&mut base, &start, 0);
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        carry_out(&mut ours, &first, 1);
        carry_out(&mut theirs, &second, 2);
        let (both, disputes) = merge_records(EntityKind::Item, &base, &ours, &theirs);
        let (b, o, t, m) = (facts(&base), facts(&ours), facts(&theirs), facts(&both));
        let keys: std::collections::BTreeSet<_> = b.keys().chain(o.keys()).chain(t.keys()).collect();
        for key in keys {
            let (b, o, t, m) = (b.get(key), o.get(key), t.get(key), m.get(key));
            let named = disputes.iter().any(|it| (&it.field, &it.member) == (&key.0, &key.1));
            let of_entry = key.0.starts_with("criteria");
            if named {
                prop_assert!(o != t && o != b && t != b && m == o);
            } else if o == t || t == b {
                prop_assert!(m == o || (of_entry && m == t.or(o)), "{key:?}");
            } else if o == b {
                prop_assert!(m == t || (of_entry && m == o.or(t)), "{key:?}");
            } else {
                prop_assert!(of_entry, "{key:?}");
            }
        }
        let places: Vec<usize> = criteria(&both).iter().map(|uid| {
            both.get("criteria.position", uid).expect("it has one").parse().expect("a number")
        }).collect();
        prop_assert_eq!(places, (0..criteria(&both).len()).collect::<Vec<_>>());
        // The other way round it is the same but for what is in dispute.
        let (other, mirrored) = merge_records(EntityKind::Item, &base, &theirs, &ours);
        prop_assert_eq!(mirrored.len(), disputes.len());
        let mut level = other;
        for it in &disputes {
            level.put(&it.field, &it.member, it.ours.clone());
        }
        prop_assert_eq!(facts(&level), facts(&both));
    }
}
