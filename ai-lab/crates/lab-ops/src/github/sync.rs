//! Makes the lab and a repository alike, or shows what would be done.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use lab_exchange::{Policies, Request, Run};
use lab_github::{ApiAddress, CallError, Client, Exchange, Pace};
use lab_model::Moment;
use serde::Serialize;

use super::conflicts::{ConflictRow, rows};
use super::named::{NoSuchLink, named};
use crate::files::mirror_after;
use crate::{Failure, Lab, LabError};

/// How long one call may wait for GitHub's limits; what would take longer is left for another run.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// What a run is asked to do.
#[derive(Clone, Debug, Default)]
pub struct SyncRequest {
    /// Which repository: its label or `owner/name`; `None` is the only one.
    pub repo: Option<String>,
    /// Show the plan and change nothing.
    pub plan_only: bool,
    /// Carry out the plan of this name, and no other.
    pub hash: Option<String>,
    /// Who wins where both sides changed a field.
    pub policies: Policies,
    /// How many things the run may write on GitHub.
    pub most_writes: Option<u64>,
    /// Look through all issues for what is gone.
    pub sweep: bool,
    /// Where GitHub is.
    pub api: ApiAddress,
}

/// One step of a plan. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncLine {
    /// What is done, in one word.
    pub step: &'static str,
    /// The same in a sentence.
    pub text: String,
    /// The entity's label; `None` where it will be made.
    pub label: Option<String>,
    /// The number there; `None` where it will be made.
    pub number: Option<u64>,
    /// The fields that change, with what they were and will be.
    pub changes: Vec<(String, String, String)>,
}

/// What a run did, or would do. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// `owner/name`.
    pub repo: String,
    /// The name of the plan, for `--apply`.
    pub plan: String,
    /// Whether it was carried out.
    pub applied: bool,
    /// It was not, as nobody has ever looked at a plan for this repository.
    pub needs_a_look: bool,
    /// What was to be done at its beginning.
    pub steps: Vec<SyncLine>,
    /// Entities made in the lab.
    pub made_here: u64,
    /// Entities changed in the lab.
    pub changed_here: u64,
    /// Entities and things that were found to be the same.
    pub linked: u64,
    /// Things made on GitHub.
    pub made_there: u64,
    /// Things changed on GitHub.
    pub changed_there: u64,
    /// Comments written on GitHub.
    pub comments_there: u64,
    /// What nobody has decided.
    pub conflicts: Vec<ConflictRow>,
    /// What GitHub did not take.
    pub warnings: Vec<String>,
    /// Whether something is left for the next run.
    pub is_left: bool,
}

/// Why a run ended before its end. What it had done is kept; the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// It is not clear with which repository.
    #[error(transparent)]
    Named(#[from] NoSuchLink),
    /// Another run is at work in this lab.
    #[error("another exchange with GitHub is at work in this lab")]
    Busy,
    /// The lock that keeps runs apart cannot be had.
    #[error("cannot lock {}", path.display())]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The exchange itself failed.
    #[error(transparent)]
    Exchange(#[from] lab_exchange::SyncError),
}

impl From<LabError> for SyncError {
    fn from(error: LabError) -> Self {
        Self::Named(error.into())
    }
}

impl Failure for SyncError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Named(error) => error.class(),
            Self::Busy => ErrorClass::Conflict,
            Self::Lock { .. } => ErrorClass::Environment,
            Self::Exchange(error) => exchange_class(error),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Named(error) => error.hint(),
            Self::Busy => Some("wait until it is over".to_owned()),
            Self::Lock { .. } => None,
            Self::Exchange(error) => exchange_hint(error),
        }
    }
}

fn exchange_class(error: &lab_exchange::SyncError) -> ErrorClass {
    use lab_exchange::SyncError as E;
    match error {
        E::NoRepo | E::NoProject | E::NotThere(_) => ErrorClass::NotFound,
        E::Another(_) | E::Moved { .. } => ErrorClass::Conflict,
        E::NoIssues(_) => ErrorClass::Refused,
        E::Store(error) => error.class(),
        E::Call(error) => match **error {
            CallError::Unauthorised => ErrorClass::Config,
            CallError::Forbidden { .. } => ErrorClass::Refused,
            CallError::Lost { .. }
            | CallError::Limited { .. }
            | CallError::NotFound { .. }
            | CallError::Gone { .. }
            | CallError::Invalid { .. }
            | CallError::Status { .. }
            | CallError::Unreadable { .. }
            | CallError::SentOn { .. } => ErrorClass::Environment,
        },
    }
}

