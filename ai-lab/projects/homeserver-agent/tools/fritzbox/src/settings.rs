//! The tool's configuration: which router, and how it is spoken with.

use std::net::IpAddr;

use ai_lab_tool::contract::Bounded;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which router, and how it is spoken with. Its password is the secret `router`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The router's name or address. It has to be granted in tool.toml, with its port.
    pub(crate) host: String,
    /// The port; 49443 with TLS and 49000 without, unless said otherwise.
    pub(crate) port: Option<u16>,
    /// Whether to speak TLS. Without it, whoever is in the network reads along; the password stays unreadable.
    pub(crate) tls: bool,
    /// Who logs in. Without a name, whoever logged in last, which costs a request.
    pub(crate) user: Option<String>,
    /// Which login the router offers.
    pub(crate) login: LoginKind,
    /// The certificate to insist on, SHA-256 in hexadecimal; goes before the one that was remembered.
    pub(crate) certificate_sha256: Option<String>,
    /// This machine's address in the router's network. The sandbox cannot see it, and only forwardings to it can be
    /// changed.
    pub(crate) own_address: Option<IpAddr>,
    /// How long one call may speak with the router, in milliseconds; waiting for a restart or a new connection is
    /// not counted.
    pub(crate) budget_ms: Bounded<1000, 60_000>,
}

/// Which login the router offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LoginKind {
    /// The digest of HTTP: every FRITZ!OS since 5.
    #[default]
    Digest,
    /// The older one, within the call.
    Legacy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: "fritz.box".to_owned(),
            port: None,
            tls: true,
            user: None,
            login: LoginKind::Digest,
            certificate_sha256: None,
            own_address: None,
            budget_ms: Bounded::constant(20_000),
        }
    }
}

impl Settings {
    /// The port to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls { 49443 } else { 49000 })
    }

    /// Under what the router is remembered.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port())
    }
}

/// The schema of the manifest's `config`. What need not be set has no `null`: configuration knows none.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the committed schema is made by a test")
)]
pub(crate) fn schema() -> Value {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Settings>();
    let mut schema = Value::from(schema);
    if let Some(properties) = schema["properties"].as_object_mut() {
        for property in properties.values_mut() {
            if property.get("default") == Some(&Value::Null) {
                property
                    .as_object_mut()
                    .map(|property| property.remove("default"));
            }
            if let Some(first) = property["type"]
                .as_array()
                .and_then(|types| types.first())
                .cloned()
            {
                property["type"] = first;
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_follows_from_tls_unless_it_is_said() {
        let port = |text: &str| -> u16 {
            serde_json::from_str::<Settings>(text)
                .expect("it fits")
                .port()
        };
        assert_eq!(port("{}"), 49443);
        assert_eq!(port(r#"{"tls": false}"#), 49000);
        assert_eq!(port(r#"{"port": 1}"#), 1);
        assert!(serde_json::from_str::<Settings>(r#"{"hots": "x"}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"own_address": "x"}"#).is_err());
    }
}
