//! A plan as people read it.

use std::collections::BTreeMap;

use lab_merge::Image;
use lab_model::{Label, Uid};
use lab_store::Numbering;

use crate::facts::image;
use crate::fields::{STAGE, STATE, TITLE};
use crate::local::{item_image, milestone_image};
use crate::plan::{Clashing, Plan, comments_to_write};
use crate::snapshot::Snapshot;
use crate::step::{Change, Doing, Step};

/// How much of a comment a plan shows, in characters.
const COMMENT_SHOWN: usize = 80;

/// Label and title of every entity.
type Named<'a> = BTreeMap<&'a Uid, (&'a Label, &'a str)>;

/// The steps, in the order in which they are done.
pub(crate) fn told_steps(of: &Snapshot, plan: &Plan) -> Vec<Step> {
    let named = named(of);
    let mut steps: Vec<Step> = made_here(of, plan)
        .chain(linked(of, plan, &named))
        .chain(changed(of, plan))
        .chain(made_there(of, plan, &named))
        .chain(commented(of, plan, &named))
        .collect();
    steps.sort_by_key(|step| step.doing);
    steps
}

/// What both sides changed to different ends.
pub(crate) fn told_clashes(plan: &Plan) -> Vec<Clashing> {
    let mut told = Vec::new();
    for pair in &plan.pairs {
        told.extend(pair.merge.clashes.iter().map(|(field, clash)| Clashing {
            label: pair.label.to_string(),
            number: pair.number,
            field,
            clash: clash.clone(),
        }));
    }
    told
}

fn there(of: &Snapshot, numbering: Numbering, number: u64) -> Image {
    let thing = of.things.get(&(numbering, number));
    thing.map(|thing| image(&thing.remote)).unwrap_or_default()
}

fn title(image: &Image) -> String {
    image.text(TITLE).unwrap_or_default().to_owned()
}

fn made_here<'a>(of: &'a Snapshot, plan: &'a Plan) -> impl Iterator<Item = Step> + 'a {
    plan.make_here.iter().map(|(numbering, number)| {
        let there = there(of, *numbering, *number);
        Step {
            doing: match numbering {
                Numbering::Issue => Doing::ItemHere,
                Numbering::Milestone => Doing::MilestoneHere,
            },
            label: None,
            number: Some(*number),
            title: title(&there),
            changes: told(&there),
        }
    })
}

fn linked<'a>(
    of: &'a Snapshot,
    plan: &'a Plan,
    named: &'a Named<'_>,
) -> impl Iterator<Item = Step> + 'a {
    plan.links.iter().map(|(numbering, number, uid)| Step {
        doing: Doing::Link,
        label: named.get(uid).map(|(label, _)| label.to_string()),
        number: Some(*number),
        title: title(&there(of, *numbering, *number)),
        changes: Vec::new(),
    })
}

fn changed<'a>(of: &'a Snapshot, plan: &'a Plan) -> impl Iterator<Item = Step> + 'a {
    let of_pair = |pair: &'a crate::plan::Pair| {
        let title = title(&there(of, pair.numbering, pair.number));
        let sides = [
            (Doing::ChangeHere, pair.here()),
            (Doing::ChangeThere, pair.there()),
        ];
        sides
            .into_iter()
            .filter(|(_, changes)| !changes.is_empty())
            .map(move |(doing, changes)| Step {
                doing,
                label: Some(pair.label.to_string()),
                number: Some(pair.number),
                title: title.clone(),
                changes,
            })
    };
    plan.pairs.iter().flat_map(of_pair)
}

fn made_there<'a>(
    of: &'a Snapshot,
    plan: &'a Plan,
    named: &'a Named<'_>,
) -> impl Iterator<Item = Step> + 'a {
    plan.make_there.iter().map(|(numbering, uid)| {
        let (doing, here) = match numbering {
            Numbering::Issue => {
                let item = of.items.get(uid);
                let here = item.map(|item| item_image(item, of, &Image::default()));
                (Doing::IssueThere, here)
            }
            Numbering::Milestone => (
                Doing::MilestoneThere,
                of.milestones.get(uid).map(milestone_image),
            ),
        };
        Step {
            doing,
            label: named.get(uid).map(|(label, _)| label.to_string()),
            number: None,
            title: named
                .get(uid)
                .map(|(_, title)| (*title).to_owned())
                .unwrap_or_default(),
            changes: told(&here.unwrap_or_default()),
        }
    })
}

fn commented<'a>(
    of: &'a Snapshot,
    plan: &'a Plan,
    named: &'a Named<'_>,
) -> impl Iterator<Item = Step> + 'a {
    comments_to_write(of, plan).map(|order| Step {
        doing: Doing::CommentThere,
        label: named.get(&order.of).map(|(label, _)| label.to_string()),
        number: of.number_of(Numbering::Issue, &order.of),
        title: order.body.chars().take(COMMENT_SHOWN).collect(),
        changes: Vec::new(),
    })
}

/// Everything that something new holds; what everything is at first needs no word.
fn told(image: &Image) -> Vec<Change> {
    let all = image.fields().filter(|(field, value)| match *field {
        TITLE => false,
        STATE | STAGE => !matches!(value.shown().as_str(), "open" | "todo"),
        _ => true,
    });
    all.map(|(field, value)| Change::new(field, None, Some(value)))
        .collect()
}

fn named(of: &Snapshot) -> Named<'_> {
    let items = of.items.values().map(|one| (&one.head, one.title.as_str()));
    let milestones = of
        .milestones
        .values()
        .map(|one| (&one.head, one.title.as_str()));
    let all = items.chain(milestones);
    all.map(|(head, title)| (&head.uid, (&head.label, title)))
        .collect()
}
