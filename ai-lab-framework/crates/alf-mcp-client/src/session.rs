//! One session with one server: calls go out, answers, logs and withdrawals come in, each within its bounds.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::{Duration, Instant};

use ai_lab_contract::{Answer, ErrorClass, ExecutionId};
use alf_runtime::{Call, Ended, Ending, KeptLog, Seat, Stop, Unanswered, shared_fate};
use rmcp::model::{ProgressToken, RequestId, ServerResult};
use rmcp::service::{Peer, RoleClient, RunningService, ServiceError};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::budget::Budget;
use crate::engine::{Server, Wires};
use crate::handler::{Handler, Said};
use crate::listing::{LIST_TOOLS, ListedTool, list};
use crate::result::{failed, line, of_response};

mod sending;

/// How much of the log is read at once, in bytes.
const CHUNK: usize = 16_384;

/// How long the end of a program is waited for once its session failed.
const END_TOLD: Duration = Duration::from_millis(50);

/// A session that stands, or a list that was read again.
pub(crate) struct Opened {
    pub(crate) running: Option<RunningService<RoleClient, Handler>>,
    pub(crate) tools: Vec<ListedTool>,
}

type Opening = Pin<Box<dyn Future<Output = Result<Opened, String>>>>;

/// Why the session is over.
struct End {
    how: Ending,
    culprit: Option<(ExecutionId, Stop)>,
    everybody: Option<Stop>,
}

impl End {
    const fn new(how: Ending, everybody: Option<Stop>) -> Self {
        Self {
            how,
            culprit: None,
            everybody,
        }
    }
}

type Flow = ControlFlow<End>;

/// A call that the server has been told of.
struct InFlight {
    call: Call,
    request: RequestId,
    token: ProgressToken,
    is_structured: bool,
    withdrawn: Option<(Stop, Instant)>,
}

/// The server's answer to one call.
struct Done {
    id: ExecutionId,
    response: Result<ServerResult, ServiceError>,
}

enum Event {
    Bell,
    Ended,
    Log(usize),
    Opened(Result<Opened, String>),
    Done(Box<Done>),
    Said(Said),
    Clock,
}

/// The session.
pub(crate) struct Session<'a, 'b> {
    seat: &'a mut Seat<'b>,
    wires: Wires,
    budget: Budget,
    opening: Option<Opening>,
    running: Option<RunningService<RoleClient, Handler>>,
    tools: HashMap<String, ListedTool>,
    is_changed: bool,
    in_flight: Vec<InFlight>,
    held: Vec<Call>,
    done: (UnboundedSender<Done>, UnboundedReceiver<Done>),
    said: UnboundedReceiver<Said>,
    aside: KeptLog,
    chunk: Vec<u8>,
    log_is_open: bool,
    answered: u64,
    idle_since: Instant,
    is_closing: bool,
}

impl<'a, 'b> Session<'a, 'b> {
    pub(crate) fn new(seat: &'a mut Seat<'b>, wires: Wires, server: Server) -> Self {
        let budget = Budget::new(0);
        let (tell, said) = unbounded_channel();
        let opening = Box::pin(server.open(budget.clone(), tell, seat.worker.start));
        let log_bytes = seat.plan.limits.log_bytes;
        Self {
            seat,
            wires,
            budget,
            opening: Some(opening),
            running: None,
            tools: HashMap::new(),
            is_changed: false,
            in_flight: Vec::new(),
            held: Vec::new(),
            done: unbounded_channel(),
            said,
            aside: KeptLog::new(log_bytes),
            chunk: vec![0; CHUNK],
            log_is_open: true,
            answered: 0,
            idle_since: Instant::now(),
            is_closing: false,
        }
    }

