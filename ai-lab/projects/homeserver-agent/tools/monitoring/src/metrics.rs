//! The action `metrics`: this machine's counters as Prometheus reads them, with the names of its `node_exporter`.

mod arrays;
mod devices;
mod exposition;
mod kernel;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asking::{Answer, ask_in_turn};
use crate::disks::{self, Ask, MOST_DISKS, PATIENCE, Room};
use crate::drives::read_arrays;
use crate::machine::Machine;
use crate::mounts::{self, Mount};
use crate::notes::Notes;
use crate::settings::Settings;
use crate::temperatures::read_temperatures;

use exposition::Exposition;

/// Nothing to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsInput {}

/// The machine's counters as text.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MetricsOutput {
    /// Prometheus' text form (version 0.0.4), with `node_exporter`'s names.
    text: String,
    /// How many series are in it.
    series: usize,
    /// Sentences about what could not be read and why.
    notes: Vec<String>,
}

/// Reads this machine's counters.
pub(crate) struct Metrics {
    machine: Machine,
    ask: Arc<Ask>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            machine: Machine::default(),
            ask: Arc::new(disks::ask_kernel),
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Action for Metrics {
    const NAME: &'static str = "metrics";
    const DESCRIPTION: &'static str =
        "This machine's counters as Prometheus reads them, with the names of its node_exporter.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = MetricsInput;
    type Output = MetricsOutput;

    fn run(&self, _: MetricsInput, context: &ToolContext) -> Result<MetricsOutput, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let output = self.read(settings.ask_spinning);
        for note in &output.notes {
            context.info(note);
        }
        Ok(output)
    }
}

impl Metrics {
    fn read(&self, ask_spinning: bool) -> MetricsOutput {
        let mut notes = Notes::default();
        let mut to = Exposition::default();
        if let Some(text) = notes.keep("/proc/stat", self.machine.read("/proc/stat")) {
            kernel::add_stat(&mut to, &text, rustix::param::clock_ticks_per_second());
        }
        for (path, add) in [
            (
                "/proc/meminfo",
                kernel::add_meminfo as fn(&mut Exposition, &str),
            ),
            ("/proc/loadavg", kernel::add_loadavg),
        ] {
            if let Some(text) = notes.keep(path, self.machine.read(path)) {
                add(&mut to, &text);
            }
        }
        for resource in ["cpu", "memory", "io"] {
            let path = format!("/proc/pressure/{resource}");
            if let Some(text) = notes.keep(&path, self.machine.read(&path)) {
                kernel::add_pressure(&mut to, resource, &text);
            }
        }
        self.add_devices(&mut to, &mut notes);
        let temperatures = read_temperatures(&self.machine, ask_spinning, |note| notes.add(note));
        devices::add_temperatures(&mut to, &temperatures, |folder| self.chip_name(folder));
        arrays::add_arrays(&mut to, &read_arrays(&self.machine));
        let (text, series, left_out) = to.into_parts();
        if left_out > 0 {
            notes.add(format!("{left_out} families found no room in the answer"));
        }
        MetricsOutput {
            text,
            series,
            notes: notes.into_sentences(),
        }
    }

    fn add_devices(&self, to: &mut Exposition, notes: &mut Notes) {
        devices::add_filesystems(to, &self.filesystems(notes));
        let whole = notes.keep("/sys/block", self.machine.names("/sys/block"));
        let traffic = notes.keep("/proc/diskstats", self.machine.read("/proc/diskstats"));
        if let Some((whole, traffic)) = whole.zip(traffic) {
            devices::add_disks(to, &traffic, &whole);
        }
        let network = self.machine.read("/proc/1/net/dev");
        let network = network.or_else(|_| self.machine.read("/proc/net/dev"));
        if let Some(text) = notes.keep("/proc/net/dev", network) {
            devices::add_interfaces(to, &text, |name| {
                let state = self
                    .machine
                    .short(&format!("/sys/class/net/{name}/operstate"))?;
                Some(state == "up")
            });
        }
    }

    /// One row a device, with its room; `None` where it did not answer in time.
    fn filesystems(&self, notes: &mut Notes) -> Vec<(Mount, Option<Room>)> {
        let path = "/proc/self/mountinfo";
        let Some(text) = notes.keep(path, self.machine.read(path)) else {
            return vec![];
        };
        let mut mounts = mounts::parse_mountinfo(&text);
        mounts.truncate(MOST_DISKS);
        let ask = Arc::clone(&self.ask);
        let ask_point = move |mount: &Mount| ask(Path::new(&mount.point)).ok();
        let answers = ask_in_turn(&mounts, &ask_point, PATIENCE, |note| notes.add(note));
        let room = |answer| match answer {
            Answer::Told(room) => room,
            Answer::Stuck | Answer::NotAsked => None,
        };
        mounts
            .into_iter()
            .zip(answers.into_iter().map(room))
            .collect()
    }

    /// What `node_exporter` calls a chip: bus and device, such as `platform_coretemp_0`; else the chip's own name.
    fn chip_name(&self, folder: &str) -> String {
        let clean = |name: &str| {
            let letters = name.to_ascii_lowercase();
            let clean = letters.replace(
                |letter: char| !letter.is_ascii_alphanumeric() && letter != ':',
                "_",
            );
            clean.trim_matches('_').to_owned()
        };
        let device = self.machine.real_path(&format!("{folder}/device"));
        let bus_and_name = device.as_deref().and_then(|device| {
            let name = device.file_name()?.to_str()?;
            let bus = device.parent()?.file_name()?.to_str()?;
            Some(format!("{}_{}", clean(bus), clean(name)))
        });
        let own = || self.machine.short(&format!("{folder}/name"));
        bus_and_name
            .or_else(|| own().map(|name| clean(&name)))
            .unwrap_or_else(|| folder.rsplit('/').next().unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests;
