//! What a sample of this machine says to the rules. Takes the sample and gives observations.

use super::observation::{MACHINE, Observation, OwnLimit};
use super::rule::Rule;
use crate::counters::{as_f64, one_digit, percent};
use crate::disks::{Disk, DiskState};
use crate::host::HostOutput;
use crate::pressure::Stall;
use crate::processes::Process;
use crate::shell::quoted;
use crate::temperatures::Temperature;

/// How far below its high mark a sensor is well again, and how far apart marks are assumed where it names one of two,
/// in degrees.
const WELL_BELOW: f64 = 5.0;
const BETWEEN_MARKS: f64 = 10.0;

/// Everything that a sample says.
pub(crate) fn observe(sample: &HostOutput) -> Vec<Observation> {
    let mut seen = Vec::new();
    for disk in sample.disks.as_deref().unwrap_or_default() {
        seen.extend(of_disk(disk));
    }
    seen.extend(of_memory(sample));
    seen.extend(of_processor(sample));
    let waits = [
        (
            Rule::PressureCpu,
            "a core",
            &sample.pressure.cpu,
            "ps -eo pcpu,pid,comm --sort=-pcpu | head",
        ),
        (
            Rule::PressureMemory,
            "memory",
            &sample.pressure.memory,
            "ps -eo rss,pid,comm --sort=-rss | head",
        ),
        (
            Rule::PressureIo,
            "a disk",
            &sample.pressure.io,
            "ps -eo state,pid,comm | grep ^D",
        ),
    ];
    for (rule, what, stall, next) in waits {
        seen.extend(of_pressure(rule, what, stall.as_ref(), next));
    }
    seen.extend(sample.temperatures.iter().map(of_temperature));
    seen
}

fn of_disk(disk: &Disk) -> Vec<Observation> {
    let point = disk.mount_point.as_str();
    let quoted = quoted(point);
    let is_stuck = match disk.state {
        DiskState::Stuck => true,
        DiskState::Ok => false,
        // Whoever was not asked, or answered with an error, says nothing of being stuck.
        DiskState::Unreadable | DiskState::NotAsked => return Vec::new(),
    };
    let mut seen = vec![Observation::state(
        Rule::DiskStuck,
        point,
        is_stuck,
        &if is_stuck {
            format!("{point} ({}) does not answer", disk.source)
        } else {
            format!("{point} answers")
        },
        format!("findmnt {quoted}; umount -l {quoted} takes a dead share away"),
    )];
    // What cannot be written to is as full as it will ever be.
    if disk.read_only {
        return seen;
    }
    let used = disk.used_percent.map(|used| {
        let sentence = format!("{point} is {used} % full");
        let next = format!("du -xh --max-depth=2 {quoted} | sort -h | tail");
        Observation::new(Rule::DiskUsed, point, used, &sentence, next)
    });
    let inodes = disk.inodes_used_percent.map(|used| {
        let sentence = format!("{used} % of the inodes of {point} are taken");
        let next = format!("du --inodes -x --max-depth=2 {quoted} | sort -n | tail");
        Observation::new(Rule::InodesUsed, point, used, &sentence, next)
    });
    seen.extend(used.into_iter().chain(inodes));
    seen
}

