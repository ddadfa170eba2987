//! Where one entity after the other is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use jiff::tz::TimeZone;
use lab_model::{EntityKind, Moment, Priority, RepoName};

use crate::finding::FindingKind;
use crate::merge::ledger::{Claim, Ledger, Parsed, Place, target};
use crate::merge::parse;
use crate::merge::voice::{Class, Order, Voice, hear};
use crate::node::Node;
use crate::plan::{CriterionDraft, ImportPlan, IssueDraft, Outcome, RepoDraft, Target};

/// Everything that the decisions need and change.
pub(crate) struct Desk<'a> {
    pub(crate) ledger: Ledger<'a>,
    pub(crate) plan: ImportPlan,
    /// Where times without a zone were local times.
    pub(crate) zone: TimeZone,
    /// Rows whose dates a bulk import wrote, by record.
    pub(crate) bulk: BTreeSet<usize>,
    /// Projects by their name in lower case.
    pub(crate) project_names: BTreeMap<String, KnownName>,
    /// Where the dependencies of an entity were taken from.
    pub(crate) dependency_places: BTreeMap<(EntityKind, String), Place>,
}

/// A project's name, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct KnownName {
    pub(crate) label: String,
    pub(crate) name: String,
}

/// What speaks about one entity.
pub(crate) struct Subject<'v, 'a> {
    pub(crate) kind: EntityKind,
    pub(crate) label: &'v str,
    pub(crate) voices: &'v [Voice<'a>],
}

impl<'a> Subject<'_, 'a> {
    pub(crate) fn target(&self, field: &str) -> Target {
        target(self.kind, self.label, field)
    }

    pub(crate) fn hear(&self, order: Order, names: &[&str]) -> Vec<Claim<'a>> {
        hear(self.voices, order, names)
    }

    /// The first place that speaks; findings about the whole entity stand there.
    pub(crate) fn place(&self) -> Place {
        self.voices[0].place.clone()
    }
}

impl<'a> Desk<'a> {
    /// A field of the model, the database heard first.
    pub(crate) fn row_first<T: PartialEq>(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
        read: impl Fn(&Node) -> Parsed<T>,
    ) -> Option<T> {
        let (claims, why) = (subject.hear(Order::RowFirst, names), Order::RowFirst.why());
        self.ledger
            .choose(&subject.target(field), &claims, why, read)
    }

    /// A field of the model, the files heard first.
    pub(crate) fn file_first<T: PartialEq>(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
        read: impl Fn(&Node) -> Parsed<T>,
    ) -> Option<T> {
        let (claims, why) = (
            subject.hear(Order::FileFirst, names),
            Order::FileFirst.why(),
        );
        self.ledger
            .choose(&subject.target(field), &claims, why, read)
    }

    /// A word of an enum, or one that the predecessor used in its place.
    pub(crate) fn word<T: PartialEq + Copy + Display + FromStr>(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
        synonyms: &[(&str, T)],
    ) -> Option<T> {
        self.row_first(subject, field, names, |node| parse::word(node, synonyms))
    }

    /// How much it matters; medium where nobody said.
    pub(crate) fn priority(&mut self, subject: &Subject<'_, 'a>) -> Priority {
        let given = self.word(subject, "priority", &["priority"], &[]);
        given.unwrap_or(Priority::Medium)
    }

    /// A text at length; empty where nobody wrote one.
    pub(crate) fn description(&mut self, subject: &Subject<'_, 'a>) -> String {
        self.text(subject, "description", &["description"])
            .unwrap_or_default()
    }

    /// What must hold.
    pub(crate) fn criteria(&mut self, subject: &Subject<'_, 'a>) -> Vec<CriterionDraft> {
        let names = &["acceptance_criteria"];
        self.row_first(subject, "criteria", names, parse::criteria)
            .unwrap_or_default()
    }

    /// Tags of an idea or project: the files kept them.
    pub(crate) fn tags(&mut self, subject: &Subject<'_, 'a>) -> Vec<String> {
        self.file_first(subject, "tags", &["tags", "labels"], parse::tags)
            .unwrap_or_default()
    }

    /// A text that work went on with in the database.
    pub(crate) fn text(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
    ) -> Option<String> {
        self.row_first(subject, field, names, parse::text)
    }

    /// A list of texts; empty where nobody said anything.
    pub(crate) fn list(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
    ) -> Vec<String> {
        self.row_first(subject, field, names, parse::texts)
            .unwrap_or_default()
    }

