//! The action `alerts`: holds a fresh sample against the thresholds, and goes on with what is remembered.
//!
//! [`observation`] is what was seen, [`limits`] from where on it is too much, [`episode`] the course of one alert,
//! [`board`] all of them with what is remembered. Only this file samples, writes and reads the clock.

mod board;
mod check_rules;
mod container_rules;
mod drive_rules;
mod episode;
mod host_rules;
mod limits;
mod observation;
mod rule;
mod unit_rules;

use std::thread;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::board::{Alert, Board, MOST_KEPT, Run};
use self::episode::Phase;
pub(crate) use self::limits::Thresholds;
use self::observation::Observation;
use self::rule::Rule;
use crate::checks::{self, CheckResult};
use crate::clock;
use crate::collected::Collected;
use crate::containers;
use crate::drives::read_drives;
use crate::history::{self, Sample};
use crate::host::{Host, HostInput};
use crate::machine::Machine;
use crate::notes::Notes;
use crate::settings::Settings;
use crate::surroundings::Surroundings;
use crate::units::{UnitsInput, read_units};

/// The file that alerts are remembered in.
const FILE: &str = "alerts.json";

/// The version of the answer.
const FORMAT: u32 = 1;

/// What to look at.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// Time between the sample's two readings, in milliseconds.
    interval_ms: Bounded<50, 5000>,
    /// How many alerts to list, the worst first.
    most: Bounded<1, 512>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            interval_ms: Bounded::constant(500),
            most: Bounded::constant(50),
        }
    }
}

/// What is not well, the worst first. What is resolved stays listed for a day.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The version of this form.
    format: u32,
    /// When it was looked (RFC 3339).
    at: String,
    /// Firing before pending before resolved.
    alerts: Vec<Alert>,
    /// Sentences about what could not be looked at, and what was left out.
    notes: Vec<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Alerts {
    surroundings: Surroundings,
    host: Host,
}

impl Alerts {
    /// With these surroundings.
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings,
            host: Host::default(),
        }
    }
}

impl Action for Alerts {
    const NAME: &'static str = "alerts";
    const DESCRIPTION: &'static str = "Holds this machine's figures and the checks against thresholds and says what is not well: pending, firing or \
        resolved, the worst first, each with its next command. Remembers what it said.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let limits = limits::limits(&settings.thresholds)
            .map_err(|error| ToolFailure::caused_by("invalid_config", &error))?;
        let mut notes = Notes::default();
        let looked = self.look(&input, &settings, &mut notes);
        if let Some(note) = history::keep(&self.surroundings, &looked.samples) {
            notes.add(note);
        }
        let state = &self.surroundings.state;
        let (now, without_room, mut alerts) = state
            .change(FILE, |board: &mut Board| {
                // Only now: whoever had to wait here for another run must not bring an older moment.
                let now = clock::now_s();
                let mut seen = looked.seen;
                seen.extend(check_rules::observe(&looked.checks, &mut board.failures));
                let run = Run {
                    seen: &seen,
                    limits: &limits,
                    complete: &looked.complete,
                    quiet: &settings.quiet,
                    now,
                };
                let without_room = board.take(&run);
                (now, without_room, board.alerts(now))
            })
            .map_err(|error| {
                ToolFailure::new(
                    "no_memory",
                    format!("{error}; nothing was changed: look at the file, and move it away to begin anew"),
                )
            })?;
        if without_room > 0 {
            notes.add(format!(
                "{without_room} new alerts are not remembered: there are {MOST_KEPT} already"
            ));
        }
        let firing = alerts
            .iter()
            .filter(|one| one.state == Phase::Firing)
            .count();
        context.metric("alerts_firing", count(firing), "");
        let most = usize::try_from(input.most.get()).unwrap_or(usize::MAX);
        if alerts.len() > most {
            notes.add(format!(
                "the first {most} of {} alerts are listed",
                alerts.len()
            ));
            alerts.truncate(most);
        }
        Ok(Output {
            format: FORMAT,
            at: clock::rfc3339(now),
            alerts,
            notes: notes.into_sentences(),
        })
    }
}

/// What was seen, but for the checks, which what is remembered of them belongs to.
struct Looked {
    seen: Vec<Observation>,
    checks: Vec<CheckResult>,
    samples: Vec<Sample>,
    /// Rules of which everything bad was seen.
    complete: Vec<Rule>,
}

impl Alerts {
    /// Looks at everything, at the network while the sample's time passes.
    fn look(&self, input: &Input, settings: &Settings, notes: &mut Notes) -> Looked {
        let wanted = HostInput {
            interval_ms: input.interval_ms,
            top: Bounded::constant(1),
            ..HostInput::default()
        };
        let mut of_checks = Notes::default();
        let collected = Collected::configured(settings, clock::now());
        let (sample, checks, units) = thread::scope(|scope| {
            let network = scope.spawn(|| {
                let ca_file = settings.ca_file.as_deref();
                let proxy = self.surroundings.proxy;
                checks::run_all(&settings.checks, proxy, ca_file, &mut of_checks)
            });
            let units = scope.spawn(|| {
                let wanted = UnitsInput {
                    interval_ms: Bounded::constant(50),
                    most: Bounded::constant(200),
                    contains: None,
                };
                read_units(&Machine::default(), &collected, &wanted)
            });
            let sample = self.host.measure(&wanted, settings);
            (sample, joined(network), joined(units))
        });
        let drives = read_drives(&Machine::default(), &collected, settings.ask_spinning);
        let mut seen = host_rules::observe(&sample);
        let containers = containers::told(&settings.container_sockets, self.surroundings.proxy);
        seen.extend(container_rules::observe(&containers));
        let mut samples = history::samples(&sample, &checks);
        samples.extend(seen.iter().filter_map(Observation::sample));
        seen.extend(drive_rules::observe(&drives));
        seen.extend(unit_rules::observe(&units));
        let complete = unit_rules::is_complete(&units).then_some(Rule::UnitFailed);
        let all_notes = [
            sample.notes,
            of_checks.into_sentences(),
            drives.notes,
            units.notes,
        ];
        for note in all_notes.into_iter().flatten() {
            notes.add(note);
        }
        for note in check_rules::notes(&checks) {
            notes.add(note);
        }
        Looked {
            seen,
            checks,
            samples,
            complete: complete.into_iter().collect(),
        }
    }
}

fn count(number: usize) -> f64 {
    crate::counters::as_f64(number as u64)
}

/// What a thread brought. A panic there is ours, and the framework tells it.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
