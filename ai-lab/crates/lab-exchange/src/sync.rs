//! One run: read, decide, carry out, until there is nothing left to do.

use std::time::Duration;

use lab_github::{CallError, Client, Wait};
use lab_model::{Actor, ActorKind, RepoName, Uid};
use lab_store::{GithubConflict, Order, OrderKind, Store, StoreError};

use crate::canon::unmarked_note;
use crate::fields::Policies;
use crate::local::shown;
use crate::pages::Desk;
use crate::plan::Plan;
use crate::pull::pull;
use crate::snapshot::Snapshot;
use crate::step::Step;
use crate::there::Budget;

/// How often a run decides anew, while others keep changing things.
const MOST_ROUNDS: u32 = 5;

/// How long after it was sent a lost thing may take to be seen in a list.
const SETTLING: Duration = Duration::from_secs(10);

/// What a run is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Show the plan and change nothing.
    pub plan_only: bool,
    /// Carry out the plan of this name, and no other.
    pub hash: Option<String>,
    /// Who wins where both sides changed a field.
    pub policies: Policies,
    /// How many things the run may write on GitHub; `None` is no end.
    pub most_writes: Option<u64>,
    /// Look through all issues for what is gone, due or not.
    pub sweep: bool,
}

/// What a run did.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The repository, as it is called by now.
    pub repo: Option<RepoName>,
    /// What was to be done at its beginning.
    pub steps: Vec<Step>,
    /// The plan's name.
    pub hash: String,
    /// Whether it was carried out.
    pub applied: bool,
    /// It was not, as nobody has ever looked at a plan for this repository.
    pub needs_a_look: bool,
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
    pub conflicts: Vec<GithubConflict>,
    /// What GitHub did not take, in words.
    pub warnings: Vec<String>,
    /// Whether something is left for the next run.
    pub is_left: bool,
}

/// Why a run ended before its end. What it had done is kept; the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The lab knows no such repository.
    #[error("the repository is not in the lab any more")]
    NoRepo,
    /// Nobody said which project its issues are items of.
    #[error("the repository belongs to no project")]
    NoProject,
    /// GitHub does not show it.
    #[error("GitHub has no repository {0}, or does not show it to this token")]
    NotThere(RepoName),
    /// Another repository has its name now.
    #[error("{0} is another repository by now than the one that was linked")]
    Another(RepoName),
    /// It takes no issues.
    #[error("{0} has issues turned off")]
    NoIssues(RepoName),
    /// What would be done is not what was looked at.
    #[error("the plan is {now} by now, not {given}")]
    Moved {
        /// The name that was given.
        given: String,
        /// The plan's name now.
        now: String,
    },
    /// GitHub could not be spoken with.
    #[error(transparent)]
    Call(Box<CallError>),
    /// The lab's database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CallError> for SyncError {
    fn from(error: CallError) -> Self {
        Self::Call(Box::new(error))
    }
}

/// Who changes the lab where GitHub says so.
pub(crate) fn sync_actor() -> Actor {
    Actor {
        kind: ActorKind::Sync,
        name: "github".to_owned(),
    }
}

/// Makes both sides alike, as far as they can be; shows what would be done where only a plan is asked for.
///
/// Wherever it is cut off, the same call goes on: all that it needs to know is in the database before it acts.
pub fn sync<S: Store>(
    store: &mut S,
    client: &mut Client<'_>,
    repo: &Uid,
    request: &Request,
) -> Result<Run, SyncError> {
    let here = pull(store, client, repo, request.sweep)?;
    let repo = repo.clone();
    let mut desk = Desk {
        store,
        client,
        repo,
    };
    desk.wait_for_lost(request)?;
    let (of, plan) = desk.decided(&request.policies)?;
    let mut run = Run {
        repo: Some(here.full_name),
        hash: plan.hash(),
        steps: plan.steps.clone(),
        ..Run::default()
    };
    if let Some(given) = &request.hash
        && *given != run.hash
    {
        let (given, now) = (given.clone(), run.hash);
        return Err(SyncError::Moved { given, now });
    }
    let is_first = of.state.applied_at.is_none();
    let unseen = is_first && request.hash.is_none() && !plan.steps.is_empty();
    if request.plan_only || unseen {
        run.needs_a_look = unseen;
        run.conflicts = clashes(&of, &plan, desk.client.now());
        return Ok(run);
    }
    desk.begin()?;
    let mut budget = Budget::new(request.most_writes);
    desk.rounds(request, &mut budget, &mut run)?;
    desk.note_conflicts(request, &mut run)?;
    run.applied = true;
    run.is_left |= budget.is_over;
    Ok(run)
}

impl<S: Store> Desk<'_, '_, S> {
    /// Notes that someone has looked at a plan.
    fn begin(&mut self) -> Result<(), StoreError> {
        let now = self.client.now();
        self.write("github.sync", |tx, repo| {
            let mut state = tx.github_state(repo)?;
            state.applied_at = Some(now);
            tx.keep_github_state(repo, &state)
        })
    }

