//! Families of what the kernel counts in `/proc`: processor, memory, load, pressure.

use crate::counters::as_f64;
use crate::metrics::exposition::{Exposition, Kind};

/// Modes of `/proc/stat`, in its order.
const MODES: [&str; 8] = [
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal",
];

/// Modes of the two columns after them.
const GUEST_MODES: [&str; 2] = ["user", "nice"];

/// Single figures of `/proc/stat`.
const SINGLE: [(&str, &str, Kind, &str); 6] = [
    (
        "ctxt",
        "node_context_switches_total",
        Kind::Counter,
        "Switches from one task to another.",
    ),
    (
        "intr",
        "node_intr_total",
        Kind::Counter,
        "Interrupts served.",
    ),
    (
        "processes",
        "node_forks_total",
        Kind::Counter,
        "Tasks made since the start.",
    ),
    (
        "btime",
        "node_boot_time_seconds",
        Kind::Gauge,
        "When the machine started, in seconds since 1970.",
    ),
    (
        "procs_running",
        "node_procs_running",
        Kind::Gauge,
        "Tasks that run or could run.",
    ),
    (
        "procs_blocked",
        "node_procs_blocked",
        Kind::Gauge,
        "Tasks that wait for a disk.",
    ),
];

/// Adds what `/proc/stat` says.
pub(crate) fn add_stat(to: &mut Exposition, text: &str, ticks_per_second: u64) {
    let seconds = |field: &str| Some(as_f64(field.parse().ok()?) / as_f64(ticks_per_second));
    let cores: Vec<(&str, Vec<&str>)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let core = fields.next()?.strip_prefix("cpu")?;
            (!core.is_empty()).then(|| (core, fields.collect()))
        })
        .collect();
    let of = |modes: &'static [&'static str], first: usize| {
        cores.iter().flat_map(move |(core, fields)| {
            let columns = modes.iter().zip(fields.iter().skip(first));
            columns.filter_map(move |(mode, field)| {
                Some((vec![("cpu", *core), ("mode", *mode)], seconds(field)?))
            })
        })
    };
    let help = "Seconds that each core spent in each mode.";
    to.add("node_cpu_seconds_total", Kind::Counter, help, of(&MODES, 0));
    let help = "Seconds that each core spent in guests of virtual machines.";
    to.add(
        "node_cpu_guest_seconds_total",
        Kind::Counter,
        help,
        of(&GUEST_MODES, 8),
    );
    add_single(to, text);
}

fn add_single(to: &mut Exposition, text: &str) {
    for (key, name, kind, help) in SINGLE {
        let value = text.lines().find_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            (fields.next()? == key).then(|| fields.next()?.parse().ok())?
        });
        to.add_one(name, kind, help, value.map(as_f64));
    }
}

/// Adds what `/proc/meminfo` says: `Active(anon): 5 kB` becomes `node_memory_Active_anon_bytes`.
pub(crate) fn add_meminfo(to: &mut Exposition, text: &str) {
    for line in text.lines() {
        let Some((key, rest)) = line.split_once(':') else {
            continue;
        };
        let key = key.replace('(', "_").replace(')', "");
        if !key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        {
            continue;
        }
        let mut fields = rest.split_ascii_whitespace();
        let value: Option<u64> = fields.next().and_then(|field| field.parse().ok());
        let help = format!("{key} of /proc/meminfo.");
        if fields.next() == Some("kB") {
            let bytes = value.map(|kib| as_f64(kib) * 1024.0);
            to.add_one(
                &format!("node_memory_{key}_bytes"),
                Kind::Gauge,
                &help,
                bytes,
            );
        } else {
            to.add_one(
                &format!("node_memory_{key}"),
                Kind::Gauge,
                &help,
                value.map(as_f64),
            );
        }
    }
}

/// Adds what `/proc/loadavg` says.
pub(crate) fn add_loadavg(to: &mut Exposition, text: &str) {
    let names = [
        ("node_load1", "one"),
        ("node_load5", "five"),
        ("node_load15", "fifteen"),
    ];
    for ((name, minutes), field) in names.into_iter().zip(text.split_ascii_whitespace()) {
        let load = field.parse().ok().filter(|load: &f64| load.is_finite());
        let help = format!("Tasks that ran or waited, on average over {minutes} minutes.");
        to.add_one(name, Kind::Gauge, &help, load);
    }
}

/// Adds what `/proc/pressure/RESOURCE` says.
pub(crate) fn add_pressure(to: &mut Exposition, resource: &str, text: &str) {
    for (line, what, help) in [
        (
            "some",
            "waiting",
            "Seconds in which at least one task waited.",
        ),
        (
            "full",
            "stalled",
            "Seconds in which all tasks waited at once.",
        ),
    ] {
        // Of the processor, `full` says nothing for the whole machine.
        if resource == "cpu" && line == "full" {
            continue;
        }
        let total = text.lines().find_map(|text| {
            let rest = text.strip_prefix(line)?;
            rest.split_ascii_whitespace()
                .find_map(|field| field.strip_prefix("total=")?.parse().ok())
        });
        let name = format!("node_pressure_{resource}_{what}_seconds_total");
        to.add_one(
            &name,
            Kind::Counter,
            help,
            total.map(|us: u64| as_f64(us) / 1e6),
        );
    }
}
