//! Whether a symbol stands: it, or what it is part of.

use crate::contract::{Area, Item};
use crate::grammar::Contracts;

/// How a name stands in a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is there, or may be: a method that a trait brings, an attribute of the person's own.
    Stands,
    /// It was there.
    Gone,
    /// No contract that is compared has it.
    Unknown,
}

/// How a symbol of Rust or Python stands.
///
/// `told_here` says that what it is part of is named nowhere else, so that it is told here if that is gone.
pub(crate) fn standing(
    contracts: Contracts<'_>,
    area: Area,
    name: &str,
    told_here: bool,
) -> Standing {
    let target = contracts.target;
    if target.item(area, name).is_some() {
        return Standing::Stands;
    }
    let was = contracts
        .present
        .is_some_and(|present| present.item(area, name).is_some());
    // Of what it is part of, the nearest that is there.
    let mut whole = above(area, name);
    let mut is_direct = true;
    while let Some(part) = whole {
        if let Some(item) = target.item(area, part) {
            let is_closed = is_closed(contracts, area, part, name, item);
            return match (was, is_direct || told_here) {
                (true, true) => Standing::Gone,
                (false, true) if is_closed => Standing::Unknown,
                // Of a person's own, or told where its whole is named.
                (true | false, true | false) => Standing::Stands,
            };
        }
        is_direct = false;
        whole = above(area, part);
    }
    // The package itself is not there.
    if was {
        Standing::Gone
    } else {
        Standing::Stands
    }
}

/// Whether a contract lists everything that stands directly below an item.
fn is_closed(contracts: Contracts<'_>, area: Area, part: &str, name: &str, item: &Item) -> bool {
    let is = |word: &str| item.types.iter().any(|what| what == word);
    if name.ends_with(')') && name.contains('(') {
        // A parameter: the list is closed where there is one and none takes the rest.
        let begin = format!("{part}(");
        let mut listed = contracts
            .target
            .area(area)
            .map(|(known, _)| known)
            .filter(|known| known.starts_with(&begin));
        let first = listed.next();
        return first.is_some_and(|first| !first.contains("(**"))
            && listed.all(|known| !known.contains("(**"));
    }
    is("module") || is("crate")
}

fn above(area: Area, name: &str) -> Option<&str> {
    if let Some((function, _)) = name.split_once('(') {
        return Some(function);
    }
    let parts = if area == Area::Rust {
        name.rsplit_once("::")
    } else {
        name.rsplit_once('.')
    };
    parts.map(|(above, _)| above)
}
