//! What was seen, in the one form that all rules take.

use super::limits::Limit;
use super::rule::Rule;
use crate::history::Sample;

/// The subject of what concerns the machine as a whole.
pub(crate) const MACHINE: &str = "machine";

/// The longest subject and the longest sentence, in characters. Stops a name from outside from flooding the answer.
const SUBJECT_CHARS: usize = 200;
const SENTENCE_CHARS: usize = 300;

/// One value of one subject.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observation {
    pub(crate) rule: Rule,
    /// Of what: a mount point, a check's name, [`MACHINE`].
    pub(crate) subject: String,
    pub(crate) value: f64,
    /// What a person is told.
    pub(crate) sentence: String,
    /// What to look at next: a command.
    pub(crate) next: String,
    /// The subject's own limit, where it has one.
    pub(crate) own: Option<OwnLimit>,
}

/// What a subject says of itself: from where on it is bad, worse, and well again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OwnLimit {
    pub(crate) warning: f64,
    pub(crate) critical: f64,
    pub(crate) clears_at: f64,
}

impl Observation {
    /// A value without a limit of its own.
    pub(crate) fn new(
        rule: Rule,
        subject: &str,
        value: f64,
        sentence: &str,
        next: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            subject: shown(subject, SUBJECT_CHARS),
            value,
            sentence: shown(sentence, SENTENCE_CHARS),
            next: next.into(),
            own: None,
        }
    }

    /// Of what is either so or not.
    pub(crate) fn state(
        rule: Rule,
        subject: &str,
        is_bad: bool,
        sentence: &str,
        next: impl Into<String>,
    ) -> Self {
        Self::new(rule, subject, f64::from(u8::from(is_bad)), sentence, next)
    }

    /// Under what it is remembered: stable for a rule and a subject.
    pub(crate) fn key(&self) -> String {
        format!("{}:{}", self.rule.name(), self.subject)
    }

    /// The value to keep; `None` for what is either so or not.
    pub(crate) fn sample(&self) -> Option<Sample> {
        let unit = self.rule.usual().unit;
        (unit != "state").then(|| Sample {
            key: self.key(),
            unit,
            value: self.value,
        })
    }

    /// The limit that it is held against.
    pub(crate) fn limit(&self, usual: &Limit) -> Limit {
        match self.own {
            None => usual.clone(),
            Some(own) => usual.moved_to(own.warning, own.critical, own.clears_at),
        }
    }
}

fn shown(text: &str, most: usize) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(most)
        .collect()
}
