//! Deadlines: of calls, of withdrawn ones, of a question after the health, of an idle process.

use std::ops::ControlFlow;
use std::time::Instant;

use ai_lab_contract::ExecutionId;
use serde_json::json;

use super::{End, Flow, Talk, unwell};
use crate::report::Stop;
use crate::workers::engine::Ending;

impl Talk<'_, '_> {
    /// A call's caller no longer wants it.
    pub(super) fn withdraw(&mut self, id: &ExecutionId, stop: Stop) -> Flow {
        if let Some(index) = self.held.iter().position(|call| call.id() == id) {
            self.held.swap_remove(index).stop(stop);
            return ControlFlow::Continue(());
        }
        let Some(flying) = self
            .in_flight
            .iter_mut()
            .find(|flying| flying.call.id() == id)
        else {
            return ControlFlow::Continue(());
        };
        if flying.withdrawn.is_some() {
            return ControlFlow::Continue(());
        }
        if !self.seat.worker.cancels {
            let culprit = Some((id.clone(), stop));
            return ControlFlow::Break(End {
                how: Ending::Ask,
                culprit,
                everybody: None,
            });
        }
        flying.withdrawn = Some((stop, Instant::now() + flying.call.limits.grace));
        self.queue_line(&json!({ "cancel": id }));
        ControlFlow::Continue(())
    }

    pub(super) fn look_at_the_clock(&mut self, now: Instant) -> Flow {
        if self.probing.is_some_and(|until| until <= now) {
            let why = format!(
                "the tool did not say that it is well within {:?}",
                self.seat.worker.start
            );
            return ControlFlow::Break(unwell(why));
        }
        while let Some(index) = self.held.iter().position(|call| call.deadline <= now) {
            self.held.swap_remove(index).stop(Stop::Timeout);
        }
        let late: Vec<ExecutionId> = self
            .in_flight
            .iter()
            .filter(|flying| flying.withdrawn.is_none() && flying.call.deadline <= now)
            .map(|flying| flying.call.id().clone())
            .collect();
        for id in late {
            self.withdraw(&id, Stop::Timeout)?;
        }
        for flying in &self.in_flight {
            if let Some((stop, until)) = &flying.withdrawn
                && *until <= now
            {
                return ControlFlow::Break(End {
                    how: Ending::Ask,
                    culprit: Some((flying.call.id().clone(), stop.clone())),
                    everybody: None,
                });
            }
        }
        let is_idle = !self.is_busy() && now >= self.idle_since + self.seat.worker.idle;
        if is_idle && self.seat.desk.retire() {
            return ControlFlow::Break(End::quietly(Ending::Close));
        }
        ControlFlow::Continue(())
    }
}
