//! An entity as single facts, so that a change is the difference of two sets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::{Blocker, Claim, Criterion, Dependency, GithubLink, Head, Line, TimeEntry};

/// Which single thing of an entity a fact tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// The field, such as `status`.
    pub field: &'static str,
    /// Which part of the field, such as `done` of a criterion; empty for the field itself.
    pub part: &'static str,
    /// Which member of a set or list: the tag itself, or the entry's uid; empty for a single field.
    pub member: String,
}

impl Fact {
    /// Field and part as the operation log writes them: `status`, `criteria.done`.
    pub fn name(&self) -> String {
        if self.part.is_empty() {
            self.field.to_owned()
        } else {
            format!("{}.{}", self.field, self.part)
        }
    }
}

/// Everything an entity holds, one text a fact. What is not there is not in.
///
/// The operation log records differences of these; the entity is the fold of its operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<Fact, String>);

/// One fact before and after; `None` is its absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub fact: Fact,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What turns one set of facts into another, in the order of the facts.
pub fn changes(before: &Facts, after: &Facts) -> Vec<Change> {
    let keys: BTreeSet<&Fact> = before.0.keys().chain(after.0.keys()).collect();
    keys.into_iter()
        .filter_map(|fact| {
            let (was, is) = (before.0.get(fact), after.0.get(fact));
            (was != is).then(|| Change {
                fact: fact.clone(),
                before: was.cloned(),
                after: is.cloned(),
            })
        })
        .collect()
}

impl Facts {
    /// Every fact with its text, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Fact, &str)> {
        self.0.iter().map(|(fact, text)| (fact, text.as_str()))
    }

    pub(crate) fn of_head(head: &Head) -> Self {
        let mut facts = Self::default();
        facts.word("label", head.label.as_str());
        facts.optional("created_at", head.created_at);
        facts.flag("archived", head.archived);
        facts
    }

    pub(crate) fn word(&mut self, field: &'static str, value: &str) {
        self.put(field, "", "", value);
    }

    /// An empty text is no fact.
    pub(crate) fn text(&mut self, field: &'static str, value: &str) {
        if !value.is_empty() {
            self.word(field, value);
        }
    }

    pub(crate) fn optional(&mut self, field: &'static str, value: Option<impl Display>) {
        self.put_optional(field, "", "", value);
    }

    /// `false` is no fact.
    pub(crate) fn flag(&mut self, field: &'static str, value: bool) {
        self.put_flag(field, "", "", value);
    }

    pub(crate) fn set<'a>(&mut self, field: &'static str, members: impl Iterator<Item = &'a str>) {
        for member in members {
            self.put(field, "", member, member);
        }
    }

    pub(crate) fn dependencies(&mut self, dependencies: &BTreeSet<Dependency>) {
        for dependency in dependencies {
            match dependency {
                Dependency::On(uid) => self.put("dependencies", "", uid.as_str(), uid.as_str()),
                Dependency::Unresolved(label) => {
                    self.put("dependencies", "unresolved", label, label);
                }
            }
        }
    }

    pub(crate) fn lines(&mut self, field: &'static str, lines: &[Line]) {
        for (position, line) in lines.iter().enumerate() {
            let uid = line.uid.as_str();
            self.put(field, "", uid, &line.text);
            self.put(field, "position", uid, &position.to_string());
        }
    }

    pub(crate) fn criteria(&mut self, criteria: &[Criterion]) {
        for (position, criterion) in criteria.iter().enumerate() {
            let (field, uid) = ("criteria", criterion.uid.as_str());
            self.put(field, "", uid, &criterion.text);
            self.put(field, "position", uid, &position.to_string());
            self.put_flag(field, "done", uid, criterion.done);
            self.put_optional(field, "evidence", uid, criterion.evidence.as_ref());
        }
    }

    pub(crate) fn blockers(&mut self, blockers: &[Blocker]) {
        for (position, blocker) in blockers.iter().enumerate() {
            let (field, uid) = ("blockers", blocker.uid.as_str());
            self.put(field, "", uid, &blocker.text);
            self.put(field, "position", uid, &position.to_string());
            self.put_flag(field, "open", uid, blocker.open);
            self.put_optional(field, "severity", uid, blocker.severity);
            self.put_optional(field, "opened_at", uid, blocker.opened_at);
            self.put_optional(field, "closed_at", uid, blocker.closed_at);
            self.put_optional(field, "resolution", uid, blocker.resolution.as_ref());
        }
    }

    pub(crate) fn time_entries(&mut self, entries: &[TimeEntry]) {
        for (position, entry) in entries.iter().enumerate() {
            let (field, uid) = ("time_entries", entry.uid.as_str());
            self.put(field, "", uid, &entry.hours.to_string());
            self.put(field, "position", uid, &position.to_string());
            self.put(field, "at", uid, &entry.at.to_string());
            self.put(field, "who", uid, &entry.who);
            self.put(field, "note", uid, &entry.note);
        }
    }

    pub(crate) fn github(&mut self, link: Option<&GithubLink>) {
        if let Some(link) = link {
            let field = "github";
            self.put(field, "number", "", &link.number.to_string());
            self.put_optional(field, "repo", "", link.repo.as_ref());
            self.put_optional(field, "synced_at", "", link.synced_at);
        }
    }

    pub(crate) fn claim(&mut self, claim: Option<&Claim>) {
        if let Some(claim) = claim {
            self.put("claim", "", "", &claim.by.to_string());
            self.put("claim", "until", "", &claim.until.to_string());
        }
    }

    fn put_flag(&mut self, field: &'static str, part: &'static str, member: &str, value: bool) {
        if value {
            self.put(field, part, member, "true");
        }
    }

    fn put_optional(
        &mut self,
        field: &'static str,
        part: &'static str,
        member: &str,
        value: Option<impl Display>,
    ) {
        if let Some(value) = value {
            self.put(field, part, member, &value.to_string());
        }
    }

    fn put(&mut self, field: &'static str, part: &'static str, member: &str, value: &str) {
        let fact = Fact {
            field,
            part,
            member: member.to_owned(),
        };
        let twice = self.0.insert(fact, value.to_owned());
        debug_assert!(
            twice.is_none(),
            "two facts are called {field}.{part} {member}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entity, Moment, Uid, WorkItem};

    #[test]
    fn a_change_names_each_fact_that_came_went_or_turned() {
        let uid = |number| Uid::from_parts(number, [0; 10]);
        let at = Moment::from_ms(0).expect("in range");
        let label = "FRM-001".parse().expect("a label");
        let before = WorkItem::new(Head::new(uid(1), label, at), "t".to_owned());
        let mut after = before.clone();
        after.title = "u".to_owned();
        after.labels.insert("x".parse().expect("a tag"));
        after.head.created_at = None;
        let told: Vec<String> = changes(&before.facts(), &after.facts())
            .iter()
            .map(|it| {
                format!(
                    "{}[{}] {:?} {:?}",
                    it.fact.name(),
                    it.fact.member,
                    it.before,
                    it.after
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "created_at[] Some(\"1970-01-01T00:00:00Z\") None",
                "labels[x] None Some(\"x\")",
                "title[] Some(\"t\") Some(\"u\")",
            ]
        );
        assert_eq!(changes(&after.facts(), &after.facts()), []);
    }
}
