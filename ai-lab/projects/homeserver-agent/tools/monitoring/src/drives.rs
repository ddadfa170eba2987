//! The action `drives`: disks and their SMART reports, software RAID, worst first.
//!
//! No disk is asked here: the reports were collected outside of the sandbox, and the kernel's own sensors do not wake.

mod raid;
mod smart;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};

use crate::clock;
use crate::collected::Collected;
use crate::machine::Machine;
use crate::notes::Notes;
use crate::settings::Settings;
use crate::temperatures::{Temperature, read_temperatures};

pub(crate) use raid::{Array, ArrayState, Role, read_arrays};
use smart::{Smart, parse_smart};

/// How many disks and arrays are shown. Stops a storage server, or a folder full of reports, from flooding the answer.
const MOST_ROWS: usize = 64;

/// From how much of its life used up on a disk is called suspect, in percent.
const WORN_PERCENT: u64 = 90;

/// The kernel counts a disk's room in sectors of this many bytes, whatever the disk's own are.
const SECTOR_BYTES: u64 = 512;

/// Nothing to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrivesInput {}

/// Disks and arrays, worst first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DrivesOutput {
    /// The disks.
    pub(crate) drives: Vec<Drive>,
    /// The arrays of software RAID; empty without.
    pub(crate) arrays: Vec<Array>,
    /// Sentences about what could not be read and why.
    pub(crate) notes: Vec<String>,
}

/// One disk. What its report does not tell is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Drive {
    /// Its name below `/dev`; of a report without such a disk, the report's name.
    pub(crate) device: String,
    /// How it is.
    pub(crate) health: Health,
    /// What speaks against it, in sentences; empty where nothing does.
    pub(crate) findings: Vec<String>,
    /// Its model.
    pub(crate) model: Option<String>,
    /// Its serial number, as it stands on its label.
    pub(crate) serial: Option<String>,
    /// Its room.
    pub(crate) size_bytes: Option<u64>,
    /// Whether it spins.
    pub(crate) spins: Option<bool>,
    /// Its temperature: now, where the kernel's sensor may be asked, else at the time of the report.
    pub(crate) temperature_celsius: Option<f64>,
    /// Its own verdict.
    pub(crate) smart_passed: Option<bool>,
    /// Sectors put elsewhere because they went bad.
    pub(crate) reallocated_sectors: Option<u64>,
    /// Sectors that could not be read and wait to be written again.
    pub(crate) pending_sectors: Option<u64>,
    /// Sectors that could not be read when it checked itself.
    pub(crate) uncorrectable_sectors: Option<u64>,
    /// Reads that no correction could save.
    pub(crate) media_errors: Option<u64>,
    /// Errors between disk and controller since it was made; most often the cable.
    pub(crate) link_errors: Option<u64>,
    /// How much of its life's writing is used up, in percent; may go beyond 100.
    pub(crate) worn_percent: Option<u64>,
    /// How much of its spare room is left, in percent.
    pub(crate) spare_percent: Option<u64>,
    /// How long it has been on, in hours.
    pub(crate) powered_on_h: Option<u64>,
    /// How old its report is, in seconds; `null` without one.
    pub(crate) report_age_s: Option<u64>,
}

/// How a disk is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// It says itself that it is failing.
    Failing,
    /// It works, and something speaks against it.
    Suspect,
    /// Nobody knows: there is no report, or the disk gave no answer.
    Unknown,
    /// It was asleep when it was to be asked, and was left so.
    Asleep,
    /// Nothing speaks against it.
    Ok,
}

/// Reads disks and arrays.
#[derive(Debug, Default)]
pub(crate) struct Drives;

impl Action for Drives {
    const NAME: &'static str = "drives";
    const DESCRIPTION: &'static str = "Says how the disks are: SMART verdict, bad sectors, wear, temperature, and \
        software RAID, worst first. Wakes no disk.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = DrivesInput;
    type Output = DrivesOutput;

