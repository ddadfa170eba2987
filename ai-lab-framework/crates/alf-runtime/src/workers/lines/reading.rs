//! What the process writes: result lines, in turn and in bounds, and its log.

use std::ops::ControlFlow;
use std::time::Instant;

use ai_lab_contract::{Answer, ErrorClass, ExecutionId, Outcome};
use serde::Deserialize;

use super::{End, Flow, InFlight, PROBE, Talk, unwell};
use crate::pump::{Reading, read_some};
use crate::report::Stop;
use crate::workers::call::Call;
use crate::workers::engine::Ending;
use crate::workers::log::KeptLog;

/// How many chunks of log are read before a call is answered: what a pipe of the largest size holds.
const LOG_READS: usize = 64;

/// All that is read of a result line here.
#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    execution_id: Option<ExecutionId>,
}

impl Talk<'_, '_> {
    /// Reads one chunk of the log, so that a flood cannot hold up the clock. True when there may be more.
    pub(super) fn read_log(&mut self) -> bool {
        if !self.log_is_open {
            return false;
        }
        // Not the buffer of the output: of that, lines may still be to be taken.
        match read_some(&mut self.seat.stderr, &mut self.log_buffer) {
            Reading::Bytes(count) => {
                let read = &self.log_buffer[..count];
                keep_log(&mut self.in_flight, &mut self.held, &mut self.aside, read);
                return true;
            }
            Reading::Later => {}
            Reading::End => self.log_is_open = false,
        }
        false
    }

    pub(super) fn read_output(&mut self) -> Flow {
        while self.output_is_open {
            let count = match read_some(&mut self.seat.stdout, &mut self.buffer) {
                Reading::Bytes(count) => count,
                Reading::Later => break,
                Reading::End => {
                    self.output_is_open = false;
                    break;
                }
            };
            let mut rest = 0;
            while let Some(end) = self.buffer[rest..count]
                .iter()
                .position(|byte| *byte == b'\n')
            {
                self.line.extend_from_slice(&self.buffer[rest..rest + end]);
                rest += end + 1;
                let line = std::mem::take(&mut self.line);
                self.take_line(line)?;
            }
            self.line.extend_from_slice(&self.buffer[rest..count]);
            self.check_length(self.line.len())?;
        }
        ControlFlow::Continue(())
    }

    fn check_length(&self, bytes: usize) -> Flow {
        let most = self
            .in_flight
            .iter()
            .map(|flying| flying.call.limits.output_bytes)
            .max();
        let most = most.unwrap_or(self.seat.plan.limits.output_bytes);
        if bytes > most {
            return ControlFlow::Break(End::for_all(Ending::Kill, Stop::OutputLimit));
        }
        ControlFlow::Continue(())
    }

    fn take_line(&mut self, line: Vec<u8>) -> Flow {
        self.check_length(line.len())?;
        let starts_object = line.trim_ascii_start().first() == Some(&b'{');
        let address = serde_json::from_slice::<Address>(&line)
            .ok()
            .filter(|_| starts_object);
        let Some(Address { execution_id }) = address else {
            return out_of_turn("a line that is no result");
        };
        if self.probing.is_some() && self.is_probes(execution_id.as_ref()) {
            return self.take_health(&line);
        }
        let index = match &execution_id {
            Some(id) => self
                .in_flight
                .iter()
                .position(|flying| flying.call.id() == id),
            None if self.seat.worker.in_flight == 1 => (!self.in_flight.is_empty()).then_some(0),
            None => {
                return out_of_turn("an answer without the `execution_id` that tells whose it is");
            }
        };
        let Some(index) = index else {
            return out_of_turn("an answer to no call that is out");
        };
        // What it said before it answered is in the other pipe.
        for _ in 0..LOG_READS {
            if !self.read_log() {
                break;
            }
        }
        let InFlight { call, withdrawn } = self.in_flight.swap_remove(index);
        self.answered += 1;
        self.idle_since = Instant::now();
        match withdrawn {
            Some((stop, _)) => call.stop(stop),
            None => call.answer(line),
        }
        ControlFlow::Continue(())
    }

    fn is_probes(&self, id: Option<&ExecutionId>) -> bool {
        match id {
            Some(id) => id.as_str() == PROBE,
            None => self.in_flight.is_empty(),
        }
    }

    fn take_health(&mut self, line: &[u8]) -> Flow {
        let answer: Option<Answer> = serde_json::from_slice(line).ok();
        match answer.as_ref().map(Answer::outcome) {
            Some(Ok(Outcome::Data(_))) => {}
            Some(Ok(Outcome::Error(error))) => {
                let why = format!("the tool says that it is not well: {}", error.message);
                return ControlFlow::Break(unwell(why));
            }
            Some(Err(_)) | None => {
                let why = "the tool's answer to its health action is no result".to_owned();
                return ControlFlow::Break(unwell(why));
            }
        }
        self.probing = None;
        self.is_probed = true;
        for call in std::mem::take(&mut self.held) {
            self.tell(call);
        }
        ControlFlow::Continue(())
    }
}

fn out_of_turn(what: &str) -> Flow {
    let stop = Stop::Failed {
        class: ErrorClass::MalformedResult,
        why: format!("the tool wrote {what}"),
    };
    ControlFlow::Break(End::for_all(Ending::Kill, stop))
}

/// Gives what was logged to its call: the only one there is, the one a line names, else the oldest.
fn keep_log(in_flight: &mut [InFlight], held: &mut [Call], aside: &mut KeptLog, bytes: &[u8]) {
    match (in_flight, held) {
        ([], [call, ..]) => call.log.write(bytes),
        ([], []) => aside.write(bytes),
        ([only], _) => only.call.log.write(bytes),
        (several, _) => {
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                let named = serde_json::from_slice::<Address>(line)
                    .ok()
                    .and_then(|address| address.execution_id);
                let index =
                    named.and_then(|id| several.iter().position(|flying| *flying.call.id() == id));
                several[index.unwrap_or(0)].call.log.write(line);
            }
        }
    }
}
