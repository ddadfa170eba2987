//! What is known of machine, router and checks at one moment, in plain figures: what causes are found in.

use std::net::{IpAddr, Ipv6Addr};

use crate::checks::{CheckResult, Outcome};
use crate::counters::{as_f64, percent};
use crate::disks::DiskState;
use crate::host::HostOutput;
use crate::pressure::Stall;

/// Everything that causes are found in. What is not known is `None`, and no cause is made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Situation {
    pub(crate) cores: u64,
    pub(crate) load_one: Option<f64>,
    /// Of all cores' time, in percent.
    pub(crate) cpu_used: Option<f64>,
    pub(crate) iowait: Option<f64>,
    pub(crate) steal: Option<f64>,
    /// Share of the last ten seconds in which at least one task waited, in percent.
    pub(crate) waits_cpu: Option<f64>,
    pub(crate) waits_memory: Option<f64>,
    pub(crate) waits_io: Option<f64>,
    /// Share in which all tasks waited for a disk at once.
    pub(crate) all_wait_io: Option<f64>,
    /// What programs can still have, in percent of all; the cache of ZFS gives way.
    pub(crate) memory_available: Option<f64>,
    pub(crate) swap_used: Option<f64>,
    /// Tasks that cannot be interrupted, most often because they wait for a disk.
    pub(crate) uninterruptible: usize,
    pub(crate) disks: Vec<DiskSeen>,
    /// Disks' time with a request open, in percent, the busiest first.
    pub(crate) busy_disks: Vec<(String, f64)>,
    /// Name, id and share of a core.
    pub(crate) top_cpu: Vec<(String, u32, f64)>,
    /// Name, id and MiB.
    pub(crate) top_memory: Vec<(String, u32, u64)>,
    pub(crate) router: RouterSeen,
    pub(crate) checks: Vec<CheckSeen>,
}

/// One disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DiskSeen {
    pub(crate) point: String,
    pub(crate) is_stuck: bool,
    /// `None` where nothing can be written.
    pub(crate) used: Option<f64>,
    pub(crate) inodes: Option<f64>,
}

/// What the router says of the line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum RouterSeen {
    /// It was not asked, or it is not there.
    #[default]
    Unknown,
    /// It is there and does not answer.
    Silent,
    /// The line is up.
    Up {
        /// How much of what can come in does come in, in percent.
        down: Option<f64>,
        /// How much of what can go out does go out, in percent.
        up: Option<f64>,
        /// How long it has been up, in seconds.
        since_s: Option<u64>,
    },
    /// The line is down: the router's word for it, and why.
    Down {
        /// Such as `Disconnected`.
        status: String,
        /// The router's last error.
        error: Option<String>,
    },
}

/// One check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CheckSeen {
    pub(crate) name: String,
    pub(crate) is_dns: bool,
    pub(crate) outcome: Outcome,
    /// Whether the way leads into the internet.
    pub(crate) is_outside: bool,
    pub(crate) sentence: String,
    pub(crate) next: String,
}

impl CheckSeen {
    /// Whether it says that its target is not as it should be.
    pub(crate) fn is_failed(&self) -> bool {
        self.outcome != Outcome::Ok && self.outcome.is_about_target()
    }
}

