//! Who calls, as the client says it: in `initialize`, or in each request.

use ai_lab_contract::{ActionName, ToolName};
use alf_manifest::is_hidden;
use alf_ops::{Client, TokenScope};
use rmcp::RoleServer;
use rmcp::model::{Implementation, ProtocolVersion};
use rmcp::service::RequestContext;

/// The longest name or version kept, in characters. Stops a client from writing into every row what it likes.
const CHARS: usize = 64;

/// Who calls, and what they can do and may do.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// As it is recorded.
    pub(crate) client: Client,
    /// Under which name lists, sessions and confirmations know it.
    pub(crate) key: String,
    /// What its token lets it do; `None` on standard input and output, where who started the server may all.
    scope: Option<TokenScope>,
    /// It can show a person a question.
    pub(crate) can_ask: bool,
    /// It follows a call in the background by itself.
    pub(crate) follows_tasks: bool,
}

impl Caller {
    /// The caller of a request; `given` is the name the person gave the client.
    pub(crate) fn of(context: &RequestContext<RoleServer>, given: Option<&str>) -> Self {
        let scope = context
            .extensions
            .get::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<TokenScope>())
            .cloned();
        let given = given.or(scope.as_ref().map(|scope| scope.name.as_str()));
        let client = told(
            context.client_info().as_ref(),
            context.protocol_version().as_ref(),
            given,
        );
        let capabilities = context.client_capabilities();
        let asks = capabilities
            .as_ref()
            .and_then(|can| can.elicitation.as_ref());
        Self {
            key: client.name.clone(),
            client,
            scope,
            // One that names no form of asking means this one.
            can_ask: asks.is_some_and(|asks| asks.form.is_some() || asks.url.is_none()),
            follows_tasks: capabilities.is_some_and(|can| can.supports_tasks()),
        }
    }

    /// Whether its token lets it call this.
    pub(crate) fn may_call(&self, tool: &ToolName, action: &ActionName) -> bool {
        self.scope
            .as_ref()
            .is_none_or(|scope| scope.allows(tool, action))
    }
}

fn told(
    info: Option<&Implementation>,
    version: Option<&ProtocolVersion>,
    given: Option<&str>,
) -> Client {
    let name = given.or(info.map(|info| info.name.as_str())).unwrap_or("");
    let name = shown(name);
    Client {
        name: if name.is_empty() {
            "mcp".to_owned()
        } else {
            name
        },
        version: info.map_or(String::new(), |info| shown(&info.version)),
        protocol: version.map_or_else(|| "mcp".to_owned(), |version| format!("mcp/{version}")),
    }
}

fn shown(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_hidden(*c) && *c != '\n');
    seen.take(CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_recorded_as_it_calls_itself_within_bounds() {
        let client = |name: &str, version: &str, protocol: &str| Client {
            name: name.to_owned(),
            version: version.to_owned(),
            protocol: protocol.to_owned(),
        };
        let info = Implementation::new("open\u{200B}code\n", "1.18.33");
        let version = ProtocolVersion::V_2025_11_25;
        assert_eq!(
            told(Some(&info), Some(&version), None),
            client("opencode", "1.18.33", "mcp/2025-11-25")
        );
        assert_eq!(
            told(Some(&info), Some(&version), Some("laptop")),
            client("laptop", "1.18.33", "mcp/2025-11-25")
        );
        assert_eq!(told(None, None, None), client("mcp", "", "mcp"));
        let long = Implementation::new("x".repeat(1_000), "y".repeat(1_000));
        assert_eq!(
            told(Some(&long), Some(&version), None),
            client(&"x".repeat(CHARS), &"y".repeat(CHARS), "mcp/2025-11-25")
        );
    }
}
