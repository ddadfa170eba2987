//! One look at a server: what it has, or why that is not to be had; nothing of it stays.

use std::time::Instant;

use alf_mcp_client::{ListedTool, Probe, ProbeError, probe_server};

use super::*;

fn look(mode: &str, within: Duration) -> Result<Vec<ListedTool>, ProbeError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bad_server.py");
    let environment = BTreeMap::from([("MODE".to_owned(), mode.to_owned())]);
    let folder = std::env::temp_dir();
    probe_server(
        &Probe {
            program: &python(),
            arguments: &[script.display().to_string()],
            environment: &environment,
            folder: &folder,
        },
        within,
    )
}

#[test]
fn a_server_is_asked_once_and_ends() {
    let tools = look("", Duration::from_secs(20)).expect("it lists its tools");
    assert!(tools.iter().any(|tool| tool.name == "say"), "{tools:?}");
}

#[test]
fn one_that_never_answers_is_given_up_and_killed() {
    let begun = Instant::now();
    let told = look("mute", Duration::from_millis(300)).map_err(|error| error.to_string());
    assert_eq!(
        told.map(|_| ()),
        Err("the server began no session within 300ms".to_owned())
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn one_that_cannot_be_started_is_named() {
    let folder = std::env::temp_dir();
    let probe = Probe {
        program: Path::new("/nowhere/server"),
        arguments: &[],
        environment: &BTreeMap::new(),
        folder: &folder,
    };
    let told = probe_server(&probe, Duration::from_secs(1)).map_err(|error| error.to_string());
    assert_eq!(
        told.map(|_| ()),
        Err("it cannot be started: No such file or directory (os error 2)".to_owned())
    );
}