fn exchange_hint(error: &lab_exchange::SyncError) -> Option<String> {
    use lab_exchange::SyncError as E;
    let again = "`ai-lab github sync` goes on where it was";
    match error {
        E::NoRepo | E::NoProject => {
            Some("`ai-lab github link OWNER/NAME --project P` links it".to_owned())
        }
        E::NotThere(_) => Some("look at the name, and whether the token may read it".to_owned()),
        E::Another(_) => Some("`ai-lab repo edit` gives the linked one its new name".to_owned()),
        E::Moved { .. } => {
            Some("`ai-lab github sync --plan` shows what would be done now".to_owned())
        }
        E::NoIssues(_) => Some("turn them on in the repository's settings".to_owned()),
        E::Store(error) => error.hint(),
        E::Call(error) => Some(match **error {
            CallError::Unauthorised => {
                "look where the token comes from: AI_LAB_GITHUB_TOKEN, GITHUB_TOKEN, the framework's secret github_token, `gh`".to_owned()
            }
            CallError::Forbidden { .. } => {
                "the token needs the right to read and write issues".to_owned()
            }
            CallError::Lost { .. }
            | CallError::Limited { .. }
            | CallError::NotFound { .. }
            | CallError::Gone { .. }
            | CallError::Invalid { .. }
            | CallError::Status { .. }
            | CallError::Unreadable { .. }
            | CallError::SentOn { .. } => again.to_owned(),
        }),
    }
}

/// One run with one repository.
pub fn sync(
    lab: &Lab,
    at: Moment,
    request: &SyncRequest,
    exchange: &mut dyn Exchange,
    pace: &mut dyn Pace,
) -> Result<SyncReport, SyncError> {
    let repo = lab.read(at, |tx| named(tx, request.repo.as_deref()))?;
    let _lock = lock(lab)?;
    let mut store = lab.open(at).map_err(LabError::from)?;
    let mut client = Client::new(exchange, pace, request.api.clone(), LONGEST_WAIT);
    let asked = Request {
        plan_only: request.plan_only,
        hash: request.hash.clone(),
        policies: request.policies.clone(),
        most_writes: request.most_writes,
        sweep: request.sweep,
    };
    let ran = lab_exchange::sync(&mut store, &mut client, &repo.head.uid, &asked);
    // Also of a run that was cut short the files tell what came in.
    let touched = store.take_touched();
    mirror_after(lab, &mut store, at, &touched);
    let run = ran?;
    let conflicts = lab.read::<_, LabError>(at, |tx| Ok(rows(tx, &repo, &run.conflicts)?))?;
    Ok(report(run, repo.full_name.as_str(), conflicts))
}

fn report(run: Run, name: &str, conflicts: Vec<ConflictRow>) -> SyncReport {
    let line = |step: lab_exchange::Step| SyncLine {
        step: step.doing.as_str(),
        text: step.to_string(),
        label: step.label,
        number: step.number,
        changes: step
            .changes
            .into_iter()
            .map(|change| (change.field.to_owned(), change.before, change.after))
            .collect(),
    };
    SyncReport {
        repo: run
            .repo
            .map_or_else(|| name.to_owned(), |name| name.to_string()),
        plan: run.hash,
        applied: run.applied,
        needs_a_look: run.needs_a_look,
        steps: run.steps.into_iter().map(line).collect(),
        made_here: run.made_here,
        changed_here: run.changed_here,
        linked: run.linked,
        made_there: run.made_there,
        changed_there: run.changed_there,
        comments_there: run.comments_there,
        conflicts,
        warnings: run.warnings,
        is_left: run.is_left,
    }
}

/// One run at a time; the lock goes with its process.
fn lock(lab: &Lab) -> Result<File, SyncError> {
    let path = lab.root().join("data").join(".github.lock");
    let failed = |source| SyncError::Lock {
        path: path.clone(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut open = OpenOptions::new();
    let file = open
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SyncError::Busy),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
