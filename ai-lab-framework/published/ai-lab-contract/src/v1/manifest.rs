//! What a tool says of itself: the `tool.toml` in its folder.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ActionName, Bounded, EvidenceSource, Exemption, HostGrant, Profile, SecretName, SocketGrant,
    ToolName,
};

/// A tool's manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The contract's major version: 1.
    pub contract: Bounded<1, 1>,
    /// The tool's name, unique in a lab.
    pub name: ToolName,
    /// The tool's own version (semver 2.0).
    #[schemars(regex(pattern = r"^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$"))]
    pub version: String,
    /// What the tool is for, for a person and an agent. 1 to 1,000 characters.
    #[schemars(length(min = 1, max = 1000))]
    pub description: String,
    /// The stage the tool claims; standard unless said otherwise.
    #[serde(default)]
    pub profile: Profile,
    /// The range of framework versions the tool needs (semver), such as `>=0.1, <1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
    /// Words to filter listings by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub tags: Vec<String>,
    /// How the tool runs.
    pub run: Run,
    /// What the tool may use up.
    #[serde(default)]
    pub limits: Limits,
    /// What the tool may reach; nothing unless said.
    #[serde(default)]
    pub grants: Grants,
    /// When a failed call is made again; never unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// When calls stop for a while; never unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// What answers when the tool cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// How the framework asks whether the tool is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// How its long-lived processes are kept; only for the kinds `worker` and `mcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<Worker>,
    /// What the tool can do, by name. At least one.
    #[schemars(length(min = 1, max = 128))]
    pub actions: BTreeMap<ActionName, Action>,
    /// The tool's configuration: a JSON Schema (2020-12) of an object, inline or as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<SchemaSource>,
    /// How it is shown that the tool keeps the rules of its profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceSource>,
    /// Rules of its profile that the tool does without, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub exempt: Vec<Exemption>,
}

/// How a tool runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// One process a call, a long-lived process, or an MCP server.
    #[serde(default)]
    pub kind: RunKind,
    /// Program and arguments, never through a shell. A program with a `/` lies in the tool's folder;
    /// one without is looked up on the framework's PATH.
    #[schemars(length(min = 1, max = 256))]
    pub command: Vec<String>,
    /// Variables set for the tool, beside those granted. Never secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 64))]
    pub environment: BTreeMap<String, String>,
}

/// The three kinds of running; request and result are the same in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// One process a call: a request line in, a result line out, logs on standard error.
    #[default]
    Exec,
    /// The same lines, many calls, one long-lived process.
    Worker,
    /// An MCP server over stdio; its tools become actions.
    Mcp,
}

/// What a tool may use up in one execution. Each has a default and a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long a call may run, in milliseconds, until it is asked to end. Stops hangs.
    pub run_ms: Bounded<1, 86_400_000>,
    /// How long it may take to end after being asked, in milliseconds, until it is killed.
    pub grace_ms: Bounded<0, 60_000>,
    /// The longest result line, in bytes. Stops floods.
    pub output_bytes: Bounded<1, 67_108_864>,
    /// How much of standard error is kept, in bytes; the rest is counted and dropped.
    pub log_bytes: Bounded<0, 16_777_216>,
    /// How much memory the tool's processes may take together, in bytes.
    pub memory_bytes: Bounded<1_048_576, 1_099_511_627_776>,
    /// How many processes may live at once.
    pub processes: Bounded<1, 4_096>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            run_ms: Bounded::constant(30_000),
            grace_ms: Bounded::constant(1_000),
            output_bytes: Bounded::constant(1_048_576),
            log_bytes: Bounded::constant(262_144),
            memory_bytes: Bounded::constant(536_870_912),
            processes: Bounded::constant(64),
        }
    }
}

/// What a tool may reach. Everything else is closed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Paths it may read: absolute, or relative to its folder.
    #[schemars(length(max = 128))]
    pub read: Vec<String>,
    /// Paths it may write: absolute, or relative to its folder.
    #[schemars(length(max = 128))]
    pub write: Vec<String>,
    /// TCP ports it may connect to.
    #[schemars(length(max = 128))]
    pub tcp: Vec<Bounded<1, 65_535>>,
    /// Hosts it may connect to, through the framework's proxy, each with a port: `api.example.org:443`,
    /// `*.example.org:443`, `192.168.1.4:80`. Not beside `tcp`, which grants a port on every host.
    #[schemars(length(max = 64))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostGrant>,
    /// UNIX sockets that it may ask by HTTP's `GET` for listed paths, through the framework's proxy. Not beside `tcp`.
    #[schemars(length(max = 8))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sockets: Vec<SocketGrant>,
    /// Variables of the framework's environment it may see.
    #[schemars(length(max = 128))]
    pub environment: Vec<String>,
    /// Secrets it is handed once the person has granted them: a name, or a name with a variable.
    #[schemars(length(max = 32))]
    pub secrets: Vec<SecretWanted>,
    /// Actions of other tools it may hand its work over to: `TOOL.ACTION`, or `TOOL.*` for all of one tool.
    #[schemars(length(max = 64))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handoff: Vec<String>,
}

