//! From facts back to an entity: what the operation log adds up to.

mod entities;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::{
    Blocker, Claim, Clash, Criterion, Dependency, Entity, Facts, GithubLink, Head, Hours, Line,
    Moment, Operation, Tag, TimeEntry, Uid,
};

/// Facts by field and member, as the operation log writes them; see [`Fact::name`](crate::Fact::name).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<(String, String), String>);

/// Why facts are no entity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A field that every such entity has is not there.
    #[error("`{field}` is missing")]
    Missing {
        /// Which.
        field: String,
    },
    /// A fact does not read as what it should be.
    #[error("`{field}` cannot be `{}`", text.escape_debug())]
    Unreadable {
        /// Which.
        field: String,
        /// What it says.
        text: String,
    },
    /// A fact that no such entity has; a later version may.
    #[error("`{field}` is no field")]
    Unknown {
        /// Which.
        field: String,
    },
}

/// What an entity has beside its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Identity; never changes.
    pub uid: Uid,
    /// How often it was written.
    pub revision: u64,
    /// When it was last changed.
    pub updated_at: Option<Moment>,
}

impl Identity {
    /// That of an entity.
    pub fn of(head: &Head) -> Self {
        Self {
            uid: head.uid.clone(),
            revision: head.revision,
            updated_at: head.updated_at,
        }
    }
}

/// An entity that its facts are enough for.
pub trait Recorded: Entity + Sized {
    /// The entity that these facts tell; the opposite of [`Entity::facts`].
    fn from_record(identity: Identity, record: Record) -> Result<Self, RecordError>;
}

impl From<Facts> for Record {
    fn from(facts: Facts) -> Self {
        let facts = facts.iter();
        Self(
            facts
                .map(|(fact, text)| ((fact.name(), fact.member.clone()), text.to_owned()))
                .collect(),
        )
    }
}

