//! Ordered lists whose entries have identities.

use std::collections::BTreeSet;

/// The entries of a merged list in their order.
///
/// Whoever moved entries leads; what the other side added comes behind what it stood behind there. `stays` says
/// which entries the merged list has.
pub(crate) fn merged_order<'a>(
    base: &[&'a str],
    ours: &[&'a str],
    theirs: &[&'a str],
    stays: &BTreeSet<&'a str>,
) -> Vec<&'a str> {
    let common: BTreeSet<&str> = base
        .iter()
        .copied()
        .filter(|uid| ours.contains(uid) && theirs.contains(uid))
        .collect();
    let order_of = |list: &[&'a str]| -> Vec<&'a str> {
        let known = list.iter().copied();
        known.filter(|uid| common.contains(uid)).collect()
    };
    let ours_moved = order_of(ours) != order_of(base);
    let (lead, other) = if ours_moved || order_of(theirs) == order_of(base) {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    let mut merged: Vec<&str> = lead
        .iter()
        .copied()
        .filter(|uid| stays.contains(uid))
        .collect();
    for (index, uid) in other.iter().enumerate() {
        if !stays.contains(uid) || merged.contains(uid) {
            continue;
        }
        let mut before = other[..index].iter().rev();
        let behind = before.find_map(|known| merged.iter().position(|it| it == known));
        let mut place = behind.map_or(0, |place| place + 1);
        // Of two that were added at one place the older comes first, whichever side merges.
        while merged
            .get(place)
            .is_some_and(|next| !base.contains(next) && *next < *uid)
        {
            place += 1;
        }
        merged.insert(place, uid);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, ours: &str, theirs: &str, merged: &str) {
        fn entries(text: &str) -> Vec<&str> {
            text.split_terminator(' ').collect()
        }
        let stays = entries(merged).into_iter().collect();
        let order = merged_order(&entries(base), &entries(ours), &entries(theirs), &stays);
        assert_eq!(order.join(" "), merged, "{base} | {ours} | {theirs}");
    }

    #[test]
    fn an_order_is_merged_from_both() {
        check("a b", "a b x", "a b y", "a b x y");
        check("a b", "a b y", "a b x", "a b x y");
        check("a b c", "c a b", "a b c d", "c d a b");
        check("a b c", "a b c d", "c a b", "c d a b");
        check("a b c", "a c", "a b c d", "a c d");
        check("", "x", "y z", "x y z");
        check("a b", "z a b", "a b", "z a b");
        check("a b", "a b", "z a b", "z a b");
    }
}
