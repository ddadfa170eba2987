//! A server on the Python SDK of the Model Context Protocol, installed by `scripts/test` into its own environment.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Scene;

/// The Python that has the package `mcp`; `None` where it is not installed.
#[expect(clippy::disallowed_methods, reason = "the test's own door")]
fn python_with_mcp() -> Option<PathBuf> {
    let named = std::env::var_os("AI_LAB_MCP_PYTHON").map(PathBuf::from);
    let scratch =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/scratch/mcp/bin/python");
    named
        .into_iter()
        .chain([scratch])
        .find(|python| python.exists())
}

const SERVER: &str = r#"
from mcp.server.mcpserver import MCPServer
server = MCPServer("real")

@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b

@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("on purpose")

server.run()
"#;

#[test]
fn a_server_on_the_python_sdk_is_listed_and_called() {
    let python = python_with_mcp().expect(
        "a Python with the package `mcp`: `scripts/test framework` installs one, AI_LAB_MCP_PYTHON names another",
    );
    let scene = Scene::new(&python, &["-c", SERVER], "");
    let names: Vec<Value> = scene
        .listed()
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(names, ["add", "fail"]);
    assert_eq!(
        scene.data("add", json!({ "a": 2, "b": 3 })),
        json!({ "result": 5 })
    );
    let failed = scene.call("fail");
    let answer: Value = serde_json::from_slice(&failed.output).expect("JSON");
    assert_eq!(answer["error"]["kind"], "mcp_error");
    assert_eq!(answer["error"]["message"], "Error executing tool fail");
}
