//! The action `host`: two readings, an interval apart, and what they say together.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cpu::{self, Cpu, CpuTimes};
use crate::disk_io::{self, DiskIo};
use crate::disks::{self, Ask, Disk, MOST_DISKS};
use crate::load::{self, Load};
use crate::machine::Machine;
use crate::memory::{self, Memory};
use crate::network::{self, Interface};
use crate::notes::Notes;
use crate::pressure::{Pressure, Stall, parse_pressure};
use crate::process_files::ProcessFiles;
use crate::processes::{self, Earlier, Processes, Stat, Units};
use crate::settings::Settings;
use crate::temperatures::{Temperature, read_temperatures};
use crate::{mounts, timer};

/// How many interfaces and how many disks' traffic are shown. Stops a host of many containers from flooding
/// the answer.
const MOST_ROWS: usize = 64;

/// The part of a command line that is read, in bytes.
const COMMAND_BYTES: usize = 1024;

/// The machine's interfaces: process 1 is in its network, whatever network this process is in.
const MACHINE_NET: &str = "/proc/1/net/dev";

/// The interfaces of the network that this process is in.
const OWN_NET: &str = "/proc/net/dev";

/// What to measure, and for how long.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HostInput {
    /// Time between the two readings, in milliseconds. The kernel counts processor time in hundredths of a
    /// second, so that a short interval makes coarse percentages.
    pub(crate) interval_ms: Bounded<50, 5000>,
    /// How many processes to show, each by processor time and by memory.
    pub(crate) top: Bounded<0, 50>,
    /// Whether to show the loopback interface too.
    pub(crate) loopback: bool,
}

impl Default for HostInput {
    fn default() -> Self {
        Self {
            interval_ms: Bounded::constant(250),
            top: Bounded::constant(10),
            loopback: false,
        }
    }
}

/// This machine, now. A field is `null` where the kernel does not tell it; `notes` says why.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HostOutput {
    /// The machine's name.
    hostname: Option<String>,
    /// The kernel's version.
    kernel: Option<String>,
    /// Time since the machine's start, in seconds.
    uptime_s: Option<u64>,
    /// Time between the two readings as measured, in milliseconds.
    interval_ms: u64,
    /// How busy the processor was.
    pub(crate) cpu: Option<Cpu>,
    /// Memory and swap.
    pub(crate) memory: Option<Memory>,
    /// Load averages.
    pub(crate) load: Option<Load>,
    /// Time lost by waiting.
    pub(crate) pressure: Pressure,
    /// Room on disks, one row a device.
    pub(crate) disks: Option<Vec<Disk>>,
    /// Traffic of whole disks.
    pub(crate) disk_io: Option<Vec<DiskIo>>,
    /// Network interfaces.
    pub(crate) network: Option<Vec<Interface>>,
    /// Temperatures, those nearest to their limits first; empty where the machine has no sensors, as most virtual ones.
    /// A spinning disk's is not asked for, unless `ask_spinning` is configured.
    pub(crate) temperatures: Vec<Temperature>,
    /// The processes that take most.
    pub(crate) processes: Option<Processes>,
    /// Sentences about what could not be read and why.
    pub(crate) notes: Vec<String>,
}

/// Reads this machine.
pub(crate) struct Host {
    machine: Machine,
    ask: Arc<Ask>,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            machine: Machine::default(),
            ask: Arc::new(disks::ask_kernel),
        }
    }
}

