//! Carries out what a plan changes on GitHub, one call after the other.

use std::collections::{BTreeMap, BTreeSet};

use lab_github::{Call, CallError, Issue, LabelThere, MilestoneChange, MilestoneThere, NewIssue};
use lab_merge::{Image, Value};
use lab_model::{GithubLink, GithubRepo, Uid, WorkItem};
use lab_store::{GithubFact, Numbering, Order, Store, StoreError};

use crate::SyncError;
use crate::canon::{folded, marked, merged_side};
use crate::change::Wanted;
use crate::facts::{facts, image};
use crate::fields::{
    ASSIGNEE, BODY, DUE, LABELS, MILESTONE, OPEN, Policies, STAGE, STAGE_PREFIX, STATE, TITLE,
};
use crate::local::{goes_there, item_image, milestone_image, shown};
use crate::outbox::Sent;
use crate::pages::Desk;
use crate::plan::{Pair, Plan, comments_to_write, decide};
use crate::pull::{keep_issue, keep_milestone};
use crate::snapshot::Snapshot;

/// The longest title that GitHub takes, in characters.
const LONGEST_TITLE: usize = 256;

/// The longest text that GitHub takes, in characters.
const LONGEST_BODY: usize = 65_536;

/// What was done on GitHub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DoneThere {
    pub(crate) made: u64,
    pub(crate) changed: u64,
    pub(crate) comments: u64,
    /// Things that changed while the run went on; the next round sees them.
    pub(crate) moved: u64,
    /// What GitHub did not take, in words.
    pub(crate) warnings: Vec<String>,
}

/// How much a run may still send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    left: Option<u64>,
    /// Something was left for the next run.
    pub(crate) is_over: bool,
}

impl Budget {
    pub(crate) const fn new(most: Option<u64>) -> Self {
        Self {
            left: most,
            is_over: false,
        }
    }