fn of_memory(sample: &HostOutput) -> Vec<Observation> {
    let Some(memory) = &sample.memory else {
        return Vec::new();
    };
    let top = |sample: &HostOutput| {
        let most = sample.processes.as_ref()?.top_memory.first()?;
        Some(format!(
            "; most has {} ({}), {} MiB",
            most.name,
            most.pid,
            most.rss_bytes >> 20
        ))
    };
    let available = memory
        .available_bytes
        .zip(memory.total_bytes)
        .and_then(|(left, all)| {
            // The cache of ZFS gives way to programs.
            let left = left
                .saturating_add(memory.zfs_arc_bytes.unwrap_or(0))
                .min(all);
            let share = percent(left, all)?;
            let sentence = format!(
                "{share} % of the memory ({} MiB) is left{}",
                left >> 20,
                top(sample).unwrap_or_default()
            );
            let next = "ps -eo rss,pid,comm --sort=-rss | head";
            Some(Observation::new(
                Rule::MemoryAvailable,
                MACHINE,
                share,
                &sentence,
                next,
            ))
        });
    let swap = memory
        .swap_used_bytes
        .zip(memory.swap_total_bytes)
        .and_then(|(used, all)| {
            let share = percent(used, all)?;
            let sentence = format!("{share} % of the swap ({} MiB) is in use", used >> 20);
            let next = "grep -H VmSwap /proc/[0-9]*/status | sort -k2 -n | tail";
            Some(Observation::new(
                Rule::SwapUsed,
                MACHINE,
                share,
                &sentence,
                next,
            ))
        });
    available.into_iter().chain(swap).collect()
}

fn of_processor(sample: &HostOutput) -> Vec<Observation> {
    let next = "ps -eo pcpu,pid,comm --sort=-pcpu | head";
    let used = sample.cpu.as_ref().and_then(|cpu| {
        let used = cpu.used_percent?;
        let most = sample
            .processes
            .as_ref()
            .and_then(|processes| processes.top_cpu.first());
        let most = most.map(named_by_cpu).unwrap_or_default();
        let sentence = format!("the processor is {used} % busy{most}");
        Some(Observation::new(
            Rule::CpuUsed,
            MACHINE,
            used,
            &sentence,
            next,
        ))
    });
    let cores = sample.cpu.as_ref().map_or(0, |cpu| cpu.cores);
    let load = sample.load.as_ref().filter(|_| cores > 0).map(|load| {
        let each = one_digit(load.five / as_f64(cores as u64));
        let sentence = format!(
            "the load of five minutes is {} on {cores} cores: {each} a core",
            load.five
        );
        Observation::new(Rule::LoadPerCore, MACHINE, each, &sentence, next)
    });
    used.into_iter().chain(load).collect()
}

/// `; most by NAME (PID), 98.2 % of a core`.
fn named_by_cpu(process: &Process) -> String {
    process.cpu_percent.map_or_else(String::new, |share| {
        format!(
            "; most by {} ({}), {share} % of a core",
            process.name, process.pid
        )
    })
}

fn of_pressure(rule: Rule, what: &str, stall: Option<&Stall>, next: &str) -> Option<Observation> {
    let share = stall?.some.as_ref()?.avg60;
    let sentence = format!("in {share} % of the last minute a task waited for {what}");
    Some(Observation::new(rule, MACHINE, share, &sentence, next))
}

fn of_temperature(sensor: &Temperature) -> Observation {
    let name = [
        sensor.device.as_deref(),
        Some(sensor.chip.as_str()),
        sensor.label.as_deref(),
    ];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let celsius = sensor.celsius;
    let sentence = format!("{name} has {celsius} degrees");
    let mut seen = Observation::new(Rule::Temperature, &name, celsius, &sentence, "sensors");
    seen.own =
        marks(sensor.high_celsius, sensor.critical_celsius).map(|(warning, critical)| OwnLimit {
            warning,
            critical,
            clears_at: warning - WELL_BELOW,
        });
    seen
}

/// From where on a sensor is high and too high, as it says itself.
fn marks(high: Option<f64>, critical: Option<f64>) -> Option<(f64, f64)> {
    let (high, critical) = match (high, critical) {
        (None, None) => return None,
        (Some(high), None) => (high, high + BETWEEN_MARKS),
        (None, Some(critical)) => (critical - BETWEEN_MARKS, critical),
        (Some(high), Some(critical)) => (high.min(critical), critical),
    };
    // Some chips name a mark that nothing ever reaches, or one that everything has passed.
    (20.0..=120.0).contains(&high).then_some((high, critical))
}

#[cfg(test)]
mod tests;