    /// Serves until the session is over.
    pub(crate) async fn hold(mut self) -> Ended {
        let end = loop {
            let event = self.next().await;
            if let ControlFlow::Break(end) = self.take(event).await {
                break end;
            }
            if self.budget.is_spent() {
                break End::new(Ending::Kill, Some(Stop::OutputLimit));
            }
            if self.is_closing && !self.is_busy() {
                break End::new(Ending::Close, None);
            }
        };
        self.finish(&end)
    }

    fn is_busy(&self) -> bool {
        !self.in_flight.is_empty() || !self.held.is_empty()
    }

    fn due(&self) -> Instant {
        let flying = self.in_flight.iter().map(|flying| match &flying.withdrawn {
            Some((_, until)) => *until,
            None => flying.call.deadline,
        });
        let held = self.held.iter().map(|call| call.deadline);
        let idle = self.idle_since + self.seat.worker.idle;
        flying.chain(held).min().unwrap_or(idle)
    }

    async fn next(&mut self) -> Event {
        let due = tokio::time::Instant::from_std(self.due());
        let Wires { bell, ended, log } = &mut self.wires;
        let opening = &mut self.opening;
        tokio::select! {
            Some(said) = self.said.recv() => Event::Said(said),
            Some(done) = self.done.1.recv() => Event::Done(Box::new(done)),
            opened = async { match opening {
                Some(opening) => opening.await,
                None => std::future::pending().await,
            } } => Event::Opened(opened),
            guard = bell.readable() => {
                // Cleared before messages are taken: a ring from now on is seen again.
                if let Ok(mut guard) = guard {
                    guard.clear_ready();
                }
                Event::Bell
            }
            read = log.read(&mut self.chunk), if self.log_is_open => Event::Log(read.unwrap_or(0)),
            _ = ended.readable() => Event::Ended,
            () = tokio::time::sleep_until(due) => Event::Clock,
        }
    }

    async fn take(&mut self, event: Event) -> Flow {
        match event {
            Event::Bell => self.take_messages().await?,
            Event::Ended => return ControlFlow::Break(End::new(Ending::Gone, None)),
            Event::Log(0) => self.log_is_open = false,
            Event::Log(count) => self.keep_log(count),
            Event::Opened(opened) => self.take_opened(opened).await?,
            Event::Done(done) => self.take_done(*done).await?,
            Event::Said(said) => self.take_said(said),
            Event::Clock => self.look_at_the_clock(Instant::now()).await?,
        }
        ControlFlow::Continue(())
    }

    fn keep_log(&mut self, count: usize) {
        let read = &self.chunk[..count];
        match (self.in_flight.first_mut(), self.held.first_mut()) {
            (Some(oldest), _) => oldest.call.log.write(read),
            (None, Some(held)) => held.log.write(read),
            (None, None) => self.aside.write(read),
        }
    }

    fn take_said(&mut self, said: Said) {
        let (level, text, token) = match said {
            Said::ToolsChanged => return self.is_changed = true,
            Said::Line { level, text, token } => (level, text, token),
        };
        let named = token.and_then(|token| {
            self.in_flight
                .iter()
                .position(|flying| flying.token == token)
        });
        let line = json!({ "level": level, "message": text }).to_string() + "\n";
        match (
            self.in_flight.get_mut(named.unwrap_or(0)),
            self.held.first_mut(),
        ) {
            (Some(flying), _) => flying.call.log.write(line.as_bytes()),
            (None, Some(held)) => held.log.write(line.as_bytes()),
            (None, None) => self.aside.write(line.as_bytes()),
        }
    }

    async fn take_opened(&mut self, opened: Result<Opened, String>) -> Flow {
        self.opening = None;
        let opened = match opened {
            Ok(opened) => opened,
            Err(why) => {
                // A program that has ended tells more by how it ended and what it said.
                let ended = tokio::time::timeout(END_TOLD, self.wires.ended.readable()).await;
                return ControlFlow::Break(match ended {
                    Ok(_) => End::new(Ending::Gone, None),
                    Err(_) => End::new(Ending::Ask, Some(failed(ErrorClass::Crashed, why))),
                });
            }
        };
        if opened.running.is_some() {
            self.running = opened.running;
        }
        self.tools = opened
            .tools
            .into_iter()
            .map(|tool| (tool.name.clone(), tool))
            .collect();
        self.budget.rest();
        for call in std::mem::take(&mut self.held) {
            self.tell(call).await;
        }
        ControlFlow::Continue(())
    }

