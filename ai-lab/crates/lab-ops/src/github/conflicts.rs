//! What the lab and GitHub say differently, and whose word counts.

use ai_lab_contract::ErrorClass;
use lab_exchange::{SettleError, Settlement, settle};
use lab_merge::Side;
use lab_model::{EntityKind, GithubRepo, Label, Moment};
use lab_store::{GithubConflict, Numbering, Reader, StoreError};
use serde::Serialize;

use crate::lab::Inner;
use crate::{By, Failure, Lab, LabError};

/// A field that both sides changed to different ends. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConflictRow {
    /// The entity's label.
    pub label: String,
    /// `owner/name`.
    pub repo: String,
    /// Its number there.
    pub number: u64,
    /// Which field.
    pub field: String,
    /// What both once had; `None` is nothing, also where nobody knows.
    pub base: Option<String>,
    /// What the lab has.
    pub local: Option<String>,
    /// What GitHub has.
    pub remote: Option<String>,
    /// Since when it is known.
    pub since: String,
}

/// Whose word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The lab's.
    Local,
    /// GitHub's.
    Remote,
}

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The lab was not read or written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// There is nothing to settle.
    #[error("{label} is in no conflict with GitHub{}", field.as_ref().map(|field| format!(" in {field}")).unwrap_or_default())]
    None {
        /// Whose.
        label: Label,
        /// The field that was named.
        field: Option<String>,
    },
}

impl Failure for ResolveError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::None { .. } => ErrorClass::NotFound,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::None { .. } => Some("`ai-lab github conflicts` lists what is open".to_owned()),
        }
    }
}

/// Lists what nobody has settled, of every repository.
pub fn conflicts(lab: &Lab, at: Moment) -> Result<Vec<ConflictRow>, LabError> {
    lab.read(at, |tx| {
        let mut all = Vec::new();
        for repo in tx.repos()? {
            let open = tx.github_conflicts(&repo.head.uid)?;
            all.extend(rows(tx, &repo, &open)?);
        }
        Ok(all)
    })
}

pub(super) fn rows(
    tx: &dyn Reader,
    repo: &GithubRepo,
    open: &[GithubConflict],
) -> Result<Vec<ConflictRow>, StoreError> {
    let row = |one: &GithubConflict| {
        let label = tx.label_of(&one.uid)?;
        Ok(ConflictRow {
            label: label.map_or_else(|| one.uid.to_string(), |label| label.to_string()),
            repo: repo.full_name.to_string(),
            number: one.number,
            field: one.field.clone(),
            base: one.base.clone(),
            local: one.local.clone(),
            remote: one.remote.clone(),
            since: one.opened_at.to_string(),
        })
    };
    open.iter().map(row).collect()
}

/// Settles the conflicts of an item or milestone, all of them or one field's; the next run carries it out.
pub fn resolve(
    lab: &Lab,
    by: &By,
    name: &str,
    field: Option<&str>,
    whose: Whose,
) -> Result<Vec<ConflictRow>, ResolveError> {
    let how = Settlement::Take(match whose {
        Whose::Local => Side::Local,
        Whose::Remote => Side::Remote,
    });
    lab.write(by, "github.resolve", None, |tx| {
        let (kind, uid) = match tx.resolve(EntityKind::Item, name) {
            Ok(uid) => (Numbering::Issue, uid),
            Err(StoreError::NotFound { .. }) => (
                Numbering::Milestone,
                tx.resolve(EntityKind::Milestone, name)?,
            ),
            Err(error) => return Err(error.into()),
        };
        let mut settled = Vec::new();
        for repo in tx.repos()? {
            let open = tx.github_conflicts(&repo.head.uid)?.into_iter();
            let open: Vec<GithubConflict> = open
                .filter(|one| one.uid == uid && one.numbering == kind)
                .filter(|one| field.is_none_or(|field| one.field == field))
                .collect();
            for conflict in &open {
                match settle(tx, &repo.head.uid, conflict, how) {
                    Ok(()) => settled.extend(rows(tx, &repo, std::slice::from_ref(conflict))?),
                    // Both sides have made it alike meanwhile: the next run notes that.
                    Err(SettleError::None { .. }) => {}
                    Err(SettleError::Store(error)) => return Err(error.into()),
                }
            }
        }
        if settled.is_empty() {
            let label = tx.label_of(&uid)?;
            let label = label.or_else(|| name.parse().ok());
            if let Some(label) = label {
                let field = field.map(str::to_owned);
                return Err(Inner::Own(ResolveError::None { label, field }));
            }
        }
        Ok(settled)
    })
}