    fn run(&self, _: DrivesInput, context: &ToolContext) -> Result<DrivesOutput, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let collected = Collected::configured(&settings, clock::now());
        let output = read_drives(&Machine::default(), &collected, settings.ask_spinning);
        for note in &output.notes {
            context.info(note);
        }
        Ok(output)
    }
}

/// Reads disks and arrays of that machine.
pub(crate) fn read_drives(
    machine: &Machine,
    collected: &Collected,
    ask_spinning: bool,
) -> DrivesOutput {
    let mut notes = Notes::default();
    let devices = notes.keep("/sys/block", disks(machine)).unwrap_or_default();
    let reports = collected.names("smart");
    if reports.is_empty() && !devices.is_empty() {
        notes.add(
            "no SMART report is collected; `homeserver-agent collect` writes them, run by a timer as root".to_owned(),
        );
    }
    let temperatures = read_temperatures(machine, ask_spinning, |note| notes.add(note));
    let orphans = reports
        .iter()
        .filter(|report| !devices.iter().any(|device| is_report_of(report, device)));
    let all: Vec<&String> = devices.iter().chain(orphans).collect();
    let mut drives: Vec<Drive> = all
        .iter()
        .map(|device| {
            let report = reports.iter().find(|report| is_report_of(report, device));
            let told = report.and_then(|report| read_report(collected, report, &mut notes));
            drive(machine, device, told, &temperatures)
        })
        .collect();
    drives.sort_by(|a, b| (a.health, &a.device).cmp(&(b.health, &b.device)));
    let mut arrays = read_arrays(machine);
    for (what, count) in [("disks", drives.len()), ("arrays", arrays.len())] {
        if count > MOST_ROWS {
            notes.add(format!(
                "{what}: the worst {MOST_ROWS} of {count} are shown"
            ));
        }
    }
    drives.truncate(MOST_ROWS);
    arrays.truncate(MOST_ROWS);
    DrivesOutput {
        drives,
        arrays,
        notes: notes.into_sentences(),
    }
}

/// Disks that are there as such: no part, no image, no memory, no array, no empty slot.
fn disks(machine: &Machine) -> std::io::Result<Vec<String>> {
    const UNREAL: [&str; 4] = ["sr", "fd", "loop", "ram"];
    let mut names = machine.names("/sys/block")?;
    names.retain(|name| {
        let has_device = machine.names(&format!("/sys/block/{name}/device")).is_ok();
        let empty = machine.short(&format!("/sys/block/{name}/size")).as_deref() == Some("0");
        has_device && !empty && !UNREAL.iter().any(|prefix| name.starts_with(prefix))
    });
    names.sort();
    Ok(names)
}

/// Whether a report is that disk's: by the same name, or an `NVMe` controller's (`nvme0` for `nvme0n1`).
fn is_report_of(report: &str, device: &str) -> bool {
    report == device || is_controller_of(report, device)
}

/// Whether `nvme0` is what `nvme0n1` belongs to.
fn is_controller_of(controller: &str, device: &str) -> bool {
    controller.starts_with("nvme")
        && device
            .strip_prefix(controller)
            .is_some_and(|rest| rest.starts_with('n'))
}

/// A report with its age. One that cannot be used is told; so is one that is stale.
fn read_report(collected: &Collected, name: &str, notes: &mut Notes) -> Option<(Smart, u64)> {
    let file = format!("smart/{name}.json");
    let report = match collected.read(&file) {
        Ok(report) => report,
        Err(error) => {
            notes.add(error.sentence());
            return None;
        }
    };
    if report.is_stale() {
        let minutes = report.age_s / 60;
        notes.add(format!(
            "{name}: its SMART report is stale: {minutes} minutes old"
        ));
    }
    let smart = parse_smart(&report.value);
    if let Some(complaint) = &smart.complaint {
        notes.add(format!("{name}: {complaint}"));
    }
    Some((smart, report.age_s))
}

