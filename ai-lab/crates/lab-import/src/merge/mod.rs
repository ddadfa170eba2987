//! Decides what becomes of everything that was read. Pure: the same sources give the same plan.

mod catalog;
mod desk;
mod ideas;
mod items;
mod ledger;
mod links;
mod parse;
mod projects;
mod voice;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::finding::FindingKind;
use crate::merge::catalog::Catalog;
use crate::merge::desk::{Desk, bulk_rows};
use crate::merge::ledger::{Ledger, Parsed};
use crate::merge::voice::{Class, Voice};
use crate::plan::ImportPlan;
use crate::record::Sources;

/// What a person may say about the sources.
#[derive(Clone, Debug)]
pub struct MergeOptions {
    /// Where the predecessor's machine stood: its synchronisation wrote local times.
    pub zone: TimeZone,
}

/// A zone that is not in the zone data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{}`", .0.escape_debug())]
pub struct UnknownZone(pub String);

impl MergeOptions {
    /// The zone of the predecessor's own machine.
    pub const DEFAULT_ZONE: &str = "Europe/Berlin";

    /// Options with a zone by its IANA name.
    pub fn in_zone(name: &str) -> Result<Self, UnknownZone> {
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self { zone }),
            Err(_) => Err(UnknownZone(name.to_owned())),
        }
    }
}

/// Decides everything.
pub fn merge(sources: &Sources, options: &MergeOptions) -> ImportPlan {
    let mut ledger = Ledger::new(&sources.records);
    let catalog = Catalog::of(&sources.records, &mut ledger);
    let kinds = [
        &catalog.projects,
        &catalog.ideas,
        &catalog.items,
        &catalog.milestones,
    ];
    let bulk: BTreeSet<usize> = kinds
        .into_iter()
        .flat_map(|voices| bulk_rows(voices.values().flatten()))
        .collect();
    let mut desk = Desk {
        ledger,
        plan: ImportPlan::default(),
        zone: options.zone.clone(),
        bulk,
        project_names: BTreeMap::new(),
        dependency_places: BTreeMap::new(),
    };
    desk.learn_project_names(&catalog);
    desk.tell_zone(&catalog);
    desk.tell_bulk(&catalog);
    for (label, voices) in &catalog.projects {
        let draft = desk.project(label, voices);
        desk.plan.projects.insert(label.clone(), draft);
    }
    for (label, voices) in &catalog.milestones {
        let draft = desk.milestone(label, voices);
        desk.plan.milestones.insert(label.clone(), draft);
    }
    for (label, voices) in &catalog.ideas {
        let draft = desk.idea(label, voices);
        desk.plan.ideas.insert(label.clone(), draft);
    }
    for (label, voices) in &catalog.items {
        let draft = desk.item(label, voices);
        desk.plan.items.insert(label.clone(), draft);
    }
    desk.link(&catalog);
    let Desk {
        ledger, mut plan, ..
    } = desk;
    (plan.accounts, plan.findings) = ledger.close();
    plan
}

impl<'a> Desk<'a> {
    /// Says how well the zone fits: the predecessor changed a row and synchronised it within seconds.
    fn tell_zone(&mut self, catalog: &Catalog<'a>) {
        let rows = catalog
            .items
            .values()
            .flatten()
            .filter(|voice| voice.class == Class::Row);
        let gaps: Vec<i64> = rows.filter_map(|voice| self.sync_gap(voice)).collect();
        if gaps.is_empty() {
            return;
        }
        let fitting = gaps.iter().filter(|gap| gap.abs() <= 60_000).count();
        let name = self.zone.iana_name().unwrap_or("UTC").to_owned();
        let message = format!(
            "synchronisation wrote local times: read as {name}, {fitting} of {} lie within a minute of their change",
            gaps.len()
        );
        self.ledger
            .find_overall(FindingKind::ZoneInferred, "github_synced_at", message);
    }

    /// Milliseconds from a row's change to its synchronisation; `None` where it has a zone or never happened.
    fn sync_gap(&self, voice: &Voice<'a>) -> Option<i64> {
        let moment = |name: &str, zone: &TimeZone| {
            let claim = voice.claims(&[name]).into_iter().next()?;
            match parse::moment(claim.node, zone) {
                Parsed::Converted(at, _) => Some(at.ms()),
                Parsed::Plain(_) | Parsed::Empty(_) | Parsed::Wrong(_) | Parsed::Odd(_, _) => None,
            }
        };
        Some(moment("github_synced_at", &self.zone)? - moment("updated_date", &TimeZone::UTC)?)
    }

    fn tell_bulk(&mut self, catalog: &Catalog<'a>) {
        let voices = [
            &catalog.items,
            &catalog.ideas,
            &catalog.projects,
            &catalog.milestones,
        ];
        let only_there: Vec<String> = voices
            .into_iter()
            .flatten()
            .filter(|(_, voices)| {
                let is_bulk = |voice: &Voice<'_>| self.bulk.contains(&voice.place.record);
                voices.iter().any(is_bulk)
                    && voices
                        .iter()
                        .all(|voice| is_bulk(voice) || voice.class == Class::SubTask)
            })
            .map(|(label, _)| label.clone())
            .collect();
        if !self.bulk.is_empty() {
            let message = format!(
                "a bulk import wrote the dates of {} rows; unreliable for {} that no other source dates: {}",
                self.bulk.len(),
                only_there.len(),
                only_there.join(", ")
            );
            self.ledger
                .find_overall(FindingKind::BulkDates, "created_date", message);
        }
    }
}
