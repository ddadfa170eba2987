//! What is in force, what the lab is held to, what was.

use std::path::PathBuf;

use ai_lab_contract::v1::UpdatePhase;
use lab_update::{HistoryEntry, Layout, read_history};
use serde::Serialize;

use super::error::FrameworkError;
use super::found::{in_force, in_quarantine, locked, text_of, wanted};
use super::update::is_left_over;
use crate::Lab;

/// The lab's framework. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameworkStatus {
    /// The range that the lab wants; `null` where it says nothing.
    pub wanted: Option<String>,
    /// The version that it is held to; `null` where it has no lock.
    pub locked: Option<String>,
    /// The version in force; `null` where none is.
    pub in_force: Option<String>,
    /// Where it lies.
    pub place: Option<PathBuf>,
    /// Whether it is there.
    pub is_there: bool,
    /// Where releases come from; `null` where the lab does not say.
    pub from: Option<String>,
    /// Which updates are made by themselves: `off`, `patch`, `minor`.
    pub auto: &'static str,
    /// When; at any time where `null`.
    pub window: Option<String>,
    /// How far an update is that is not at its end.
    pub update: Option<UpdatePhase>,
    /// Versions in quarantine.
    pub quarantined: Vec<String>,
    /// The version that `ai-lab rollback` would bring back.
    pub before: Option<String>,
    /// What does not fit together, with the next command.
    pub findings: Vec<String>,
}

/// Looks at it.
pub fn status(lab: &Lab) -> Result<FrameworkStatus, FrameworkError> {
    let wanted = wanted(lab)?;
    let lock = locked(lab)?;
    let placed = in_force(lab)?;
    let history = history(lab)?;
    let before = placed
        .as_ref()
        .and_then(|it| lab_update::before(&history, &it.name));
    let mut status = FrameworkStatus {
        wanted: wanted.range,
        locked: lock.as_ref().map(|lock| lock.framework.version.to_string()),
        in_force: placed.as_ref().map(|it| it.version.clone()),
        place: placed.as_ref().map(|it| it.place.clone()),
        is_there: placed.as_ref().is_some_and(|it| it.place.is_dir()),
        from: wanted.from,
        auto: wanted.auto.as_str(),
        window: wanted.window.map(|window| window.to_string()),
        update: is_left_over(lab),
        quarantined: in_quarantine(lab)?
            .into_iter()
            .map(|it| it.version)
            .collect(),
        before: before.map(|it| it.version.clone()),
        findings: Vec::new(),
    };
    let is_locked = match (&lock, &placed) {
        (Some(lock), Some(placed)) => placed.lock.as_ref() == Some(&lock.framework),
        (Some(_), None) | (None, _) => false,
    };
    status.findings = findings(&status, is_locked);
    Ok(status)
}

fn findings(status: &FrameworkStatus, is_locked: bool) -> Vec<String> {
    let mut found = Vec::new();
    match (&status.locked, &status.in_force) {
        (None, None) => found.push("no framework is pinned: `ai-lab update` brings the first one".to_owned()),
        (None, Some(_)) => found.push("there is no ai-lab.lock: `ai-lab lock` writes it".to_owned()),
        (Some(locked), None) => found.push(format!(
            "{locked} is locked and not in force: `ai-lab framework install` brings it"
        )),
        (Some(locked), Some(in_force)) if !is_locked && status.update.is_none() => found.push(format!(
            "{in_force} is in force, ai-lab.lock has {locked}: `ai-lab framework install` brings that"
        )),
        (Some(_), Some(_)) => {}
    }
    if status.in_force.is_some() && !status.is_there {
        found.push(
            "what is in force is gone from the store: `ai-lab framework install` brings it back"
                .to_owned(),
        );
    }
    match status.update {
        None => {}
        Some(UpdatePhase::SafeMode) => found.push(
            "neither the new nor the old release was healthy: `ai-lab update --recover` looks again".to_owned(),
        ),
        Some(_) => found.push("an update is at work, or was cut short: the next command goes on with it".to_owned()),
    }
    found
}

/// What was, the oldest first.
pub fn history(lab: &Lab) -> Result<Vec<HistoryEntry>, FrameworkError> {
    let text = text_of(&Layout::of(lab.root()).history())?;
    Ok(read_history(&text.unwrap_or_default()))
}
