//! Compares a plan with what the lab holds: what comes to be, what changes, what is left alone.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{ActorKind, EntityKind, Uid};
use lab_store::{Reader, StoreError};

use crate::apply::drafts::Entities;
use crate::apply::names::Names;
use crate::apply::three_way::ThreeWay;
use crate::finding::{Finding, FindingKind};
use crate::merge::{MergeOptions, merge};
use crate::plan::{IdeaDraft, ImportPlan, ItemDraft, MilestoneDraft, ProjectDraft, RepoDraft};
use crate::provenance::{Kept, KeptValue};
use crate::record::Sources;

/// What whole files are called among the lab's attachments, before their own name.
pub const FILE_PREFIX: &str = "predecessor/";

/// What happens to one entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<D> {
    /// It comes to be.
    Create(D),
    /// It takes the source's new values.
    Update {
        /// Which entity.
        uid: Uid,
        /// What it holds afterwards.
        draft: D,
        /// The fields that change.
        fields: Vec<&'static str>,
    },
    /// Nothing.
    Leave,
}

/// Everything that an import will write, decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The plan that the sources gave.
    pub plan: ImportPlan,
    /// What happens to each repository.
    pub repos: BTreeMap<String, Step<RepoDraft>>,
    /// What happens to each project.
    pub projects: BTreeMap<String, Step<ProjectDraft>>,
    /// What happens to each milestone.
    pub milestones: BTreeMap<String, Step<MilestoneDraft>>,
    /// What happens to each idea.
    pub ideas: BTreeMap<String, Step<IdeaDraft>>,
    /// What happens to each item.
    pub items: BTreeMap<String, Step<ItemDraft>>,
    /// Records to keep, by file and record, with the version under which.
    pub records: BTreeMap<(String, String), u32>,
    /// Records that are gone from their file, with the version that says so.
    pub gone: BTreeMap<(String, String), u32>,
    /// Whole files to keep, with their version and bytes.
    pub files: Vec<(String, u32, Vec<u8>)>,
    /// Labels under which the lab has something of its own: what the sources say of them is kept, no more.
    pub taken: BTreeSet<(EntityKind, String)>,
    /// Everything that was found: while reading, merging and comparing.
    pub findings: Vec<Finding>,
    pub(crate) names: Names,
}

/// What the lab keeps of this kind of source.
pub fn kept_in(reader: &dyn Reader) -> Result<Kept, StoreError> {
    let values = reader
        .imported_values(None)?
        .into_iter()
        .map(|value| KeptValue {
            source: value.source,
            record: value.record,
            pointer: value.field,
            kind: value.kind,
            raw: value.raw,
        });
    let files = reader
        .attachments(None)?
        .into_iter()
        .filter(|attachment| attachment.entity.is_none())
        .filter_map(|attachment| {
            let name = attachment.name.strip_prefix(FILE_PREFIX)?.to_owned();
            Some((name, attachment.content))
        });
    let (values, files): (Vec<_>, Vec<_>) = (values.collect(), files.collect());
    Ok(Kept::of(values, files))
}

/// Decides what an import of these sources will write into this lab.
pub fn decide(
    reader: &dyn Reader,
    read: Sources,
    options: &MergeOptions,
) -> Result<Decision, StoreError> {
    let kept = kept_in(reader)?;
    let (records, gone) = changed_records(&kept, &read);
    let files = changed_files(&kept, &read);
    let base = merge(&kept.sources, options);
    let mut all = kept.overlaid_by(read);
    let mut findings = std::mem::take(&mut all.findings);
    let plan = merge(&all, options);
    findings.extend(plan.findings.iter().cloned());
    let names = Names::of(reader, &plan)?;
    let mut comparing = Comparing {
        reader,
        names: &names,
        linked: linked(reader)?,
        taken: BTreeSet::new(),
        findings: &mut findings,
    };
    let there = Entities::of(reader, &names)?;
    let repos = comparing.steps(EntityKind::Repo, &plan.repos, &base.repos, &there.repos)?;
    let projects = comparing.steps(
        EntityKind::Project,
        &plan.projects,
        &base.projects,
        &there.projects,
    )?;
    let milestones = comparing.steps(
        EntityKind::Milestone,
        &plan.milestones,
        &base.milestones,
        &there.milestones,
    )?;
    let ideas = comparing.steps(EntityKind::Idea, &plan.ideas, &base.ideas, &there.ideas)?;
    let items = comparing.steps(EntityKind::Item, &plan.items, &base.items, &there.items)?;
    let taken = comparing.taken;
    Ok(Decision {
        plan,
        repos,
        projects,
        milestones,
        ideas,
        items,
        records,
        gone,
        files,
        taken,
        findings,
        names,
    })
}

/// Entities that some imported value went into.
fn linked(reader: &dyn Reader) -> Result<BTreeSet<Uid>, StoreError> {
    let values = reader.imported_values(None)?.into_iter();
    Ok(values
        .filter_map(|value| value.entity.map(|(_, uid)| uid))
        .collect())
}

struct Comparing<'a> {
    reader: &'a dyn Reader,
    names: &'a Names,
    linked: BTreeSet<Uid>,
    taken: BTreeSet<(EntityKind, String)>,
    findings: &'a mut Vec<Finding>,
}

