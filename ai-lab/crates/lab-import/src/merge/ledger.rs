//! Keeps the account of every field while the merge decides.

use std::collections::BTreeMap;

use lab_model::EntityKind;

use crate::finding::{Finding, FindingKind};
use crate::node::Node;
use crate::plan::{FieldAccount, Outcome, Target};
use crate::record::Record;

/// Where a value stands: which record, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Its index among the records.
    pub(crate) record: usize,
    /// The JSON pointer.
    pub(crate) pointer: String,
}

/// A value that speaks about a field of the model.
#[derive(Clone, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) place: Place,
    pub(crate) node: &'a Node,
}

/// What a value says once it is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parsed<T> {
    /// A value as the model holds it.
    Plain(T),
    /// A value in another form, with what changed.
    Converted(T, String),
    /// Nothing, in which form.
    Empty(&'static str),
    /// A value of another type; what was expected.
    Wrong(&'static str),
    /// A value of the right type that the model cannot hold.
    Odd(FindingKind, String),
}

struct Entry {
    outcome: Outcome,
    target: Option<Target>,
    reason: String,
}

/// Accounts and findings in the making.
pub(crate) struct Ledger<'a> {
    pub(crate) records: &'a [Record],
    entries: BTreeMap<Place, Entry>,
    findings: Vec<Finding>,
}

/// Characters of a message that a person still reads.
const LONGEST_MESSAGE: usize = 300;

/// A message that quotes its source, cut where nobody reads on.
fn bounded(message: impl Into<String>) -> String {
    let mut message = message.into();
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
    message
}

