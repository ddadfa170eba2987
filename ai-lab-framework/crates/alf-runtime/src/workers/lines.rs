//! The line protocol with a process that lives on: request lines in, result lines out.

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::time::Instant;

use ai_lab_contract::{Context, ErrorClass, ExecutionId, Request};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::json;

mod clock;
mod reading;

use super::call::Call;
use super::desk::Message;
use super::engine::{Ended, Ending, Engine, Seat, Unanswered};
use super::log::KeptLog;
use super::owner::shared_fate;
use crate::report::Stop;

/// How much is read at once, in bytes.
const CHUNK: usize = 16_384;
/// The name that a question after a process's health has in the place of an execution's id.
const PROBE: &str = "health";

/// Speaks the line protocol (docs/PROTOCOL.md).
#[derive(Clone, Copy, Debug, Default)]
pub struct Lines;

impl Engine for Lines {
    fn serve(&self, seat: &mut Seat<'_>) -> Ended {
        let mut talk = Talk::new(seat);
        let end = talk.hold();
        talk.finish(&end)
    }
}

/// Why serving stops: how the process is to end, and which call is to blame for what.
struct End {
    how: Ending,
    culprit: Option<(ExecutionId, Stop)>,
    everybody: Option<Stop>,
}

impl End {
    const fn quietly(how: Ending) -> Self {
        Self {
            how,
            culprit: None,
            everybody: None,
        }
    }

    fn for_all(how: Ending, stop: Stop) -> Self {
        Self {
            how,
            culprit: None,
            everybody: Some(stop),
        }
    }
}

type Flow = ControlFlow<End>;

/// A call that the process has been told of.
struct InFlight {
    call: Call,
    /// Its caller no longer wants it, for this reason; by then it must have been answered.
    withdrawn: Option<(Stop, Instant)>,
}

/// The conversation with one process.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Talk<'a, 'b> {
    seat: &'a mut Seat<'b>,
    unsent: Vec<u8>,
    line: Vec<u8>,
    buffer: Vec<u8>,
    log_buffer: Vec<u8>,
    in_flight: Vec<InFlight>,
    /// What was said while no call was in flight.
    aside: KeptLog,
    answered: u64,
    is_probed: bool,
    /// A question after its health, until when it must be answered, and the calls that wait for that.
    probing: Option<Instant>,
    held: Vec<Call>,
    idle_since: Instant,
    is_closing: bool,
    log_is_open: bool,
    output_is_open: bool,
}

#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five descriptors, each ready or not"
)]
struct Ready {
    bell: bool,
    sendable: bool,
    output: bool,
    log: bool,
    ended: bool,
}

impl<'a, 'b> Talk<'a, 'b> {
    fn new(seat: &'a mut Seat<'b>) -> Self {
        let log_bytes = seat.plan.limits.log_bytes;
        Self {
            seat,
            unsent: Vec::new(),
            line: Vec::new(),
            buffer: vec![0; CHUNK],
            log_buffer: vec![0; CHUNK],
            in_flight: Vec::new(),
            aside: KeptLog::new(log_bytes),
            answered: 0,
            is_probed: false,
            probing: None,
            held: Vec::new(),
            idle_since: Instant::now(),
            is_closing: false,
            log_is_open: true,
            output_is_open: true,
        }
    }

