//! Families of software RAID.

use crate::counters::as_f64;
use crate::drives::{Array, ArrayState, Role};
use crate::metrics::devices::Figure;
use crate::metrics::exposition::{Exposition, Kind};

/// The states that `node_exporter` knows, with the action that each is.
const STATES: [(&str, Option<&str>); 5] = [
    ("active", None),
    ("inactive", None),
    ("recovering", Some("recovery")),
    ("resync", Some("resync")),
    ("check", Some("check")),
];

/// What a member does, by its name there.
const ROLES: [(&str, Role); 3] = [
    ("active", Role::Active),
    ("failed", Role::Failed),
    ("spare", Role::Spare),
];

/// Room and members.
const FIGURES: [Figure<Array, u64>; 3] = [
    (
        "node_md_disks_required",
        "Members that an array should have.",
        |array| array.members_wanted,
    ),
    (
        "node_md_blocks",
        "An array's room in blocks of 1024 bytes.",
        blocks,
    ),
    (
        "node_md_blocks_synced",
        "How many blocks are alike on all members.",
        |array| match &array.sync {
            Some(sync) => sync.done_blocks,
            None => blocks(array),
        },
    ),
];

/// Adds arrays of software RAID.
pub(crate) fn add_arrays(to: &mut Exposition, arrays: &[Array]) {
    let states = arrays.iter().flat_map(|array| {
        let now = state(array);
        STATES.iter().map(move |(state, _)| {
            let value = if *state == now { 1.0 } else { 0.0 };
            (
                vec![("device", array.name.as_str()), ("state", *state)],
                value,
            )
        })
    });
    let help = "Which state an array is in.";
    to.add("node_md_state", Kind::Gauge, help, states);
    let disks = arrays.iter().flat_map(|array| {
        ROLES.iter().map(move |(state, role)| {
            let of_role = array.members.iter().filter(|member| member.role == *role);
            let count = as_f64(of_role.count() as u64);
            (
                vec![("device", array.name.as_str()), ("state", *state)],
                count,
            )
        })
    });
    let help = "Members of an array by what they do.";
    to.add("node_md_disks", Kind::Gauge, help, disks);
    for (name, help, value) in FIGURES {
        let samples = arrays.iter().filter_map(|array| {
            Some((vec![("device", array.name.as_str())], as_f64(value(array)?)))
        });
        to.add(name, Kind::Gauge, help, samples);
    }
}

/// The one state that an array is in.
fn state(array: &Array) -> &'static str {
    if array.state == ArrayState::Inactive {
        return "inactive";
    }
    let busy = array.sync.as_ref().map(|sync| sync.action.as_str());
    let known = STATES
        .iter()
        .find(|(_, action)| action.is_some() && *action == busy);
    known.map_or("active", |(state, _)| *state)
}

fn blocks(array: &Array) -> Option<u64> {
    array.size_bytes.map(|bytes| bytes / 1024)
}