impl Comparing<'_> {
    fn steps<D: ThreeWay + Clone>(
        &mut self,
        kind: EntityKind,
        plan: &BTreeMap<String, D>,
        base: &BTreeMap<String, D>,
        there: &BTreeMap<Uid, D>,
    ) -> Result<BTreeMap<String, Step<D>>, StoreError> {
        let mut steps = BTreeMap::new();
        for (label, new) in plan {
            let mut new = new.clone();
            new.settle();
            let current = self
                .names
                .uid(kind, label)
                .and_then(|uid| Some((uid.clone(), there.get(uid)?.clone())));
            let base = base.get(label).cloned().map(|mut base| {
                base.settle();
                base
            });
            let step = match (current, base) {
                (None, _) => Step::Create(new),
                (Some(current), base) => {
                    let is_only_named =
                        new.is_bare() || base.as_ref().is_some_and(ThreeWay::is_bare);
                    if !is_only_named && !self.is_imported(&current.0)? {
                        self.name_taken(kind, label);
                        Step::Leave
                    } else if let Some(base) = base {
                        self.follow(kind, label, current, &base, &new)
                    } else {
                        Step::Leave
                    }
                }
            };
            steps.insert(label.clone(), step);
        }
        Ok(steps)
    }

    /// Whether an import made it; what merely bears a label of the sources is the lab's own.
    fn is_imported(&self, uid: &Uid) -> Result<bool, StoreError> {
        if self.linked.contains(uid) {
            return Ok(true);
        }
        let first = self.reader.history(uid)?.into_iter().next();
        Ok(first.is_some_and(|operation| operation.actor.kind == ActorKind::Import))
    }

    fn follow<D: ThreeWay>(
        &mut self,
        kind: EntityKind,
        label: &str,
        (uid, mut draft): (Uid, D),
        base: &D,
        new: &D,
    ) -> Step<D> {
        draft.settle();
        let outcome = draft.follow(base, new);
        for field in outcome.both {
            let message = format!(
                "{kind} {label}: {field} changed here and at its source; this lab's value stays"
            );
            self.findings.push(Finding::new(
                FindingKind::ChangedOnBothSides,
                "",
                "",
                message,
            ));
        }
        if outcome.taken.is_empty() {
            Step::Leave
        } else {
            Step::Update {
                uid,
                draft,
                fields: outcome.taken,
            }
        }
    }

    fn name_taken(&mut self, kind: EntityKind, label: &str) {
        let message = format!(
            "this lab has another {kind} {label}; it stays as it is, the imported one is kept as provenance"
        );
        self.findings
            .push(Finding::new(FindingKind::LabelTaken, "", "", message));
        self.taken.insert((kind, label.to_owned()));
    }
}

type Versions = BTreeMap<(String, String), u32>;

/// The records that are new or say something else, and those that their file lost.
fn changed_records(kept: &Kept, read: &Sources) -> (Versions, Versions) {
    let before: BTreeMap<(&str, &str), &crate::node::Node> = kept
        .sources
        .records
        .iter()
        .map(|record| {
            (
                (record.source.as_str(), record.record.as_str()),
                &record.root,
            )
        })
        .collect();
    let version = |source: &str, record: &str| {
        kept.versions
            .get(&(source.to_owned(), record.to_owned()))
            .copied()
            .unwrap_or(0)
            + 1
    };
    let mut changed = Versions::new();
    for record in &read.records {
        let known = before.get(&(record.source.as_str(), record.record.as_str()));
        // Through the same text as the kept one, so that only what is said counts.
        if known.map(|node| normal(node)) != Some(normal(&record.root)) {
            let key = (record.source.clone(), record.record.clone());
            changed.insert(key, version(&record.source, &record.record));
        }
    }
    let mut gone = Versions::new();
    let sources: BTreeSet<&str> = read.records.iter().map(|r| r.source.as_str()).collect();
    let there: BTreeSet<(&str, &str)> = read
        .records
        .iter()
        .map(|r| (r.source.as_str(), r.record.as_str()))
        .collect();
    for (source, record) in before.keys() {
        if sources.contains(source) && !there.contains(&(*source, *record)) {
            let key = ((*source).to_owned(), (*record).to_owned());
            gone.insert(key, version(source, record));
        }
    }
    (changed, gone)
}

/// A record's text as provenance gives it back: strings without needless escapes.
fn normal(node: &crate::node::Node) -> String {
    use crate::node::Node;
    match node {
        Node::Leaf(text) if text.starts_with('"') => node.as_text().map_or_else(
            || text.clone(),
            |text| serde_json::Value::from(text).to_string(),
        ),
        Node::Leaf(text) => text.clone(),
        Node::Array(elements) => format!(
            "[{}]",
            elements.iter().map(normal).collect::<Vec<_>>().join(",")
        ),
        Node::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", normal(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

fn changed_files(kept: &Kept, read: &Sources) -> Vec<(String, u32, Vec<u8>)> {
    read.kept
        .iter()
        .filter(|file| {
            !kept
                .sources
                .kept
                .iter()
                .any(|known| known.source == file.source && known.bytes == file.bytes)
        })
        .map(|file| {
            let version = kept.file_versions.get(&file.source).copied().unwrap_or(0) + 1;
            (file.source.clone(), version, file.bytes.clone())
        })
        .collect()
}
