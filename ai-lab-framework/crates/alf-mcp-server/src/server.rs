//! The service that the SDK asks: one for a client on stdio, one shared by all over HTTP.

use std::borrow::Cow;
use std::sync::Arc;

use ai_lab_contract::ErrorClass;
use alf_ops::{Call, Client, Failure, run_tool};
use rmcp::ErrorData;
use rmcp::RoleServer;
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, JsonObject,
    ListToolsResult, PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities,
    ServerConfig, SubscriptionFilter,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use serde_json::{Map, Value};

use crate::answer::{of_completed, of_failure};
use crate::arguments::meant;
use crate::client::client_of;
use crate::lab::Lab;
use crate::limits::PROGRESS_EVERY;
use crate::offer::{CONFIRM, OfferedTool};
use crate::own_tools::OwnTool;
use crate::running::NotRun;

/// Answers for a lab.
#[derive(Clone, Debug)]
pub(crate) struct LabServer {
    lab: Arc<Lab>,
}

impl LabServer {
    pub(crate) const fn new(lab: Arc<Lab>) -> Self {
        Self { lab }
    }

    /// One call, and progress told while it runs.
    async fn call(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        if let Some(own) = OwnTool::find(&request.name) {
            let framework = Arc::clone(&self.lab.framework);
            let ended = self.lab.places.carry_out(&context.ct, move |withdrawn| {
                own.carry_out(&framework, arguments, withdrawn)
            });
            return Ok(ended
                .await
                .unwrap_or_else(|not_run| of_failure(&failed(&not_run))));
        }
        let served = self.lab.served();
        let Some(index) = served.offer.place(&request.name) else {
            return Err(self.lab.no_such_tool(&request.name));
        };
        let lab = Arc::clone(&self.lab);
        let client = client_of(context, self.lab.client.as_deref());
        let ended = self.lab.places.carry_out(&context.ct, move |withdrawn| {
            let offered = &served.offer.tools[index];
            match prepared(offered, arguments, client) {
                Ok(call) => match run_tool(&lab.framework, &call, Some(withdrawn)) {
                    Ok(completed) => {
                        of_completed(&completed, offered.output.is_some(), offered.is_blocks)
                    }
                    Err(failure) => of_failure(&failure),
                },
                Err(failure) => of_failure(&failure),
            }
        });
        Ok(ended
            .await
            .unwrap_or_else(|not_run| of_failure(&failed(&not_run))))
    }
}

/// What is asked for, as the operation takes it.
fn prepared(
    offered: &OfferedTool,
    mut arguments: JsonObject,
    client: Client,
) -> Result<Call, Failure> {
    if offered.destructive {
        arguments.remove(CONFIRM);
        let told = format!(
            "`{}.{}` may destroy something",
            offered.tool, offered.action
        );
        return Err(Failure::new(ErrorClass::Refused, told).with_hint(format!(
            "A person can run it: `ai-lab-framework tool run {}.{}`.",
            offered.tool, offered.action
        )));
    }
    let input = match offered.compiled() {
        Some(schema) if !offered.is_wrapped => meant(schema, arguments),
        Some(_) | None => offered.unwrapped(Value::Object(arguments)),
    };
    Ok(Call {
        tool: offered.tool.clone(),
        action: offered.action.clone(),
        input,
        session: None,
        correlation: None,
        patience: None,
        config: Map::new(),
        repeats: None,
        client: Some(client),
        execution_id: None,
    })
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
        let token = context.meta.get_progress_token();
        let mut call = std::pin::pin!(self.call(request, &context));
        let Some(token) = token else {
            return call.await.map(CallToolResponse::from);
        };
        let began = tokio::time::Instant::now();
        let mut ticks = tokio::time::interval_at(began + PROGRESS_EVERY, PROGRESS_EVERY);
        loop {
            tokio::select! {
                ended = &mut call => return ended.map(CallToolResponse::from),
                _ = ticks.tick() => {
                    let seconds = began.elapsed().as_secs();
                    let told = ProgressNotificationParam::new(token.clone(), began.elapsed().as_secs_f64())
                        .with_message(format!("running for {seconds} s"));
                    // A client that is gone is noticed where it is read from.
                    let _told = context.peer.notify_progress(told).await;
                }
            }
        }
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let mut changes = self.lab.listen();
        let peer = context.peer;
        tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                if peer.notify_tool_list_changed().await.is_err() {
                    return;
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

    fn supported_protocol_versions(&self) -> Cow<'static, [rmcp::model::ProtocolVersion]> {
        Cow::Borrowed(rmcp::model::ProtocolVersion::KNOWN_VERSIONS)
    }
}
