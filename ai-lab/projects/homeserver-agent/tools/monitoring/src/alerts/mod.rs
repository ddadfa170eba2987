//! The action `alerts`: holds a fresh sample against the thresholds, and goes on with what is remembered.
//!
//! [`observation`] is what was seen, [`limits`] from where on it is too much, [`episode`] the course of one alert,
//! [`board`] all of them with what is remembered. Only this file samples, writes and reads the clock.

mod board;
mod episode;
mod host_rules;
mod limits;
mod observation;
mod rule;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::board::{Alert, Board, MOST_KEPT, Run};
use self::episode::Phase;
pub(crate) use self::limits::Thresholds;
use crate::clock;
use crate::host::{Host, HostInput};
use crate::notes::Notes;
use crate::settings::Settings;
use crate::surroundings::Surroundings;

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
    const DESCRIPTION: &'static str = "Holds this machine's figures against thresholds and says what is not well: pending, firing or resolved, \
        the worst first, each with its next command. Remembers what it said.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let limits = limits::limits(&settings.thresholds)
            .map_err(|error| ToolFailure::caused_by("invalid_config", &error))?;
        let wanted = HostInput {
            interval_ms: input.interval_ms,
            top: Bounded::constant(1),
            ..HostInput::default()
        };
        let sample = self.host.measure(&wanted, &settings);
        let mut notes = Notes::default();
        for note in &sample.notes {
            notes.add(note.clone());
        }
        let seen = host_rules::observe(&sample);
        let state = &self.surroundings.state;
        let (now, without_room, mut alerts) = state
            .change(FILE, |board: &mut Board| {
                // Only now: whoever had to wait here for another run must not bring an older moment.
                let now = clock::now_s();
                let run = Run {
                    seen: &seen,
                    limits: &limits,
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

fn count(number: usize) -> f64 {
    crate::counters::as_f64(number as u64)
}