    async fn take_done(&mut self, done: Done) -> Flow {
        // What it said before it answered may still be on its way through its own task.
        tokio::task::yield_now().await;
        while let Ok(said) = self.said.try_recv() {
            self.take_said(said);
        }
        let Some(index) = self
            .in_flight
            .iter()
            .position(|flying| *flying.call.id() == done.id)
        else {
            return ControlFlow::Continue(());
        };
        if matches!(
            done.response,
            Err(ServiceError::TransportClosed | ServiceError::TransportSend(_))
        ) {
            return ControlFlow::Break(self.lost().await);
        }
        if matches!(done.response, Err(ServiceError::Cancelled { .. })) {
            // Our own withdrawal, not the server's word: whether it heeds it is not known.
            return ControlFlow::Continue(());
        }
        let InFlight {
            call,
            is_structured,
            withdrawn,
            ..
        } = self.in_flight.swap_remove(index);
        self.answered += 1;
        self.idle_since = Instant::now();
        match (withdrawn, of_response(done.response, is_structured)) {
            (Some((stop, _)), _) | (None, Err(stop)) => call.stop(stop),
            (None, Ok(answer)) if answer.len() > call.limits.output_bytes => {
                call.stop(Stop::OutputLimit);
            }
            (None, Ok(answer)) => call.answer(answer),
        }
        if self.in_flight.is_empty() {
            self.budget.rest();
        }
        ControlFlow::Continue(())
    }

    /// The server closed its output: it has ended or is about to, or it will never answer again.
    async fn lost(&mut self) -> End {
        if self.budget.is_spent() {
            return End::new(Ending::Kill, Some(Stop::OutputLimit));
        }
        let grace = self.seat.plan.limits.grace;
        let ended = tokio::time::timeout(grace, self.wires.ended.readable()).await;
        if ended.is_ok() {
            return End::new(Ending::Gone, None);
        }
        let why = "the server closed its output in the middle of a call".to_owned();
        End::new(Ending::Ask, Some(failed(ErrorClass::Crashed, why)))
    }

    fn finish(self, end: &End) -> Ended {
        let was_cancelled = matches!(end.culprit, Some((_, Stop::Cancelled)));
        let died =
            self.answered == 0 && self.is_busy() && end.how != Ending::Close && !was_cancelled;
        let flying = self.in_flight.into_iter().map(|flying| flying.call);
        let unanswered = flying.chain(self.held).map(|call| Unanswered {
            stop: match (&end.culprit, &end.everybody) {
                (Some((id, stop)), _) if call.id() == id => Some(stop.clone()),
                (Some((id, _)), _) => Some(shared_fate(
                    id.as_str(),
                    "was not answered and not given up",
                )),
                (None, everybody) => everybody.clone(),
            },
            call,
            output: Vec::new(),
        });
        Ended {
            how: end.how,
            died,
            unanswered: unanswered.collect(),
        }
    }
}

fn peer_of(running: &RunningService<RoleClient, Handler>) -> Peer<RoleClient> {
    running.peer().clone()
}

/// The list as an answer.
fn answer_of(tools: &HashMap<String, ListedTool>) -> Vec<u8> {
    let mut said: Vec<&ListedTool> = tools.values().collect();
    said.sort_by(|one, other| one.name.cmp(&other.name));
    let said: Vec<_> = said.into_iter().map(|tool| &tool.said).collect();
    line(&Answer::data(json!({ "tools": said })))
}
