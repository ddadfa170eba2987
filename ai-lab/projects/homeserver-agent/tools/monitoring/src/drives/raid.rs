//! Software RAID, from `/proc/mdstat` and `/sys/block/md*/md`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::machine::Machine;

/// How many members of one array are shown. Stops a made-up array from flooding the answer.
const MOST_MEMBERS: usize = 32;

/// One array.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Array {
    /// Its name below `/dev`, such as `md0`.
    pub(crate) name: String,
    /// How it is.
    pub(crate) state: ArrayState,
    /// `raid1`, `raid5` and so on; `null` for one that is not assembled.
    pub(crate) level: Option<String>,
    /// Its room.
    pub(crate) size_bytes: Option<u64>,
    /// How many members it should have; `null` where nothing may be missing (`raid0`, `linear`).
    pub(crate) members_wanted: Option<u64>,
    /// How many of them work.
    pub(crate) members_working: Option<u64>,
    /// Its members, failed ones first.
    pub(crate) members: Vec<Member>,
    /// What it is busy with; `null` for nothing.
    pub(crate) sync: Option<Progress>,
    /// Sectors that differed between members at the last check; `null` where the kernel does not tell.
    pub(crate) mismatched_sectors: Option<u64>,
}

/// How an array is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ArrayState {
    /// More members are gone than it can do without: the kernel gave it up.
    Broken,
    /// It is not assembled: too few members, or nobody started it.
    Inactive,
    /// It works, and the next failure may be its last.
    Degraded,
    /// All members work.
    Ok,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Member {
    /// Its name below `/dev`.
    pub(crate) device: String,
    /// What it does.
    pub(crate) role: Role,
    /// Read errors that were put right since it was added; `null` where the kernel does not tell.
    pub(crate) errors: Option<u64>,
}

/// What a member does, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Nothing: it failed.
    Failed,
    /// It waits for another to fail.
    Spare,
    /// It keeps the array's journal.
    Journal,
    /// It works, or is being filled.
    Active,
}

/// What an array is busy with.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Progress {
    /// `recovery`, `resync`, `reshape`, `check`.
    pub(crate) action: String,
    /// How far it is; `null` for one that waits for another array.
    pub(crate) done_percent: Option<f64>,
    /// How long it will still take at its present speed, in seconds.
    pub(crate) left_s: Option<u64>,
    /// Its speed.
    pub(crate) bytes_per_s: Option<u64>,
    /// How far it is, in blocks of 1024 bytes.
    #[serde(skip)]
    pub(crate) done_blocks: Option<u64>,
}

/// All arrays, worst first; none on a machine without software RAID.
pub(crate) fn read_arrays(machine: &Machine) -> Vec<Array> {
    // Without the file the kernel has no software RAID, which is worth no note.
    let text = machine.read("/proc/mdstat").unwrap_or_default();
    let mut arrays: Vec<Array> = parse_mdstat(&text)
        .into_iter()
        .map(|array| joined(machine, array))
        .collect();
    arrays.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
    arrays
}

/// Adds what `/sys` knows beside.
fn joined(machine: &Machine, mut array: Array) -> Array {
    let folder = format!("/sys/block/{}/md", array.name);
    let number = |file: &str| {
        machine
            .short(&format!("{folder}/{file}"))?
            .parse::<u64>()
            .ok()
    };
    array.mismatched_sectors = number("mismatch_cnt");
    let state = machine.short(&format!("{folder}/array_state"));
    if matches!(state.as_deref(), Some("broken")) {
        array.state = ArrayState::Broken;
    } else if array.state == ArrayState::Ok && number("degraded").is_some_and(|missing| missing > 0)
    {
        array.state = ArrayState::Degraded;
    }
    for member in &mut array.members {
        member.errors = number(&format!("dev-{}/errors", member.device.replace('/', "!")));
    }
    array
}

/// Reads `/proc/mdstat`: for each array a line with its members, one with its room, and perhaps one with what it is busy
/// with.
pub(crate) fn parse_mdstat(text: &str) -> Vec<Array> {
    let mut arrays: Vec<Array> = Vec::new();
    for line in text.lines() {
        if line.starts_with("md") {
            arrays.extend(parse_head(line));
        } else if line.starts_with(' ')
            && let Some(array) = arrays.last_mut()
        {
            parse_body(line, array);
        }
    }
    arrays
}