pub(crate) fn target(kind: EntityKind, label: &str, field: &str) -> Target {
    Target {
        kind,
        label: label.to_owned(),
        field: field.to_owned(),
    }
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        Self {
            records,
            entries: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Writes down what became of a field. The first word about a field counts.
    pub(crate) fn note(
        &mut self,
        place: &Place,
        outcome: Outcome,
        target: Option<&Target>,
        reason: impl Into<String>,
    ) {
        self.entries.entry(place.clone()).or_insert_with(|| Entry {
            outcome,
            target: target.cloned(),
            reason: bounded(reason),
        });
    }

    /// Puts another word in place of what was written down about a field.
    pub(crate) fn amend(&mut self, place: &Place, outcome: Outcome, reason: &str) {
        if let Some(entry) = self.entries.get_mut(place) {
            entry.outcome = outcome;
            reason.clone_into(&mut entry.reason);
        }
    }

    pub(crate) fn find(&mut self, kind: FindingKind, place: &Place, message: impl Into<String>) {
        let record = &self.records[place.record];
        self.findings.push(Finding::new(
            kind,
            &record.source,
            record.place(&place.pointer),
            bounded(message),
        ));
    }

    /// A finding about the whole, not about one place.
    pub(crate) fn find_overall(&mut self, kind: FindingKind, place: &str, message: String) {
        self.findings.push(Finding::new(kind, "", place, message));
    }

    /// How a person calls a place.
    pub(crate) fn name(&self, place: &Place) -> String {
        let record = &self.records[place.record];
        format!("{} {}", record.source, record.place(&place.pointer))
            .trim_end()
            .to_owned()
    }

    /// Takes the first claim with a value and accounts for all of them.
    ///
    /// `why` ends the sentence "… counts, because".
    pub(crate) fn choose<T: PartialEq>(
        &mut self,
        target: &Target,
        claims: &[Claim<'a>],
        why: &str,
        parse: impl Fn(&Node) -> Parsed<T>,
    ) -> Option<T> {
        self.choose_placed(target, claims, why, parse)
            .map(|(value, _)| value)
    }

    /// The same, with the place of the value that was taken.
    pub(crate) fn choose_placed<T: PartialEq>(
        &mut self,
        target: &Target,
        claims: &[Claim<'a>],
        why: &str,
        parse: impl Fn(&Node) -> Parsed<T>,
    ) -> Option<(T, Place)> {
        let mut taken: Option<(T, Place)> = None;
        for claim in claims {
            let place = &claim.place;
            match parse(claim.node) {
                Parsed::Empty(how) => self.note(place, Outcome::Empty, Some(target), how),
                Parsed::Wrong(expected) => {
                    let message = format!(
                        "expected {expected}, found {}; kept as it was",
                        claim.node.type_name()
                    );
                    self.find(FindingKind::WrongType, place, message);
                    self.note(
                        place,
                        Outcome::Kept,
                        Some(target),
                        "of another type than its field",
                    );
                }
                Parsed::Odd(kind, message) => {
                    self.note(place, Outcome::Kept, Some(target), message.clone());
                    self.find(kind, place, format!("{message}; kept as it was"));
                }
                Parsed::Plain(value) => self.weigh(target, &mut taken, (value, place, None), why),
                Parsed::Converted(value, how) => {
                    self.weigh(target, &mut taken, (value, place, Some(how)), why);
                }
            }
        }
        taken
    }

    fn weigh<T: PartialEq>(
        &mut self,
        target: &Target,
        taken: &mut Option<(T, Place)>,
        (value, place, how): (T, &Place, Option<String>),
        why: &str,
    ) {
        match taken {
            None => {
                match how {
                    None => self.note(place, Outcome::Mapped, Some(target), ""),
                    Some(how) => self.note(place, Outcome::Converted, Some(target), how),
                }
                *taken = Some((value, place.clone()));
            }
            Some((winner, at)) => {
                let at = self.name(at);
                if *winner == value {
                    self.note(place, Outcome::Same, Some(target), format!("as {at}"));
                } else {
                    self.note(
                        place,
                        Outcome::Overruled,
                        Some(target),
                        format!("{at} counts, because {why}"),
                    );
                }
            }
        }
    }

    /// An account for every field of every record, and everything that was found.
    pub(crate) fn close(mut self) -> (Vec<FieldAccount>, Vec<Finding>) {
        let mut accounts = Vec::new();
        for (index, record) in self.records.iter().enumerate() {
            for field in record.root.fields() {
                let place = Place {
                    record: index,
                    pointer: field.pointer,
                };
                self.name_repeat(&place);
                let (outcome, target, reason) = self.word_about(&place, field.shown.is_open());
                accounts.push(FieldAccount {
                    source: record.source.clone(),
                    record: record.record.clone(),
                    pointer: place.pointer,
                    raw: field.shown.to_text(),
                    outcome,
                    target,
                    reason,
                });
            }
        }
        (accounts, self.findings)
    }

    fn name_repeat(&mut self, place: &Place) {
        let is_repeat = place
            .pointer
            .rsplit('/')
            .next()
            .is_some_and(|last| last.contains('#'));
        if is_repeat {
            let message = "the name stands twice in its object; the last one counts, both are kept";
            self.find(FindingKind::DuplicateKey, place, message);
        }
    }

    /// What was written down about a field or about the container that it belongs to.
    fn word_about(&self, place: &Place, is_open: bool) -> (Outcome, Option<Target>, String) {
        let told = |entry: &Entry| (entry.outcome, entry.target.clone(), entry.reason.clone());
        if let Some(entry) = self.entries.get(place) {
            return told(entry);
        }
        let mut pointer = place.pointer.as_str();
        while let Some((above, _)) = pointer.rsplit_once('/') {
            let above = Place {
                record: place.record,
                pointer: above.to_owned(),
            };
            match self.entries.get(&above) {
                Some(entry) if entry.outcome != Outcome::Opened => return told(entry),
                Some(_) => break,
                None => pointer = &pointer[..above.pointer.len()],
            }
        }
        if is_open {
            (Outcome::Opened, None, String::new())
        } else {
            (
                Outcome::Kept,
                None,
                "the model has no such field".to_owned(),
            )
        }
    }
}
