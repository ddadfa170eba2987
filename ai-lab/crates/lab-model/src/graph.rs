//! Cycles: what would wait for itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::Uid;

/// Entities that each wait for the next, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The way around, the first entity again at the end.
    pub path: Vec<Uid>,
}

/// Looks for a cycle; of several, the one that the oldest entity leads to.
///
/// Follows every edge once and without recursion, so a chain of any length is no danger.
pub fn find_cycle(edges: &BTreeMap<Uid, BTreeSet<Uid>>) -> Option<Cycle> {
    let mut finished: BTreeSet<&Uid> = BTreeSet::new();
    for start in edges.keys() {
        if let Some(cycle) = walk(start, edges, &mut finished) {
            return Some(cycle);
        }
    }
    None
}

/// Goes as deep as it can from one entity; what it has finished leads into no cycle.
fn walk<'a>(
    start: &'a Uid,
    edges: &'a BTreeMap<Uid, BTreeSet<Uid>>,
    finished: &mut BTreeSet<&'a Uid>,
) -> Option<Cycle> {
    if finished.contains(start) {
        return None;
    }
    let next_of = |uid: &Uid| edges.get(uid).into_iter().flatten();
    let mut on_path = BTreeSet::from([start]);
    let mut path = vec![(start, next_of(start))];
    while let Some((at, next)) = path.last_mut() {
        match next.next() {
            None => {
                on_path.remove(at);
                finished.insert(at);
                path.pop();
            }
            Some(to) if on_path.contains(to) => {
                let mut around: Vec<Uid> = path
                    .iter()
                    .map(|(uid, _)| (*uid).clone())
                    .skip_while(|uid| uid != to)
                    .collect();
                around.push(to.clone());
                return Some(Cycle { path: around });
            }
            Some(to) if finished.contains(to) => {}
            Some(to) => {
                on_path.insert(to);
                path.push((to, next_of(to)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(number: u8) -> Uid {
        Uid::from_parts(u64::from(number), [number; 10])
    }

    fn check(edges: &[(u8, u8)], expected: Option<&[u8]>) {
        let mut map: BTreeMap<Uid, BTreeSet<Uid>> = BTreeMap::new();
        for (a, b) in edges {
            map.entry(uid(*a)).or_default().insert(uid(*b));
        }
        let expected = expected.map(|path| Cycle {
            path: path.iter().copied().map(uid).collect(),
        });
        assert_eq!(find_cycle(&map), expected);
    }

    #[test]
    fn a_cycle_is_told_with_its_path() {
        check(&[(1, 1)], Some(&[1, 1]));
        check(&[(1, 2), (2, 1)], Some(&[1, 2, 1]));
        check(
            &[(1, 2), (1, 3), (3, 4), (4, 5), (5, 3)],
            Some(&[3, 4, 5, 3]),
        );
    }

    #[test]
    fn what_does_not_come_back_is_no_cycle() {
        check(&[], None);
        check(&[(1, 2), (1, 3), (2, 4), (3, 4), (4, 5)], None);
    }

    #[test]
    fn a_long_chain_is_no_danger() {
        let far = |n: u32| Uid::from_parts(u64::from(n), [0; 10]);
        let mut edges: BTreeMap<_, _> = (1..20_000)
            .map(|n| (far(n), BTreeSet::from([far(n + 1)])))
            .collect();
        assert_eq!(find_cycle(&edges), None);
        edges.insert(far(20_000), BTreeSet::from([far(1)]));
        assert_eq!(
            find_cycle(&edges).map(|cycle| cycle.path.len()),
            Some(20_001)
        );
    }
}
