//! Resolves what refers to what, once every entity is known.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::EntityKind;

use crate::finding::FindingKind;
use crate::merge::catalog::{Catalog, Voices};
use crate::merge::desk::Desk;
use crate::merge::ledger::Place;
use crate::plan::{Outcome, Reference};

/// Labels by their lower-case form.
type Known = BTreeMap<String, String>;

fn known<T>(entities: &BTreeMap<String, T>) -> Known {
    entities
        .keys()
        .map(|label| (label.to_ascii_lowercase(), label.clone()))
        .collect()
}

fn first_place(voices: &Voices<'_>, label: &str) -> Option<Place> {
    voices.get(label)?.first().map(|voice| voice.place.clone())
}

impl<'a> Desk<'a> {
    /// Projects, milestones, parents and dependencies, in this order.
    pub(crate) fn link(&mut self, catalog: &Catalog<'a>) {
        self.link_parents(catalog);
        self.link_projects(catalog);
        self.link_milestones(catalog);
        self.link_item_dependencies(catalog);
        let ideas = self
            .plan
            .ideas
            .iter()
            .map(|(l, i)| (l.clone(), i.dependencies.clone()))
            .collect();
        for (label, resolved) in self.resolve(EntityKind::Idea, &catalog.ideas, ideas) {
            if let Some(idea) = self.plan.ideas.get_mut(&label) {
                idea.dependencies = resolved;
            }
        }
        let milestones = self
            .plan
            .milestones
            .iter()
            .map(|(l, m)| (l.clone(), m.dependencies.clone()))
            .collect();
        for (label, resolved) in
            self.resolve(EntityKind::Milestone, &catalog.milestones, milestones)
        {
            if let Some(milestone) = self.plan.milestones.get_mut(&label) {
                milestone.dependencies = resolved;
            }
        }
        self.link_issues(catalog);
    }

    /// Every item's parent: the one that is named, else the one that its label or its place tells.
    fn link_parents(&mut self, catalog: &Catalog<'a>) {
        let known = known(&self.plan.items);
        let labels: Vec<String> = self.plan.items.keys().cloned().collect();
        let mut parents: BTreeMap<String, String> = BTreeMap::new();
        for label in &labels {
            let Some(place) = first_place(&catalog.items, label) else {
                continue;
            };
            let named = self
                .plan
                .items
                .get(label)
                .and_then(|item| item.parent.clone());
            let parent = match &named {
                Some(named) => {
                    let parent = known.get(&named.to_ascii_lowercase()).cloned();
                    if parent.is_none() {
                        let message =
                            format!("the parent {named} of {label} is nowhere; kept as it was");
                        self.ledger
                            .find(FindingKind::DanglingReference, &place, message);
                    }
                    parent
                }
                None => told_parent(label, &known, &catalog.items),
            };
            let Some(parent) = parent else {
                continue;
            };
            if is_above(label, &parent, &parents) {
                let message = format!(
                    "{parent} is part of {label} already, so not its parent; kept as it was"
                );
                self.ledger.find(FindingKind::Cycle, &place, message);
            } else {
                parents.insert(label.clone(), parent);
            }
        }
        for (label, item) in &mut self.plan.items {
            item.parent = parents.get(label).cloned();
        }
    }

    /// Items without a project take that of the item whose part they are; unknown ones become placeholders.
    fn link_projects(&mut self, catalog: &Catalog<'a>) {
        let labels: Vec<String> = self.plan.items.keys().cloned().collect();
        for label in &labels {
            let (Some(place), Some(item)) = (
                first_place(&catalog.items, label),
                self.plan.items.get(label),
            ) else {
                continue;
            };
            let Some(given) = item.project.clone() else {
                continue;
            };
            let project = self.refer_to_project(&given, &place);
            if let Some(item) = self.plan.items.get_mut(label) {
                item.project = project;
            }
        }
        for label in &labels {
            let inherited = self.project_above(label);
            if let Some(item) = self.plan.items.get_mut(label) {
                item.project = item.project.take().or(inherited);
            }
        }
        let ideas: Vec<(String, String)> = self
            .plan
            .ideas
            .iter()
            .filter_map(|(label, idea)| Some((label.clone(), idea.related_project.clone()?)))
            .collect();
        for (label, given) in ideas {
            let project = first_place(&catalog.ideas, &label)
                .and_then(|at| self.refer_to_project(&given, &at));
            if let Some(idea) = self.plan.ideas.get_mut(&label) {
                idea.related_project = project;
            }
        }
        self.link_source_ideas(catalog);
    }