    /// `created_at` and `updated_at`: files first, then rows, those of a bulk import last.
    pub(crate) fn dates(&mut self, subject: &Subject<'_, 'a>) -> (Option<Moment>, Option<Moment>) {
        let created = self.date(subject, "created_at", &["created_date", "created_at"]);
        let updated = self.date(
            subject,
            "updated_at",
            &["updated_date", "updated_at", "last_updated"],
        );
        if let (Some((created, _)), Some((updated, place))) = (&created, &updated)
            && updated < created
        {
            let message = "changed before it came to be; both dates stay as they are";
            self.ledger
                .find(FindingKind::UpdatedBeforeCreated, place, message);
        }
        (created.map(|(at, _)| at), updated.map(|(at, _)| at))
    }

    fn date(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
    ) -> Option<(Moment, Place)> {
        let mut claims = subject.hear(Order::FileFirst, names);
        claims.sort_by_key(|claim| self.bulk.contains(&claim.place.record));
        let why = Order::FileFirst.why();
        let taken = self
            .ledger
            .choose_placed(&subject.target(field), &claims, why, |node| {
                parse::moment(node, &TimeZone::UTC)
            })?;
        if self.bulk.contains(&taken.1.record) {
            let reason = "unreliable: a bulk import wrote it over the true date";
            self.ledger.amend(&taken.1, Outcome::Converted, reason);
        }
        Some(taken)
    }

    /// The issue on GitHub, within its repository.
    pub(crate) fn issue(&mut self, subject: &Subject<'_, 'a>) -> Option<IssueDraft> {
        let zone = self.zone.clone();
        let url = self.row_first(subject, "github.repo", &["github_repo_url"], repo_name);
        let names = &["github_issue_id"];
        let number = self.row_first(subject, "github.number", names, parse::number);
        let names = &["github_synced_at"];
        let read = |node: &Node| parse::moment(node, &zone);
        let synced_at = self.row_first(subject, "github.synced_at", names, read);
        let number = number?;
        let repo = url.map(|name| self.know_repo(name));
        if repo.is_none() {
            let message = format!(
                "issue {number} has no repository; {} stays unlinked until someone names it",
                subject.label
            );
            self.ledger
                .find(FindingKind::UnlinkedIssue, &subject.place(), message);
        }
        Some(IssueDraft {
            repo,
            number,
            synced_at,
        })
    }

    /// The key of a repository, which is known from now on.
    pub(crate) fn know_repo(&mut self, full_name: RepoName) -> String {
        let key = full_name.as_str().to_ascii_lowercase();
        self.plan.repos.entry(key.clone()).or_insert(RepoDraft {
            full_name,
            github_id: None,
            project: None,
        });
        key
    }

    /// A title: the first that is given, else the label itself.
    pub(crate) fn title(
        &mut self,
        subject: &Subject<'_, 'a>,
        field: &str,
        names: &[&str],
    ) -> String {
        let given = self.text(subject, field, names);
        let bare = || subject.voices.iter().find_map(|voice| voice.node.as_text());
        given.or_else(bare).unwrap_or_else(|| {
            let message = format!("{} has no {field}; its label stands for it", subject.label);
            self.ledger
                .find(FindingKind::WrongType, &subject.place(), message);
            subject.label.to_owned()
        })
    }
}

/// A repository by its address.
pub(crate) fn repo_name(node: &Node) -> Parsed<RepoName> {
    match parse::text(node) {
        Parsed::Plain(given) => match given.parse::<RepoName>() {
            Ok(name) => Parsed::Converted(name, "its repository, by its address".to_owned()),
            Err(error) => Parsed::Odd(FindingKind::UnknownWord, error.to_string()),
        },
        Parsed::Empty(how) => Parsed::Empty(how),
        Parsed::Wrong(expected) => Parsed::Wrong(expected),
        Parsed::Converted(_, _) | Parsed::Odd(_, _) => Parsed::Wrong("text"),
    }
}

/// Rows of one table that share a second are a bulk import from here on.
const BULK_ROWS: usize = 5;

/// Rows whose two dates lie in one second with those of at least four other rows of their table.
pub(crate) fn bulk_rows<'v, 'a: 'v>(
    voices: impl Iterator<Item = &'v Voice<'a>>,
) -> BTreeSet<usize> {
    let mut seconds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for voice in voices.filter(|voice| voice.class == Class::Row) {
        let second = |name: &str| {
            let text = voice.text(&[name])?;
            // Only a clock writes fractions; a person writes `10:00:00Z`.
            text.split_once('.').map(|(second, _)| second.to_owned())
        };
        if let (Some(created), Some(updated)) = (second("created_date"), second("updated_date"))
            && created == updated
        {
            seconds.entry(created).or_default().push(voice.place.record);
        }
    }
    seconds
        .into_values()
        .filter(|rows| rows.len() >= BULK_ROWS)
        .flatten()
        .collect()
}
