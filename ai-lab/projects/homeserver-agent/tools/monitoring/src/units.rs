//! The action `units`: services as the kernel sees them and as systemd lists them, those with trouble first.

mod cgroup;
mod listed;

use std::collections::BTreeMap;
use std::time::Duration;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::collected::{Collected, CollectedError};
use crate::counters::{as_f64, one_digit};
use crate::machine::Machine;
use crate::notes::Notes;
use crate::settings::Settings;
use crate::{clock, timer};

use cgroup::{Service, Services, read_services};
use listed::{Listed, parse_units};

/// Which units to show, and for how long to look.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UnitsInput {
    /// Time between the two readings that processor percentages are made of, in milliseconds.
    pub(crate) interval_ms: Bounded<50, 5000>,
    /// How many units to show; those with trouble come first.
    pub(crate) most: Bounded<1, 200>,
    /// Only units whose name contains this; all without.
    pub(crate) contains: Option<String>,
}

impl Default for UnitsInput {
    fn default() -> Self {
        Self {
            interval_ms: Bounded::constant(250),
            most: Bounded::constant(20),
            contains: None,
        }
    }
}

/// Units, those with trouble first, then those that take most.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct UnitsOutput {
    /// How many there are of each kind, among those that the input asks for.
    pub(crate) count: Count,
    /// The units.
    pub(crate) units: Vec<Unit>,
    /// How old systemd's list is, in seconds; `null` where none was collected, and then nothing that failed is known.
    pub(crate) list_age_s: Option<u64>,
    /// Sentences about what could not be read and why.
    pub(crate) notes: Vec<String>,
}

/// How many units there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Count {
    /// In all.
    pub(crate) total: usize,
    /// That failed.
    pub(crate) failed: usize,
    /// That start, or are started again and again.
    pub(crate) starting: usize,
    /// With a running process.
    pub(crate) running: usize,
}

/// One unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Unit {
    /// Its name.
    pub(crate) name: String,
    /// `failed`, `active`, `activating`, `inactive` and their kin; `null` where systemd's list is not known.
    pub(crate) active: Option<String>,
    /// Systemd's finer word, such as `running`, `exited`, `auto-restart`.
    pub(crate) sub: Option<String>,
    /// `loaded`; `not-found` and `masked` for one that others only name.
    pub(crate) load: Option<String>,
    /// What it is, in words.
    pub(crate) description: Option<String>,
    /// How it failed, such as `exit-code`, `timeout`, `oom-kill`.
    pub(crate) result: Option<String>,
    /// What its main process ended with.
    pub(crate) exit_status: Option<u64>,
    /// How often systemd started it anew; known of failed ones.
    pub(crate) restarts: Option<u64>,
    /// Since when it is as it is; known of failed ones.
    pub(crate) since: Option<String>,
    /// Whether a process of it runs now; `null` for what is no service or has no control group.
    pub(crate) running: Option<bool>,
    /// Processor time between the readings, in percent of one core.
    pub(crate) cpu_percent: Option<f64>,
    /// Memory in use, its files' cache included.
    pub(crate) memory_bytes: Option<u64>,
    /// Processes and threads.
    pub(crate) tasks: Option<u64>,
    /// How often the kernel ended a process of it for want of memory.
    pub(crate) oom_kills: Option<u64>,
}

/// Reads units.
#[derive(Debug, Default)]
pub(crate) struct Units;

impl Action for Units {
    const NAME: &'static str = "units";
    const DESCRIPTION: &'static str = "Lists systemd's units, failed ones first, then what each service takes of \
        processor and memory.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = UnitsInput;
    type Output = UnitsOutput;

    fn run(&self, input: UnitsInput, context: &ToolContext) -> Result<UnitsOutput, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let collected = Collected::configured(&settings, clock::now());
        let output = read_units(&Machine::default(), &collected, &input);
        for note in &output.notes {
            context.info(note);
        }
        Ok(output)
    }
}

/// Reads the units of that machine.
pub(crate) fn read_units(
    machine: &Machine,
    collected: &Collected,
    input: &UnitsInput,
) -> UnitsOutput {
    let mut notes = Notes::default();
    let list = read_list(collected, &mut notes);
    let first = read_services(machine);
    let second = first.as_ref().and_then(|first| {
        timer::wait_until(first.at + Duration::from_millis(input.interval_ms.get()));
        read_services(machine)
    });
    if second.is_none() {
        let nothing = list.is_none();
        notes.add(if nothing {
            "no systemd is seen here: neither services among the control groups (version 2) nor its list".to_owned()
        } else {
            "the control groups show no services: processor, memory and tasks are not known".to_owned()
        });
    }
    if second.as_ref().is_some_and(|second| second.cut) {
        notes.add("control groups: not all services are read".to_owned());
    }
    let (listed, list_age_s) =
        list.map_or((BTreeMap::new(), None), |(listed, age)| (listed, Some(age)));
    let mut units = join(listed, first.zip(second));
    if let Some(part) = &input.contains {
        units.retain(|unit| unit.name.contains(part.as_str()));
    }
    let count = count(&units);
    units.sort_by(worst_first);
    let most = usize::try_from(input.most.get()).unwrap_or(usize::MAX);
    units.truncate(most);
    UnitsOutput {
        count,
        units,
        list_age_s,
        notes: notes.into_sentences(),
    }
}

