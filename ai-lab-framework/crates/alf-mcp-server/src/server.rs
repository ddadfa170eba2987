//! The service that the SDK asks: one for a client on stdio, one shared by all over HTTP.

use std::borrow::Cow;
use std::sync::Arc;

use ai_lab_contract::ErrorClass;
use alf_ops::{Call, Confirmation, Failure};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, ServerCapabilities, ServerConfig, SetLevelRequestParams,
    SubscriptionFilter, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio_util::sync::CancellationToken;

use crate::answer::of_failure;
use crate::calls::{Answering, Consent, Step, asked};
use crate::client::Caller;
use crate::consent::{came_back, consent, input_required, question};
use crate::lab::{Lab, Served};
use crate::limits::{CONSENT_WITHIN, LOOK_FOR_CLIENT, PROGRESS_EVERY, PROGRESS_FIRST};
use crate::offer::OfferedTool;
use crate::own_tools::OwnTool;
use crate::running::NotRun;
use crate::tasks::{self, answered, followed};
use crate::{log_lines, prompts, resources};

/// Answers for a lab.
#[derive(Clone, Debug)]
pub(crate) struct LabServer {
    lab: Arc<Lab>,
    log: log_lines::Asked,
}

impl LabServer {
    pub(crate) fn new(lab: Arc<Lab>) -> Self {
        Self {
            lab,
            log: log_lines::Asked::default(),
        }
    }

    /// One call, asked about where it has to be.
    async fn call(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = Arc::new(Caller::of(context, self.lab.client.as_deref()));
        let arguments = request.arguments.unwrap_or_default();
        if let Some(own) = OwnTool::find(&request.name) {
            let told = self.look(context, move |answering| {
                Ok(own.carry_out(answering, arguments))
            });
            return Ok(told.await?.into());
        }
        let served = self.lab.served();
        let Some(index) = served.offer.place(&request.name) else {
            return Err(self.lab.no_such_tool(&request.name));
        };
        let said = came_back(request.request_state, request.input_responses);
        let wanted = Wanted {
            served,
            index,
            caller,
        };
        let first = {
            let wanted = wanted.clone();
            move || {
                let offered = wanted.offered();
                let (call, given) = asked(offered, arguments, &wanted.caller);
                (call, said.unwrap_or(given))
            }
        };
        match self.step(&wanted, &context.ct, first).await {
            Step::Answered(result) => Ok((*result).into()),
            Step::Follow(id) => Ok(followed(&id, &self.lab).into()),
            Step::Ask(call, confirmation) => {
                let is_modern = context
                    .protocol_version()
                    .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
                if is_modern {
                    return Ok(input_required(&confirmation).into());
                }
                let said = self.ask(&confirmation, context).await;
                match self.step(&wanted, &context.ct, move || (*call, said)).await {
                    Step::Answered(result) => Ok((*result).into()),
                    Step::Follow(id) => Ok(followed(&id, &self.lab).into()),
                    Step::Ask(..) => Err(ErrorData::internal_error(
                        "a call that was asked about is asked about again",
                        None,
                    )),
                }
            }
        }
    }

    /// One call, with signs of life for a client that asked for such.
    async fn call_in_sight(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let token = context.meta.get_progress_token();
        let mut call = std::pin::pin!(self.call(request, context));
        let Some(token) = token else {
            return call.await;
        };
        let began = tokio::time::Instant::now();
        let (mut pause, mut next) = (PROGRESS_FIRST, began + PROGRESS_FIRST);
        loop {
            tokio::select! {
                ended = &mut call => return ended,
                () = tokio::time::sleep_until(next) => {
                    pause = (pause * 2).min(PROGRESS_EVERY);
                    next += pause;
                    let seconds = began.elapsed().as_secs();
                    let told = ProgressNotificationParam::new(token.clone(), began.elapsed().as_secs_f64())
                        .with_message(format!("running for {seconds} s"));
                    // A client that is gone is noticed where it is read from.
                    let _told = context.peer.notify_progress(told).await;
                }
            }
        }
    }

    /// Tells the log of a call that has ended to a client that asked for it.
    async fn tell_log(&self, answer: &CallToolResponse, context: &RequestContext<RoleServer>) {
        let (Some(from), Some(id)) = (self.log.of(context), log_lines::behind(answer)) else {
            return;
        };
        let looked = self.look(context, move |answering| {
            log_lines::lines(&answering.lab.framework, &id, from)
        });
        // Lines that cannot be read are no reason to keep the answer back.
        for line in looked.await.unwrap_or_default() {
            let _told = context.peer.notify_logging_message(line).await;
        }
    }

    /// Looks something up on a thread; a failure is an error of the protocol.
    async fn look<T: Send + 'static>(
        &self,
        context: &RequestContext<RoleServer>,
        look: impl FnOnce(Answering<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let caller = Caller::of(context, self.lab.client.as_deref());
        let lab = Arc::clone(&self.lab);
        let looked = self.lab.places.carry_out(&context.ct, move |withdrawn| {
            look(Answering {
                lab: &lab,
                caller: &caller,
                withdrawn,
            })
        });
        answered(looked.await)
    }

