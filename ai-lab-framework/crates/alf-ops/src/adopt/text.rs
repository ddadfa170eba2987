//! An adopted tool as files.

use std::fmt::Write as _;

use ai_lab_contract::Grants;
use alf_generator::GeneratedFile;
use serde_json::{Value, json};

use super::Adoption;
use super::draft::DraftAction;

/// The line below which `tool refresh` writes; what stands above it is the person's.
pub(super) const BELOW: &str =
    "# Below: what the server said. `ai-lab-framework tool refresh` writes it anew.\n";

/// Every file of a newly adopted tool.
pub(super) fn files(
    adoption: &Adoption,
    description: &str,
    actions: &[DraftAction],
) -> Vec<GeneratedFile> {
    let manifest = head(adoption, description) + BELOW + &table(actions);
    let mut files = vec![
        file("tool.toml", manifest),
        file("README.md", readme(adoption, actions)),
    ];
    files.extend(schemas(actions));
    files
}

/// The schema files of the actions.
pub(super) fn schemas(actions: &[DraftAction]) -> Vec<GeneratedFile> {
    let pretty = |schema: &Value| {
        serde_json::to_string_pretty(schema).expect("because a schema is JSON") + "\n"
    };
    let both = |action: &DraftAction| {
        [("input", &action.input), ("output", &action.output)]
            .map(|(which, schema)| file(&schema_path(action, which), pretty(schema)))
    };
    actions.iter().flat_map(both).collect()
}

fn schema_path(action: &DraftAction, which: &str) -> String {
    format!("schemas/{}.{which}.json", action.name)
}

fn file(path: &str, content: String) -> GeneratedFile {
    GeneratedFile {
        path: path.into(),
        content,
        executable: false,
    }
}

/// A JSON text is a basic string of TOML, and a list of such is one too.
fn quoted(value: &Value) -> String {
    value.to_string()
}

fn head(adoption: &Adoption, description: &str) -> String {
    let Grants {
        read,
        write,
        tcp,
        hosts,
        environment,
        ..
    } = &adoption.grants;
    let ports: Vec<u64> = tcp.iter().map(|port| port.get()).collect();
    let granted = [
        ("read", json!(read)),
        ("write", json!(write)),
        ("tcp", json!(ports)),
        ("environment", json!(environment)),
    ];
    let hosts = (!hosts.is_empty()).then(|| ("hosts", json!(hosts)));
    let mut text = format!(
        "contract = 1\nname = {}\nversion = \"0.1.0\"\ndescription = {}\nprofile = {}\n\n[run]\nkind = \"mcp\"\ncommand = {}\n\n\
         [worker]\nin_flight = 4\n\n[grants]\n",
        quoted(&json!(adoption.name)),
        quoted(&json!(description)),
        quoted(&json!(adoption.profile)),
        quoted(&json!(adoption.command)),
    );
    for (name, value) in granted.into_iter().chain(hosts) {
        let _never = writeln!(text, "{name} = {}", quoted(&value));
    }
    text + "\n"
}

/// The part of the manifest that follows the server.
pub(super) fn table(actions: &[DraftAction]) -> String {
    let mut text = String::new();
    for action in actions {
        let _never = write!(
            text,
            "\n[actions.{}]\ndescription = {}\nmcp_tool = {}\nmcp_digest = {}\ninput = {}\noutput = {}\n",
            action.name,
            quoted(&json!(action.description)),
            quoted(&json!(action.tool)),
            quoted(&json!(action.digest)),
            quoted(&json!(schema_path(action, "input"))),
            quoted(&json!(schema_path(action, "output"))),
        );
        for (effect, holds) in action.effects {
            let _never = writeln!(text, "{effect} = {holds}");
        }
    }
    text
}

fn readme(adoption: &Adoption, actions: &[DraftAction]) -> String {
    let name = &adoption.name;
    let mut text = format!(
        "# {name}\n\nThe tools of an MCP server, adopted as actions. What the server says of them is pinned in `tool.toml`;\n\
         a tool that says something else later is not called until `ai-lab-framework tool refresh {name}` has shown\n\
         the difference and written it.\n\n## Usage\n\n```\n"
    );
    for action in actions {
        let _never = writeln!(text, "ai-lab-framework tool run {name}.{}", action.name);
    }
    text + "```\n"
}
