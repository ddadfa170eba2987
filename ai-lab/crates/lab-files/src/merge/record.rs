//! The facts of three versions.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{EntityKind, Record};

use super::list::merged_order;
use super::prose::{merge_notes, merge_prose};
use super::{Outcome, three_way};
use crate::document::Dispute;
use crate::fields::{Entries, Shape, fact_name, fields};

/// Facts that say one thing together: who changes one has changed all.
const GROUPS: [&[&str]; 3] = [
    &["status", "blocked_from", "settled_at", "completed_at"],
    &["claim", "claim.until"],
    &["github.number", "github.repo"],
];

/// Instants of which the earlier is the true one.
const EARLIER: [&str; 2] = ["created_at", "started_at"];

/// Instants of which the later is the true one.
const LATER: [&str; 1] = ["github.synced_at"];

/// Merges what two sides made of the same facts. What both changed differently stays as ours has it, and is named.
pub fn merge_records(
    kind: EntityKind,
    base: &Record,
    ours: &Record,
    theirs: &Record,
) -> (Record, Vec<Dispute>) {
    let mut merging = Merging {
        base,
        ours,
        theirs,
        record: Record::default(),
        disputes: Vec::new(),
    };
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    for field in fields(kind) {
        if let Shape::List(entries) = field.shape {
            listed.insert(field.name);
            merging.list(field.name, entries);
        }
    }
    for group in GROUPS {
        merging.group(group);
    }
    let in_group = |field: &str| GROUPS.iter().any(|group| group.contains(&field));
    for (field, member) in merging.facts() {
        let stem = field.split('.').next().unwrap_or(field);
        if !listed.contains(stem) && !in_group(field) {
            merging.fact(field, member);
        }
    }
    (merging.record, merging.disputes)
}

struct Merging<'a> {
    base: &'a Record,
    ours: &'a Record,
    theirs: &'a Record,
    record: Record,
    disputes: Vec<Dispute>,
}

impl<'a> Merging<'a> {
    /// Every fact that any version tells.
    fn facts(&self) -> BTreeSet<(&'a str, &'a str)> {
        let of = |record: &'a Record| record.iter().map(|(field, member, _)| (field, member));
        of(self.base)
            .chain(of(self.ours))
            .chain(of(self.theirs))
            .collect()
    }

    fn fact(&mut self, field: &str, member: &str) {
        let (base, ours, theirs) = self.versions(field, member);
        let merged = match three_way(&base, &ours, &theirs) {
            Outcome::Agreed(text) => text.map(str::to_owned),
            Outcome::Disputed => {
                let text = settled(field, base, ours, theirs);
                if text.is_none() {
                    self.dispute(field, member);
                }
                text.or_else(|| ours.map(str::to_owned))
            }
        };
        self.record.put(field, member, merged);
    }

    fn versions(
        &self,
        field: &str,
        member: &str,
    ) -> (Option<&'a str>, Option<&'a str>, Option<&'a str>) {
        (
            self.base.get(field, member),
            self.ours.get(field, member),
            self.theirs.get(field, member),
        )
    }

    fn dispute(&mut self, field: &str, member: &str) {
        let (base, ours, theirs) = self.versions(field, member);
        self.disputes.push(Dispute {
            field: field.to_owned(),
            member: member.to_owned(),
            base: base.map(str::to_owned),
            ours: ours.map(str::to_owned),
            theirs: theirs.map(str::to_owned),
        });
    }

    fn group(&mut self, group: &[&'static str]) {
        let all = |record: &'a Record| -> Vec<Option<&'a str>> {
            group.iter().map(|field| record.get(field, "")).collect()
        };
        let (base, ours, theirs) = (all(self.base), all(self.ours), all(self.theirs));
        let nothing = vec![None; group.len()];
        let merged = match three_way(&base, &ours, &theirs) {
            Outcome::Agreed(merged) => merged.clone(),
            // Both came to the same in their own time; or one let go of what the other has taken.
            Outcome::Disputed if ours[0] == theirs[0] || theirs == nothing => ours,
            Outcome::Disputed if ours == nothing => theirs,
            Outcome::Disputed => {
                self.dispute(group[0], "");
                ours
            }
        };
        for (field, text) in group.iter().zip(merged) {
            self.record.put(field, "", text.map(str::to_owned));
        }
    }

    fn list(&mut self, name: &str, entries: &Entries) {
        let position = fact_name(name, "position");
        let order = |record: &'a Record| -> Vec<&'a str> {
            let mut uids: Vec<(Option<usize>, &str)> = record
                .iter()
                .filter(|(field, _, _)| *field == name)
                .map(|(_, uid, _)| (place(record, &position, uid), uid))
                .collect();
            uids.sort_by_key(|(place, uid)| (place.is_none(), *place, *uid));
            uids.into_iter().map(|(_, uid)| uid).collect()
        };
        let (base, ours, theirs) = (order(self.base), order(self.ours), order(self.theirs));
        let everyone: BTreeSet<&str> = ours.iter().chain(&theirs).copied().collect();
        let mut stays = BTreeSet::new();
        for uid in everyone {
            let is_in = (ours.contains(&uid), theirs.contains(&uid));
            if self.entry(name, entries, uid, is_in, base.contains(&uid)) {
                stays.insert(uid);
            }
        }
        let merged = merged_order(&base, &ours, &theirs, &stays);
        for (index, uid) in merged.into_iter().enumerate() {
            self.record.put(&position, uid, Some(index.to_string()));
        }
    }

    /// Merges one entry; `false` where it goes. What one side removed and the other changed stays: nothing is lost.
    fn entry(
        &mut self,
        name: &str,
        entries: &Entries,
        uid: &str,
        is_in: (bool, bool),
        was_there: bool,
    ) -> bool {
        let facts: Vec<String> = entries
            .parts
            .iter()
            .map(|part| fact_name(name, part.fact))
            .collect();
        let told = |record: &'a Record| -> BTreeMap<&str, Option<&'a str>> {
            let facts = facts.iter().map(String::as_str);
            facts.map(|fact| (fact, record.get(fact, uid))).collect()
        };
        let source = match is_in {
            (true, true) => {
                for fact in &facts {
                    self.fact(fact, uid);
                }
                return true;
            }
            (true, false) => self.ours,
            (false, true) => self.theirs,
            (false, false) => return false,
        };
        if was_there && told(source) == told(self.base) {
            return false;
        }
        for fact in &facts {
            let text = source.get(fact, uid).map(str::to_owned);
            self.record.put(fact, uid, text);
        }
        true
    }
}

fn place(record: &Record, position: &str, uid: &str) -> Option<usize> {
    record.get(position, uid)?.parse().ok()
}

/// What both changed differently and can be settled all the same.
fn settled(
    field: &str,
    base: Option<&str>,
    ours: Option<&str>,
    theirs: Option<&str>,
) -> Option<String> {
    let (a, b) = (ours?, theirs?);
    if EARLIER.contains(&field) || LATER.contains(&field) {
        // Instants of unlike length do not compare as texts.
        let parsed = |text: &str| text.parse::<lab_model::Moment>().ok();
        let (first, second) = (parsed(a)?, parsed(b)?);
        let ours_is_earlier = first <= second;
        let take_ours = ours_is_earlier == EARLIER.contains(&field);
        return Some(if take_ours { a } else { b }.to_owned());
    }
    match field {
        "notes" => merge_notes(base.unwrap_or(""), a, b),
        "description" | "vision" => merge_prose(base?, a, b),
        _ => None,
    }
}
