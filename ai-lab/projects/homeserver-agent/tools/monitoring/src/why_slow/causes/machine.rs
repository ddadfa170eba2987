//! Causes within this machine.

use super::{Cause, Confidence, Evidence, Kind, evidence, known};
use crate::shell::quoted;
use crate::why_slow::situation::{DiskSeen, Situation};

/// From where on a figure is a sign, in percent.
const CPU_BUSY: f64 = 90.0;
const WAITS_CPU: f64 = 50.0;
const STOLEN: f64 = 15.0;
const MEMORY_LOW: f64 = 10.0;
const MEMORY_GONE: f64 = 5.0;
const WAITS_MEMORY: f64 = 20.0;
const SWAP_BUSY: f64 = 50.0;
const DISK_FULL: f64 = 99.0;
const DISK_NEARLY_FULL: f64 = 95.0;
const WAITS_IO: f64 = 40.0;
const ALL_WAIT_IO: f64 = 20.0;
const IOWAIT: f64 = 30.0;
const DISK_BUSY: f64 = 80.0;

/// How many processes are named.
const TOP: usize = 3;

pub(super) fn causes(situation: &Situation) -> Vec<Cause> {
    let mut found: Vec<Cause> = situation.disks.iter().filter_map(disk_hung).collect();
    found.extend(situation.disks.iter().filter_map(disk_full));
    found.extend(memory_short(situation));
    found.extend(io_stall(situation));
    found.extend(cpu_busy(situation));
    found.extend(cpu_stolen(situation));
    found
}

fn at_least(figure: Option<f64>, mark: f64) -> bool {
    figure.is_some_and(|figure| figure >= mark)
}

fn disk_hung(disk: &DiskSeen) -> Option<Cause> {
    let point = &disk.point;
    disk.is_stuck.then(|| Cause {
        kind: Kind::DiskHung,
        sentence: format!("{point} does not answer: whatever uses it waits without end"),
        confidence: Confidence::High,
        evidence: Vec::new(),
        next: format!("findmnt {}", quoted(point)),
        weight: 95,
    })
}

fn disk_full(disk: &DiskSeen) -> Option<Cause> {
    let point = &disk.point;
    let quoted = quoted(point);
    let fuller = [
        (
            disk.used,
            "used",
            "full",
            format!("du -xh --max-depth=2 {quoted} | sort -h | tail"),
        ),
        (
            disk.inodes,
            "inodes_used",
            "out of inodes",
            format!("du --inodes -x --max-depth=2 {quoted} | sort -n | tail"),
        ),
    ];
    let (figure, name, what, next) = fuller
        .into_iter()
        .filter_map(|(figure, name, what, next)| Some((figure?, name, what, next)))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (sentence, confidence, weight) = if figure >= DISK_FULL {
        (
            format!("{point} is {what}: what has to write there fails"),
            Confidence::High,
            85,
        )
    } else if figure >= DISK_NEARLY_FULL {
        (format!("{point} is nearly {what}"), Confidence::Low, 35)
    } else {
        return None;
    };
    Some(Cause {
        kind: Kind::DiskFull,
        sentence,
        confidence,
        evidence: vec![evidence(format!("{name} {point}"), figure, "percent")],
        next,
        weight,
    })
}

