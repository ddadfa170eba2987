//! Calls on their way to the server, and back when their callers no longer want them.

use std::ops::ControlFlow;
use std::time::Instant;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_runtime::{Call, Ending, KeptLog, Message, Stop};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CancelledNotificationParam, ClientRequest,
};
use rmcp::service::PeerRequestOptions;
use serde_json::Value;

use super::{
    Done, End, Flow, InFlight, LIST_TOOLS, Opened, Session, answer_of, failed, list, peer_of,
};

/// What a server may write for one call beyond twice its data and its log, in bytes: the frame of the protocol.
///
/// Twice, because servers send structured data a second time as text.
const FRAME_BYTES: usize = 65_536;

impl Session<'_, '_> {
    pub(super) async fn take_messages(&mut self) -> Flow {
        while let Some(message) = self.seat.desk.take() {
            match message {
                Message::Call(call) => self.take_call(*call).await,
                Message::Cancel(id) => self.withdraw(&id, Stop::Cancelled).await,
                Message::Close => self.is_closing = true,
            }
        }
        ControlFlow::Continue(())
    }

    async fn take_call(&mut self, mut call: Call) {
        let log_bytes = self.seat.plan.limits.log_bytes;
        let aside = std::mem::replace(&mut self.aside, KeptLog::new(log_bytes));
        call.log.begin_with(aside);
        if self.is_changed
            && self.opening.is_none()
            && let Some(running) = &self.running
        {
            self.is_changed = false;
            let (peer, within) = (peer_of(running), self.seat.worker.start);
            self.budget
                .add(self.seat.plan.limits.output_bytes.saturating_mul(2));
            self.opening = Some(Box::pin(async move {
                let tools = list(&peer, within).await?;
                Ok(Opened {
                    running: None,
                    tools,
                })
            }));
        }
        if self.opening.is_some() {
            self.held.push(call);
            return;
        }
        self.tell(call).await;
    }

    /// Sends the call, unless it may not be sent.
    pub(super) async fn tell(&mut self, mut call: Call) {
        call.mark_sent();
        let Some(tool) = call.tool.clone() else {
            return call.stop(failed(
                ErrorClass::Internal,
                "a call of an MCP server names no tool".to_owned(),
            ));
        };
        if tool.name == LIST_TOOLS {
            self.answered += 1;
            self.idle_since = Instant::now();
            return call.answer(answer_of(&self.tools));
        }
        let folder = self
            .seat
            .plan
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let refresh = format!("`ai-lab-framework tool refresh {folder}` shows what is different");
        let Some(listed) = self.tools.get(&tool.name) else {
            let why = format!(
                "the server no longer has the tool `{}`: {refresh}",
                tool.name
            );
            return call.stop(failed(ErrorClass::Incompatible, why));
        };
        if tool.digest.is_some_and(|pinned| pinned != listed.digest()) {
            let why = format!(
                "the server's tool `{}` is no longer what was adopted: {refresh}",
                tool.name
            );
            return call.stop(failed(ErrorClass::Incompatible, why));
        }
        let arguments = match &call.request.input {
            Value::Object(arguments) => Some(arguments.clone()),
            Value::Null => None,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                let why = "a tool of an MCP server takes an object".to_owned();
                return call.stop(failed(ErrorClass::InvalidInput, why));
            }
        };
        let is_structured = listed.is_structured();
        let mut params = CallToolRequestParams::new(tool.name);
        params.arguments = arguments;
        self.send(call, params, is_structured).await;
    }

    async fn send(&mut self, call: Call, params: CallToolRequestParams, is_structured: bool) {
        let limits = call.limits;
        let room = limits
            .output_bytes
            .saturating_mul(2)
            .saturating_add(limits.log_bytes);
        self.budget.add(room.saturating_add(FRAME_BYTES));
        let Some(running) = &self.running else {
            return call.stop(failed(ErrorClass::Internal, "no session stands".to_owned()));
        };
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let options = PeerRequestOptions::no_options();
        let handle = match running
            .peer()
            .send_cancellable_request(request, options)
            .await
        {
            Ok(handle) => handle,
            Err(error) => {
                let why = format!("the server cannot be told of the call: {error}");
                self.is_closing = true;
                self.seat.desk.leave_pool();
                return call.stop(failed(ErrorClass::Crashed, why));
            }
        };
        let id = call.id().clone();
        self.in_flight.push(InFlight {
            call,
            request: handle.id.clone(),
            token: handle.progress_token.clone(),
            is_structured,
            withdrawn: None,
        });
        let done = self.done.0.clone();
        tokio::spawn(async move {
            let response = handle.await_response().await;
            // Nobody listens once the session is over.
            let _over = done.send(Done { id, response });
        });
    }

    /// A call's caller no longer wants it: the server is told so, and has its grace to answer for the last time.
    async fn withdraw(&mut self, id: &ExecutionId, stop: Stop) {
        if let Some(index) = self.held.iter().position(|call| call.id() == id) {
            return self.held.swap_remove(index).stop(stop);
        }
        let flying = self
            .in_flight
            .iter_mut()
            .find(|flying| flying.call.id() == id);
        let Some(flying) = flying.filter(|flying| flying.withdrawn.is_none()) else {
            return;
        };
        flying.withdrawn = Some((stop, Instant::now() + flying.call.limits.grace));
        let cancelled = CancelledNotificationParam::new(Some(flying.request.clone()), None);
        if let Some(running) = &self.running {
            // A server that takes no notice is ended below.
            let _deaf = running.peer().notify_cancelled(cancelled).await;
        }
    }

    pub(super) async fn look_at_the_clock(&mut self, now: Instant) -> Flow {
        while let Some(index) = self.held.iter().position(|call| call.deadline <= now) {
            self.held.swap_remove(index).stop(Stop::Timeout);
        }
        let is_late =
            |flying: &&InFlight| flying.withdrawn.is_none() && flying.call.deadline <= now;
        let late: Vec<ExecutionId> = self
            .in_flight
            .iter()
            .filter(is_late)
            .map(|late| late.call.id().clone())
            .collect();
        for id in late {
            self.withdraw(&id, Stop::Timeout).await;
        }
        let over = |flying: &InFlight| {
            flying
                .withdrawn
                .as_ref()
                .is_some_and(|(_, until)| *until <= now)
        };
        while let Some(index) = self.in_flight.iter().position(over) {
            let others = self
                .in_flight
                .iter()
                .any(|flying| flying.withdrawn.is_none());
            let flying = &self.in_flight[index];
            let Some((stop, _)) = flying.withdrawn.clone() else {
                break;
            };
            if !others {
                return ControlFlow::Break(End {
                    how: Ending::Ask,
                    culprit: Some((flying.call.id().clone(), stop)),
                    everybody: None,
                });
            }
            // It may still be at work on it: it ends with the last call that is wanted.
            self.seat.desk.leave_pool();
            self.is_closing = true;
            self.in_flight.swap_remove(index).call.stop(stop);
        }
        let is_idle = !self.is_busy() && now >= self.idle_since + self.seat.worker.idle;
        if is_idle && self.seat.desk.retire() {
            return ControlFlow::Break(End::new(Ending::Close, None));
        }
        ControlFlow::Continue(())
    }
}