/// `md2 : active (auto-read-only) raid5 sdc1[3](F) sdb1[1] sda1[0]`, `md4 : inactive sde[0](S)`.
fn parse_head(line: &str) -> Option<Array> {
    let (name, rest) = line.split_once(" : ")?;
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let is_member = |word: &&&str| word.contains('[');
    let state = match *words.first()? {
        "active" => ArrayState::Ok,
        "broken" => ArrayState::Broken,
        _ => ArrayState::Inactive,
    };
    let level = words[1..]
        .iter()
        .find(|word| !is_member(word) && !word.starts_with('('));
    let mut members: Vec<Member> = words
        .iter()
        .filter(is_member)
        .take(MOST_MEMBERS)
        .map(|word| parse_member(word))
        .collect();
    members.sort_by(|a, b| (a.role, &a.device).cmp(&(b.role, &b.device)));
    Some(Array {
        name: name.trim().to_owned(),
        state,
        level: level.map(|level| (*level).to_owned()),
        size_bytes: None,
        members_wanted: None,
        members_working: None,
        members,
        sync: None,
        mismatched_sectors: None,
    })
}

/// `sdc1[3](F)`.
fn parse_member(word: &str) -> Member {
    let (device, flags) = word.split_once('[').unwrap_or((word, ""));
    let has = |flag: &str| flags.contains(flag);
    let role = if has("(F)") {
        Role::Failed
    } else if has("(S)") {
        Role::Spare
    } else if has("(J)") {
        Role::Journal
    } else {
        Role::Active
    };
    Member {
        device: device.to_owned(),
        role,
        errors: None,
    }
}

/// `129596288 blocks level 5, 64k chunk [3/2] [UU_]`, `[==>…] recovery = 12.6% (37/292) finish=127.5min speed=33440K/sec`,
/// `resync=DELAYED`.
fn parse_body(line: &str, array: &mut Array) {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    if words.get(1) == Some(&"blocks") {
        let blocks: Option<u64> = words[0].parse().ok();
        array.size_bytes = blocks.and_then(|blocks| blocks.checked_mul(1024));
        let count = words.iter().find_map(|word| {
            let (wanted, working) = word.strip_prefix('[')?.strip_suffix(']')?.split_once('/')?;
            Some((wanted.parse::<u64>().ok()?, working.parse::<u64>().ok()?))
        });
        if let Some((wanted, working)) = count {
            array.members_wanted = Some(wanted);
            array.members_working = Some(working);
            if working < wanted && array.state == ArrayState::Ok {
                array.state = ArrayState::Degraded;
            }
        }
    } else if let Some(sync) = parse_sync(line, &words) {
        array.sync = Some(sync);
    }
}

fn parse_sync(line: &str, words: &[&str]) -> Option<Progress> {
    const ACTIONS: [&str; 4] = ["recovery", "resync", "reshape", "check"];
    let action = ACTIONS.iter().find(|action| line.contains(*action))?;
    let after = |key: &str, unit: &str| {
        let value = words.iter().find_map(|word| word.strip_prefix(key))?;
        value
            .strip_suffix(unit)?
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())
    };
    let percent = words.iter().find_map(|word| {
        word.rsplit_once('=')
            .map_or(*word, |(_, value)| value)
            .strip_suffix('%')?
            .parse()
            .ok()
    });
    Some(Progress {
        action: (*action).to_owned(),
        done_percent: percent.filter(|percent: &f64| percent.is_finite()),
        left_s: after("finish=", "min").map(|minutes| whole(minutes * 60.0)),
        bytes_per_s: after("speed=", "K/sec").map(|kib| whole(kib * 1024.0)),
        done_blocks: words
            .iter()
            .find_map(|word| word.strip_prefix('(')?.split_once('/')?.0.parse().ok()),
    })
}

/// A figure as a whole number; 0 for less than nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and what is cut is a part of a second or a byte"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::tests::machine;

    const MDSTAT: &str = "\
Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
md1 : active raid1 sdb2[1] sda2[0]
      136448 blocks super 1.2 [2/2] [UU]
      bitmap: 0/1 pages [0KB], 65536KB chunk