impl Grants {
    /// Whether anything is reached through the framework's proxy, for which the tool has a network of its own.
    pub const fn need_proxy(&self) -> bool {
        !self.hosts.is_empty() || !self.sockets.is_empty()
    }
}

/// One secret a tool asks for, and how it is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SecretWanted {
    /// In the one sealed file the tool inherits: nothing of it shows in the process table.
    Named(SecretName),
    /// In a variable, for programs that read nothing else.
    InVariable(SecretInVariable),
}

/// A secret handed over in a variable: every process of the same user can read it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretInVariable {
    /// Which secret.
    pub name: SecretName,
    /// The variable that holds it.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"))]
    pub environment: String,
}

impl SecretWanted {
    /// Which secret.
    pub const fn name(&self) -> &SecretName {
        match self {
            Self::Named(name) => name,
            Self::InVariable(wanted) => &wanted.name,
        }
    }

    /// The variable that holds it; `None` for the inherited file.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::Named(_) => None,
            Self::InVariable(wanted) => Some(&wanted.environment),
        }
    }
}

/// When a failed call is made again: only retryable errors of idempotent actions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Calls in all, the first included.
    pub attempts: Bounded<1, 10>,
    /// The pause before the second call, in milliseconds; doubles each time.
    pub backoff_ms: Bounded<1, 60_000>,
    /// The longest pause, in milliseconds.
    pub max_backoff_ms: Bounded<1, 600_000>,
}

/// When calls stop for a while, so that what is down can come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    /// How many failures within the window open it.
    pub failures: Bounded<1, 1_000>,
    /// The window, in seconds.
    pub window_s: Bounded<1, 86_400>,
    /// How long it stays open, in seconds, until one call may try.
    pub open_s: Bounded<1, 86_400>,
}

/// What answers when the tool cannot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Another action of the same tool.
    Action(ActionName),
    /// The last good answer, marked stale, not older than so many seconds.
    LastGoodS(Bounded<1, 31_536_000>),
}

/// How the framework asks whether the tool is well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// The action that answers with data when all is well.
    pub action: ActionName,
    /// Its input.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub input: Map<String, Value>,
}

/// How the long-lived processes of a `worker` or `mcp` tool are kept. Each key has a default and a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Worker {
    /// How many calls one process takes at once; above 1, every answer carries its `execution_id`.
    pub in_flight: Bounded<1, 64>,
    /// How many processes may serve the tool at once. Further calls wait for one to be free.
    pub processes: Bounded<1, 16>,
    /// How long a process without a call is kept, in seconds.
    pub idle_s: Bounded<1, 86_400>,
    /// After how many calls a process is replaced by a new one. Stops slow leaks.
    pub max_calls: Bounded<1, 1_000_000_000>,
    /// How long a process may take until it is well or its session stands, in milliseconds.
    pub start_ms: Bounded<1, 600_000>,
    /// It understands the line `{"cancel": execution_id}`; without, a call is withdrawn by ending the process.
    pub cancels: bool,
}

impl Default for Worker {
    fn default() -> Self {
        Self {
            in_flight: Bounded::constant(1),
            processes: Bounded::constant(1),
            idle_s: Bounded::constant(300),
            max_calls: Bounded::constant(10_000),
            start_ms: Bounded::constant(10_000),
            cancels: false,
        }
    }
}

/// One thing a tool can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the four annotations of MCP, each true or false on its own"
)]
pub struct Action {
    /// What it does, for a person and an agent. 1 to 1,000 characters.
    #[schemars(length(min = 1, max = 1000))]
    pub description: String,
    /// The JSON Schema (2020-12) of its input.
    pub input: SchemaSource,
    /// The JSON Schema (2020-12) of its data.
    pub output: SchemaSource,
    /// It changes nothing.
    #[serde(default)]
    pub read_only: bool,
    /// It may destroy something.
    #[serde(default)]
    pub destructive: bool,
    /// Twice is the same as once.
    #[serde(default)]
    pub idempotent: bool,
    /// It reaches beyond this machine.
    #[serde(default)]
    pub open_world: bool,
    /// For the kind `mcp`: the server's own name of the tool that this action calls. 1 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub mcp_tool: Option<String>,
    /// For the kind `mcp`: the digest of what the server said of that tool when it was adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    pub mcp_digest: Option<String>,
}

/// Where a JSON Schema is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SchemaSource {
    /// A file in the tool's folder, such as `schemas/host.input.json`.
    File(String),
    /// The schema itself.
    Inline(Map<String, Value>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_asked_for_by_name_or_by_name_and_variable() {
        let asked = json!({ "secrets": ["router", { "name": "token", "environment": "TOKEN" }] });
        let grants: Grants = serde_json::from_value(asked.clone()).expect("both forms are taken");
        let read: Vec<(&str, Option<&str>)> = grants
            .secrets
            .iter()
            .map(|wanted| (wanted.name().as_str(), wanted.environment()))
            .collect();
        assert_eq!(read, [("router", None), ("token", Some("TOKEN"))]);
        let written = serde_json::to_value(&grants).expect("JSON");
        assert_eq!(written["secrets"], asked["secrets"]);
        let unknown = json!({ "secrets": [{ "name": "token", "variable": "TOKEN" }] });
        assert!(serde_json::from_value::<Grants>(unknown).is_err());
    }
}