    fn hold(&mut self) -> End {
        loop {
            let until = self.due();
            match self.round(until) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(end) => return end,
            }
        }
    }

    fn round(&mut self, until: Instant) -> Flow {
        let Ok(ready) = self.wait(until) else {
            return ControlFlow::Break(End::quietly(Ending::Kill));
        };
        if ready.log {
            self.read_log();
        }
        if ready.sendable {
            self.send();
        }
        if ready.output {
            self.read_output()?;
        }
        if ready.ended && self.answered > 0 && !self.is_busy() {
            // Before messages are taken: another process can have them.
            return ControlFlow::Break(End::quietly(Ending::Gone));
        }
        if ready.bell {
            self.take_messages()?;
        }
        if ready.ended {
            self.read_output()?;
            return ControlFlow::Break(End::quietly(Ending::Gone));
        }
        self.look_at_the_clock(Instant::now())?;
        if self.is_closing && !self.is_busy() {
            return ControlFlow::Break(End::quietly(Ending::Close));
        }
        ControlFlow::Continue(())
    }

    fn is_busy(&self) -> bool {
        !self.in_flight.is_empty() || !self.held.is_empty()
    }

    /// When the clock must be looked at next.
    fn due(&self) -> Instant {
        let calls = self.in_flight.iter().map(|flying| match &flying.withdrawn {
            Some((_, until)) => *until,
            None => flying.call.deadline,
        });
        let held = self.held.iter().map(|call| call.deadline);
        let idle = self.idle_since + self.seat.worker.idle;
        calls.chain(held).chain(self.probing).min().unwrap_or(idle)
    }

    fn wait(&self, until: Instant) -> io::Result<Ready> {
        let mut ready = Ready::default();
        let mut fds = vec![
            PollFd::new(&self.seat.ended, PollFlags::IN),
            PollFd::new(self.seat.desk, PollFlags::IN),
        ];
        let mut fields: Vec<fn(&mut Ready)> =
            vec![|ready| ready.ended = true, |ready| ready.bell = true];
        if self.output_is_open {
            fds.push(PollFd::new(&self.seat.stdout, PollFlags::IN));
            fields.push(|ready| ready.output = true);
        }
        if self.log_is_open {
            fds.push(PollFd::new(&self.seat.stderr, PollFlags::IN));
            fields.push(|ready| ready.log = true);
        }
        if let (Some(stdin), false) = (&self.seat.stdin, self.unsent.is_empty()) {
            fds.push(PollFd::new(stdin, PollFlags::OUT));
            fields.push(|ready| ready.sendable = true);
        }
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for (fd, set) in fds.iter().zip(fields) {
            if !fd.revents().is_empty() {
                set(&mut ready);
            }
        }
        Ok(ready)
    }

    fn take_messages(&mut self) -> Flow {
        while let Some(message) = self.seat.desk.take() {
            match message {
                Message::Call(call) => self.take_call(*call),
                Message::Cancel(id) => self.withdraw(&id, Stop::Cancelled)?,
                Message::Close => self.is_closing = true,
            }
        }
        ControlFlow::Continue(())
    }

    fn take_call(&mut self, mut call: Call) {
        let aside = std::mem::replace(
            &mut self.aside,
            KeptLog::new(self.seat.plan.limits.log_bytes),
        );
        call.log.begin_with(aside);
        let is_due = !self.is_probed
            || (!self.is_busy() && self.idle_since.elapsed() >= self.seat.desk.probe_after());
        if let (Some(health), true, None) = (&self.seat.worker.health, is_due, self.probing) {
            let name = || PROBE.parse().expect("because it is a word");
            let request = Request {
                execution_id: name(),
                correlation_id: PROBE.parse().expect("because it is a word"),
                action: health.action.clone(),
                input: json!(health.input),
                context: Context::default(),
                ..call.request.clone()
            };
            self.probing = Some(Instant::now() + self.seat.worker.start);
            self.queue_line(&request);
        }
        if self.probing.is_some() {
            self.held.push(call);
            return;
        }
        self.tell(call);
    }

    fn tell(&mut self, mut call: Call) {
        call.mark_sent();
        self.queue_line(&call.request);
        self.in_flight.push(InFlight {
            call,
            withdrawn: None,
        });
    }

    fn queue_line(&mut self, line: &impl serde::Serialize) {
        serde_json::to_writer(&mut self.unsent, line)
            .expect("because a request has text keys only");
        self.unsent.push(b'\n');
        self.send();
    }

    /// Sends what the pipe takes. What nobody reads is dropped: what the process answers tells.
    fn send(&mut self) {
        let Some(stdin) = &mut self.seat.stdin else {
            return;
        };
        let mut sent = 0;
        while sent < self.unsent.len() {
            match stdin.write(&self.unsent[sent..]) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => sent = self.unsent.len(),
            }
        }
        self.unsent.drain(..sent);
    }

    fn finish(self, end: &End) -> Ended {
        let half = self.line;
        let is_alone = self.in_flight.len() == 1;
        let failed = !matches!(end.culprit, Some((_, Stop::Cancelled)))
            && (end.how != Ending::Close)
            && !(self.in_flight.is_empty() && self.held.is_empty());
        let flying = self.in_flight.into_iter().map(|flying| flying.call);
        let unanswered = flying.chain(self.held).map(|call| {
            let stop = match (&end.culprit, &end.everybody) {
                (Some((id, stop)), _) if call.id() == id => Some(stop.clone()),
                (Some((id, stop)), _) => Some(shared_fate(id.as_str(), blamed(stop))),
                (None, everybody) => everybody.clone(),
            };
            Unanswered {
                output: if is_alone && end.how == Ending::Gone {
                    half.clone()
                } else {
                    Vec::new()
                },
                call,
                stop,
            }
        });
        Ended {
            how: end.how,
            died: failed && self.answered == 0,
            unanswered: unanswered.collect(),
        }
    }
}

fn blamed(stop: &Stop) -> &'static str {
    match stop {
        Stop::Timeout => "ran into its time limit",
        Stop::Cancelled => "was withdrawn",
        Stop::OutputLimit => "ran into its output limit",
        Stop::Failed { .. } => "failed",
    }
}

fn unwell(why: String) -> End {
    let class = ErrorClass::Crashed;
    End::for_all(Ending::Ask, Stop::Failed { class, why })
}
