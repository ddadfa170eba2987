//! Carries out what a plan changes in the lab.

use std::collections::BTreeMap;

use lab_merge::{Image, Value};
use lab_model::{
    EntityKind, GithubLink, Head, Label, Milestone, MilestoneStatus, Moment, Uid, WorkItem,
};
use lab_store::{GithubConflict, GithubFact, GithubThing, Numbering, Store, StoreError, Writer};

use crate::SyncError;
use crate::canon::merged_side;
use crate::facts::{facts, image};
use crate::fields::{ASSIGNEE, BODY, DUE, LABELS, MILESTONE, OPEN, PARENT, STAGE, STATE, TITLE};
use crate::pages::Desk;
use crate::plan::{Pair, Plan};
use crate::snapshot::Snapshot;
use crate::standing::{set_item, stand};

/// How many entities one write takes: a cut costs no more than these, and others get their turn.
const BATCH: usize = 200;

/// What labels of milestones begin with.
const MILESTONE_PREFIX: &str = "MS";

/// What was done in the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DoneHere {
    pub(crate) made: u64,
    pub(crate) changed: u64,
    pub(crate) linked: u64,
}

impl<S: Store> Desk<'_, '_, S> {
    /// Makes, links and changes what the plan says.
    pub(crate) fn carry_out_here(
        &mut self,
        of: &Snapshot,
        plan: &Plan,
    ) -> Result<DoneHere, SyncError> {
        let mut done = DoneHere::default();
        let (mut issues, milestones): (Vec<u64>, Vec<u64>) = (
            numbers(plan, Numbering::Issue),
            numbers(plan, Numbering::Milestone),
        );
        done.linked = plan.links.len() as u64;
        self.link(of, plan)?;
        self.write("github.pull", |tx, _| {
            milestones
                .iter()
                .try_for_each(|number| make_milestone(tx, of, *number))
        })?;
        // Wholes come before their parts, whose labels are made from theirs.
        let depth = |number: &u64| depth(of, *number);
        issues.sort_by_cached_key(|number| (depth(number), *number));
        for batch in issues.chunks(BATCH) {
            self.write("github.pull", |tx, _| {
                batch
                    .iter()
                    .try_for_each(|number| make_item(tx, of, *number))
            })?;
        }
        done.made = (issues.len() + milestones.len()) as u64;
        let (alone, together): (Vec<&Pair>, Vec<&Pair>) = plan
            .pairs
            .iter()
            .filter(|pair| pair.is_to_note() || !pair.here().is_empty())
            // One that would go round in a circle takes no other with it.
            .partition(|pair| pair.here().iter().any(|change| change.field == PARENT));
        for batch in together.chunks(BATCH) {
            done.changed += self.change(of, batch)?;
        }
        for pair in alone {
            match self.change(of, &[pair]) {
                Ok(changed) => done.changed += changed,
                Err(StoreError::Cycle { .. }) => self.refuse_circle(pair)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(done)
    }

    fn link(&mut self, of: &Snapshot, plan: &Plan) -> Result<(), StoreError> {
        for batch in plan.links.chunks(BATCH) {
            self.write("github.link", |tx, repo| {
                for (numbering, number, uid) in batch {
                    link_one(tx, repo, of, (*numbering, *number), uid)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Changes a batch; what someone changed meanwhile is left for the next round.
    fn change(&mut self, of: &Snapshot, batch: &[&Pair]) -> Result<u64, StoreError> {
        self.write("github.pull", |tx, repo| {
            let mut changed = 0;
            for pair in batch {
                changed += u64::from(change_one(tx, repo, of, pair)?);
            }
            Ok(changed)
        })
    }

    fn refuse_circle(&mut self, pair: &Pair) -> Result<(), StoreError> {
        let conflict = GithubConflict {
            uid: pair.uid.clone(),
            numbering: pair.numbering,
            number: pair.number,
            field: PARENT.to_owned(),
            base: pair
                .base
                .as_ref()
                .and_then(|base| base.get(PARENT))
                .map(Value::shown),
            local: pair.local.get(PARENT).map(Value::shown),
            remote: pair.remote.get(PARENT).map(Value::shown),
            opened_at: self.client.now(),
        };
        self.write("github.pull", |tx, repo| {
            tx.open_github_conflict(repo, &conflict)
        })
    }
}

fn numbers(plan: &Plan, of: Numbering) -> Vec<u64> {
    let own = plan
        .make_here
        .iter()
        .filter(|(numbering, _)| *numbering == of);
    own.map(|(_, number)| *number).collect()
}

/// How many issues are above one; GitHub lets none be above itself.
fn depth(of: &Snapshot, number: u64) -> usize {
    let (mut at, mut depth) = (number, 0);
    while let Some(thing) = of.things.get(&(Numbering::Issue, at))
        && let Some(parent) = image(&thing.remote)
            .text(PARENT)
            .and_then(|text| text.parse().ok())
        && depth < of.things.len()
    {
        (at, depth) = (parent, depth + 1);
    }
    depth
}

const fn github_link(repo: Uid, number: u64, at: Moment) -> GithubLink {
    GithubLink {
        repo: Some(repo),
        number,
        synced_at: Some(at),
    }
}

/// Notes that an entity and a thing are the same.
///
/// What they agree in becomes their base. Of one that this lab made, it is known that it began open and a part of
/// nothing. What else differs is left to clash: nobody knows who changed it.
fn link_one(
    tx: &mut dyn Writer,
    repo: &Uid,
    of: &Snapshot,
    (numbering, number): (Numbering, u64),
    uid: &Uid,
) -> Result<(), StoreError> {
    let link = github_link(repo.clone(), number, tx.at());
    match numbering {
        Numbering::Issue => {
            if let Some(mut item) = tx.item(uid)?.filter(|item| item.github.is_none()) {
                item.github = Some(link);
                tx.update_item(&item)?;
            }
        }
        Numbering::Milestone => {
            if let Some(mut milestone) = tx.milestone(uid)?.filter(|one| one.github.is_none()) {
                milestone.github = Some(link);
                tx.update_milestone(&milestone)?;
            }
        }
    }
    let ours = of
        .orders
        .iter()
        .find(|order| order.of == *uid && order.kind == lab_store::OrderKind::Issue);
    if let (Some(order), Some(thing)) = (ours, of.things.get(&(numbering, number)))
        && let Some(item) = of.items.get(uid)
    {
        let nothing = Image::default();
        let local = crate::local::item_image(item, of, &nothing);
        let there = merged_side(&image(&thing.remote), &local, Some(&item.head.label));
        let mut base = Image::default();
        for (field, value) in there.fields() {
            if local.get(field) == Some(value) {
                base.put(field, Some(value.clone()));
            }
        }
        base.put(STATE, Value::text(OPEN));
        base.put(PARENT, None);
        let mut thing: GithubThing = thing.clone();
        thing.base = Some(facts(&base));
        tx.keep_github_thing(repo, &thing)?;
        tx.drop_order(&order.uid)?;
    }
    Ok(())
}

fn make_milestone(tx: &mut dyn Writer, of: &Snapshot, number: u64) -> Result<(), StoreError> {
    let Some(thing) = of.things.get(&(Numbering::Milestone, number)) else {
        return Ok(());
    };
    let prefix = MILESTONE_PREFIX.parse().expect("our constant is a prefix");
    let label = tx.mint(EntityKind::Milestone, &prefix)?;
    let there = image(&thing.remote);
    let head = Head::new(tx.new_uid(), label, tx.at());
    let title = there.text(TITLE).unwrap_or_default().to_owned();
    let mut milestone = Milestone::new(head, title);
    milestone.project = Some(of.project.head.uid.clone());
    let repo = of.repo.head.uid.clone();
    milestone.github = Some(github_link(repo, number, tx.at()));
    for (field, value) in there.fields() {
        set_milestone(&mut milestone, field, Some(value), tx.at());
    }
    tx.insert_milestone(&milestone)?;
    let based = GithubThing {
        base: Some(thing.remote.clone()),
        ..thing.clone()
    };
    tx.keep_github_thing(&of.repo.head.uid, &based)
}

fn set_milestone(
    milestone: &mut Milestone,
    field: &'static str,
    value: Option<&Value>,
    at: Moment,
) {
    let text = value.map(Value::shown);
    match field {
        TITLE => milestone.title = text.unwrap_or_default(),
        BODY => milestone.description = text.unwrap_or_default(),
        DUE => milestone.due = text.and_then(|due| due.parse().ok()),
        STATE if text.as_deref() == Some(OPEN) => {
            milestone.head.archived = false;
            if milestone.status.is_settled() {
                milestone.status = MilestoneStatus::InProgress;
                milestone.completed_at = None;
            }
        }
        STATE if !milestone.status.is_settled() => {
            milestone.status = MilestoneStatus::Completed;
            milestone.completed_at = Some(at);
        }
        _ => {}
    }
}

/// Which entity a number is linked to by now.
fn linked(
    tx: &dyn Writer,
    of: &Snapshot,
    numbering: Numbering,
    made: &mut Option<BTreeMap<(Numbering, u64), Uid>>,
    number: Option<u64>,
) -> Result<Option<Uid>, StoreError> {
    let Some(number) = number else {
        return Ok(None);
    };
    if let Some(uid) = of.links.get(&(numbering, number)) {
        return Ok(Some(uid.clone()));
    }
    if made.is_none() {
        let all = tx.github_links(&of.repo.head.uid)?.into_iter();
        *made = Some(
            all.map(|(numbering, number, uid)| ((numbering, number), uid))
                .collect(),
        );
    }
    Ok(made
        .as_ref()
        .and_then(|made| made.get(&(numbering, number)).cloned()))
}

fn make_item(tx: &mut dyn Writer, of: &Snapshot, number: u64) -> Result<(), StoreError> {
    let Some(thing) = of.things.get(&(Numbering::Issue, number)) else {
        return Ok(());
    };
    let there = merged_side(&image(&thing.remote), &Image::default(), None);
    let mut made = None;
    let parent = there.text(PARENT).and_then(|text| text.parse().ok());
    let parent = linked(tx, of, Numbering::Issue, &mut made, parent)?;
    let label = mint(tx, of, parent.as_ref())?;
    let mut head = Head::new(tx.new_uid(), label, tx.at());
    head.created_at = thing.created_at.or(head.created_at);
    let mut item = WorkItem::new(head, there.text(TITLE).unwrap_or_default().to_owned());
    item.project = Some(of.project.head.uid.clone());
    item.parent = parent;
    item.author.clone_from(&thing.author);
    let repo = of.repo.head.uid.clone();
    item.github = Some(github_link(repo, number, tx.at()));
    let milestone = there.text(MILESTONE).and_then(|text| text.parse().ok());
    item.milestone = linked(tx, of, Numbering::Milestone, &mut made, milestone)?;
    let mut base = there.clone();
    if item.parent.is_none() {
        base.put(PARENT, None);
    }
    if item.milestone.is_none() {
        base.put(MILESTONE, None);
    }
    for field in [BODY, LABELS, ASSIGNEE] {
        set_item(&mut item, field, there.get(field), &image(&thing.remote));
    }
    let uid = tx.new_uid();
    let item = stand(item, &there, thing, (tx.at(), uid));
    tx.insert_item(&item)?;
    let based = GithubThing {
        base: Some(facts(&base)),
        ..thing.clone()
    };
    tx.keep_github_thing(&of.repo.head.uid, &based)
}

fn mint(tx: &mut dyn Writer, of: &Snapshot, parent: Option<&Uid>) -> Result<Label, StoreError> {
    if let Some(parent) = parent
        && let Some(label) = tx.label_of(parent)?
    {
        return tx.mint_child(EntityKind::Item, &label);
    }
    let prefix = of.project.prefix.clone();
    let prefix = prefix.unwrap_or_else(|| "ITEM".parse().expect("our constant is a prefix"));
    tx.mint(EntityKind::Item, &prefix)
}

/// Changes an entity as its pair says, and notes what both sides now agree in. Whether the entity changed.
fn change_one(
    tx: &mut dyn Writer,
    repo: &Uid,
    of: &Snapshot,
    pair: &Pair,
) -> Result<bool, StoreError> {
    let Some(thing) = of.things.get(&(pair.numbering, pair.number)) else {
        return Ok(false);
    };
    let wanting: Vec<(&'static str, Option<&Value>)> =
        pair.merge.wanting(&pair.rules, &pair.local).collect();
    if !wanting.is_empty() {
        let fits = match pair.numbering {
            Numbering::Issue => change_item(tx, of, pair, thing, &wanting)?,
            Numbering::Milestone => change_milestone(tx, of, pair, &wanting)?,
        };
        if !fits {
            return Ok(false);
        }
    }
    // What GitHub still lacks: the lab's value comes from GitHub's, which is what it has.
    let mut base = pair.merge.next_base(pair.base.as_ref());
    for (field, _) in pair.merge.wanting(&pair.rules, &pair.remote) {
        base.put(field, pair.remote.get(field).cloned());
    }
    if pair.base.as_ref() != Some(&base) {
        let mut based = GithubThing {
            base: Some(facts(&base)),
            ..thing.clone()
        };
        // A field that GitHub has said anew is no longer one that it did not take.
        based.refused.retain(|fact| match fact {
            GithubFact::Text { field, .. } | GithubFact::Member { field, .. } => {
                !wanting.iter().any(|(changed, _)| changed == field)
            }
        });
        tx.keep_github_thing(repo, &based)?;
    }
    Ok(!wanting.is_empty())
}

/// `false` where someone changed it since the plan was made.
fn change_milestone(
    tx: &mut dyn Writer,
    of: &Snapshot,
    pair: &Pair,
    wanting: &[(&'static str, Option<&Value>)],
) -> Result<bool, StoreError> {
    let seen = of.milestones.get(&pair.uid).map(|one| one.head.revision);
    let Some(mut milestone) = tx.milestone(&pair.uid)? else {
        return Ok(false);
    };
    if seen != Some(milestone.head.revision) {
        return Ok(false);
    }
    for (field, value) in wanting {
        set_milestone(&mut milestone, field, *value, tx.at());
    }
    tx.update_milestone(&milestone)?;
    Ok(true)
}

/// `false` where someone changed it since the plan was made.
fn change_item(
    tx: &mut dyn Writer,
    of: &Snapshot,
    pair: &Pair,
    thing: &GithubThing,
    wanting: &[(&'static str, Option<&Value>)],
) -> Result<bool, StoreError> {
    let seen = of.items.get(&pair.uid).map(|item| item.head.revision);
    let Some(mut item) = tx
        .item(&pair.uid)?
        .filter(|item| seen == Some(item.head.revision))
    else {
        return Ok(false);
    };
    let there = image(&thing.remote);
    let mut made = None;
    let mut stands = false;
    for (field, value) in wanting {
        let number = value.and_then(|value| value.shown().parse().ok());
        match *field {
            MILESTONE => {
                item.milestone = linked(tx, of, Numbering::Milestone, &mut made, number)?;
            }
            PARENT => item.parent = linked(tx, of, Numbering::Issue, &mut made, number)?,
            STATE | STAGE => stands = true,
            field => set_item(&mut item, field, *value, &there),
        }
    }
    if stands {
        let uid = tx.new_uid();
        item = stand(item, &pair.merge.agreed, thing, (tx.at(), uid));
    }
    tx.update_item(&item)?;
    Ok(true)
}
