//! What a server says unasked, and what it asks of us: told to the log, and declined.

use std::future::{Future, ready};

use rmcp::ErrorData;
use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    ClientCapabilities, ClientConfig, CreateMessageRequestMethod, CreateMessageRequestParams,
    CreateMessageResult, ElicitRequestParams, ElicitResult, ElicitationAction, Implementation,
    ListRootsRequestMethod, ListRootsResult, LoggingLevel, LoggingMessageNotificationParam,
    ProgressNotificationParam, ProgressToken,
};
use rmcp::service::{NotificationContext, RequestContext, RoleClient};
use tokio::sync::mpsc::UnboundedSender;

/// Something for the log of a call, or for the session. What comes is bounded by the server's budget.
#[derive(Debug)]
pub(crate) enum Said {
    /// A line of log; the token tells whose it is, where it does.
    Line {
        level: &'static str,
        text: String,
        token: Option<ProgressToken>,
    },
    /// The tools may be others now.
    ToolsChanged,
}

/// The client's side of a session. It offers nothing: no sampling, no elicitation, no roots.
#[derive(Clone, Debug)]
pub(crate) struct Handler(pub(crate) UnboundedSender<Said>);

impl Handler {
    fn say(&self, level: &'static str, text: String, token: Option<ProgressToken>) {
        // Nobody listens once the session is over.
        let _over = self.0.send(Said::Line { level, text, token });
    }

    fn declined(&self, what: &str) {
        self.say(
            "warn",
            format!("the server asked for {what}: declined"),
            None,
        );
    }
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let name = Implementation::new("ai-lab-framework", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), name)
    }

    fn create_message(
        &self,
        _: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> impl Future<Output = Result<CreateMessageResult, ErrorData>> {
        self.declined("a model's words");
        ready(Err(
            ErrorData::method_not_found::<CreateMessageRequestMethod>(),
        ))
    }

    fn list_roots(
        &self,
        _: RequestContext<RoleClient>,
    ) -> impl Future<Output = Result<ListRootsResult, ErrorData>> {
        self.declined("folders");
        ready(Err(ErrorData::method_not_found::<ListRootsRequestMethod>()))
    }

    fn create_elicitation(
        &self,
        _: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> impl Future<Output = Result<ElicitResult, ErrorData>> {
        self.declined("a person's input");
        ready(Ok(ElicitResult::new(ElicitationAction::Decline)))
    }

    fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) -> impl Future<Output = ()> {
        let total = params
            .total
            .map_or(String::new(), |total| format!(" of {total}"));
        let message = params
            .message
            .map_or(String::new(), |message| format!(": {message}"));
        let text = format!("progress {}{total}{message}", params.progress);
        self.say("info", text, Some(params.progress_token));
        ready(())
    }

    fn on_logging_message(
        &self,
        params: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) -> impl Future<Output = ()> {
        let level = match params.level {
            LoggingLevel::Debug => "debug",
            LoggingLevel::Info | LoggingLevel::Notice => "info",
            LoggingLevel::Warning => "warn",
            LoggingLevel::Error
            | LoggingLevel::Critical
            | LoggingLevel::Alert
            | LoggingLevel::Emergency => "error",
        };
        let text = params
            .data
            .as_str()
            .map_or_else(|| params.data.to_string(), str::to_owned);
        self.say(level, text, None);
        ready(())
    }

    fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) -> impl Future<Output = ()> {
        let _over = self.0.send(Said::ToolsChanged);
        ready(())
    }
}