    /// Decides and carries out until nothing is left.
    fn rounds(
        &mut self,
        request: &Request,
        budget: &mut Budget,
        run: &mut Run,
    ) -> Result<(), SyncError> {
        for _ in 0..MOST_ROUNDS {
            let (of, plan) = self.decided(&request.policies)?;
            let is_to_note = plan.pairs.iter().any(crate::plan::Pair::is_to_note);
            if plan.steps.is_empty() && plan.orders_done.is_empty() && !is_to_note {
                return Ok(());
            }
            let here = self.carry_out_here(&of, &plan)?;
            for order in &plan.orders_done {
                self.write("github.pull", |tx, _| tx.drop_order(order))?;
            }
            let there = self.carry_out_there(&request.policies, budget)?;
            run.made_here += here.made;
            run.changed_here += here.changed;
            run.linked += here.linked;
            run.made_there += there.made;
            run.changed_there += there.changed;
            run.comments_there += there.comments;
            run.warnings.extend(there.warnings);
            run.is_left = there.moved > 0;
            if there.made + there.changed + there.comments + there.moved > 0 {
                // The tags of what was written, so that the next run transfers nothing.
                let repo = self.repo.clone();
                pull(self.store, self.client, &repo, false)?;
            } else if here == crate::here::DoneHere::default() {
                return Ok(());
            }
            if budget.is_over {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Where an answer was lost a moment ago, waits until a list would show what it was about, and looks.
    fn wait_for_lost(&mut self, request: &Request) -> Result<(), SyncError> {
        let (of, plan) = self.decided(&request.policies)?;
        let is_found = |order: &Order| match order.kind {
            OrderKind::Issue => plan.links.iter().any(|(_, _, uid)| *uid == order.of),
            OrderKind::Comment => of
                .comments
                .iter()
                .any(|comment| unmarked_note(&comment.body).1.as_ref() == Some(&order.uid)),
        };
        let lost = of.orders.iter().filter(|order| !is_found(order));
        let Some(sent) = lost.filter_map(|order| order.sent_at).max() else {
            return Ok(());
        };
        let gone = self.client.now().ms().saturating_sub(sent.ms());
        let gone = Duration::from_millis(u64::try_from(gone).unwrap_or(0));
        if let Some(left) = SETTLING.checked_sub(gone).filter(|left| !left.is_zero()) {
            self.client.wait(left, Wait::Settling);
            let repo = self.repo.clone();
            pull(self.store, self.client, &repo, false)?;
        }
        Ok(())
    }

    /// Keeps what clashes, and settles what both sides have made alike by themselves.
    fn note_conflicts(&mut self, request: &Request, run: &mut Run) -> Result<(), SyncError> {
        let (of, plan) = self.decided(&request.policies)?;
        let now = self.client.now();
        let open = clashes(&of, &plan, now);
        // What would go round in a circle is told by the store alone, each time it is tried.
        let still = |known: &GithubConflict| {
            let same = |one: &GithubConflict| {
                (one.numbering, one.number, &one.field)
                    == (known.numbering, known.number, &known.field)
            };
            open.iter().any(same)
                || plan.pairs.iter().any(|pair| {
                    (pair.numbering, pair.number) == (known.numbering, known.number)
                        && pair.here().iter().any(|change| change.field == known.field)
                })
        };
        if !open.is_empty() || of.conflicts.iter().any(|known| !still(known)) {
            self.write("github.sync", |tx, repo| {
                for conflict in &open {
                    tx.open_github_conflict(repo, conflict)?;
                }
                for known in of.conflicts.iter().filter(|known| !still(known)) {
                    tx.settle_github_conflict(repo, known, "both sides are alike")?;
                }
                Ok(())
            })?;
        }
        let uid = self.repo.clone();
        run.conflicts = self.store.read(|tx| tx.github_conflicts(&uid))?;
        Ok(())
    }
}

/// What clashes, as it is kept.
fn clashes(of: &Snapshot, plan: &Plan, now: lab_model::Moment) -> Vec<GithubConflict> {
    let known = |numbering, number: u64, field: &str| {
        let mut all = of.conflicts.iter();
        let found = all.find(|one| {
            (one.numbering, one.number, one.field.as_str()) == (numbering, number, field)
        });
        found.map(|one| one.opened_at)
    };
    let mut found = Vec::new();
    for pair in &plan.pairs {
        for (field, clash) in &pair.merge.clashes {
            let text =
                |value: &Option<lab_merge::Value>| value.as_ref().map(|value| shown(Some(value)));
            found.push(GithubConflict {
                uid: pair.uid.clone(),
                numbering: pair.numbering,
                number: pair.number,
                field: (*field).to_owned(),
                base: text(&clash.base),
                local: text(&clash.local),
                remote: text(&clash.remote),
                opened_at: known(pair.numbering, pair.number, field).unwrap_or(now),
            });
        }
    }
    found
}
