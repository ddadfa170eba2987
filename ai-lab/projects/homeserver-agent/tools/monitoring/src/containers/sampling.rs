//! Asks one engine for its containers, and for what each takes, twice. Everything ends by the deadline: an engine that
//! hangs costs that and no more.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::engine::{Engine, NoAnswer};
use super::listing::{ContainerState, Inspected, Listed, MOST_LISTED, parse_inspected, parse_list};
use super::row::Known;
use super::usage::{Reading, compare, parse_stats};
use crate::timer;

/// How many questions are open at an engine at once. Stops a machine of many containers from being busy with questions.
const AT_ONCE: usize = 4;

/// How many running containers are measured, and how many are looked at one by one. Stops a machine of hundreds from
/// costing a question each.
pub(super) const MOST_ASKED: usize = 64;

/// Small: a thread asks one question after the other.
const STACK_BYTES: usize = 128 * 1024;

/// When to read twice, and when to have done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Between the two readings.
    pub(super) interval: Duration,
    pub(super) deadline: Instant,
    /// The machine's memory, which an engine says for a container without a bound.
    pub(super) machine_bytes: Option<u64>,
}

/// What one engine told.
#[derive(Debug)]
pub(super) struct Sampled {
    pub(super) containers: Vec<Known>,
    /// How many it listed, shown or not.
    pub(super) count: usize,
    /// Sentences about what it did not tell, without its name.
    pub(super) notes: Vec<String>,
}

/// Asks the engine; an error is that there is no list.
pub(super) fn sample(engine: Engine<'_>, pace: Pace) -> Result<Sampled, NoList> {
    let json = engine.get("/containers/json?all=true", pace.deadline)?;
    let (listed, count) = parse_list(&json).ok_or(NoList::Unknown)?;
    let mut notes = Vec::new();
    if count > MOST_LISTED {
        notes.push(format!(
            "the first {MOST_LISTED} of {count} containers were looked at"
        ));
    }
    let running = of(&listed, |one| one.state == ContainerState::Running);
    let suspects = of(&listed, |one| match one.state {
        ContainerState::Running | ContainerState::Restarting | ContainerState::Dead => true,
        ContainerState::Exited => one.exit_code != Some(0),
        ContainerState::Paused | ContainerState::Created | ContainerState::Other => false,
    });
    for (what, all) in [("measured", &running), ("looked at closely", &suspects)] {
        if all.len() > MOST_ASKED {
            notes.push(format!(
                "{MOST_ASKED} of {} containers were {what}",
                all.len()
            ));
        }
    }
    let measured = &running[..running.len().min(MOST_ASKED)];
    let suspects = &suspects[..suspects.len().min(MOST_ASKED)];
    let mut first_trouble = |what: &str, trouble: Option<String>| {
        notes.extend(trouble.map(|why| format!("{what}: {why}")));
    };
    let start = Instant::now();
    let (before, trouble) = each(measured, |one| read(engine, one, pace));
    first_trouble("usage", trouble);
    let (inspected, trouble) = each(suspects, |one| inspect(engine, one, pace));
    first_trouble("restarts and start", trouble);
    timer::wait_until((start + pace.interval).min(pace.deadline));
    let (now, trouble) = each(measured, |one| read(engine, one, pace));
    first_trouble("usage", trouble);
    notes.dedup();
    let usage = |id: &str| {
        let at = measured.iter().position(|one| one.id == id)?;
        let (before, now) = (before[at].as_ref()?, now[at].as_ref()?);
        Some(compare(before, now, pace.machine_bytes))
    };
    let closely = |id: &str| {
        let at = suspects.iter().position(|one| one.id == id)?;
        inspected[at].clone()
    };
    let containers = listed.iter().map(|one| Known {
        usage: usage(&one.id).unwrap_or_default(),
        inspected: closely(&one.id).unwrap_or_default(),
        listed: one.clone(),
    });
    Ok(Sampled {
        containers: containers.collect(),
        count,
        notes,
    })
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoList {
    /// The engine did not answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// It answered something else.
    #[error("its list has an unknown form")]
    Unknown,
}

fn of(listed: &[Listed], wanted: fn(&Listed) -> bool) -> Vec<&Listed> {
    listed.iter().filter(|one| wanted(one)).collect()
}

fn read(engine: Engine<'_>, one: &Listed, pace: Pace) -> Result<Option<Reading>, NoAnswer> {
    let path = format!("/containers/{}/stats?stream=false&one-shot=true", one.id);
    let json = engine.get(&path, pace.deadline)?;
    Ok(parse_stats(&json, Instant::now()))
}

fn inspect(engine: Engine<'_>, one: &Listed, pace: Pace) -> Result<Option<Inspected>, NoAnswer> {
    let json = engine.get(&format!("/containers/{}/json", one.id), pace.deadline)?;
    Ok(parse_inspected(&json))
}

/// Asks for each, a few at once; the answers are in the same order. Beside them what went wrong first. One that is gone
/// meanwhile is nothing that went wrong.
fn each<A: Send>(
    asked: &[&Listed],
    ask: impl Fn(&Listed) -> Result<Option<A>, NoAnswer> + Sync,
) -> (Vec<Option<A>>, Option<String>) {
    let next = AtomicUsize::new(0);
    let told: Mutex<(Vec<Option<A>>, Option<String>)> =
        Mutex::new((asked.iter().map(|_| None).collect(), None));
    let work = || {
        while let Some(one) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
            let at = asked.iter().position(|other| other.id == one.id);
            let answer = ask(one);
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            match (answer, at) {
                (Ok(answer), Some(at)) => told.0[at] = answer,
                (Err(NoAnswer::Status(404 | 409)) | Ok(_), _) => {}
                (Err(why), _) => {
                    told.1.get_or_insert_with(|| why.to_string());
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..AT_ONCE.min(asked.len()) {
            // Without another thread it takes longer, and that is all.
            let _none = thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, work);
        }
        work();
    });
    told.into_inner().unwrap_or_else(PoisonError::into_inner)
}
