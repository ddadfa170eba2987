//! Cycles of dependencies, found before they are written.

use std::collections::{BTreeMap, BTreeSet};

use crate::Uid;

/// Entities that each wait for the next, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The way around, the first entity again at the end.
    pub path: Vec<Uid>,
}

/// Looks for a cycle through `from`, were `from` to depend on all of `on`.
///
/// `edges` holds what depends on what today; what it says about `from` is ignored. Visits every entity
/// at most once, without recursion, so a chain of any length is no danger.
pub fn find_cycle(
    from: &Uid,
    on: &BTreeSet<Uid>,
    edges: &BTreeMap<Uid, BTreeSet<Uid>>,
) -> Option<Cycle> {
    let mut came_from: BTreeMap<&Uid, &Uid> = BTreeMap::new();
    let mut open: Vec<&Uid> = Vec::new();
    for first in on.iter().rev() {
        came_from.insert(first, from);
        open.push(first);
    }
    while let Some(at) = open.pop() {
        if at == from {
            return Some(Cycle {
                path: way_back(from, &came_from),
            });
        }
        for next in edges.get(at).into_iter().flatten().rev() {
            if !came_from.contains_key(next) {
                came_from.insert(next, at);
                open.push(next);
            }
        }
    }
    None
}

fn way_back(from: &Uid, came_from: &BTreeMap<&Uid, &Uid>) -> Vec<Uid> {
    let mut path = vec![from.clone()];
    let mut at = from;
    while let Some(previous) = came_from.get(at) {
        path.push((*previous).clone());
        at = previous;
        if at == from {
            break;
        }
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(number: u8) -> Uid {
        Uid::from_parts(u64::from(number), [number; 10])
    }

    fn check(from: u8, on: &[u8], edges: &[(u8, u8)], expected: Option<&[u8]>) {
        let on = on.iter().copied().map(uid).collect();
        let mut map: BTreeMap<Uid, BTreeSet<Uid>> = BTreeMap::new();
        for (a, b) in edges {
            map.entry(uid(*a)).or_default().insert(uid(*b));
        }
        let expected = expected.map(|path| Cycle {
            path: path.iter().copied().map(uid).collect(),
        });
        assert_eq!(find_cycle(&uid(from), &on, &map), expected);
    }

    #[test]
    fn a_cycle_is_told_with_its_path() {
        check(1, &[1], &[], Some(&[1, 1]));
        check(1, &[2], &[(2, 1)], Some(&[1, 2, 1]));
        check(1, &[4, 2], &[(2, 3), (3, 1), (4, 5)], Some(&[1, 2, 3, 1]));
    }

    #[test]
    fn what_does_not_come_back_is_no_cycle() {
        check(1, &[2, 3], &[(2, 4), (3, 4), (4, 5)], None);
        // A cycle elsewhere is not this entity's.
        check(1, &[2], &[(2, 3), (3, 2)], None);
        // Its old edges do not count.
        check(1, &[], &[(1, 2), (2, 1)], None);
    }

    #[test]
    fn a_long_chain_is_no_danger() {
        let far = |n: u32| Uid::from_parts(u64::from(n), [0; 10]);
        let edges = (1..20_000)
            .map(|n| (far(n), BTreeSet::from([far(n + 1)])))
            .collect();
        let cycle = find_cycle(&far(20_000), &BTreeSet::from([far(1)]), &edges);
        assert_eq!(cycle.map(|c| c.path.len()), Some(20_001));
    }
}
