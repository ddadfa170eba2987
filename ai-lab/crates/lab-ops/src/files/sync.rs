//! Makes lab and files alike, once or whenever something changes.

use ai_lab_contract::ErrorClass;
use lab_mirror::{FileError, Watch, WatchError};
use lab_model::Moment;
use lab_store::StoreError;
use lab_sync::{
    DisputeRow, ResolveError, Settlement, SyncError, SyncReport, SyncRequest, Take, disputes, plan,
    resolve, sync,
};
use serde::Serialize;

use super::schemas::publish_schemas;
use crate::{By, Failure, Lab, LabError};

/// Why lab and files were not made alike.
#[derive(Debug, thiserror::Error)]
pub enum SyncFilesError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The comparison or its consequences.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The files' schemas could not be written.
    #[error(transparent)]
    Schemas(#[from] FileError),
    /// A conflict could not be settled.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
}

impl Failure for SyncFilesError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Sync(SyncError::Store(error)) | Self::Resolve(ResolveError::Store(error)) => {
                error.class()
            }
            Self::Sync(SyncError::Lock(_) | SyncError::Scan(_))
            | Self::Schemas(_)
            | Self::Resolve(ResolveError::Lock(_) | ResolveError::Unwritten(_)) => {
                ErrorClass::Environment
            }
            Self::Sync(SyncError::ManyGone { .. }) => ErrorClass::Refused,
            Self::Resolve(ResolveError::Nothing { .. }) => ErrorClass::NotFound,
            Self::Sync(SyncError::TooManyRefusals(_) | SyncError::TooManyCircles)
            | Self::Resolve(
                ResolveError::WhichField { .. }
                | ResolveError::WhichBranch { .. }
                | ResolveError::NotSo { .. },
            ) => ErrorClass::InvalidInput,
            Self::Resolve(ResolveError::FileChanged { .. }) => ErrorClass::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Sync(SyncError::Store(error)) | Self::Resolve(ResolveError::Store(error)) => {
                error.hint()
            }
            Self::Sync(SyncError::ManyGone { .. }) => Some(
                "`git status` shows what became of them; `ai-lab sync --allow-removals` puts them away"
                    .to_owned(),
            ),
            Self::Sync(SyncError::TooManyRefusals(_) | SyncError::TooManyCircles) => {
                Some("mend the files, then run the same command again".to_owned())
            }
            Self::Resolve(ResolveError::Nothing { .. }) => {
                Some("`ai-lab sync conflicts` shows what there is".to_owned())
            }
            Self::Resolve(ResolveError::WhichField { .. }) => {
                Some("`--field FIELD` names one".to_owned())
            }
            Self::Resolve(ResolveError::WhichBranch { .. }) => {
                Some("`--text VALUE` says which it is to be".to_owned())
            }
            Self::Resolve(ResolveError::FileChanged { .. } | ResolveError::Unwritten(_)) => {
                Some("`ai-lab sync`, then the same command again".to_owned())
            }
            Self::Resolve(ResolveError::NotSo { .. } | ResolveError::Lock(_))
            | Self::Sync(SyncError::Lock(_) | SyncError::Scan(_))
            | Self::Schemas(_) => None,
        }
    }
}

/// What a sync would do; nothing is written.
pub fn plan_sync(lab: &Lab, at: Moment, many_gone: bool) -> Result<SyncReport, SyncFilesError> {
    let mut store = lab.open(at).map_err(LabError::from)?;
    Ok(plan(&mut store, &request(lab, at, many_gone))?)
}

/// Makes lab and files alike, and publishes the files' schemas.
pub fn sync_files(lab: &Lab, at: Moment, many_gone: bool) -> Result<SyncReport, SyncFilesError> {
    let mut store = lab.open(at).map_err(LabError::from)?;
    let report = sync(&mut store, &request(lab, at, many_gone))?;
    publish_schemas(lab.root())?;
    Ok(report)
}

fn request(lab: &Lab, at: Moment, many_gone: bool) -> SyncRequest<'_> {
    SyncRequest {
        root: lab.root(),
        at,
        many_gone,
    }
}

/// What lab and files, or two branches, say differently.
pub fn conflicts(lab: &Lab, at: Moment) -> Result<Vec<DisputeRow>, LabError> {
    let store = lab.open(at)?;
    Ok(disputes(&store)?)
}

/// What was settled. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// As they were.
    pub settled: Vec<DisputeRow>,
}

/// Settles what is in conflict about an entity, or one field of it.
pub fn resolve_conflict(
    lab: &Lab,
    by: &By,
    name: &str,
    field: Option<&str>,
    take: Take,
) -> Result<Resolved, SyncFilesError> {
    let mut store = lab.open(by.at).map_err(LabError::from)?;
    let settlement = Settlement { name, field, take };
    let settled = resolve(&mut store, lab.root(), (&by.actor, by.at), &settlement)?;
    Ok(Resolved { settled })
}

/// Why a watch ended.
#[derive(Debug, thiserror::Error)]
pub enum WatchFilesError<E> {
    /// There is no watching.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// Whoever is told what happens wants no more.
    #[error(transparent)]
    Told(E),
}

/// Makes lab and files alike now and after every change of either, until telling fails. A sync that fails is told,
/// and the next change tries again.
pub fn watch_files<E>(
    lab: &Lab,
    now: impl Fn() -> Moment,
    mut tell: impl FnMut(Result<SyncReport, SyncFilesError>) -> Result<(), E>,
) -> Result<(), WatchFilesError<E>> {
    let watch = Watch::start(lab.root())?;
    loop {
        tell(sync_files(lab, now(), false)).map_err(WatchFilesError::Told)?;
        watch.wait()?;
    }
}

impl From<StoreError> for SyncFilesError {
    fn from(error: StoreError) -> Self {
        Self::Lab(error.into())
    }
}