    fn project_above(&self, label: &str) -> Option<String> {
        let mut at = self.plan.items.get(label)?;
        loop {
            if at.project.is_some() {
                return at.project.clone();
            }
            at = self.plan.items.get(at.parent.as_ref()?)?;
        }
    }

    fn link_source_ideas(&mut self, catalog: &Catalog<'a>) {
        let known = known(&self.plan.ideas);
        let mut dangling = Vec::new();
        for (label, project) in &mut self.plan.projects {
            if let Some(given) = project.source_idea.take() {
                project.source_idea = known.get(&given.to_ascii_lowercase()).cloned();
                if project.source_idea.is_none() {
                    dangling.push((label.clone(), given));
                }
            }
        }
        for (label, given) in dangling {
            if let Some(place) = first_place(&catalog.projects, &label) {
                let message = format!("the idea {given} of {label} is nowhere; kept as it was");
                self.ledger
                    .find(FindingKind::DanglingReference, &place, message);
            }
        }
    }

    fn link_milestones(&mut self, catalog: &Catalog<'a>) {
        let known = known(&self.plan.milestones);
        let mut dangling = Vec::new();
        for (label, item) in &mut self.plan.items {
            if let Some(given) = item.milestone.take() {
                item.milestone = known.get(&given.to_ascii_lowercase()).cloned();
                if item.milestone.is_none() {
                    dangling.push((label.clone(), given));
                }
            }
        }
        for (label, given) in dangling {
            if let Some(place) = first_place(&catalog.items, &label) {
                let message =
                    format!("the milestone {given} of {label} is nowhere; kept as it was");
                self.ledger
                    .find(FindingKind::DanglingReference, &place, message);
            }
        }
        let projects: Vec<(String, String)> = self
            .plan
            .milestones
            .iter()
            .filter_map(|(label, milestone)| Some((label.clone(), milestone.project.clone()?)))
            .collect();
        for (label, given) in projects {
            let project = first_place(&catalog.milestones, &label)
                .and_then(|at| self.refer_to_project(&given, &at));
            if let Some(milestone) = self.plan.milestones.get_mut(&label) {
                milestone.project = project;
            }
        }
    }

    fn link_item_dependencies(&mut self, catalog: &Catalog<'a>) {
        let known = known(&self.plan.items);
        let parents: BTreeMap<String, String> = self
            .plan
            .items
            .iter()
            .filter_map(|(label, item)| Some((label.clone(), item.parent.clone()?)))
            .collect();
        let mut edges = BTreeMap::new();
        let labels: Vec<String> = self.plan.items.keys().cloned().collect();
        for label in labels {
            let Some(item) = self.plan.items.get(&label) else {
                continue;
            };
            let (status, dependencies) = (item.status, item.dependencies.clone());
            let mut kept = Vec::new();
            for reference in dependencies {
                let Reference::Dangling(given) = &reference else {
                    continue;
                };
                let on = known.get(&given.to_ascii_lowercase()).cloned();
                if let Some(on) = &on {
                    self.name_closed_before(&label, status.is_settled(), on);
                }
                match on {
                    Some(on) if on != label && is_above(&on, &label, &parents) => {
                        self.part_instead(&label, &on);
                    }
                    _ => kept.push(reference),
                }
            }
            edges.insert(label, kept);
        }
        for (label, resolved) in self.resolve(EntityKind::Item, &catalog.items, edges) {
            if let Some(item) = self.plan.items.get_mut(&label) {
                item.dependencies = resolved;
            }
        }
    }

    fn name_closed_before(&mut self, label: &str, is_settled: bool, on: &str) {
        let is_open = self
            .plan
            .items
            .get(on)
            .is_some_and(|item| !item.status.is_settled());
        if let Some(place) = self.dependency_place(EntityKind::Item, label)
            && is_settled
            && is_open
        {
            let message = format!(
                "{label} is settled and depends on {on}, which is open; both stay as they are"
            );
            self.ledger
                .find(FindingKind::ClosedBeforeDependency, &place, message);
        }
    }

    /// What depends on the item it is a part of is a part and no more: else neither could ever begin.
    fn part_instead(&mut self, label: &str, above: &str) {
        if let Some(place) = self.dependency_place(EntityKind::Item, label) {
            let reason = format!("{above} is what it is a part of, not what it waits for");
            let message =
                format!("{label} depends on {above}, which it is a part of; the part counts");
            self.ledger.amend(&place, Outcome::Converted, &reason);
            self.ledger
                .find(FindingKind::DependsOnParent, &place, message);
        }
    }

    fn dependency_place(&self, kind: EntityKind, label: &str) -> Option<Place> {
        self.dependency_places
            .get(&(kind, label.to_owned()))
            .cloned()
    }