/// Systemd's list with its age. That it is missing, broken or stale is told.
fn read_list(collected: &Collected, notes: &mut Notes) -> Option<(BTreeMap<String, Listed>, u64)> {
    let report = match collected.read("units.json") {
        Ok(report) => report,
        Err(error @ CollectedError::Absent { .. }) => {
            notes.add(format!("what failed is not known: {error}"));
            return None;
        }
        Err(error) => {
            notes.add(error.sentence());
            return None;
        }
    };
    if report.is_stale() {
        let minutes = report.age_s / 60;
        notes.add(format!("systemd's list is stale: {minutes} minutes old"));
    }
    let listed = notes.keep(
        "units.json",
        parse_units(&report.value).ok_or("it is no list of units"),
    )?;
    Some((listed, report.age_s))
}

/// Puts together what systemd lists and what the kernel counts.
fn join(mut listed: BTreeMap<String, Listed>, readings: Option<(Services, Services)>) -> Vec<Unit> {
    let mut units = Vec::new();
    if let Some((first, second)) = readings {
        let interval = second.at - first.at;
        let before: BTreeMap<&str, &Service> = first
            .all
            .iter()
            .map(|service| (service.unit.as_str(), service))
            .collect();
        for service in second.all {
            let earlier = before
                .get(service.unit.as_str())
                .and_then(|before| before.cpu_us);
            let cpu_percent = earlier
                .zip(service.cpu_us)
                .and_then(|(before, now)| share(before, now, interval));
            let listed = listed.remove(&service.unit).unwrap_or_default();
            units.push(Unit {
                running: Some(service.running),
                cpu_percent,
                memory_bytes: service.memory_bytes,
                tasks: service.tasks,
                oom_kills: service.oom_kills,
                ..unit(service.unit, listed)
            });
        }
    }
    units.extend(listed.into_iter().map(|(name, listed)| unit(name, listed)));
    units
}

fn unit(name: String, listed: Listed) -> Unit {
    Unit {
        name,
        active: listed.active,
        sub: listed.sub,
        load: listed.load,
        description: listed.description,
        result: listed.result,
        exit_status: listed.exit_status,
        restarts: listed.restarts,
        since: listed.since,
        ..Unit::default()
    }
}

/// Processor time in percent of one core. `None` of a counter that was set back, as by a restart.
fn share(before_us: u64, now_us: u64, interval: Duration) -> Option<f64> {
    let spent = now_us.checked_sub(before_us)?;
    (!interval.is_zero()).then(|| one_digit(as_f64(spent) / 10_000.0 / interval.as_secs_f64()))
}

fn count(units: &[Unit]) -> Count {
    let of = |trouble: Trouble| {
        units
            .iter()
            .filter(|unit| unit.trouble() == trouble)
            .count()
    };
    Count {
        total: units.len(),
        failed: of(Trouble::Failed),
        starting: of(Trouble::Starting),
        running: units
            .iter()
            .filter(|unit| unit.running == Some(true))
            .count(),
    }
}

/// What is wrong with a unit, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Failed,
    Starting,
    OutOfMemory,
    None,
}

impl Unit {
    fn trouble(&self) -> Trouble {
        match self.active.as_deref() {
            Some("failed") => Trouble::Failed,
            Some("activating" | "reloading" | "deactivating") => Trouble::Starting,
            _ if self.sub.as_deref() == Some("auto-restart") => Trouble::Starting,
            _ if self.oom_kills.is_some_and(|kills| kills > 0) => Trouble::OutOfMemory,
            _ => Trouble::None,
        }
    }
}

fn worst_first(a: &Unit, b: &Unit) -> std::cmp::Ordering {
    let cpu = |unit: &Unit| unit.cpu_percent.unwrap_or(-1.0);
    a.trouble()
        .cmp(&b.trouble())
        .then_with(|| cpu(b).total_cmp(&cpu(a)))
        .then_with(|| b.memory_bytes.cmp(&a.memory_bytes))
        .then_with(|| a.name.cmp(&b.name))
}

#[cfg(test)]
mod tests;
