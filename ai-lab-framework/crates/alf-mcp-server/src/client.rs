//! Who calls, as the client says it: in `initialize`, or in each request.

use alf_manifest::is_hidden;
use alf_ops::Client;
use rmcp::RoleServer;
use rmcp::model::{Implementation, ProtocolVersion};
use rmcp::service::RequestContext;

/// The longest name or version kept, in characters. Stops a client from writing into every row what it likes.
const CHARS: usize = 64;

/// The client of a request; `given` is the name the person gave it.
pub(crate) fn client_of(context: &RequestContext<RoleServer>, given: Option<&str>) -> Client {
    told(
        context.client_info().as_ref(),
        context.protocol_version().as_ref(),
        given,
    )
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
