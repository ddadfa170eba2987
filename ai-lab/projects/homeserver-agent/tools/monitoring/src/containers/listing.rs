//! What an engine says of its containers: the list of all, and what it knows of one. Docker's words, which Podman speaks
//! too. Of an answer only the named fields are kept: variables, labels, mounts and commands hold secrets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many containers of a list are looked at. Stops an engine that lists without end.
pub(super) const MOST_LISTED: usize = 512;

/// The longest text of an engine's that is shown, in characters. Stops a name from flooding the answer.
const TEXT_CHARS: usize = 128;

/// How much of an id is shown, in characters, as the engines' own programs do.
const ID_CHARS: usize = 12;

/// How many ports of one container are shown. Stops a range of ports from flooding the answer.
const MOST_PORTS: usize = 16;

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContainerState {
    /// It runs.
    Running,
    /// It was made to stand still.
    Paused,
    /// It ended and is being started again.
    Restarting,
    /// It ended.
    Exited,
    /// It was made and never started.
    Created,
    /// It could not be removed.
    Dead,
    /// It is in between, or the engine uses another word.
    Other,
}

impl ContainerState {
    fn of(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "running" => Self::Running,
            "paused" => Self::Paused,
            "restarting" => Self::Restarting,
            // The second is Podman's.
            "exited" | "stopped" => Self::Exited,
            "created" | "configured" | "initialized" => Self::Created,
            "dead" => Self::Dead,
            _ => Self::Other,
        }
    }
}

/// What a container's own health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// It passes.
    Healthy,
    /// It fails.
    Unhealthy,
    /// It has not passed yet.
    Starting,
}

impl Health {
    fn of(word: &str) -> Option<Self> {
        match word {
            "healthy" => Some(Self::Healthy),
            "unhealthy" => Some(Self::Unhealthy),
            "starting" => Some(Self::Starting),
            // `none` where there is no check.
            _ => None,
        }
    }

    /// From a list's sentence, such as `Up 3 hours (healthy)`.
    fn in_sentence(status: &str) -> Option<Self> {
        let inner = status.rsplit_once('(')?.1.strip_suffix(')')?;
        Self::of(inner.strip_prefix("health: ").unwrap_or(inner))
    }
}

/// One container of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// As the engine names it in its paths.
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) image: Option<String>,
    pub(super) state: ContainerState,
    pub(super) health: Option<Health>,
    pub(super) exit_code: Option<i64>,
    /// Such as `127.0.0.1:8080->80/tcp`, or `80/tcp` where nothing is published.
    pub(super) ports: Vec<String>,
}

