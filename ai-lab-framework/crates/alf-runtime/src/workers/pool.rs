//! The processes of one tool: which one takes a call, when a new one starts, when none may.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use alf_policy::{RunPlan, WorkerPlan, is_of_process};

use super::call::Ticket;
use super::desk::{Desk, Message};
use super::engine::Engine;

/// The bounds that are the framework's and not a manifest's.
#[derive(Clone, Copy, Debug)]
pub struct WorkerBounds {
    /// The pause after the first death before any call was answered; doubles with each. Stops a storm of starts.
    pub first_backoff: Duration,
    /// The longest pause. A call waits no longer for a tool that can start again.
    pub longest_backoff: Duration,
    /// After how long without a call a process is asked how it is before it is given one.
    pub probe_after_idle: Duration,
}

impl Default for WorkerBounds {
    fn default() -> Self {
        Self {
            first_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(5),
            probe_after_idle: Duration::from_secs(30),
        }
    }
}

/// Everything that the start of a process depended on; another value needs new processes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StartedFrom {
    origin: String,
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    policy: String,
}

impl StartedFrom {
    pub(super) fn of(plan: &RunPlan, origin: &str) -> Self {
        let mut environment = plan.environment.clone();
        environment.retain(|name, _| !is_of_process(name));
        Self {
            origin: origin.to_owned(),
            program: plan.program.clone(),
            arguments: plan.arguments.clone(),
            environment,
            policy: plan.policy_digest.to_string(),
        }
    }

    /// The same without copying anything: this is asked for every call.
    pub(super) fn is_of(&self, plan: &RunPlan, origin: &str) -> bool {
        let variables = |(name, _): &(&String, &String)| !is_of_process(name);
        self.origin == origin
            && self.program == plan.program
            && self.arguments == plan.arguments
            && self.policy == plan.policy_digest.as_str()
            && self
                .environment
                .iter()
                .eq(plan.environment.iter().filter(variables))
    }
}

/// The processes of one tool in one state.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) from: StartedFrom,
    pub(super) worker: WorkerPlan,
    pub(super) bounds: WorkerBounds,
    pub(super) engine: Arc<dyn Engine>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: Vec<Place>,
    waiting: VecDeque<Arc<Ticket>>,
    deaths: u32,
    not_before: Option<Instant>,
    is_closed: bool,
}

/// One process that takes calls.
#[derive(Debug)]
struct Place {
    desk: Arc<Desk>,
    in_flight: usize,
    calls: u64,
}

/// Where a call goes.
#[derive(Debug)]
pub(super) enum Choice {
    /// To this process.
    Take(Arc<Desk>),
    /// To this process, which is still to be started.
    Start(Arc<Desk>),
    /// Nowhere yet: the ticket's bell rings, or the pause is over then.
    Wait(Option<Instant>),
    /// To the processes that come after these.
    Closed,
}

