//! Random steps, undos and redos of two people against a plain model of what should be there.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{EntityKind, ItemPatch, Moment, Patch, SetPatch, Tag};
use lab_store::Store as _;
use proptest::collection;
use proptest::prelude::{Strategy, any, proptest};

use super::{Undo, UndoError, redo, undo};
use crate::item::{self, ItemEdit, NewItem};
use crate::{By, Lab};

/// What one person does.
#[derive(Clone, Debug)]
enum Doing {
    /// Sets or clears the notes of an item.
    Notes(usize, Option<u8>),
    /// Adds a label to an item, or takes it off.
    Label(usize, u8, bool),
    /// Adds an item.
    Add,
    Undo(u32),
    Redo,
}

fn doing() -> impl Strategy<Value = (bool, Doing)> {
    let which = 0..3_usize;
    let doing = (0..10_u8, which, any::<u8>(), any::<bool>()).prop_map(
        |(what, which, value, on)| match what {
            0..3 => Doing::Notes(which, on.then_some(value % 5)),
            3..6 => Doing::Label(which, value % 3, on),
            6 => Doing::Add,
            7..9 => Doing::Undo(u32::from(value % 2) + 1),
            _ => Doing::Redo,
        },
    );
    (any::<bool>(), doing)
}

/// What an item should look like: notes, labels, put away.
type Look = (Option<String>, BTreeSet<String>, bool);

/// All items by label.
type Looks = BTreeMap<String, Look>;

/// One write as the model keeps it: whose, each item before and after, what it takes back.
struct Written {
    by: bool,
    before: Looks,
    after: Looks,
    takes_back: Vec<usize>,
}

impl Written {
    /// The facts that it changed, one by one: item, fact, before, after.
    fn changes(&self) -> Vec<(String, String, bool, bool)> {
        let facts = |looks: &Looks| -> BTreeSet<(String, String)> {
            looks
                .iter()
                .flat_map(|(label, (notes, labels, away))| {
                    let notes = notes.iter().map(|text| format!("notes {text}"));
                    let labels = labels.iter().map(|tag| format!("label {tag}"));
                    let own = std::iter::once("there".to_owned());
                    let away = away.then(|| "away".to_owned());
                    own.chain(notes)
                        .chain(labels)
                        .chain(away)
                        .map(|fact| (label.clone(), fact))
                })
                .collect()
        };
        let (before, after) = (facts(&self.before), facts(&self.after));
        before
            .symmetric_difference(&after)
            .map(|(label, fact)| {
                let key = (label.clone(), fact.clone());
                (
                    label.clone(),
                    fact.clone(),
                    before.contains(&key),
                    after.contains(&key),
                )
            })
            .collect()
    }
}

struct Bench {
    _folder: tempfile::TempDir,
    lab: Lab,
    at: i64,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::File::create(folder.path().join("ai-lab.toml")).expect("made");
        let lab = Lab::at(folder.path()).expect("a lab");
        Self {
            _folder: folder,
            lab,
            at: 0,
        }
    }

    fn by(&mut self, jo: bool) -> By {
        self.at += 1;
        By {
            actor: if jo { "person:jo" } else { "agent:x" }
                .parse()
                .expect("an actor"),
            at: Moment::from_ms(self.at).expect("in range"),
            seen_revision: None,
        }
    }

    fn looks(&self) -> Looks {
        let store = self
            .lab
            .open(Moment::from_ms(0).expect("in range"))
            .expect("opens");
        let all = lab_store::ItemFilter {
            all: true,
            ..lab_store::ItemFilter::default()
        };
        let items = store.read(|tx| tx.items(&all)).expect("reads");
        items
            .into_iter()
            .map(|item| {
                let labels = item.labels.iter().map(ToString::to_string).collect();
                (
                    item.head.label.to_string(),
                    (item.notes, labels, item.head.archived),
                )
            })
            .collect()
    }

    fn add(&mut self, jo: bool) {
        let by = self.by(jo);
        let new = NewItem {
            title: "t".to_owned(),
            ..NewItem::default()
        };
        item::add(&self.lab, &by, new).expect("adds");
    }

    fn edit(&mut self, jo: bool, which: usize, patch: ItemPatch) {
        let by = self.by(jo);
        let edit = ItemEdit {
            patch,
            ..ItemEdit::default()
        };
        item::edit(&self.lab, &by, &format!("ITEM-{:03}", which + 1), edit).expect("edits");
    }

    /// Does it, and answers whether it was done or refused.
    fn carry_out(&mut self, jo: bool, doing: &Doing) -> Result<(), UndoError> {
        match doing {
            Doing::Notes(which, value) => {
                let notes = value.map_or(Patch::Clear, |value| Patch::Set(value.to_string()));
                self.edit(
                    jo,
                    *which,
                    ItemPatch {
                        notes,
                        ..ItemPatch::default()
                    },
                );
            }
            Doing::Label(which, value, on) => {
                let tag: Tag = format!("l{value}").parse().expect("a tag");
                let (add, remove) = if *on {
                    (vec![tag], vec![])
                } else {
                    (vec![], vec![tag])
                };
                let labels = SetPatch { add, remove };
                self.edit(
                    jo,
                    *which,
                    ItemPatch {
                        labels,
                        ..ItemPatch::default()
                    },
                );
            }
            Doing::Add => self.add(jo),
            Doing::Undo(count) => {
                let by = self.by(jo);
                undo(&self.lab, &by, Undo::Last(*count))?;
            }
            Doing::Redo => {
                let by = self.by(jo);
                redo(&self.lab, &by, 1)?;
            }
        }
        Ok(())
    }
}

