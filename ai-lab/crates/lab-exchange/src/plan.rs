//! Decides what a run has to do, from what the database knows of both sides.

use std::collections::BTreeSet;

use lab_merge::{Clash, Fate, Image, Merge, Presence, Rule, fate, merge};
use lab_model::{Label, Uid};
use lab_store::{GithubThing, Numbering};
use sha2::{Digest as _, Sha256};

use crate::canon::{is_stage, merged_side};
use crate::facts::image;
use crate::fields::{MILESTONE, PARENT, Policies, STAGE, TITLE, rules};
use crate::local::{item_image, milestone_image, without_refused};
use crate::snapshot::Snapshot;
use crate::step::{Change, Step};
use crate::telling::{told_clashes, told_steps};

/// The label of issues that the predecessor wrote.
const PREDECESSOR_LABEL: &str = "ai-lab";

/// An entity and a thing there that belong together, and what came of them.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) numbering: Numbering,
    pub(crate) number: u64,
    pub(crate) uid: Uid,
    pub(crate) label: Label,
    pub(crate) rules: Vec<Rule>,
    pub(crate) base: Option<Image>,
    pub(crate) local: Image,
    pub(crate) remote: Image,
    pub(crate) merge: Merge,
}

impl Pair {
    /// What is to change in the lab.
    pub(crate) fn here(&self) -> Vec<Change> {
        let wanting = self.merge.wanting(&self.rules, &self.local);
        wanting
            .map(|(field, value)| Change::new(field, self.local.get(field), value))
            .collect()
    }

    /// What is to change on GitHub.
    pub(crate) fn there(&self) -> Vec<Change> {
        let wanting = self.merge.wanting(&self.rules, &self.remote);
        wanting
            .map(|(field, value)| Change::new(field, self.remote.get(field), value))
            .collect()
    }

    /// Both sides agree, and it is not noted yet.
    pub(crate) fn is_to_note(&self) -> bool {
        self.base.as_ref() != Some(&self.merge.next_base(self.base.as_ref()))
    }
}

/// A field that both sides changed to different ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clashing {
    /// The entity's label.
    pub label: String,
    /// Its number there.
    pub number: u64,
    /// The field.
    pub field: &'static str,
    /// The three values.
    pub clash: Clash,
}

/// What a run has to do, in order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The steps, as people read them.
    pub steps: Vec<Step>,
    /// What both sides changed to different ends, field by field.
    pub clashes: Vec<Clashing>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) links: Vec<(Numbering, u64, Uid)>,
    pub(crate) make_here: Vec<(Numbering, u64)>,
    pub(crate) make_there: Vec<(Numbering, Uid)>,
    /// Comments that were written already, by their orders.
    pub(crate) orders_done: Vec<Uid>,
}

impl Plan {
    /// A short name that another plan does not have.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for step in &self.steps {
            hasher.update(step.to_string());
            for change in &step.changes {
                hasher.update(format!(
                    "\0{}\0{}\0{}",
                    change.field, change.before, change.after
                ));
            }
            hasher.update("\n");
        }
        let digest = hasher.finalize();
        let first = digest.iter().take(8);
        let number = first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{number:016x}")
    }
}

/// Decides what is to be done. Changes nothing, and comes to the same end from the same snapshot.
pub fn decide(of: &Snapshot, policies: &Policies) -> Plan {
    let mut plan = Plan::default();
    matches(of, &mut plan);
    for ((numbering, number), uid) in &of.links {
        let Some(thing) = of.things.get(&(*numbering, *number)) else {
            continue;
        };
        if fate(Presence::Here, presence(thing)) == Fate::Merge
            && let Some(pair) = pair(of, thing, uid, policies)
        {
            plan.pairs.push(pair);
        }
    }
    make_there(of, &mut plan);
    orders_done(of, &mut plan);
    plan.steps = told_steps(of, &plan);
    plan.clashes = told_clashes(&plan);
    plan
}

const fn presence(thing: &GithubThing) -> Presence {
    if thing.is_gone {
        Presence::Gone
    } else {
        Presence::Here
    }
}

/// Things there without an entity: whose they are, or that one is to be made.
fn matches(of: &Snapshot, plan: &mut Plan) {
    let mut taken: BTreeSet<Uid> = of.links.values().cloned().collect();
    for ((numbering, number), thing) in &of.things {
        if of.links.contains_key(&(*numbering, *number)) {
            continue;
        }
        let found = match numbering {
            Numbering::Issue => item_of(of, thing),
            Numbering::Milestone => milestone_of(of, thing),
        };
        if fate(Presence::Never, presence(thing)) != Fate::CreateLocal {
            continue;
        }
        match found {
            // A second one that says the same is made an item of its own, once the first is linked.
            Some(uid) => {
                if taken.insert(uid.clone()) {
                    plan.links.push((*numbering, *number, uid));
                }
            }
            None => plan.make_here.push((*numbering, *number)),
        }
    }
}