#[cfg(test)]
impl Host {
    /// Reads another machine, and asks its disks so.
    pub(crate) fn of(machine: Machine, ask: Arc<Ask>) -> Self {
        Self { machine, ask }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Action for Host {
    const NAME: &'static str = "host";
    const DESCRIPTION: &'static str = "Reads this machine's own figures: processor, memory, load, pressure, \
        disks, network and the processes that take most, over a short interval.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = HostInput;
    type Output = HostOutput;

    fn run(&self, input: HostInput, context: &ToolContext) -> Result<HostOutput, ToolFailure> {
        if let Err(why) = self.machine.read("/proc/stat") {
            return Err(ToolFailure::new(
                "no_proc",
                format!("cannot read /proc: {why}"),
            ));
        }
        let output = self.measure(&input, &context.config_as()?);
        if let Some(used) = output.cpu.as_ref().and_then(|cpu| cpu.used_percent) {
            context.metric("cpu_used", used, "percent");
        }
        if let Some(used) = output
            .memory
            .as_ref()
            .and_then(|memory| memory.used_percent)
        {
            context.metric("memory_used", used, "percent");
        }
        context.info(&format!(
            "two readings, {} ms apart, with {} notes",
            output.interval_ms,
            output.notes.len()
        ));
        for note in &output.notes {
            context.info(note);
        }
        Ok(output)
    }
}

/// The counters of one reading.
struct Reading {
    at: Instant,
    cpu: Option<CpuTimes>,
    disk_io: Option<Vec<disk_io::Counters>>,
    network: Option<Vec<network::Counters>>,
}

impl Host {
    /// Takes the first reading, asks the disks while time passes, takes the second.
    pub(crate) fn measure(&self, input: &HostInput, settings: &Settings) -> HostOutput {
        let mut notes = Notes::default();
        let top = usize::try_from(input.top.get()).unwrap_or(usize::MAX);
        let whole_devices = notes.keep("/sys/block", self.machine.names("/sys/block"));
        let whole_devices = whole_devices.as_deref();

        // A machine whose processes cannot be listed is told of once, at the second reading.
        let mut files = self.machine.folder("/proc").map(ProcessFiles::of).ok();
        let mut stats = || {
            files
                .as_mut()
                .and_then(|files| files.read().ok())
                .unwrap_or_default()
        };
        let earlier: Earlier = stats().iter().map(processes::earlier_entry).collect();
        let first = self.reading(input.loopback, whole_devices, &mut notes);
        let disks = self.disks(&mut notes);
        let temperatures =
            read_temperatures(&self.machine, settings.ask_spinning, |note| notes.add(note));
        timer::wait_until(first.at + Duration::from_millis(input.interval_ms.get()));
        let second = self.reading(input.loopback, whole_devices, &mut notes);
        let stats = stats();

        let interval = second.at - first.at;
        let rows = |what: &str, count: usize, notes: &mut Notes| {
            if count > MOST_ROWS {
                notes.add(format!(
                    "{what}: the first {MOST_ROWS} of {count} are shown"
                ));
            }
        };
        let disk_io = first.disk_io.zip(second.disk_io).map(|(before, now)| {
            rows("disk traffic", now.len(), &mut notes);
            disk_io::compare(&before, &now[..now.len().min(MOST_ROWS)], interval)
        });
        let network = first.network.zip(second.network).map(|(before, now)| {
            rows("interfaces", now.len(), &mut notes);
            network::compare(&before, &now[..now.len().min(MOST_ROWS)], interval)
        });
        HostOutput {
            hostname: self.line("/proc/sys/kernel/hostname", &mut notes),
            kernel: self.line("/proc/sys/kernel/osrelease", &mut notes),
            uptime_s: self.parsed("/proc/uptime", &mut notes, load::parse_uptime),
            interval_ms: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
            cpu: first
                .cpu
                .zip(second.cpu)
                .map(|(before, now)| cpu::compare(&before, &now)),
            memory: self.memory(&mut notes),
            load: self.parsed("/proc/loadavg", &mut notes, load::parse_loadavg),
            pressure: self.pressure(&mut notes),
            disks,
            disk_io,
            network,
            temperatures,
            processes: self.processes(&earlier, &stats, interval, top),
            notes: notes.into_sentences(),
        }
    }

    fn reading(&self, loopback: bool, devices: Option<&[String]>, notes: &mut Notes) -> Reading {
        Reading {
            at: Instant::now(),
            cpu: self.parsed("/proc/stat", notes, cpu::parse_stat),
            network: self.network(loopback, notes),
            disk_io: devices.and_then(|devices| {
                self.parsed("/proc/diskstats", notes, |text| {
                    Some(disk_io::parse_diskstats(text, devices))
                })
            }),
        }
    }

    fn network(&self, loopback: bool, notes: &mut Notes) -> Option<Vec<network::Counters>> {
        let parse = |text: &str| network::parse_net_dev(text, loopback);
        let why = match self.machine.read(MACHINE_NET) {
            Ok(text) => return notes.parsed(MACHINE_NET, Ok::<_, io::Error>(text), parse),
            Err(why) => why,
        };
        let own = self.parsed(OWN_NET, notes, parse)?;
        notes.add(format!(
            "{MACHINE_NET}: {why}: the interfaces are those of this process's own network"
        ));
        Some(own)
    }

    fn memory(&self, notes: &mut Notes) -> Option<Memory> {
        let memory = self.parsed("/proc/meminfo", notes, memory::parse_meminfo)?;
        // Without ZFS there is no such file, which is worth no note.
        let arc = self.machine.read("/proc/spl/kstat/zfs/arcstats").ok();
        Some(memory.with_zfs_arc(arc.as_deref().and_then(memory::parse_arc_size)))
    }

    fn pressure(&self, notes: &mut Notes) -> Pressure {
        let mut stall = |resource: &str| -> Option<Stall> {
            let path = format!("/proc/pressure/{resource}");
            let read = self.machine.read(&path).map_err(|why| {
                format!("{why}: this kernel is built or started without pressure figures (PSI)")
            });
            notes.parsed(&path, read, parse_pressure)
        };
        Pressure {
            cpu: stall("cpu"),
            memory: stall("memory"),
            io: stall("io"),
        }
    }

    fn disks(&self, notes: &mut Notes) -> Option<Vec<Disk>> {
        let path = "/proc/self/mountinfo";
        let mut mounts = mounts::parse_mountinfo(&notes.keep(path, self.machine.read(path))?);
        if mounts.len() > MOST_DISKS {
            notes.add(format!(
                "disks: the first {MOST_DISKS} of {} are shown",
                mounts.len()
            ));
            mounts.truncate(MOST_DISKS);
        }
        Some(disks::read_disks(
            &mounts,
            &self.ask,
            disks::PATIENCE,
            |note| notes.add(note),
        ))
    }

    fn processes(
        &self,
        earlier: &Earlier,
        stats: &[Stat],
        interval: Duration,
        top: usize,
    ) -> Option<Processes> {
        let cmdline = |pid| self.cmdline(pid);
        (!stats.is_empty())
            .then(|| processes::choose(earlier, stats, interval, top, units(), cmdline))
    }

    fn cmdline(&self, pid: u32) -> Vec<u8> {
        let mut buffer = [0; COMMAND_BYTES];
        let path = format!("/proc/{pid}/cmdline");
        self.machine
            .read_start(&path, &mut buffer)
            .map(<[u8]>::to_vec)
            .unwrap_or_default()
    }

    fn line(&self, path: &str, notes: &mut Notes) -> Option<String> {
        let text = notes.keep(path, self.machine.read(path))?;
        Some(text.trim_end().to_owned())
    }

    fn parsed<T>(
        &self,
        path: &str,
        notes: &mut Notes,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        notes.parsed(path, self.machine.read(path), parse)
    }
}

fn units() -> Units {
    Units {
        ticks_per_second: rustix::param::clock_ticks_per_second(),
        page_bytes: rustix::param::page_size() as u64,
    }
}

#[cfg(test)]
mod tests;