impl Situation {
    /// Takes what concerns slowness out of what was read.
    pub(crate) fn of(sample: &HostOutput, router: RouterSeen, checks: &[CheckResult]) -> Self {
        let cpu = sample.cpu.as_ref();
        let memory = sample.memory.as_ref();
        let some = |stall: &Option<Stall>| stall.as_ref()?.some.as_ref().map(|wait| wait.avg10);
        let processes = sample.processes.as_ref();
        let mut busy_disks: Vec<(String, f64)> = sample
            .disk_io
            .iter()
            .flatten()
            .filter_map(|disk| Some((disk.device.clone(), disk.busy_percent?)))
            .collect();
        busy_disks.sort_by(|a, b| b.1.total_cmp(&a.1));
        Self {
            cores: cpu.map_or(0, |cpu| cpu.cores as u64),
            load_one: sample.load.as_ref().map(|load| load.one),
            cpu_used: cpu.and_then(|cpu| cpu.used_percent),
            iowait: cpu.and_then(|cpu| cpu.iowait_percent),
            steal: cpu.and_then(|cpu| cpu.steal_percent),
            waits_cpu: some(&sample.pressure.cpu),
            waits_memory: some(&sample.pressure.memory),
            waits_io: some(&sample.pressure.io),
            all_wait_io: sample
                .pressure
                .io
                .as_ref()
                .and_then(|stall| stall.full.as_ref().map(|wait| wait.avg10)),
            memory_available: memory.and_then(|memory| {
                let left = memory.available_bytes?;
                let arc = memory.zfs_arc_bytes.unwrap_or(0);
                let all = memory.total_bytes?;
                percent(left.saturating_add(arc).min(all), all)
            }),
            swap_used: memory
                .and_then(|memory| percent(memory.swap_used_bytes?, memory.swap_total_bytes?)),
            uninterruptible: processes.map_or(0, |all| all.uninterruptible),
            disks: sample.disks.iter().flatten().filter_map(disk).collect(),
            busy_disks,
            top_cpu: processes
                .iter()
                .flat_map(|all| &all.top_cpu)
                .filter_map(|one| Some((one.name.clone(), one.pid, one.cpu_percent?)))
                .collect(),
            top_memory: processes
                .iter()
                .flat_map(|all| &all.top_memory)
                .map(|one| (one.name.clone(), one.pid, one.rss_bytes >> 20))
                .collect(),
            router,
            checks: checks.iter().map(check).collect(),
        }
    }

    /// Load of one minute, a core.
    pub(crate) fn load_per_core(&self) -> Option<f64> {
        (self.cores > 0)
            .then(|| Some(self.load_one? / as_f64(self.cores)))
            .flatten()
    }
}

fn disk(disk: &crate::disks::Disk) -> Option<DiskSeen> {
    let is_stuck = match disk.state {
        DiskState::Stuck => true,
        DiskState::Ok => false,
        DiskState::Unreadable | DiskState::NotAsked => return None,
    };
    let writable = |figure: Option<f64>| figure.filter(|_| !disk.read_only);
    Some(DiskSeen {
        point: disk.mount_point.clone(),
        is_stuck,
        used: writable(disk.used_percent),
        inodes: writable(disk.inodes_used_percent),
    })
}

fn check(result: &CheckResult) -> CheckSeen {
    CheckSeen {
        name: result.name.clone(),
        is_dns: result.kind == "dns",
        outcome: result.outcome,
        is_outside: is_outside(&host_of(&result.target)),
        sentence: result.sentence.clone(),
        next: result.next.clone().unwrap_or_default(),
    }
}

/// The host of `https://host:port/path`, `host:port` and `name at host:port`.
fn host_of(target: &str) -> String {
    let target = target.rsplit(" at ").next().unwrap_or_default();
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default().to_owned(),
        None => authority
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase(),
    }
}

/// Whether a host is beyond the router: no private address, no name of the home network.
fn is_outside(host: &str) -> bool {
    const HOME: [&str; 10] = [
        "lan",
        "local",
        "home",
        "home.arpa",
        "internal",
        "intranet",
        "corp",
        "private",
        "localdomain",
        "fritz.box",
    ];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local())
        }
        Ok(IpAddr::V6(address)) => is_global(address),
        Err(_) => {
            let is_home = HOME.iter().any(|suffix| {
                let before = host.strip_suffix(suffix);
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            });
            host.contains('.') && !is_home
        }
    }
}

fn is_global(address: Ipv6Addr) -> bool {
    !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_router_is_told_by_address_and_name() {
        let outside = |target: &str| is_outside(&host_of(target));
        for target in [
            "https://example.org:443/a",
            "1.1.1.1:53",
            "a.lan at 9.9.9.9:53",
            "[2001:db8::1]:443",
            "http://Example.org?x",
        ] {
            assert!(outside(target), "{target}");
        }
        for target in [
            "https://nas/a",
            "nas.lan:22",
            "192.168.178.1:53",
            "example.org at 10.0.0.1:53",
            "[fe80::1]:443",
            "[fd00::1]:443",
            "127.0.0.1:80",
            "fritz.box:49000",
        ] {
            assert!(!outside(target), "{target}");
        }
    }
}