fn is_taken_back(written: &[Written], of: usize) -> bool {
    (of + 1..written.len())
        .any(|later| written[later].takes_back.contains(&of) && !is_taken_back(written, later))
}

/// The latest writes of someone that an undo or redo would take back.
fn wanted(written: &[Written], jo: bool, doing: &Doing) -> Option<Vec<usize>> {
    let is_undo = |of: &usize| {
        let takes_back = &written[*of].takes_back;
        !takes_back.is_empty()
            && takes_back
                .iter()
                .all(|of| written[*of].takes_back.is_empty())
    };
    let (count, fits): (usize, &dyn Fn(&usize) -> bool) = match doing {
        Doing::Undo(count) => (*count as usize, &|of| written[*of].takes_back.is_empty()),
        Doing::Redo => (1, &is_undo),
        Doing::Notes(..) | Doing::Label(..) | Doing::Add => return None,
    };
    let own = (0..written.len()).rev().filter(|of| written[*of].by == jo);
    let found: Vec<usize> = own
        .filter(fits)
        .filter(|of| !is_taken_back(written, *of))
        .take(count)
        .collect();
    (found.len() == count).then_some(found)
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 24, failure_persistence: None, ..Default::default() })]
    #[test]
    fn what_is_taken_back_is_as_it_was_and_nothing_else_is_touched(steps in collection::vec(doing(), 1..14)) {
        let mut bench = Bench::new();
        for _ in 0..3 {
            bench.add(true);
        }
        let mut written: Vec<Written> = Vec::new();
        // The three items are the first writes; whoever takes one back puts it away.
        for number in 1..=3_usize {
            let looks = |count: usize| -> Looks {
                (1..=count).map(|n| (format!("ITEM-{n:03}"), (None, BTreeSet::new(), false))).collect()
            };
            written.push(Written { by: true, before: looks(number - 1), after: looks(number), takes_back: vec![] });
        }
        for (jo, doing) in steps {
            let before = bench.looks();
            let takes_back = wanted(&written, jo, &doing);
            let outcome = bench.carry_out(jo, &doing);
            let after = bench.looks();
            match (&doing, takes_back, outcome) {
                (Doing::Undo(_) | Doing::Redo, None, outcome) => {
                    assert!(matches!(outcome, Err(UndoError::Nothing { .. })), "{outcome:?}");
                    assert_eq!(before, after);
                }
                (Doing::Undo(_) | Doing::Redo, Some(_), Err(UndoError::Clash { .. })) => {
                    assert_eq!(before, after, "what was refused did half of it");
                }
                (Doing::Undo(_) | Doing::Redo, Some(of), outcome) => {
                    assert!(outcome.is_ok(), "{outcome:?}");
                    let here = Written { by: jo, before, after, takes_back: of.clone() };
                    let changed: BTreeSet<_> = here.changes().into_iter().map(|it| (it.0, it.1)).collect();
                    // Whatever differs now was changed by what was taken back, or is the putting away of a birth.
                    let may: BTreeSet<_> = of
                        .iter()
                        .flat_map(|of| written[*of].changes())
                        .flat_map(|it| [(it.0.clone(), it.1), (it.0, "away".to_owned())])
                        .collect();
                    assert!(changed.is_subset(&may), "{changed:?} of {may:?}");
                    if let [only] = of[..] {
                        for (label, fact, was, _) in written[only].changes() {
                            let birth = written[only].changes().iter().any(|it| it.0 == label && it.1 == "there");
                            if !birth {
                                let again = Written { by: jo, before: Looks::new(), after: here.after.clone(), takes_back: vec![] };
                                let is = again.changes().iter().any(|it| it.0 == label && it.1 == fact);
                                assert_eq!(is, was, "{label} {fact}");
                            }
                        }
                    }
                    written.push(here);
                }
                (Doing::Notes(..) | Doing::Label(..) | Doing::Add, _, outcome) => {
                    assert!(outcome.is_ok(), "{outcome:?}");
                    if before != after {
                        written.push(Written { by: jo, before, after, takes_back: vec![] });
                    }
                }
            }
        }
        let store = bench.lab.open(Moment::from_ms(0).expect("in range")).expect("opens");
        assert!(store.check_up().expect("looks").is_sound());
        let labels = store.read(|tx| tx.labels(EntityKind::Item)).expect("reads");
        assert!(labels.len() >= 3);
    }
}

#[test]
fn twenty_at_once_lose_nothing() {
    const EACH: usize = 20;
    let bench = Bench::new();
    let by = |number: usize| By {
        actor: format!("agent:a{number}").parse().expect("an actor"),
        at: Moment::from_ms(1).expect("in range"),
        seen_revision: None,
    };
    item::add(
        &bench.lab,
        &by(0),
        NewItem {
            title: "one".to_owned(),
            ..NewItem::default()
        },
    )
    .expect("adds");
    std::thread::scope(|scope| {
        for number in 1..=EACH {
            let (lab, by) = (&bench.lab, by(number));
            scope.spawn(move || {
                let tag = format!("l{number}").parse().expect("a tag");
                let labels = SetPatch {
                    add: vec![tag],
                    remove: vec![],
                };
                let patch = ItemPatch {
                    labels,
                    ..ItemPatch::default()
                };
                let edit = ItemEdit {
                    patch,
                    ..ItemEdit::default()
                };
                item::edit(lab, &by, "ITEM-001", edit).expect("edits");
                let new = NewItem {
                    title: format!("of {number}"),
                    ..NewItem::default()
                };
                item::add(lab, &by, new).expect("adds");
            });
        }
    });
    let looks = bench.looks();
    assert_eq!(looks.len(), EACH + 1);
    assert_eq!(looks["ITEM-001"].1.len(), EACH);
}