    /// Makes a call as far as it may go, on a thread.
    async fn step(
        &self,
        wanted: &Wanted,
        withdrawn: &CancellationToken,
        call: impl FnOnce() -> (Call, Consent) + Send + 'static,
    ) -> Step {
        let (lab, wanted) = (Arc::clone(&self.lab), wanted.clone());
        let withdraw = withdrawn.child_token();
        let own = withdraw.clone();
        let ended = self.lab.places.carry_out(&withdraw, move |withdrawn| {
            let (call, consent) = call();
            let _begun = call.execution_id.clone().map(|id| lab.begin(id, own));
            let answering = Answering {
                lab: &lab,
                caller: &wanted.caller,
                withdrawn,
            };
            answering.make(wanted.offered(), call, consent)
        });
        ended
            .await
            .unwrap_or_else(|not_run| of_failure(&failed(&not_run)).into())
    }

    /// Asks a person through the client, in the era in which a server can ask.
    async fn ask(
        &self,
        confirmation: &Confirmation,
        context: &RequestContext<RoleServer>,
    ) -> Consent {
        let question = question(confirmation);
        let told = tokio::select! {
            told = context.peer.create_elicitation_with_timeout(question, Some(CONSENT_WITHIN)) => told,
            () = context.ct.cancelled() => return Consent::Refused("the call was withdrawn while a person was asked"),
        };
        match told {
            Ok(told) => consent(&told, confirmation.code.clone()),
            Err(_) => Consent::Refused("the client could not ask a person"),
        }
    }
}

/// A call's tool and caller.
#[derive(Clone, Debug)]
struct Wanted {
    served: Arc<Served>,
    index: usize,
    caller: Arc<Caller>,
}

impl Wanted {
    fn offered(&self) -> &OfferedTool {
        &self.served.offer.tools[self.index]
    }
}

fn failed(not_run: &NotRun) -> Failure {
    let class = match not_run {
        NotRun::Full => ErrorClass::Unavailable,
        NotRun::Withdrawn => ErrorClass::Cancelled,
        NotRun::NoDescriptor(_) => ErrorClass::Environment,
        NotRun::Broken => ErrorClass::Internal,
    };
    let failure = Failure::new(class, not_run.to_string());
    match not_run {
        NotRun::Full => failure.with_hint("Call again when one of them has ended."),
        NotRun::Withdrawn | NotRun::NoDescriptor(_) | NotRun::Broken => failure,
    }
}

impl ServerHandler for LabServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_resources()
            .enable_tasks()
            .enable_logging()
            .build();
        let server = Implementation::new("ai-lab", alf_ops::FRAMEWORK_VERSION).with_title("AI Lab");
        ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(self.lab.instructions.clone())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(self.lab.served().listed.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answer = self.call_in_sight(request, &context).await?;
        self.tell_log(&answer, &context).await;
        Ok(answer)
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.log.set(request.level);
        Ok(())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let mut changes = self.lab.listen();
        let peer = context.peer;
        tokio::spawn(async move {
            // A client that is gone is noticed even where nothing changes.
            let mut looks = tokio::time::interval(LOOK_FOR_CLIENT);
            while !peer.is_transport_closed() {
                tokio::select! {
                    _ = looks.tick() => {}
                    next = changes.changed() => {
                        if next.is_err() || peer.notify_tool_list_changed().await.is_err() {
                            return;
                        }
                    }
                }
            }
        });
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        let mut accepted = SubscriptionFilter::default();
        accepted.tools_list_changed = requested.tools_list_changed;
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.lab.listen();
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                next = changes.changed() => {
                    let is_over = next.is_err();
                    if is_over || context.sink().notify_tool_list_changed().await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::listed()))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(
            resources::templates(),
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri.clone();
        let looked = self.look(&context, move |answering| resources::read(answering, &uri));
        let contents = looked.await.map_err(|mut error| {
            if error.code == ErrorCode::INVALID_PARAMS {
                error.code = ErrorCode::RESOURCE_NOT_FOUND;
                error.data = Some(serde_json::json!({ "uri": request.uri }));
            }
            error
        })?;
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::listed()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let looked = self.look(&context, move |answering| {
            prompts::prompt(answering, &request.name, &arguments)
        });
        Ok(looked.await?.into())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let caller = Caller::of(&context, self.lab.client.as_deref());
        tasks::state(&self.lab, caller, request.task_id, &context.ct).await
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let caller = Caller::of(&context, self.lab.client.as_deref());
        tasks::cancel(&self.lab, caller, request.task_id, &context.ct).await
    }

    async fn update_task(
        &self,
        _request: UpdateTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // No task of ours asks for anything: consent is asked for before one begins.
        Ok(())
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::KNOWN_VERSIONS)
    }
}
