//! The action `why_slow`: one answer from machine, router and checks, the worst cause first, in few bytes.
//!
//! [`situation`] is what is known in plain figures, [`mod@causes`] what follows from it, [`router`] asks the line. Only this
//! file measures and waits.

mod causes;
mod router;
mod situation;

use std::thread;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::causes::{Cause, Confidence, causes};
pub(crate) use self::router::RouterSettings;
use self::router::ask_router;
use self::situation::{RouterSeen, Situation};
use crate::clock;
use crate::host::{Host, HostInput};
use crate::notes::Notes;
use crate::settings::Settings;
use crate::surroundings::Surroundings;
use crate::{checks, counters};

/// The version of the answer.
const FORMAT: u32 = 1;

/// The longest sentence that is told, in characters. Stops a name from outside from filling the answer.
const SENTENCE_CHARS: usize = 240;

/// How long to look, and how much to say.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// Time between the sample's two readings, in milliseconds.
    interval_ms: Bounded<50, 5000>,
    /// How long the answer may be, in bytes of JSON. What finds no room is left out from its end.
    max_bytes: Bounded<1024, 16_384>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            interval_ms: Bounded::constant(1000),
            max_bytes: Bounded::constant(4096),
        }
    }
}

/// Why it is slow: causes, the worst first.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The version of this form.
    format: u32,
    /// When it was looked (RFC 3339).
    at: String,
    /// The answer in a sentence.
    verdict: String,
    /// The causes; empty where nothing is seen.
    causes: Vec<Cause>,
    /// How many causes and notes found no room.
    left_out: usize,
    /// What was looked at: `machine`, `router`, and how many checks.
    looked_at: Vec<String>,
    /// Sentences about what could not be looked at.
    notes: Vec<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct WhySlow {
    surroundings: Surroundings,
    host: Host,
}

impl WhySlow {
    /// With these surroundings.
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings,
            host: Host::default(),
        }
    }
}

impl Action for WhySlow {
    const NAME: &'static str = "why_slow";
    const DESCRIPTION: &'static str = "Says why it is slow: looks at machine, router and checks at once and tells causes, the worst first, each with figures, how sure it is, and the next command.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let proxy = self.surroundings.proxy;
        let wanted = HostInput {
            interval_ms: input.interval_ms,
            top: Bounded::constant(3),
            ..HostInput::default()
        };
        let mut notes = Notes::default();
        let (sample, (router, of_router), checked) = thread::scope(|scope| {
            let line = scope.spawn(|| ask_router(&settings.router, proxy));
            let network = scope.spawn(|| {
                let ca_file = settings.ca_file.as_deref();
                checks::run_all(&settings.checks, proxy, ca_file, &mut notes)
            });
            let sample = self.host.measure(&wanted, &settings);
            (sample, joined(line), joined(network))
        });
        for note in of_router.into_iter().chain(sample.notes.iter().cloned()) {
            notes.add(note);
        }
        let unmade = checked.iter().filter(|one| !one.outcome.is_about_target());
        for check in unmade {
            notes.add(format!(
                "check {} was not made: {}",
                check.name, check.sentence
            ));
        }
        let situation = Situation::of(&sample, router, &checked);
        let found = causes(&situation);
        context.metric("causes", counters::as_f64(found.len() as u64), "");
        let most = usize::try_from(input.max_bytes.get()).unwrap_or(usize::MAX);
        let told = output(&situation, found, notes.into_sentences(), clock::now_s());
        Ok(fitted(told, most))
    }
}

/// What a thread brought. A panic there is ours, and the framework tells it.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn output(situation: &Situation, mut found: Vec<Cause>, notes: Vec<String>, now: i64) -> Output {
    let cut = |text: &mut String| {
        if let Some((end, _)) = text.char_indices().nth(SENTENCE_CHARS) {
            text.truncate(end);
            text.push('…');
        }
    };
    for cause in &mut found {
        cut(&mut cause.sentence);
        cut(&mut cause.next);
    }
    let mut notes = notes;
    notes.iter_mut().for_each(cut);
    let verdict = match found.first() {
        None => "nothing is seen that makes this machine slow".to_owned(),
        Some(cause) => match cause.confidence {
            Confidence::High => cause.sentence.clone(),
            Confidence::Medium => format!("probably: {}", cause.sentence),
            Confidence::Low => format!("perhaps: {}", cause.sentence),
        },
    };
    let mut looked_at = vec!["machine".to_owned()];
    match situation.router {
        RouterSeen::Unknown => {}
        RouterSeen::Silent | RouterSeen::Up { .. } | RouterSeen::Down { .. } => {
            looked_at.push("router".to_owned());
        }
    }
    looked_at.push(format!("{} checks", situation.checks.len()));
    Output {
        format: FORMAT,
        at: clock::rfc3339(now),
        verdict,
        causes: found,
        left_out: 0,
        looked_at,
        notes,
    }
}

/// Leaves out from the end until it fits: notes but the first, causes but the first, the last note, evidence.
fn fitted(mut told: Output, most: usize) -> Output {
    let length = |told: &Output| serde_json::to_vec(told).map_or(usize::MAX, |bytes| bytes.len());
    while length(&told) > most {
        let is_left_out = if told.notes.len() > 1 {
            told.notes.pop().is_some()
        } else if told.causes.len() > 1 {
            told.causes.pop().is_some()
        } else if let Some(only) = told
            .causes
            .first_mut()
            .filter(|one| !one.evidence.is_empty())
        {
            only.evidence.pop();
            false
        } else if !told.notes.is_empty() {
            told.notes.pop().is_some()
        } else {
            break;
        };
        told.left_out += usize::from(is_left_out);
    }
    told
}

#[cfg(test)]
mod tests;