    /// Takes one write; `false` where there is none left.
    const fn take(&mut self) -> bool {
        match &mut self.left {
            None => true,
            Some(0) => {
                self.is_over = true;
                false
            }
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

impl<S: Store> Desk<'_, '_, S> {
    /// Sends what the lab has and GitHub has not: milestones, then issues, then changes, then comments, each decided
    /// from what the ones before have left.
    pub(crate) fn carry_out_there(
        &mut self,
        policies: &Policies,
        budget: &mut Budget,
    ) -> Result<DoneThere, SyncError> {
        let mut done = DoneThere::default();
        let (of, plan) = self.decided(policies)?;
        for uid in made_there(&plan, Numbering::Milestone).filter(|_| budget.take()) {
            self.make_milestone(&of, uid, &mut done)?;
        }
        let (of, plan) = self.decided(policies)?;
        for uid in made_there(&plan, Numbering::Issue).filter(|_| budget.take()) {
            self.make_issue(&of, uid, &mut done)?;
        }
        let (of, plan) = self.decided(policies)?;
        for pair in plan.pairs.iter().filter(|pair| !pair.there().is_empty()) {
            if budget.take() {
                match pair.numbering {
                    Numbering::Issue => self.change_issue(&of, pair, &mut done)?,
                    Numbering::Milestone => self.change_milestone(&of, pair, &mut done)?,
                }
            }
        }
        for order in comments_to_write(&of, &plan).filter(|_| budget.take()) {
            self.write_comment(&of, order, &mut done)?;
        }
        Ok(done)
    }

    /// Both sides as they are by now, and what is to be done.
    pub(crate) fn decided(&self, policies: &Policies) -> Result<(Snapshot, Plan), SyncError> {
        let of = self.store.read(|tx| Snapshot::read(tx, &self.repo))?;
        let of = of.ok_or(SyncError::NoProject)?;
        let plan = decide(&of, policies);
        Ok((of, plan))
    }

    fn make_milestone(
        &mut self,
        of: &Snapshot,
        uid: &Uid,
        done: &mut DoneThere,
    ) -> Result<(), SyncError> {
        let Some(milestone) = of.milestones.get(uid) else {
            return Ok(());
        };
        let wanted = milestone_image(milestone);
        let new = milestone_change(&wanted, |_| true);
        let call = Call::create_milestone(&of.repo.full_name, &new);
        let there = match self.client.ask::<MilestoneThere>(&call) {
            Ok(there) => there,
            // It is there by that title: the next reading finds it, and the next round links it.
            Err(CallError::Invalid {
                already_exists: true,
                ..
            }) => {
                done.moved += 1;
                return Ok(());
            }
            Err(error) => return warn(done, milestone.head.label.as_str(), error),
        };
        let now = self.client.now();
        self.write("github.push", |tx, repo| {
            keep_milestone(tx, repo, &there, now)?;
            if let Some(mut milestone) = tx.milestone(uid)?.filter(|one| one.github.is_none()) {
                milestone.github = Some(link(repo, there.number, now));
                tx.update_milestone(&milestone)?;
            }
            let kept = tx.github_thing(repo, Numbering::Milestone, there.number)?;
            kept.map_or(Ok(()), |mut thing| {
                // What differs was changed on the way, or is not taken with a new one: it follows.
                thing.base = Some(thing.remote.clone());
                tx.keep_github_thing(repo, &thing)
            })
        })?;
        done.made += 1;
        Ok(())
    }

    fn make_issue(
        &mut self,
        of: &Snapshot,
        uid: &Uid,
        done: &mut DoneThere,
    ) -> Result<(), SyncError> {
        let Some(item) = of.items.get(uid) else {
            return Ok(());
        };
        let label = item.head.label.as_str();
        let wanted = item_image(item, of, &Image::default());
        let title = wanted.text(TITLE).unwrap_or_default().to_owned();
        if title.is_empty() || title.chars().count() > LONGEST_TITLE {
            let told = format!("{label}: GitHub takes titles of 1 to {LONGEST_TITLE} characters");
            done.warnings.push(told);
            return Ok(());
        }
        let body = body_of(&wanted, uid).unwrap_or_else(|| marked("", uid));
        let labels = self.labels_for(of, item, wanted.text(STAGE))?;
        let new = NewIssue {
            title,
            body,
            labels,
            assignees: wanted
                .text(ASSIGNEE)
                .map(str::to_owned)
                .into_iter()
                .collect(),
            milestone: wanted
                .text(MILESTONE)
                .and_then(|number| number.parse().ok()),
        };
        let order = self.order(of, uid)?;
        let call = Call::create_issue(&of.repo.full_name, &new);
        let issue = match self.once::<Issue>(&call, &order)? {
            Sent::Made(issue) => issue,
            Sent::Refused(why) => {
                done.warnings.push(format!("{label}: {why}"));
                return Ok(());
            }
        };
        let base = self.note_made(of, uid, &issue, &wanted, &order)?;
        tell_refused(done, label, &base);
        done.made += 1;
        Ok(())
    }

    /// Links the item to its new issue, and notes what GitHub took of it. Answers with what it did not take.
    fn note_made(
        &mut self,
        of: &Snapshot,
        uid: &Uid,
        issue: &Issue,
        wanted: &Image,
        order: &Order,
    ) -> Result<Vec<GithubFact>, StoreError> {
        let now = self.client.now();
        let name = (&of.repo.full_name, of.repo.github_id);
        let label = of.items.get(uid).map(|item| &item.head.label);
        self.write("github.push", |tx, repo| {
            keep_issue(tx, repo, issue, name, now)?;
            if let Some(mut item) = tx.item(uid)?.filter(|item| item.github.is_none()) {
                item.github = Some(link(repo, issue.number, now));
                tx.update_item(&item)?;
            }
            tx.drop_order(&order.uid)?;
            let Some(mut thing) = tx.github_thing(repo, Numbering::Issue, issue.number)? else {
                return Ok(Vec::new());
            };
            let there = merged_side(&image(&thing.remote), wanted, label);
            // Where it stands and what it is a part of is said by calls of their own.
            let sent = [TITLE, BODY, LABELS, ASSIGNEE, MILESTONE];
            let refused = sent
                .into_iter()
                .filter(|field| there.get(field) != wanted.get(field));
            thing.refused = refused.map(|field| refusal(field, wanted)).collect();
            thing.base = Some(facts(&there));
            tx.keep_github_thing(repo, &thing)?;
            Ok(thing.refused)
        })
    }

    /// The labels that an item should have there, made where they are not yet.
    fn labels_for(
        &mut self,
        of: &Snapshot,
        item: &WorkItem,
        stage: Option<&str>,
    ) -> Result<Vec<String>, SyncError> {
        let tags = item
            .labels
            .iter()
            .map(lab_model::Tag::as_str)
            .filter(|tag| goes_there(tag));
        let stage = stage
            .filter(|stage| *stage != "todo")
            .map(|stage| format!("{STAGE_PREFIX}{stage}"));
        let mut seen = BTreeSet::new();
        let all = tags.map(str::to_owned).chain(stage);
        let names: Vec<String> = all.filter(|name| seen.insert(folded(name))).collect();
        for name in &names {
            self.need_label(&of.repo, name)?;
        }
        Ok(names)
    }

    /// Makes a label where there is none of the name. Without the right to, issues go without.
    pub(crate) fn need_label(&mut self, repo: &GithubRepo, name: &str) -> Result<(), SyncError> {
        let uid = self.repo.clone();
        let known = self.store.read(|tx| tx.github_labels(&uid))?;
        if known.values().any(|own| folded(own) == folded(name)) {
            return Ok(());
        }
        let made = match self
            .client
            .ask::<LabelThere>(&Call::create_label(&repo.full_name, name))
        {
            Ok(LabelThere::Full {
                id: Some(id),
                name: Some(name),
            }) => (id, name),
            Ok(_)
            | Err(
                CallError::Invalid { .. }
                | CallError::NotFound { .. }
                | CallError::Forbidden { .. },
            ) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let labels: BTreeMap<u64, String> = known.into_iter().chain([made]).collect();
        self.write("github.push", |tx, repo| {
            tx.keep_github_labels(repo, &labels)
        })?;
        Ok(())
    }

    fn change_milestone(
        &mut self,
        of: &Snapshot,
        pair: &Pair,
        done: &mut DoneThere,
    ) -> Result<(), SyncError> {
        let wanting: BTreeMap<&str, Option<&Value>> =
            pair.merge.wanting(&pair.rules, &pair.remote).collect();
        let change = milestone_change(&pair.merge.agreed, |field| wanting.contains_key(field));
        let mut there = pair.remote.clone();
        if change != MilestoneChange::default() {
            let call = Call::change_milestone(&of.repo.full_name, pair.number, &change);
            let answer = match self.client.ask::<MilestoneThere>(&call) {
                Ok(answer) => answer,
                Err(error) => return warn(done, pair.label.as_str(), error),
            };
            there = crate::canon::milestone_image(&answer);
            let now = self.client.now();
            self.write("github.push", |tx, repo| {
                keep_milestone(tx, repo, &answer, now)
            })?;
        }
        let sent: Vec<&'static str> = pair.there().iter().map(|change| change.field).collect();
        let refused = self.fold(pair, &sent, &there)?;
        tell_refused(done, pair.label.as_str(), &refused);
        done.changed += 1;
        Ok(())
    }

    fn change_issue(
        &mut self,
        of: &Snapshot,
        pair: &Pair,
        done: &mut DoneThere,
    ) -> Result<(), SyncError> {
        let (Some(thing), Some(item)) = (
            of.things.get(&(Numbering::Issue, pair.number)),
            of.items.get(&pair.uid),
        ) else {
            return Ok(());
        };
        // GitHub has no way to write only what is as it was seen: so it is looked at right before.
        let Some(seen) = self.look_again(&of.repo, thing)? else {
            done.moved += 1;
            return Ok(());
        };
        if seen.remote != thing.remote {
            done.moved += 1;
            return Ok(());
        }
        let wanted = Wanted::of(pair, thing, item);
        let sent = self.send(of, &wanted, done)?;
        let there = self.look_again(&of.repo, thing)?;
        let there = there.map(|thing| image(&thing.remote)).unwrap_or_default();
        let there = merged_side(&there, &pair.merge.agreed, Some(&pair.label));
        let refused = self.fold(pair, &sent, &there)?;
        tell_refused(done, pair.label.as_str(), &refused);
        done.changed += 1;
        Ok(())
    }

    /// Makes the calls of a change, and tells which fields they said.
    fn send(
        &mut self,
        of: &Snapshot,
        wanted: &Wanted,
        done: &mut DoneThere,
    ) -> Result<Vec<&'static str>, SyncError> {
        for name in &wanted.new_labels {
            self.need_label(&of.repo, name)?;
        }
        for call in wanted.calls(&of.repo.full_name) {
            match self.client.tell(&call) {
                // A label that is not there needs no removing; of the rest the answer tells what became of it.
                Ok(()) | Err(CallError::NotFound { .. } | CallError::Invalid { .. }) => {}
                Err(error) => {
                    return warn(done, &wanted.label, error).map(|()| wanted.fields.clone());
                }
            }
        }
        Ok(wanted.fields.clone())
    }

    /// Notes what both sides agree in, now that GitHub answered; tells what it did not take.
    fn fold(
        &mut self,
        pair: &Pair,
        sent: &[&'static str],
        there: &Image,
    ) -> Result<Vec<GithubFact>, StoreError> {
        let agreed = &pair.merge.agreed;
        let mut base = pair.merge.next_base(pair.base.as_ref());
        let mut refused = Vec::new();
        for field in sent {
            if there.get(field) != agreed.get(field) {
                base.put(field, there.get(field).cloned());
                refused.push(refusal(field, agreed));
            }
        }
        let of_sent = |fact: &GithubFact| match fact {
            GithubFact::Text { field, .. } | GithubFact::Member { field, .. } => {
                sent.contains(&field.as_str())
            }
        };
        self.write("github.push", |tx, repo| {
            let Some(mut thing) = tx.github_thing(repo, pair.numbering, pair.number)? else {
                return Ok(Vec::new());
            };
            thing.refused.retain(|fact| !of_sent(fact));
            thing.refused.extend(refused.iter().cloned());
            thing.base = Some(facts(&base));
            tx.keep_github_thing(repo, &thing)?;
            Ok(refused)
        })
    }
}

fn made_there(plan: &Plan, of: Numbering) -> impl Iterator<Item = &Uid> {
    plan.make_there
        .iter()
        .filter(move |(numbering, _)| *numbering == of)
        .map(|(_, uid)| uid)
}

fn link(repo: &Uid, number: u64, at: lab_model::Moment) -> GithubLink {
    GithubLink {
        repo: Some(repo.clone()),
        number,
        synced_at: Some(at),
    }
}

/// The text with its marker; `None` where GitHub would not take that much.
pub(crate) fn body_of(wanted: &Image, uid: &Uid) -> Option<String> {
    let body = marked(wanted.text(BODY).unwrap_or_default(), uid);
    (body.chars().count() <= LONGEST_BODY).then_some(body)
}

/// What of a milestone is sent: the chosen fields. GitHub describes no way to take a due day back.
fn milestone_change(wanted: &Image, chosen: impl Fn(&str) -> bool) -> MilestoneChange {
    let text = |field: &'static str| {
        chosen(field).then(|| wanted.text(field).unwrap_or_default().to_owned())
    };
    MilestoneChange {
        title: text(TITLE),
        description: text(BODY),
        state: text(STATE).map(|state| if state == OPEN { "open" } else { "closed" }),
        // Noon: whatever midnight GitHub makes of it, the day stays.
        due_on: text(DUE)
            .filter(|due| !due.is_empty())
            .map(|due| format!("{due}T12:00:00Z")),
    }
}

fn refusal(field: &'static str, wanted: &Image) -> GithubFact {
    GithubFact::Text {
        field: field.to_owned(),
        text: shown(wanted.get(field)),
    }
}

fn tell_refused(done: &mut DoneThere, label: &str, refused: &[GithubFact]) {
    for fact in refused {
        if let GithubFact::Text { field, text } = fact {
            let text: String = text.chars().take(60).collect();
            done.warnings
                .push(format!("{label}: GitHub did not take {field} {text}"));
        }
    }
}

/// What GitHub does not take for one entity is a warning; anything else ends the run.
fn warn(done: &mut DoneThere, label: &str, error: CallError) -> Result<(), SyncError> {
    match error {
        CallError::Invalid { message, .. } => {
            done.warnings.push(format!("{label}: {message}"));
            Ok(())
        }
        CallError::Gone { .. } => {
            done.moved += 1;
            Ok(())
        }
        error => Err(error.into()),
    }
}