impl Record {
    /// What operations add up to, oldest first.
    pub fn fold<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        let mut record = Self::default();
        for operation in operations {
            record.put(&operation.field, &operation.member, operation.after.clone());
        }
        record
    }

    /// What a fact says; `None` where it is not there.
    pub fn get(&self, field: &str, member: &str) -> Option<&str> {
        self.0
            .get(&(field.to_owned(), member.to_owned()))
            .map(String::as_str)
    }

    /// Every fact in order: field, member, text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0
            .iter()
            .map(|((field, member), text)| (field.as_str(), member.as_str(), text.as_str()))
    }

    /// Has a fact say something, or takes it away.
    pub fn put(&mut self, field: &str, member: &str, text: Option<String>) {
        let fact = (field.to_owned(), member.to_owned());
        match text {
            Some(text) => self.0.insert(fact, text),
            None => self.0.remove(&fact),
        };
    }

    /// Every fact that another record tells otherwise, or has more, or less; positions in lists aside.
    pub fn differences(&self, other: &Self) -> Vec<Clash> {
        let facts: BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        facts
            .into_iter()
            .filter(|(field, _)| !field.ends_with(".position"))
            .filter(|fact| self.0.get(fact) != other.0.get(fact))
            .map(|fact| Clash {
                field: fact.0.clone(),
                member: fact.1.clone(),
                expected: self.0.get(fact).cloned(),
                found: other.0.get(fact).cloned(),
            })
            .collect()
    }

    /// Takes what an entity has out of it, field by field; at the end nothing may be left.
    fn read<T>(
        mut self,
        entity: impl FnOnce(&mut Self) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let entity = entity(&mut self)?;
        match self.0.into_keys().next() {
            None => Ok(entity),
            Some((field, _)) => Err(RecordError::Unknown { field }),
        }
    }

    fn head(&mut self, identity: Identity) -> Result<Head, RecordError> {
        Ok(Head {
            uid: identity.uid,
            label: self.must("label")?,
            revision: identity.revision,
            created_at: self.may("created_at")?,
            updated_at: identity.updated_at,
            archived: self.flag("archived", "")?,
        })
    }

    fn take(&mut self, field: &str, member: &str) -> Option<String> {
        self.0.remove(&(field.to_owned(), member.to_owned()))
    }

    /// A text that is no fact where it is empty.
    fn text(&mut self, field: &str) -> String {
        self.take(field, "").unwrap_or_default()
    }

    fn must<T: FromStr>(&mut self, field: &str) -> Result<T, RecordError> {
        self.may(field)?.ok_or_else(|| RecordError::Missing {
            field: field.to_owned(),
        })
    }

    fn may<T: FromStr>(&mut self, field: &str) -> Result<Option<T>, RecordError> {
        self.part(field, "")
    }

    fn part<T: FromStr>(&mut self, field: &str, member: &str) -> Result<Option<T>, RecordError> {
        self.take(field, member)
            .map(|text| parsed(field, &text))
            .transpose()
    }

    fn flag(&mut self, field: &str, member: &str) -> Result<bool, RecordError> {
        Ok(self.part(field, member)?.unwrap_or(false))
    }

    /// Every member of a field with its text.
    fn members(&mut self, field: &str) -> Vec<(String, String)> {
        let own: Vec<_> = self
            .0
            .extract_if(.., |(of, _), _| of == field)
            .map(|((_, member), text)| (member, text))
            .collect();
        own
    }

    /// The entries of an ordered list: uid and text, in the order of their positions.
    fn listed(&mut self, field: &str) -> Result<Vec<(Uid, String)>, RecordError> {
        let position = format!("{field}.position");
        let mut entries: Vec<(Option<usize>, Uid, String)> = Vec::new();
        for (member, text) in self.members(field) {
            let place = self.part(&position, &member)?;
            entries.push((place, parsed(field, &member)?, text));
        }
        // Who took an entry back may find its place taken: then the older one comes first.
        entries.sort_by(|a, b| (a.0.is_none(), a.0, &a.1).cmp(&(b.0.is_none(), b.0, &b.1)));
        Ok(entries
            .into_iter()
            .map(|(_, uid, text)| (uid, text))
            .collect())
    }

    fn tags(&mut self, field: &str) -> Result<BTreeSet<Tag>, RecordError> {
        let members = self.members(field);
        members.iter().map(|(tag, _)| parsed(field, tag)).collect()
    }

    fn dependencies(&mut self) -> Result<BTreeSet<Dependency>, RecordError> {
        let field = "dependencies";
        let known = self.members(field);
        let known = known
            .iter()
            .map(|(uid, _)| parsed(field, uid).map(Dependency::On));
        let unresolved = self.members("dependencies.unresolved");
        let unresolved = unresolved
            .into_iter()
            .map(|(label, _)| Ok(Dependency::Unresolved(label)));
        known.chain(unresolved).collect()
    }

    fn lines(&mut self, field: &str) -> Result<Vec<Line>, RecordError> {
        let entries = self.listed(field)?.into_iter();
        Ok(entries.map(|(uid, text)| Line { uid, text }).collect())
    }

    fn criteria(&mut self) -> Result<Vec<Criterion>, RecordError> {
        let entries = self.listed("criteria")?.into_iter();
        entries
            .map(|(uid, text)| {
                Ok(Criterion {
                    text,
                    done: self.flag("criteria.done", uid.as_str())?,
                    evidence: self.take("criteria.evidence", uid.as_str()),
                    uid,
                })
            })
            .collect()
    }

    fn blockers(&mut self) -> Result<Vec<Blocker>, RecordError> {
        let entries = self.listed("blockers")?.into_iter();
        entries
            .map(|(uid, text)| {
                let of = uid.as_str();
                Ok(Blocker {
                    text,
                    open: self.flag("blockers.open", of)?,
                    severity: self.part("blockers.severity", of)?,
                    opened_at: self.part("blockers.opened_at", of)?,
                    closed_at: self.part("blockers.closed_at", of)?,
                    resolution: self.take("blockers.resolution", of),
                    uid,
                })
            })
            .collect()
    }

    fn time_entries(&mut self) -> Result<Vec<TimeEntry>, RecordError> {
        let entries = self.listed("time_entries")?.into_iter();
        entries
            .map(|(uid, hours)| {
                let of = uid.as_str();
                let missing = || RecordError::Missing {
                    field: "time_entries.at".to_owned(),
                };
                Ok(TimeEntry {
                    hours: parsed::<Hours>("time_entries", &hours)?,
                    at: self.part("time_entries.at", of)?.ok_or_else(missing)?,
                    who: self.take("time_entries.who", of).unwrap_or_default(),
                    note: self.take("time_entries.note", of).unwrap_or_default(),
                    uid,
                })
            })
            .collect()
    }

    fn github(&mut self) -> Result<Option<GithubLink>, RecordError> {
        let Some(number) = self.may("github.number")? else {
            return Ok(None);
        };
        Ok(Some(GithubLink {
            repo: self.may("github.repo")?,
            number,
            synced_at: self.may("github.synced_at")?,
        }))
    }

    fn claim(&mut self) -> Result<Option<Claim>, RecordError> {
        let Some(by) = self.may("claim")? else {
            return Ok(None);
        };
        let until = self.must("claim.until")?;
        Ok(Some(Claim { by, until }))
    }
}

fn parsed<T: FromStr>(field: &str, text: &str) -> Result<T, RecordError> {
    text.parse().map_err(|_| RecordError::Unreadable {
        field: field.to_owned(),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests;
