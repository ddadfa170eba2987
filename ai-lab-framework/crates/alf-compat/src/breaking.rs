//! What changed from one contract to a later one, and which of it breaks what others built.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Number;

use crate::contract::{Area, Contract, Item, Side};

/// One change of one item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What it is part of.
    pub area: Area,
    /// Its name in the contract.
    pub item: String,
    /// Whether what was right before may be wrong now.
    pub breaks: bool,
    /// What is different.
    pub what: String,
}

/// Every change, by area and name.
pub fn changes(old: &Contract, new: &Contract) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.contract.major != new.contract.major {
        let (now, was) = (new.contract.major, old.contract.major);
        let what = format!("the contract is {now} and was {was}");
        changes.push(Change {
            area: Area::Protocol,
            item: "contract".to_owned(),
            breaks: true,
            what,
        });
    }
    for area in Area::ALL.iter().copied() {
        let names: BTreeSet<&String> = old
            .area(area)
            .chain(new.area(area))
            .map(|(name, _)| name)
            .collect();
        for name in names {
            let told = match (old.item(area, name), new.item(area, name)) {
                (Some(before), Some(after)) => altered(area.side(), before, after),
                (Some(_), None) => vec![(true, "is gone".to_owned())],
                (None, Some(after)) => vec![added(old, area, name, after)],
                (None, None) => Vec::new(),
            };
            changes.extend(told.into_iter().map(|(breaks, what)| Change {
                area,
                item: name.clone(),
                breaks,
                what,
            }));
        }
    }
    changes
}

/// What breaks, of all that changed.
pub fn breaking(old: &Contract, new: &Contract) -> Vec<Change> {
    let mut changes = changes(old, new);
    changes.retain(|change| change.breaks);
    changes
}

/// What is new breaks only where it has to be given with what was there already.
fn added(old: &Contract, area: Area, name: &str, item: &Item) -> (bool, String) {
    let is_owed = area.side() == Side::Asked && item.required;
    // A flag is part of a command.
    let whole = if area == Area::Argument {
        Area::Command
    } else {
        area
    };
    let stood = parent(name).is_none_or(|above| old.item(whole, above).is_some());
    if is_owed && stood && old.has(area) {
        (true, "is new and has to be given".to_owned())
    } else {
        (false, "is new".to_owned())
    }
}

/// The name of the item that another is part of; `None` for what stands at the top.
pub(crate) fn parent(name: &str) -> Option<&str> {
    let name = name.trim_end_matches("[]").trim_end_matches(')');
    let end = name.rfind([' ', '.', '(', ':'])?;
    Some(name[..end].trim_end_matches(':'))
}

fn altered(side: Side, before: &Item, after: &Item) -> Vec<(bool, String)> {
    let mut told: Vec<(bool, String)> = other_types(side, before, after).into_iter().collect();
    told.extend(other_values(side, before, after));
    let (least, most) = (before.least.as_ref(), before.most.as_ref());
    let later = (after.least.as_ref(), after.most.as_ref());
    told.extend(bound("at least", side, least, later.0, |new, old| {
        new > old
    }));
    told.extend(bound("at most", side, most, later.1, |new, old| new < old));
    if before.pattern != after.pattern {
        let breaks = side == Side::Asked && after.pattern.is_some();
        let now = after.pattern.as_deref().unwrap_or("any text");
        told.push((breaks, format!("its text has to be `{now}`")));
    }
    match (before.required, after.required) {
        (false, true) => told.push((side == Side::Asked, "has to be there".to_owned())),
        (true, false) => told.push((side == Side::Told, "may be missing".to_owned())),
        (true, true) | (false, false) => {}
    }
    if before.deprecated.is_none()
        && let Some(deprecated) = &after.deprecated
    {
        let what = format!("goes in {}: {}", deprecated.remove_in, deprecated.instead);
        told.push((false, what));
    }
    told
}

/// The words of one list that the other does not have; empty where it has them all.
fn only_in(one: &[String], other: &[String]) -> String {
    let only = one.iter().filter(|word| !other.contains(word));
    let only: Vec<String> = only.map(|word| format!("`{word}`")).collect();
    only.join(", ")
}

/// No type at all is any type.
fn other_types(side: Side, before: &Item, after: &Item) -> Option<(bool, String)> {
    let gone = only_in(&before.types, &after.types);
    let come = only_in(&after.types, &before.types);
    if gone.is_empty() && come.is_empty() {
        return None;
    }
    let is_wider = after.types.is_empty() || (gone.is_empty() && !before.types.is_empty());
    if side == Side::Asked && is_wider {
        return Some((
            false,
            format!(
                "may be {} too",
                if come.is_empty() { "anything" } else { &come }
            ),
        ));
    }
    let what = format!("is {} and was {}", list(&after.types), list(&before.types));
    Some((true, what))
}

fn other_values(side: Side, before: &Item, after: &Item) -> Vec<(bool, String)> {
    let gone = only_in(&before.values, &after.values);
    let come = only_in(&after.values, &before.values);
    match (before.values.is_empty(), after.values.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => vec![(side == Side::Asked, format!("may only be {come}"))],
        (false, true) => vec![(false, "may be any value".to_owned())],
        (false, false) => {
            let lost = (side == Side::Asked, format!("cannot be {gone} any more"));
            let lost = (!gone.is_empty()).then_some(lost);
            let more = (!come.is_empty()).then(|| (false, format!("may be {come} too")));
            lost.into_iter().chain(more).collect()
        }
    }
}

fn list(words: &[String]) -> String {
    if words.is_empty() {
        return "anything".to_owned();
    }
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(" or ")
}

fn bound(
    word: &str,
    side: Side,
    before: Option<&Number>,
    after: Option<&Number>,
    is_narrower: impl Fn(f64, f64) -> bool,
) -> Option<(bool, String)> {
    if before == after {
        return None;
    }
    let narrower = match (
        before.and_then(Number::as_f64),
        after.and_then(Number::as_f64),
    ) {
        (Some(old), Some(new)) => is_narrower(new, old),
        (None, after) => after.is_some(),
        (Some(_), None) => false,
    };
    let number = |bound: Option<&Number>| {
        bound.map_or_else(|| "without bound".to_owned(), Number::to_string)
    };
    let what = format!("is {word} {}, was {}", number(after), number(before));
    Some((narrower && side == Side::Asked, what))
}

#[cfg(test)]
mod tests;