/// The unlinked item that an issue says it is.
fn item_of(of: &Snapshot, thing: &GithubThing) -> Option<Uid> {
    let free = |uid: &Uid| of.items.get(uid).is_some_and(|item| item.github.is_none());
    if let Some(marker) = thing.marker.as_ref().filter(|uid| free(uid)) {
        return Some(marker.clone());
    }
    let there = image(&thing.remote);
    if !there
        .members(crate::fields::LABELS)
        .contains(PREDECESSOR_LABEL)
    {
        return None;
    }
    let (label, _) = there.text(TITLE)?.strip_prefix('[')?.split_once("] ")?;
    let same = |item: &&lab_model::WorkItem| item.head.label.as_str().eq_ignore_ascii_case(label);
    let item = of.items.values().find(same)?;
    Some(item.head.uid.clone()).filter(free)
}

/// The unlinked milestone of the same title.
fn milestone_of(of: &Snapshot, thing: &GithubThing) -> Option<Uid> {
    let there = image(&thing.remote);
    let title = there.text(TITLE)?;
    let free = of
        .milestones
        .values()
        .filter(|milestone| milestone.github.is_none());
    let mut same = free.filter(|milestone| milestone.title.trim() == title);
    same.next().map(|milestone| milestone.head.uid.clone())
}

fn pair(of: &Snapshot, thing: &GithubThing, uid: &Uid, policies: &Policies) -> Option<Pair> {
    let base = thing.base.as_deref().map(image);
    let empty = Image::default();
    let known = base.as_ref().unwrap_or(&empty);
    let there = image(&thing.remote);
    let (label, local, remote) = match thing.numbering {
        Numbering::Issue => {
            let item = of.items.get(uid)?;
            let local = item_image(item, of, known);
            // Of several people there, the one that the lab knows.
            let hint = if base.is_some() { known } else { &local };
            let mut remote = merged_side(&there, hint, Some(&item.head.label));
            // What the lab does not have yet, or never will, is no change until it has.
            for (field, numbering) in [
                (PARENT, Numbering::Issue),
                (MILESTONE, Numbering::Milestone),
            ] {
                let number = remote.text(field).and_then(|text| text.parse().ok());
                if number.is_some_and(|number| !of.links.contains_key(&(numbering, number))) {
                    remote.put(field, hint.get(field).cloned());
                }
            }
            (item.head.label.clone(), local, remote)
        }
        Numbering::Milestone => {
            let milestone = of.milestones.get(uid)?;
            (
                milestone.head.label.clone(),
                milestone_image(milestone),
                there.clone(),
            )
        }
    };
    let local = without_refused(local, &thing.refused, known);
    let rules = rules(thing.numbering, policies);
    let mut merge = merge(&rules, base.as_ref(), &local, &remote);
    if thing.numbering == Numbering::Issue && !is_stage(merge.agreed.text(STAGE)) {
        // Two labels, or one that names no status: nobody knows what was meant.
        let clash = Clash {
            base: known.get(STAGE).cloned(),
            local: local.get(STAGE).cloned(),
            remote: remote.get(STAGE).cloned(),
        };
        merge.agreed.put(STAGE, None);
        merge.clashes.insert(STAGE, clash);
    }
    Some(Pair {
        numbering: thing.numbering,
        number: thing.number,
        uid: uid.clone(),
        label,
        rules,
        base,
        local,
        remote,
        merge,
    })
}

/// Entities that GitHub does not have yet.
fn make_there(of: &Snapshot, plan: &mut Plan) {
    let linked: BTreeSet<&Uid> = plan.links.iter().map(|(_, _, uid)| uid).collect();
    let milestones = of.milestones.values().filter(|milestone| {
        milestone.github.is_none()
            && !milestone.head.archived
            && !linked.contains(&milestone.head.uid)
    });
    let milestones = milestones.map(|one| (Numbering::Milestone, one.head.uid.clone()));
    let mut items: Vec<_> = of
        .items
        .values()
        .filter(|item| of.will_be_made(item) && !linked.contains(&item.head.uid))
        .collect();
    items.sort_by(|a, b| Label::counting_order(&a.head.label, &b.head.label));
    let items = items
        .into_iter()
        .map(|item| (Numbering::Issue, item.head.uid.clone()));
    plan.make_there = milestones.chain(items).collect();
}

/// Orders for comments whose marker was seen: they arrived, although nobody heard of it.
fn orders_done(of: &Snapshot, plan: &mut Plan) {
    let seen: BTreeSet<Uid> = of
        .comments
        .iter()
        .filter_map(|comment| crate::canon::unmarked_note(&comment.body).1)
        .collect();
    let done = of.orders.iter().filter(|order| seen.contains(&order.uid));
    plan.orders_done = done.map(|order| order.uid.clone()).collect();
}

/// Comments that are to be written, in the order they were asked for.
pub(crate) fn comments_to_write<'a>(
    of: &'a Snapshot,
    plan: &Plan,
) -> impl Iterator<Item = &'a lab_store::Order> {
    let done: BTreeSet<Uid> = plan.orders_done.iter().cloned().collect();
    of.orders.iter().filter(move |order| {
        order.kind == lab_store::OrderKind::Comment && !done.contains(&order.uid)
    })
}
