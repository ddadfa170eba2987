//! Reads GitHub into the lab's tables; changes nothing that people see.

use std::collections::BTreeMap;
use std::time::Duration;

use lab_github::{
    Call, CallError, Client, Comment, Issue, LabelThere, MilestoneThere, Page, RepoThere,
};
use lab_merge::{Image, Value};
use lab_model::{GithubRepo, Moment, RepoName, Uid};
use lab_store::{GithubComment, GithubPage, GithubThing, Numbering, Store, StoreError, Writer};

use crate::SyncError;
use crate::canon::{clean, issue_image, milestone_image, number_at_end};
use crate::facts::{facts, image};
use crate::fields::{LABELS, STAGE, STAGE_PREFIX};
use crate::pages::{Desk, List};

/// How long until all issues are looked through again: what is deleted shows in no list of changes.
const BETWEEN_SWEEPS: Duration = Duration::from_hours(7 * 24);

/// Reads everything that changed since the last time, and looks for what is gone where that is due.
pub fn pull<S: Store>(
    store: &mut S,
    client: &mut Client<'_>,
    repo: &Uid,
    sweep: bool,
) -> Result<GithubRepo, SyncError> {
    let repo = repo.clone();
    let mut desk = Desk {
        store,
        client,
        repo,
    };
    let repo = desk.read_repo()?;
    desk.read_labels(&repo.full_name)?;
    desk.read_milestones(&repo.full_name)?;
    let swept_at = desk.state()?.swept_at;
    let started = desk.client.now();
    let is_first = desk.state()?.issues_since.is_none();
    desk.read_changes(&repo)?;
    let is_due = swept_at.is_none_or(|at| started.ms() - at.ms() > ms(BETWEEN_SWEEPS));
    if is_first && swept_at.is_none() {
        // Everything was just read.
        desk.note_sweep(started)?;
    } else if sweep || is_due {
        desk.sweep(&repo, started)?;
    }
    Ok(repo)
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl<S: Store> Desk<'_, '_, S> {
    fn state(&self) -> Result<lab_store::GithubState, StoreError> {
        self.store.read(|tx| tx.github_state(&self.repo))
    }

    /// Looks whether the repository is there, and what it is called by now.
    fn read_repo(&mut self) -> Result<GithubRepo, SyncError> {
        let uid = self.repo.clone();
        let found = self.store.read(|tx| tx.repo(&uid))?;
        let mut repo = found.ok_or(SyncError::NoRepo)?;
        let path = Call::repo(&repo.full_name).path;
        let known = self.store.read(|tx| tx.github_page(&uid, &path))?;
        let page = self
            .client
            .one::<RepoThere>(&path, known.map(|page| page.etag));
        let (there, etag) = match page {
            Ok(None) => return Ok(repo),
            Ok(Some(found)) => found,
            Err(CallError::NotFound { .. }) => {
                return Err(SyncError::NotThere(repo.full_name.clone()));
            }
            Err(error) => return Err(error.into()),
        };
        if repo.github_id.is_some_and(|id| id != there.id) {
            return Err(SyncError::Another(repo.full_name.clone()));
        }
        if there.has_issues == Some(false) {
            return Err(SyncError::NoIssues(repo.full_name.clone()));
        }
        if let Ok(name) = there.full_name.parse::<RepoName>() {
            repo.full_name = name;
        }
        repo.github_id = Some(there.id);
        let path = Call::repo(&repo.full_name).path;
        let now = repo.clone();
        self.write("github.pull", |tx, uid| {
            tx.update_repo(&now)?;
            let page = etag.map(|etag| GithubPage { etag, next: None });
            tx.keep_github_page(uid, &path, page.as_ref())
        })?;
        let found = self.store.read(|tx| tx.repo(&uid))?;
        found.ok_or(SyncError::NoRepo)
    }

    /// Reads the labels. A label that has another name, or is gone, changes issues without touching them.
    fn read_labels(&mut self, repo: &RepoName) -> Result<(), SyncError> {
        let Some(labels) = self.whole::<LabelThere>(&Call::labels_path(repo))? else {
            return Ok(());
        };
        let now: BTreeMap<u64, String> = labels
            .into_iter()
            .filter_map(|label| match label {
                LabelThere::Full { id, name } => Some((id?, name?)),
                LabelThere::Name(_) => None,
            })
            .collect();
        self.write("github.pull", |tx, repo| {
            let before = tx.github_labels(repo)?;
            let renamed: BTreeMap<String, Option<String>> = before
                .into_iter()
                .filter(|(id, name)| now.get(id) != Some(name))
                .map(|(id, name)| (name, now.get(&id).cloned()))
                .collect();
            if !renamed.is_empty() {
                for mut thing in tx.github_things(repo)? {
                    let there = relabelled(&image(&thing.remote), &renamed);
                    if facts(&there) != thing.remote {
                        thing.remote = facts(&there);
                        tx.keep_github_thing(repo, &thing)?;
                    }
                }
            }
            tx.keep_github_labels(repo, &now)
        })?;
        Ok(())
    }

    fn read_milestones(&mut self, repo: &RepoName) -> Result<(), SyncError> {
        let Some(milestones) = self.whole::<MilestoneThere>(&Call::milestones_path(repo))? else {
            return Ok(());
        };
        let now = self.client.now();
        self.write("github.pull", |tx, repo| {
            for milestone in &milestones {
                keep_milestone(tx, repo, milestone, now)?;
            }
            let is_there = |number: u64| milestones.iter().any(|one| one.number == number);
            let known = tx.github_things(repo)?.into_iter();
            for thing in known.filter(|thing| thing.numbering == Numbering::Milestone) {
                if !is_there(thing.number) && !thing.is_gone {
                    tx.keep_github_thing(
                        repo,
                        &GithubThing {
                            is_gone: true,
                            ..thing
                        },
                    )?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Reads issues and comments that changed.
    fn read_changes(&mut self, repo: &GithubRepo) -> Result<(), SyncError> {
        let (name, id) = (&repo.full_name, repo.github_id);
        let now = self.client.now();
        self.changes::<Issue>(&List {
            path: &|since| Call::issues_path(name, since),
            since: |state| &mut state.issues_since,
            changed: |issue| issue.updated_at,
            keep: &|tx, uid, issue| keep_issue(tx, uid, issue, (name, id), now),
        })?;
        self.changes::<Comment>(&List {
            path: &|since| Call::comments_path(name, since),
            since: |state| &mut state.comments_since,
            changed: |comment| comment.updated_at,
            keep: &|tx, uid, comment| keep_comment(tx, uid, comment),
        })
    }

    fn note_sweep(&mut self, at: Moment) -> Result<(), StoreError> {
        let mut state = self.state()?;
        state.swept_at = Some(at);
        self.write("github.pull", |tx, repo| tx.keep_github_state(repo, &state))
    }

    /// Looks through all issues; one that no list has is asked for by itself before it counts as gone.
    fn sweep(&mut self, repo: &GithubRepo, started: Moment) -> Result<(), SyncError> {
        let (name, id) = (&repo.full_name, repo.github_id);
        let mut path = Some(Call::every_issue_path(name));
        while let Some(at) = path.take() {
            let Page::Now { entries, next, .. } = self.client.page::<Issue>(&at, None)? else {
                break;
            };
            let now = self.client.now();
            self.write("github.pull", |tx, uid| {
                entries
                    .iter()
                    .try_for_each(|issue| keep_issue(tx, uid, issue, (name, id), now))
            })?;
            path = next;
        }
        let uid = self.repo.clone();
        let things = self.store.read(|tx| tx.github_things(&uid))?;
        let missing = things.into_iter().filter(|thing| {
            thing.numbering == Numbering::Issue && !thing.is_gone && thing.seen_at < started
        });
        for thing in missing {
            self.look_again(repo, &thing)?;
        }
        self.note_sweep(started)?;
        Ok(())
    }

    /// Reads one issue; `None` where it is gone, which is noted.
    pub(crate) fn look_again(
        &mut self,
        repo: &GithubRepo,
        thing: &GithubThing,
    ) -> Result<Option<GithubThing>, SyncError> {
        let answer = self
            .client
            .ask::<Issue>(&Call::issue(&repo.full_name, thing.number));
        let issue = match answer {
            // One that was moved elsewhere answers as what it is there.
            Ok(issue) if issue.id == thing.github_id => Some(issue),
            Ok(_) | Err(CallError::Gone { .. } | CallError::SentOn { .. }) => None,
            Err(CallError::NotFound { .. }) => {
                // Without the right to read, everything is not there: that says nothing of the issue.
                self.client.tell(&Call::repo(&repo.full_name))?;
                None
            }
            Err(error) => return Err(error.into()),
        };
        let now = self.client.now();
        let of = (&repo.full_name, repo.github_id);
        let number = thing.number;
        let found = self.write("github.pull", |tx, uid| {
            match &issue {
                Some(issue) => keep_issue(tx, uid, issue, of, now)?,
                None => tx.keep_github_thing(
                    uid,
                    &GithubThing {
                        is_gone: true,
                        ..thing.clone()
                    },
                )?,
            }
            tx.github_thing(uid, Numbering::Issue, number)
        })?;
        Ok(found.filter(|thing| !thing.is_gone))
    }
}

/// What an issue holds, after labels got other names or went.
fn relabelled(there: &Image, renamed: &BTreeMap<String, Option<String>>) -> Image {
    let stage = there.text(STAGE).unwrap_or_default();
    let stages = stage.split(", ").filter(|one| !one.is_empty());
    let stages = stages.map(|stage| format!("{STAGE_PREFIX}{stage}"));
    let before = there.members(LABELS).into_iter().chain(stages);
    let by_now = before.filter_map(|name| renamed.get(&name).cloned().unwrap_or(Some(name)));
    let (stages, labels): (Vec<String>, Vec<String>) =
        by_now.partition(|name| name.starts_with(STAGE_PREFIX));
    let stages: Vec<&str> = stages
        .iter()
        .map(|name| &name[STAGE_PREFIX.len()..])
        .collect();
    let mut image = there.clone();
    image.put(LABELS, Value::set(labels));
    image.put(STAGE, Value::text(stages.join(", ")));
    image
}

/// Notes an issue as it is there; pull requests, which lists hold too, are passed over.
pub(crate) fn keep_issue(
    tx: &mut dyn Writer,
    repo: &Uid,
    issue: &Issue,
    of: (&RepoName, Option<u64>),
    now: Moment,
) -> Result<(), StoreError> {
    if issue.pull_request.is_some() {
        return Ok(());
    }
    let (there, marker) = issue_image(issue, of.0, of.1);
    let before = tx.github_thing(repo, Numbering::Issue, issue.number)?;
    let (base, refused) = before
        .map(|thing| (thing.base, thing.refused))
        .unwrap_or_default();
    let thing = GithubThing {
        numbering: Numbering::Issue,
        number: issue.number,
        github_id: issue.id,
        is_gone: false,
        marker,
        author: issue.user.as_ref().map(|user| user.login.clone()),
        created_at: Some(issue.created_at),
        closed_at: issue.closed_at,
        seen_at: now,
        remote: facts(&there),
        base,
        refused,
    };
    tx.keep_github_thing(repo, &thing)
}

/// Notes a milestone as it is there.
pub(crate) fn keep_milestone(
    tx: &mut dyn Writer,
    repo: &Uid,
    milestone: &MilestoneThere,
    now: Moment,
) -> Result<(), StoreError> {
    let before = tx.github_thing(repo, Numbering::Milestone, milestone.number)?;
    let (base, refused) = before
        .map(|thing| (thing.base, thing.refused))
        .unwrap_or_default();
    let thing = GithubThing {
        numbering: Numbering::Milestone,
        number: milestone.number,
        github_id: milestone.number,
        is_gone: false,
        marker: None,
        author: None,
        created_at: None,
        closed_at: None,
        seen_at: now,
        remote: facts(&milestone_image(milestone)),
        base,
        refused,
    };
    tx.keep_github_thing(repo, &thing)
}

/// Notes a comment; those on pull requests are passed over with these.
pub(crate) fn keep_comment(
    tx: &mut dyn Writer,
    repo: &Uid,
    comment: &Comment,
) -> Result<(), StoreError> {
    let Some(number) = number_at_end(&comment.issue_url) else {
        return Ok(());
    };
    if tx.github_thing(repo, Numbering::Issue, number)?.is_none() {
        return Ok(());
    }
    let kept = GithubComment {
        comment_id: comment.id,
        number,
        author: comment.user.as_ref().map(|user| user.login.clone()),
        body: clean(comment.body.as_deref().unwrap_or_default()),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
    };
    tx.keep_github_comment(repo, &kept)
}
