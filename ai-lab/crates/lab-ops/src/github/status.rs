//! How far the exchange with each repository has come.

use lab_model::{EntityKind, Moment};
use lab_store::Numbering;
use serde::Serialize;

use crate::names::Labels;
use crate::{Lab, LabError};

/// One repository. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its label.
    pub label: String,
    /// `owner/name`.
    pub repo: String,
    /// Its project's label; `None` where it is not linked.
    pub project: Option<String>,
    /// When a plan was last carried out; `None` is never.
    pub synced: Option<String>,
    /// Issues that were seen there.
    pub issues: u64,
    /// Items that are linked to one.
    pub linked: u64,
    /// Items whose issue is gone there, by label; they are kept.
    pub gone: Vec<String>,
    /// What is on its way there.
    pub waiting: u64,
    /// What nobody has settled.
    pub conflicts: u64,
}

/// Tells of every repository.
pub fn status(lab: &Lab, at: Moment) -> Result<Vec<Standing>, LabError> {
    lab.read(at, |tx| {
        let labels = Labels::of(tx, &[EntityKind::Project, EntityKind::Item])?;
        let mut all = Vec::new();
        for repo in tx.repos()? {
            let uid = &repo.head.uid;
            let things = tx.github_things(uid)?;
            let issues = things
                .iter()
                .filter(|thing| thing.numbering == Numbering::Issue);
            let links = tx.github_links(uid)?;
            let items = links
                .iter()
                .filter(|(numbering, ..)| *numbering == Numbering::Issue);
            let gone = items.clone().filter(|(_, number, _)| {
                issues
                    .clone()
                    .any(|thing| thing.number == *number && thing.is_gone)
            });
            all.push(Standing {
                label: repo.head.label.to_string(),
                repo: repo.full_name.to_string(),
                project: labels.option(repo.project.as_ref()),
                synced: tx.github_state(uid)?.applied_at.map(|at| at.to_string()),
                issues: issues.clone().filter(|thing| !thing.is_gone).count() as u64,
                linked: items.count() as u64,
                gone: gone.map(|(_, _, uid)| labels.name(uid)).collect(),
                waiting: tx.github_outbox(uid)?.len() as u64,
                conflicts: tx.github_conflicts(uid)?.len() as u64,
            });
        }
        Ok(all)
    })
}