    /// Every dependency that names an entity and closes no circle; the rest stays unresolved.
    fn resolve(
        &mut self,
        kind: EntityKind,
        voices: &Voices<'a>,
        references: BTreeMap<String, Vec<Reference>>,
    ) -> BTreeMap<String, Vec<Reference>> {
        let known = known(&references);
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut resolved = BTreeMap::new();
        for (label, given) in references {
            let mut found = Vec::new();
            for reference in given {
                let (Reference::Dangling(name) | Reference::To(name)) = reference;
                let place = self
                    .dependency_place(kind, &label)
                    .or_else(|| first_place(voices, &label));
                let told = match known.get(&name.to_ascii_lowercase()) {
                    None => Some((
                        FindingKind::DanglingReference,
                        format!("{label} depends on {name}, which is nowhere; it stays unresolved"),
                    )),
                    Some(on) if *on == label => Some((
                        FindingKind::Cycle,
                        format!("{label} depends on itself; kept as it was"),
                    )),
                    Some(on) if reaches(on, &label, &edges) => Some((
                        FindingKind::Cycle,
                        format!("{label} on {on} would close a circle; it stays unresolved"),
                    )),
                    Some(on) => {
                        edges.entry(label.clone()).or_default().insert(on.clone());
                        found.push(Reference::To(on.clone()));
                        None
                    }
                };
                if let (Some((finding, message)), Some(place)) = (told, place) {
                    self.ledger.find(finding, &place, message);
                    if name != label {
                        found.push(Reference::Dangling(name));
                    }
                }
            }
            let mut seen = BTreeSet::new();
            found.retain(|reference| seen.insert(reference.clone()));
            resolved.insert(label, found);
        }
        resolved
    }

    /// One issue belongs to one entity: later claims keep their number and lose the repository.
    fn link_issues(&mut self, catalog: &Catalog<'a>) {
        let mut taken: BTreeMap<(String, u64), String> = BTreeMap::new();
        let mut told = Vec::new();
        let items = self
            .plan
            .items
            .iter_mut()
            .map(|(l, i)| (l, &mut i.github, i.updated_at, &catalog.items));
        let ideas = self
            .plan
            .ideas
            .iter_mut()
            .map(|(l, i)| (l, &mut i.github, i.updated_at, &catalog.ideas));
        for (label, github, updated_at, voices) in items.chain(ideas) {
            let (Some(issue), Some(place)) = (github.as_mut(), first_place(voices, label)) else {
                continue;
            };
            if let Some(repo) = issue.repo.clone() {
                match taken.get(&(repo.clone(), issue.number)) {
                    Some(first) => {
                        let message = format!(
                            "issue {} of {repo} belongs to {first}; {label} stays unlinked",
                            issue.number
                        );
                        told.push((FindingKind::SharedIssue, place.clone(), message));
                        issue.repo = None;
                    }
                    None => {
                        taken.insert((repo, issue.number), label.clone());
                    }
                }
            }
            if let (Some(synced), Some(updated)) = (issue.synced_at, updated_at)
                && updated.ms() - synced.ms() > SYNC_SLACK_MS
            {
                let message = format!(
                    "{label} was changed after its last synchronisation; the first one compares only"
                );
                told.push((FindingKind::EditedAfterSync, place, message));
            }
        }
        for (kind, place, message) in told {
            self.ledger.find(kind, &place, message);
        }
    }
}

/// How long after a synchronisation its own writing may have touched the row.
const SYNC_SLACK_MS: i64 = 60_000;

/// The parent that a label or a place tells: the longest known label that it continues, else the container.
fn told_parent(label: &str, known: &Known, voices: &Voices<'_>) -> Option<String> {
    let lower = label.to_ascii_lowercase();
    let by_label = lower
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '-' | '.'))
        .find_map(|(at, _)| known.get(&lower[..at]).cloned());
    let container = voices
        .get(label)?
        .iter()
        .find_map(|voice| voice.container.clone());
    match (by_label, container) {
        // FRM-006-3-1 in the list of FRM-006 is a part of FRM-006-3, if that is in FRM-006 as well.
        (Some(by_label), Some(container)) if by_label.len() >= container.len() => Some(by_label),
        (_, Some(container)) => Some(container),
        (by_label, None) => by_label,
    }
}

/// Whether `above` is `label` or one of those above it.
fn is_above(above: &str, label: &str, parents: &BTreeMap<String, String>) -> bool {
    let mut at = Some(label);
    while let Some(label) = at {
        if label == above {
            return true;
        }
        at = parents.get(label).map(String::as_str);
    }
    false
}

fn reaches(from: &str, to: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(edges.get(at).into_iter().flatten().map(String::as_str));
        }
    }
    false
}
