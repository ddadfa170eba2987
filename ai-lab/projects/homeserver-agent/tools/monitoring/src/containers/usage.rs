//! What a container takes: one reading of its counters, and what two of them say. An engine's own difference is not used:
//! Podman's is always that to 0, and Docker's takes a second.

use std::time::Instant;

use jiff::Timestamp;
use serde::Deserialize;

use crate::counters::{as_f64, one_digit, percent};

/// The shortest time between two readings that a rate is made of, in nanoseconds. Stops two readings of one moment from
/// making a rate out of nothing.
const SHORTEST_NS: i128 = 10_000_000;

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// When it was had.
    pub(super) had: Instant,
    /// When the engine took it, if it says so: it may have waited since.
    pub(super) taken: Option<Timestamp>,
    /// Processor time so far, in nanoseconds.
    pub(super) cpu_ns: Option<u64>,
    /// Memory without what the kernel keeps of files and would give back.
    pub(super) memory_bytes: Option<u64>,
    /// The bound; an engine says all of the machine's memory where there is none.
    pub(super) memory_limit_bytes: Option<u64>,
    /// Tasks, threads included.
    pub(super) tasks: Option<u64>,
}

/// What two readings say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Usage {
    /// In percent of one core.
    pub(super) cpu_percent: Option<f64>,
    pub(super) memory_bytes: Option<u64>,
    /// `None` where there is no bound.
    pub(super) memory_limit_bytes: Option<u64>,
    /// Of the bound.
    pub(super) memory_percent: Option<f64>,
    pub(super) tasks: Option<u64>,
}

#[derive(Deserialize)]
struct RawStats {
    read: Option<String>,
    cpu_stats: Option<RawCpu>,
    memory_stats: Option<RawMemory>,
    pids_stats: Option<RawTasks>,
}

#[derive(Deserialize)]
struct RawCpu {
    cpu_usage: Option<RawCpuUsage>,
}

#[derive(Deserialize)]
struct RawCpuUsage {
    total_usage: Option<u64>,
}

#[derive(Deserialize)]
struct RawMemory {
    usage: Option<u64>,
    limit: Option<u64>,
    stats: Option<RawMemoryStats>,
}

#[derive(Deserialize)]
struct RawMemoryStats {
    inactive_file: Option<u64>,
    /// The older control groups' word.
    total_inactive_file: Option<u64>,
}

#[derive(Deserialize)]
struct RawTasks {
    current: Option<u64>,
}

/// Reads `/containers/ID/stats?stream=false&one-shot=true`. `None` for anything else.
pub(super) fn parse_stats(json: &[u8], had: Instant) -> Option<Reading> {
    let raw: RawStats = serde_json::from_slice(json).ok()?;
    let cpu = raw.cpu_stats.and_then(|cpu| cpu.cpu_usage);
    let memory = raw.memory_stats;
    let used = memory.as_ref().and_then(|memory| {
        let files = memory.stats.as_ref();
        let files = files.and_then(|all| all.total_inactive_file.or(all.inactive_file));
        Some(memory.usage?.saturating_sub(files.unwrap_or_default()))
    });
    Some(Reading {
        had,
        taken: raw.read.and_then(|moment| moment.parse().ok()),
        // One that has ended has none, in Docker's words 0.
        cpu_ns: cpu.and_then(|cpu| cpu.total_usage).filter(|ns| *ns > 0),
        memory_bytes: used,
        memory_limit_bytes: memory.and_then(|memory| memory.limit),
        tasks: raw.pids_stats.and_then(|tasks| tasks.current),
    })
}

/// What two readings say of a container on a machine of so much memory.
pub(super) fn compare(before: &Reading, now: &Reading, machine_bytes: Option<u64>) -> Usage {
    let memory_limit_bytes = now
        .memory_limit_bytes
        .filter(|limit| *limit > 0 && machine_bytes.is_none_or(|all| *limit < all));
    let memory_percent = now
        .memory_bytes
        .zip(memory_limit_bytes)
        .and_then(|(used, limit)| percent(used, limit));
    Usage {
        cpu_percent: cpu_percent(before, now),
        memory_bytes: now.memory_bytes,
        memory_limit_bytes,
        memory_percent,
        tasks: now.tasks,
    }
}

fn cpu_percent(before: &Reading, now: &Reading) -> Option<f64> {
    let spent = now.cpu_ns?.checked_sub(before.cpu_ns?)?;
    let by_engine = before
        .taken
        .zip(now.taken)
        .map(|(before, now)| now.as_nanosecond() - before.as_nanosecond());
    let interval = match by_engine {
        Some(interval) if interval >= SHORTEST_NS => interval,
        // The same reading given twice: nothing is known of the time between.
        Some(_) => return None,
        None => i128::try_from(now.had.checked_duration_since(before.had)?.as_nanos()).ok()?,
    };
    let interval = u64::try_from(interval).ok().filter(|ns| *ns > 0)?;
    Some(one_digit(100.0 * as_f64(spent) / as_f64(interval)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn reading(json: &[u8]) -> Reading {
        parse_stats(json, Instant::now()).expect("a reading")
    }

    #[test]
    fn two_readings_of_docker_make_percent_of_a_core_and_of_the_bound() {
        let before = reading(include_bytes!("recorded/docker-stats-1.json"));
        let now = reading(include_bytes!("recorded/docker-stats-2.json"));
        assert_eq!(
            compare(&before, &now, Some(8_000_000_000)),
            Usage {
                cpu_percent: Some(80.0),
                memory_bytes: Some(95_000_000),
                memory_limit_bytes: Some(100_000_000),
                memory_percent: Some(95.0),
                tasks: Some(9),
            }
        );
    }

    #[test]
    fn podmans_earlier_reading_and_cores_are_not_needed_and_the_machines_memory_is_no_bound() {
        let before = reading(include_bytes!("recorded/podman-stats-1.json"));
        let now = reading(include_bytes!("recorded/podman-stats-2.json"));
        assert_eq!(
            compare(&before, &now, Some(8_000_000_000)),
            Usage {
                cpu_percent: Some(25.0),
                memory_bytes: Some(20_971_520),
                memory_limit_bytes: None,
                memory_percent: None,
                tasks: Some(3),
            }
        );
    }

    #[test]
    fn without_two_moments_or_with_a_counter_set_back_there_is_no_rate() {
        let had = Instant::now();
        let at = |after_ms: u64, cpu_ns, taken: Option<&str>| Reading {
            had: had + Duration::from_millis(after_ms),
            taken: taken.map(|moment| moment.parse().expect("a moment")),
            cpu_ns,
            memory_bytes: None,
            memory_limit_bytes: None,
            tasks: None,
        };
        let rate = |before: Reading, now: Reading| compare(&before, &now, None).cpu_percent;
        let moment = Some("2026-11-23T18:00:00Z");
        assert_eq!(
            rate(at(0, Some(5), None), at(100, Some(50_000_005), None)),
            Some(50.0)
        );
        assert_eq!(rate(at(0, Some(5), moment), at(100, Some(9), moment)), None);
        assert_eq!(rate(at(0, Some(9), None), at(100, Some(5), None)), None);
        assert_eq!(rate(at(0, None, None), at(100, Some(5), None)), None);
        assert_eq!(rate(at(0, Some(5), None), at(0, Some(5), None)), None);
        assert_eq!(parse_stats(b"[]", had), None);
        assert_eq!(parse_stats(b"{}", had), Some(at(0, None, None)));
    }
}
