//! The action `checks`: whether pages, ports, certificates and name servers answer as they should.
//!
//! [`target`] is what is asked, [`mod@ask`] carries one check out over [`way`] and [`tls`], [`outcome`] names what came of
//! it; [`http`], [`dns`] and [`certificate`] read bytes and touch nothing. All checks run at once; each has its own
//! deadline, and what does not keep it is left behind.

mod ask;
mod certificate;
mod dns;
mod http;
mod outcome;
mod target;
mod tls;
mod way;

use std::net::SocketAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::ask::{Way, ask, millis};
#[cfg(test)]
pub(crate) use self::certificate::Certificate;
pub(crate) use self::outcome::{CheckResult, Outcome};
use self::outcome::{Failure, Findings};
pub(crate) use self::target::Check;
use self::tls::Trust;
use crate::clock;
use crate::notes::Notes;
use crate::settings::Settings;
use crate::surroundings::Surroundings;

/// How many checks run: as many connections as the sandbox's proxy serves at once.
pub(crate) const MOST_CHECKS: usize = 32;

/// How long one is waited for beyond its deadline. Only a look-up of a name that hangs in the system's library needs it.
const GRACE: Duration = Duration::from_millis(250);

/// Enough for a handshake; without a bound, each of many threads would reserve megabytes.
const STACK_BYTES: usize = 512 * 1024;

/// What to check.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// Names of the checks to run; empty for all that the configuration has.
    only: Vec<String>,
}

/// What the checks say, those that failed first.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// When it was looked (RFC 3339).
    at: String,
    /// How many failed.
    failed: usize,
    /// Whether the way led through the sandbox's proxy.
    through_proxy: bool,
    /// One row a check.
    checks: Vec<CheckResult>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Checks(pub(crate) Surroundings);

impl Action for Checks {
    const NAME: &'static str = "checks";
    const DESCRIPTION: &'static str = "Asks the configured pages, ports, certificates and name servers, all at once, and names what each that fails fails of.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let wanted = |check: &&Check| input.only.is_empty() || input.only.contains(&check.name);
        let chosen: Vec<Check> = settings.checks.iter().filter(wanted).cloned().collect();
        if let Some(name) = input
            .only
            .iter()
            .find(|name| !settings.checks.iter().any(|check| check.name == **name))
        {
            let known: Vec<&str> = settings
                .checks
                .iter()
                .map(|check| check.name.as_str())
                .collect();
            return Err(ToolFailure::new(
                "invalid_input",
                format!(
                    "there is no check `{}`; there are: {}",
                    name.escape_debug(),
                    known.join(", ")
                ),
            ));
        }
        let mut notes = Notes::default();
        let checks = run_all(
            &chosen,
            self.0.proxy,
            settings.ca_file.as_deref(),
            &mut notes,
        );
        if settings.checks.is_empty() {
            notes.add(
                "nothing to check: `ai-lab-framework config edit monitoring` takes a list `checks`"
                    .to_owned(),
            );
        }
        let failed = checks
            .iter()
            .filter(|check| check.outcome != Outcome::Ok)
            .count();
        context.metric("checks_failed", crate::counters::as_f64(failed as u64), "");
        Ok(Output {
            at: clock::rfc3339(clock::now_s()),
            failed,
            through_proxy: self.0.proxy.is_some(),
            checks,
            notes: notes.into_sentences(),
        })
    }
}

/// Runs them all at once; those that failed come first, else in the order of the configuration.
pub(crate) fn run_all(
    checks: &[Check],
    proxy: Option<SocketAddr>,
    ca_file: Option<&str>,
    notes: &mut Notes,
) -> Vec<CheckResult> {
    if checks.len() > MOST_CHECKS {
        notes.add(format!(
            "the first {MOST_CHECKS} of {} checks are run",
            checks.len()
        ));
    }
    let checks = &checks[..checks.len().min(MOST_CHECKS)];
    if checks.is_empty() {
        return Vec::new();
    }
    let trust = if checks.iter().any(|check| check.probe.needs_trust()) {
        let (trust, trust_notes) = Trust::of_system(ca_file);
        for note in trust_notes {
            notes.add(note);
        }
        trust
    } else {
        Trust::of_nobody()
    };
    let start = Instant::now();
    let (mut told, results) = begin(checks, proxy, &trust, start);
    collect(checks, &mut told, &results, start);
    let hangs = |check: &Check| {
        let failure = Failure::new(
            Outcome::NoConnection,
            "looking up its name or connecting did not end in time",
        );
        result(check, Findings::default(), Err(failure), start)
    };
    let mut told: Vec<CheckResult> = checks
        .iter()
        .zip(told)
        .map(|(check, result)| result.unwrap_or_else(|| hangs(check)))
        .collect();
    told.sort_by_key(|check| check.outcome == Outcome::Ok);
    told
}

/// Results as they come, with the check's place.
type Results = mpsc::Receiver<(usize, CheckResult)>;

/// Begins all of them, each in a thread: those that could not be begun have their result already.
fn begin(
    checks: &[Check],
    proxy: Option<SocketAddr>,
    trust: &Trust,
    start: Instant,
) -> (Vec<Option<CheckResult>>, Results) {
    let (sender, results) = mpsc::channel();
    let begin_one = |(place, check): (usize, &Check)| {
        let way = Way {
            proxy,
            trust: trust.clone(),
            deadline: start + timeout(check),
        };
        let (sender, own) = (sender.clone(), check.clone());
        let begun = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // Whoever waits no longer needs no answer.
                let _sent = sender.send((place, run_one(&own, &way)));
            });
        let why = begun.err()?;
        let failure = Failure::new(
            Outcome::NotRun,
            format!("this machine gave no thread for it: {why}"),
        );
        Some(result(check, Findings::default(), Err(failure), start))
    };
    (checks.iter().enumerate().map(begin_one).collect(), results)
}

/// Waits for those that were begun, for each as long as it may take.
fn collect(checks: &[Check], told: &mut [Option<CheckResult>], results: &Results, start: Instant) {
    loop {
        let waited_for = checks.iter().zip(told.iter());
        let patience = waited_for
            .filter(|(_, result)| result.is_none())
            .map(|(check, _)| timeout(check))
            .max();
        let Some(patience) = patience else { return };
        let until = start + patience + GRACE;
        match results.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((place, result)) => told[place] = Some(result),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn timeout(check: &Check) -> Duration {
    Duration::from_millis(check.timeout_ms.get())
}

fn run_one(check: &Check, way: &Way) -> CheckResult {
    let start = Instant::now();
    let mut findings = Findings::default();
    let outcome = ask(&check.probe, way, &mut findings);
    result(check, findings, outcome, start)
}

fn result(
    check: &Check,
    findings: Findings,
    outcome: Result<(), Failure>,
    start: Instant,
) -> CheckResult {
    let target = check.probe.target();
    let (outcome, why, next) = match outcome {
        Ok(()) => (Outcome::Ok, check.probe.success().to_owned(), None),
        Err(failure) => {
            let next = failure.next.or_else(|| Some(check.probe.by_hand()));
            (failure.outcome, failure.why, next)
        }
    };
    CheckResult {
        name: check.name.clone(),
        kind: check.probe.kind().to_owned(),
        sentence: format!("{target}: {why}"),
        target,
        outcome,
        next,
        took_ms: millis(start.elapsed()),
        connect_ms: findings.connect_ms,
        status: findings.status,
        redirects: findings.redirects,
        certificate: findings.certificate,
        records: findings.records,
    }
}

#[cfg(test)]
mod tests;