fn drive(
    machine: &Machine,
    device: &str,
    told: Option<(Smart, u64)>,
    temperatures: &[Temperature],
) -> Drive {
    let file = |name: &str| machine.short(&format!("/sys/block/{device}/{name}"));
    let suspended = file("device/power/runtime_status").as_deref() == Some("suspended");
    let (health, findings) = judge(told.as_ref().map(|(smart, _)| smart), suspended);
    let report_age_s = told.as_ref().map(|(_, age_s)| *age_s);
    let smart = told.map(|(smart, _)| smart).unwrap_or_default();
    let sectors: Option<u64> = file("size").and_then(|size| size.parse().ok());
    // Of one that sleeps, the last report's temperature is no longer true.
    let reported = smart
        .temperature_celsius
        .filter(|_| health != Health::Asleep);
    let reported = reported.and_then(|degrees| u32::try_from(degrees).ok());
    Drive {
        device: device.to_owned(),
        health,
        findings,
        model: smart.model.or_else(|| file("device/model")),
        serial: smart.serial,
        size_bytes: sectors.and_then(|sectors| sectors.checked_mul(SECTOR_BYTES)),
        spins: file("queue/rotational").map(|rotational| rotational == "1"),
        temperature_celsius: sensed(device, temperatures).or(reported.map(f64::from)),
        smart_passed: smart.passed,
        reallocated_sectors: smart.reallocated_sectors,
        pending_sectors: smart.pending_sectors,
        uncorrectable_sectors: smart.uncorrectable_sectors,
        media_errors: smart.media_errors,
        link_errors: smart.link_errors,
        worn_percent: smart.worn_percent,
        spare_percent: smart.spare_percent,
        powered_on_h: smart.powered_on_h,
        report_age_s,
    }
}

/// What the kernel's sensor says of that disk; `NVMe` disks have several, of which `Composite` stands for all.
fn sensed(device: &str, temperatures: &[Temperature]) -> Option<f64> {
    let of_disk = || {
        temperatures.iter().filter(|sensor| {
            let place = sensor.device.as_deref();
            place.is_some_and(|place| place == device || is_controller_of(place, device))
        })
    };
    let composite = of_disk().find(|sensor| sensor.label.as_deref() == Some("Composite"));
    composite
        .or_else(|| of_disk().next())
        .map(|sensor| sensor.celsius)
}

/// How a disk is, and what speaks against it. What the kernel put to sleep is asleep, whatever its last report said.
fn judge(smart: Option<&Smart>, suspended: bool) -> (Health, Vec<String>) {
    let Some(smart) = smart else {
        let health = if suspended {
            Health::Asleep
        } else {
            Health::Unknown
        };
        return (health, vec![]);
    };
    let mut findings: Vec<String> = Vec::new();
    if smart.passed == Some(false) {
        findings.push("its own verdict is that it fails".to_owned());
    }
    findings.extend(smart.failing.iter().cloned());
    let failing = !findings.is_empty();
    let counted = [
        (smart.pending_sectors, "sectors cannot be read"),
        (smart.uncorrectable_sectors, "sectors failed its own check"),
        (smart.reallocated_sectors, "sectors were put elsewhere"),
        (smart.media_errors, "reads could not be saved"),
    ];
    for (count, what) in counted {
        if let Some(count) = count.filter(|count| *count > 0) {
            findings.push(format!("{count} {what}"));
        }
    }
    if let Some(worn) = smart.worn_percent.filter(|worn| *worn >= WORN_PERCENT) {
        findings.push(format!("{worn} % of its life's writing is used up"));
    }
    let suspect = !findings.is_empty();
    // Counted since it was made: a cable that was exchanged long ago is told, and is no suspicion.
    if let Some(count) = smart.link_errors.filter(|count| *count > 0) {
        findings.push(format!(
            "{count} errors between it and its controller, ever"
        ));
    }
    let health = if failing {
        Health::Failing
    } else if suspect {
        Health::Suspect
    } else if smart.asleep || suspended {
        Health::Asleep
    } else if smart.passed.is_none() {
        Health::Unknown
    } else {
        Health::Ok
    };
    (health, findings)
}

#[cfg(test)]
mod tests;