md2 : active raid5 sdc1[3](F) sdb1[1] sda1[0] sdd1[4](S)
      129596288 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]
      [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec

md3 : active (auto-read-only) raid1 sde1[0] nvme0n1p1[1](J)
      1024 blocks [2/2] [UU]
        resync=DELAYED

md4 : inactive sdf[0](S)
      2929890816 blocks super 1.2

md0 : active raid0 sda3[0] sdb3[1]
      2048 blocks 512k chunks

unused devices: <none>
";

    fn member(device: &str, role: Role) -> Member {
        Member {
            device: device.to_owned(),
            role,
            errors: None,
        }
    }

    fn array(
        name: &str,
        state: ArrayState,
        level: Option<&str>,
        kib: u64,
        count: Option<(u64, u64)>,
    ) -> Array {
        Array {
            name: name.to_owned(),
            state,
            level: level.map(str::to_owned),
            size_bytes: Some(kib * 1024),
            members_wanted: count.map(|(wanted, _)| wanted),
            members_working: count.map(|(_, working)| working),
            members: vec![],
            sync: None,
            mismatched_sectors: None,
        }
    }

    #[test]
    fn each_array_has_members_room_and_what_it_is_busy_with() {
        let waiting = Progress {
            action: "resync".to_owned(),
            done_percent: None,
            left_s: None,
            bytes_per_s: None,
            done_blocks: None,
        };
        let busy = Progress {
            action: "recovery".to_owned(),
            done_percent: Some(12.6),
            left_s: Some(7650),
            bytes_per_s: Some(34_242_560),
            done_blocks: Some(37_043_392),
        };
        let active = |device| member(device, Role::Active);
        assert_eq!(
            parse_mdstat(MDSTAT),
            [
                Array {
                    members: vec![active("sda2"), active("sdb2")],
                    ..array("md1", ArrayState::Ok, Some("raid1"), 136_448, Some((2, 2)))
                },
                Array {
                    members: vec![
                        member("sdc1", Role::Failed),
                        member("sdd1", Role::Spare),
                        active("sda1"),
                        active("sdb1")
                    ],
                    sync: Some(busy),
                    ..array(
                        "md2",
                        ArrayState::Degraded,
                        Some("raid5"),
                        129_596_288,
                        Some((3, 2))
                    )
                },
                Array {
                    members: vec![member("nvme0n1p1", Role::Journal), active("sde1")],
                    sync: Some(waiting),
                    ..array("md3", ArrayState::Ok, Some("raid1"), 1024, Some((2, 2)))
                },
                Array {
                    members: vec![member("sdf", Role::Spare)],
                    ..array("md4", ArrayState::Inactive, None, 2_929_890_816, None)
                },
                Array {
                    members: vec![active("sda3"), active("sdb3")],
                    ..array("md0", ArrayState::Ok, Some("raid0"), 2048, None)
                },
            ]
        );
        assert_eq!(
            parse_mdstat("Personalities : \nunused devices: <none>\n"),
            []
        );
        assert_eq!(parse_mdstat("md\n x blocks\nmd1 : \n  resync\n"), []);
    }

    #[test]
    fn the_worst_array_comes_first_and_sys_adds_what_it_knows() {
        let root = machine(&[
            ("proc/mdstat", MDSTAT),
            ("sys/block/md0/md/array_state", "broken\n"),
            ("sys/block/md1/md/array_state", "clean\n"),
            ("sys/block/md1/md/degraded", "1\n"),
            ("sys/block/md1/md/mismatch_cnt", "128\n"),
            ("sys/block/md1/md/dev-sdb2/errors", "7\n"),
        ]);
        let arrays = read_arrays(&Machine::below(root.path()));
        let states: Vec<_> = arrays
            .iter()
            .map(|array| (array.name.as_str(), array.state))
            .collect();
        assert_eq!(
            states,
            [
                ("md0", ArrayState::Broken),
                ("md4", ArrayState::Inactive),
                ("md1", ArrayState::Degraded),
                ("md2", ArrayState::Degraded),
                ("md3", ArrayState::Ok),
            ]
        );
        assert_eq!(arrays[2].mismatched_sectors, Some(128));
        assert_eq!(
            arrays[2]
                .members
                .iter()
                .map(|member| member.errors)
                .collect::<Vec<_>>(),
            [None, Some(7)]
        );
        assert_eq!(read_arrays(&Machine::below(root.path().join("sys"))), []);
    }
}