/// What is known of one container beside the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inspected {
    pub(super) restarts: Option<u64>,
    /// As the engine writes it (RFC 3339).
    pub(super) started_at: Option<String>,
    pub(super) health: Option<Health>,
    pub(super) exit_code: Option<i64>,
    pub(super) was_out_of_memory: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawListed {
    id: String,
    names: Option<Vec<String>>,
    image: Option<String>,
    state: Option<String>,
    status: Option<String>,
    ports: Option<Vec<RawPort>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPort {
    #[serde(rename = "IP")]
    address: Option<String>,
    private_port: Option<u16>,
    public_port: Option<u16>,
    #[serde(rename = "Type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawInspected {
    restart_count: Option<u64>,
    state: Option<RawState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawState {
    started_at: Option<String>,
    exit_code: Option<i64>,
    #[serde(rename = "OOMKilled")]
    out_of_memory: Option<bool>,
    // Older Podman's word is the second.
    #[serde(alias = "Healthcheck")]
    health: Option<RawHealth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawHealth {
    status: Option<String>,
}

/// Reads `/containers/json?all=true`, and how many containers there are. `None` for anything else, also for an id that
/// would not stay one segment of a path.
pub(super) fn parse_list(json: &[u8]) -> Option<(Vec<Listed>, usize)> {
    let all: Vec<RawListed> = serde_json::from_slice(json).ok()?;
    let count = all.len();
    if !all.iter().all(|one| is_id(&one.id)) {
        return None;
    }
    let listed = all.into_iter().take(MOST_LISTED).map(|raw| {
        let status = raw.status.unwrap_or_default();
        let state = ContainerState::of(raw.state.as_deref().unwrap_or_default());
        let name = raw.names.unwrap_or_default().into_iter().next();
        Listed {
            id: raw.id,
            name: name.map(|name| text(name.trim_start_matches('/'))),
            image: raw.image.map(|image| text(&image)),
            state,
            health: Health::in_sentence(&status),
            exit_code: exit_code(&status).filter(|_| state == ContainerState::Exited),
            ports: ports(raw.ports.unwrap_or_default()),
        }
    });
    Some((listed.collect(), count))
}

/// Reads `/containers/ID/json`. `None` for anything else.
pub(super) fn parse_inspected(json: &[u8]) -> Option<Inspected> {
    let raw: RawInspected = serde_json::from_slice(json).ok()?;
    let restarts = raw.restart_count;
    let Some(state) = raw.state else {
        return Some(Inspected {
            restarts,
            ..Inspected::default()
        });
    };
    let health = state.health.and_then(|health| health.status);
    Some(Inspected {
        restarts,
        started_at: state.started_at,
        health: health.as_deref().and_then(Health::of),
        exit_code: state.exit_code,
        was_out_of_memory: state.out_of_memory.unwrap_or_default(),
    })
}

/// The part of an id that people use.
pub(super) fn short_id(id: &str) -> &str {
    id.get(..ID_CHARS).unwrap_or(id)
}

fn is_id(id: &str) -> bool {
    (1..=TEXT_CHARS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The number in `Exited (137) 3 hours ago`.
fn exit_code(status: &str) -> Option<i64> {
    let (_, rest) = status.split_once('(')?;
    rest.split_once(')')?.0.parse().ok()
}

fn ports(raw: Vec<RawPort>) -> Vec<String> {
    let mut ports: Vec<String> = raw
        .into_iter()
        .filter_map(|port| {
            let kind = text(port.kind.as_deref().unwrap_or("tcp"));
            let inner = format!("{}/{kind}", port.private_port?);
            let Some(outer) = port.public_port.filter(|outer| *outer > 0) else {
                return Some(inner);
            };
            Some(match port.address.filter(|address| !address.is_empty()) {
                Some(address) if address.contains(':') => {
                    format!("[{}]:{outer}->{inner}", text(&address))
                }
                Some(address) => format!("{}:{outer}->{inner}", text(&address)),
                None => format!("{outer}->{inner}"),
            })
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports.truncate(MOST_PORTS);
    ports
}

/// An engine's text as it is shown: in one line, and cut short.
fn text(given: &str) -> String {
    let plain = given.chars().filter(|c| !c.is_control());
    plain.take(TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_docker_is_read_without_its_labels_mounts_and_commands() {
        let (listed, count) =
            parse_list(include_bytes!("recorded/docker-list.json")).expect("a list");
        assert_eq!(count, 4);
        assert_eq!(
            listed[0],
            Listed {
                id: "4fa6e0f0c6786287e131c3852c58a2e01cc697a68231826813597e4994f1d6e2".into(),
                name: Some("web".into()),
                image: Some("nginx:1.27".into()),
                state: ContainerState::Running,
                health: Some(Health::Healthy),
                exit_code: None,
                ports: vec![
                    "0.0.0.0:8080->80/tcp".into(),
                    "443/tcp".into(),
                    "[::]:8080->80/tcp".into()
                ],
            }
        );
        let rest: Vec<_> = listed[1..]
            .iter()
            .map(|one| {
                (
                    one.name.as_deref().unwrap_or("-"),
                    one.state,
                    one.health,
                    one.exit_code,
                )
            })
            .collect();
        assert_eq!(
            rest,
            [
                ("db", ContainerState::Running, Some(Health::Unhealthy), None),
                ("job", ContainerState::Exited, None, Some(137)),
                ("old", ContainerState::Exited, None, Some(0)),
            ]
        );
        let told = format!("{listed:?}");
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_list_of_podman_is_read_with_what_it_leaves_out() {
        let (listed, _) = parse_list(include_bytes!("recorded/podman-list.json")).expect("a list");
        let told: Vec<_> = listed
            .iter()
            .map(|one| {
                (
                    one.name.as_deref().unwrap_or("-"),
                    one.state,
                    one.ports.len(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("grafana", ContainerState::Running, 1),
                ("-", ContainerState::Created, 0)
            ]
        );
    }

    #[test]
    fn of_one_container_restarts_start_end_and_health_are_read() {
        let inspected = parse_inspected(include_bytes!("recorded/docker-inspect-db.json"));
        assert_eq!(
            inspected,
            Some(Inspected {
                restarts: Some(7),
                started_at: Some("2026-11-23T15:00:00.5Z".into()),
                health: Some(Health::Unhealthy),
                exit_code: Some(0),
                was_out_of_memory: true,
            })
        );
        let older = br#"{"RestartCount": 1, "State": {"Healthcheck": {"Status": "starting"}}}"#;
        assert_eq!(
            parse_inspected(older).and_then(|one| one.health),
            Some(Health::Starting)
        );
        assert_eq!(parse_inspected(b"{}"), Some(Inspected::default()));
        assert_eq!(parse_inspected(b"[]"), None);
    }

    #[test]
    fn an_id_that_would_be_another_path_makes_no_list() {
        for id in ["", "a/b", "../x", "a?b", "a b", "a%2f", &"a".repeat(129)] {
            let json = format!(r#"[{{"Id": "{id}"}}]"#);
            assert_eq!(parse_list(json.as_bytes()), None, "{id}");
        }
        let (listed, _) = parse_list(br#"[{"Id": "a1"}]"#).expect("a list");
        assert_eq!(
            (listed[0].state, short_id(&listed[0].id)),
            (ContainerState::Other, "a1")
        );
        assert_eq!(parse_list(b"{}"), None);
    }

    #[test]
    fn every_word_of_the_engines_is_a_state_and_a_long_name_is_cut() {
        use ContainerState as S;
        let words = [
            "running",
            "paused",
            "restarting",
            "exited",
            "stopped",
            "created",
            "configured",
            "dead",
            "removing",
        ];
        let states: Vec<_> = words.into_iter().map(ContainerState::of).collect();
        assert_eq!(
            states,
            [
                S::Running,
                S::Paused,
                S::Restarting,
                S::Exited,
                S::Exited,
                S::Created,
                S::Created,
                S::Dead,
                S::Other
            ]
        );
        assert_eq!(
            text(&format!("a\u{1b}\n{}", "b".repeat(500))).len(),
            TEXT_CHARS
        );
        assert_eq!(
            Health::in_sentence("Up 2 minutes (health: starting)"),
            Some(Health::Starting)
        );
        assert_eq!(Health::in_sentence("Up 2 minutes (Paused)"), None);
    }
}