fn memory_short(situation: &Situation) -> Option<Cause> {
    let left = situation.memory_available;
    let is_low = left.is_some_and(|left| left < MEMORY_LOW);
    let is_gone = left.is_some_and(|left| left < MEMORY_GONE);
    let waits = at_least(situation.waits_memory, WAITS_MEMORY);
    if !is_low && !waits {
        return None;
    }
    let swaps = at_least(situation.swap_used, SWAP_BUSY);
    let confidence = if waits && (is_low || swaps) {
        Confidence::High
    } else if waits || is_gone {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let mut evidence = known([
        ("memory_available", left, "percent"),
        ("waited_for_memory_10s", situation.waits_memory, "percent"),
        ("swap_used", situation.swap_used, "percent"),
    ]);
    let top = situation.top_memory.iter().take(TOP);
    evidence.extend(top.map(|(name, pid, mib)| {
        super::evidence(
            format!("{name} ({pid})"),
            crate::counters::as_f64(*mib),
            "mib",
        )
    }));
    let with_swap = if swaps { ", and swap is in use" } else { "" };
    Some(Cause {
        kind: Kind::MemoryShort,
        sentence: if waits {
            format!("programs wait for memory{with_swap}")
        } else {
            format!("little memory is left{with_swap}")
        },
        confidence,
        evidence,
        next: "ps -eo rss,pid,comm --sort=-rss | head".to_owned(),
        weight: match confidence {
            Confidence::High => 90,
            Confidence::Medium => 75,
            Confidence::Low => 40,
        },
    })
}

fn io_stall(situation: &Situation) -> Option<Cause> {
    let waits = at_least(situation.waits_io, WAITS_IO);
    let guessed = at_least(situation.iowait, IOWAIT) && situation.uninterruptible > 0;
    if !waits && !guessed {
        return None;
    }
    let busiest = situation.busy_disks.first();
    let is_busy = busiest.is_some_and(|(_, busy)| *busy >= DISK_BUSY);
    let hangs = situation.disks.iter().any(|disk| disk.is_stuck);
    let confidence = match (waits, is_busy || hangs) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    let mut figures = known([
        ("waited_for_disks_10s", situation.waits_io, "percent"),
        ("all_waited_10s", situation.all_wait_io, "percent"),
        ("iowait", situation.iowait, "percent"),
    ]);
    figures.push(evidence(
        "uninterruptible_tasks",
        crate::counters::as_f64(situation.uninterruptible as u64),
        "count",
    ));
    figures.extend(busiest.map(|(disk, busy)| evidence(format!("busy {disk}"), *busy, "percent")));
    let which = busiest
        .filter(|_| is_busy)
        .map_or_else(String::new, |(disk, _)| format!(", most of all {disk}"));
    let is_heavy = at_least(situation.all_wait_io, ALL_WAIT_IO);
    Some(Cause {
        kind: Kind::IoStall,
        sentence: format!("tasks wait for disks{which}"),
        confidence,
        evidence: figures,
        next: "ps -eo state,pid,comm,wchan | grep ^D; cat /proc/pressure/io".to_owned(),
        weight: if is_heavy { 80 } else { 70 },
    })
}

fn cpu_busy(situation: &Situation) -> Option<Cause> {
    let is_busy = at_least(situation.cpu_used, CPU_BUSY);
    let waits = at_least(situation.waits_cpu, WAITS_CPU);
    if !is_busy && !waits {
        return None;
    }
    let top: Vec<Evidence> = situation
        .top_cpu
        .iter()
        .take(TOP)
        .map(|(name, pid, share)| evidence(format!("{name} ({pid})"), *share, "percent"))
        .collect();
    let who = situation
        .top_cpu
        .first()
        .map_or_else(String::new, |(name, pid, _)| {
            format!(", most by {name} ({pid})")
        });
    let mut figures = known([
        ("cpu_used", situation.cpu_used, "percent"),
        ("waited_for_cpu_10s", situation.waits_cpu, "percent"),
        ("load_per_core", situation.load_per_core(), "per_core"),
    ]);
    figures.extend(top);
    let (sentence, confidence, weight) = match (is_busy, waits) {
        (true, true) => (
            format!("the processor is busy and tasks wait for it{who}"),
            Confidence::High,
            65,
        ),
        (false, true) => (
            format!("tasks wait for the processor{who}"),
            Confidence::Medium,
            55,
        ),
        (true | false, false) => (
            format!("the processor is busy{who}"),
            Confidence::Medium,
            50,
        ),
    };
    Some(Cause {
        kind: Kind::CpuBusy,
        sentence,
        confidence,
        evidence: figures,
        next: "ps -eo pcpu,pid,comm --sort=-pcpu | head".to_owned(),
        weight,
    })
}

fn cpu_stolen(situation: &Situation) -> Option<Cause> {
    at_least(situation.steal, STOLEN).then(|| Cause {
        kind: Kind::CpuStolen,
        sentence: "the hypervisor gives this machine's processor time to others".to_owned(),
        confidence: Confidence::High,
        evidence: known([("steal", situation.steal, "percent")]),
        next: "vmstat 1 5".to_owned(),
        weight: 60,
    })
}
