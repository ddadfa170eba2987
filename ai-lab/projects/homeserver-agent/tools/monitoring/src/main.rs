//! `monitoring`: this machine's own figures, read from `/proc` and `/sys`, and whether what it serves answers.
//!
//! Owns the actions `host`, `drives`, `units`, `journal`, `containers` and `metrics`, which measure this machine,
//! [`checks`], which asks others, [`alerts`], which judges and remembers, [`mod@history`], and [`why_slow`], which joins
//! all into one answer.
//! Start reading at [`host`], which takes the two readings; each module that it uses reads one part of the machine, by a
//! pure function over a file's text.

mod alerts;
mod asking;
mod checks;
mod clock;
mod collected;
mod containers;
mod counters;
mod cpu;
mod disk_io;
mod disks;
mod drives;
mod history;
mod host;
mod journal;
mod load;
mod machine;
mod memory;
mod metrics;
mod mounts;
mod network;
mod notes;
mod pressure;
mod process_files;
mod processes;
mod settings;
mod shell;
mod shown_command;
mod surroundings;
mod temperatures;
mod timer;
mod units;
mod why_slow;

use std::process::ExitCode;

use ai_lab_tool::{Actions, AiTool};

use crate::alerts::Alerts;
use crate::checks::Checks;
use crate::containers::Containers;
use crate::drives::Drives;
use crate::history::History;
use crate::host::Host;
use crate::journal::Journal;
use crate::metrics::Metrics;
use crate::surroundings::Surroundings;
use crate::units::Units;
use crate::why_slow::WhySlow;

/// The tool.
struct Monitoring(Surroundings);

impl AiTool for Monitoring {
    const NAME: &'static str = "monitoring";
    const DESCRIPTION: &'static str = "Reads this machine's own figures: processor, memory, load, pressure, disks, network, processes.";

    fn actions(self) -> Actions {
        Actions::new()
            .with(Host::default())
            .with(Drives)
            .with(Checks(self.0.clone()))
            .with(History(self.0.clone()))
            .with(Containers::new(self.0.clone()))
            .with(WhySlow::new(self.0.clone()))
            .with(Alerts::new(self.0))
            .with(Units)
            .with(Journal::default())
            .with(Metrics::default())
    }
}

fn main() -> ExitCode {
    Monitoring(Surroundings::of_process()).serve()
}

#[cfg(test)]
mod tests;