impl Pool {
    pub(super) fn new(
        from: StartedFrom,
        worker: WorkerPlan,
        bounds: WorkerBounds,
        engine: Arc<dyn Engine>,
    ) -> Self {
        Self {
            from,
            worker,
            bounds,
            engine,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chooses the process for one more call: a free one, else a new one, else none yet.
    pub(super) fn choose(
        self: &Arc<Self>,
        ticket: &Arc<Ticket>,
        now: Instant,
    ) -> std::io::Result<Choice> {
        let mut state = self.state();
        if state.is_closed {
            return Ok(Choice::Closed);
        }
        let free = state
            .open
            .iter()
            .position(|place| place.in_flight < self.worker.in_flight);
        if let Some(index) = free {
            let place = &mut state.open[index];
            place.in_flight += 1;
            place.calls += 1;
            let desk = Arc::clone(&place.desk);
            if place.calls >= self.worker.max_calls {
                // Its last call: it is told to close behind it.
                state.open.swap_remove(index);
            }
            return Ok(Choice::Take(desk));
        }
        let pause = state.not_before.filter(|due| *due > now);
        if state.open.len() < self.worker.processes && pause.is_none() {
            let desk = Arc::new(Desk::new(self)?);
            state.open.push(Place {
                desk: Arc::clone(&desk),
                in_flight: 1,
                calls: 1,
            });
            if self.worker.max_calls == 1 {
                state.open.pop();
            }
            return Ok(Choice::Start(desk));
        }
        state.waiting.push_back(Arc::clone(ticket));
        Ok(Choice::Wait(pause))
    }

    /// Whether the process takes no more calls after this one.
    pub(super) fn is_open(&self, desk: &Desk) -> bool {
        self.state()
            .open
            .iter()
            .any(|place| std::ptr::eq(&raw const *place.desk, desk))
    }

    /// A call has left the process: one that waits may come.
    pub(super) fn release(&self, desk: &Desk) {
        let mut state = self.state();
        if let Some(place) = state
            .open
            .iter_mut()
            .find(|place| std::ptr::eq(&raw const *place.desk, desk))
        {
            place.in_flight = place.in_flight.saturating_sub(1);
        }
        wake_one(&mut state);
    }

    /// A caller no longer waits; a ring that was meant for it goes to the next.
    pub(super) fn leave_queue(&self, ticket: &Arc<Ticket>) {
        let mut state = self.state();
        let before = state.waiting.len();
        state
            .waiting
            .retain(|waiting| !Arc::ptr_eq(waiting, ticket));
        if state.waiting.len() == before {
            wake_one(&mut state);
        }
    }

    /// Takes an idle process out, unless a call has chosen it meanwhile.
    pub(super) fn retire(&self, desk: &Desk) -> bool {
        let mut state = self.state();
        match state
            .open
            .iter()
            .position(|place| std::ptr::eq(&raw const *place.desk, desk))
        {
            Some(index) if state.open[index].in_flight > 0 => false,
            Some(index) => {
                state.open.swap_remove(index);
                true
            }
            // Taken out with its last call; that one is still to come or has come.
            None => true,
        }
    }

    /// A process takes no more calls, whatever the reason.
    pub(super) fn remove(&self, desk: &Desk) {
        self.state()
            .open
            .retain(|place| !std::ptr::eq(&raw const *place.desk, desk));
    }

    /// A process is gone. Says how many died in a row before any answered a call.
    pub(super) fn gone(&self, died: bool) -> u32 {
        let mut state = self.state();
        if died {
            state.deaths = state.deaths.saturating_add(1);
            let pause = backoff(&self.bounds, state.deaths);
            state.not_before = Some(Instant::now() + pause);
        } else {
            state.deaths = 0;
            state.not_before = None;
        }
        let deaths = state.deaths;
        while wake_one(&mut state) {}
        deaths
    }

    /// Takes no calls any more; the processes end once those in flight are answered.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        for place in state.open.drain(..) {
            place.desk.leave(Message::Close);
        }
        while wake_one(&mut state) {}
    }

    /// How many processes take calls.
    pub(super) fn open(&self) -> usize {
        self.state().open.len()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.state().open.iter().map(|place| place.in_flight).sum()
    }

    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }
}

fn wake_one(state: &mut State) -> bool {
    let next = state.waiting.pop_front();
    if let Some(ticket) = &next {
        ticket.bell.ring();
    }
    next.is_some()
}

/// The pause after so many deaths in a row.
fn backoff(bounds: &WorkerBounds, deaths: u32) -> Duration {
    let doublings = deaths.saturating_sub(1).min(16);
    bounds
        .first_backoff
        .saturating_mul(1 << doublings)
        .min(bounds.longest_backoff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_bound() {
        let bounds = WorkerBounds::default();
        let pauses = [1, 2, 3, 6, 7, 1_000].map(|deaths| backoff(&bounds, deaths).as_millis());
        assert_eq!(pauses, [100, 200, 400, 3_200, 5_000, 5_000]);
    }
}
