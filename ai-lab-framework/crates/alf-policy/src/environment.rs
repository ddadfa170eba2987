//! The variables a tool sees: a list of what is let in, never a list of what is kept out.

use std::collections::BTreeMap;
use std::path::Path;

use ai_lab_contract::{ExecutionId, Manifest};

use crate::sandbox::{Confinement, Network, PROXY_PORT};

/// The variable that names the execution in every process of a tool.
///
/// After a crash the framework finds what is left of an execution by it.
pub const EXECUTION_MARKER: &str = "AI_LAB_EXECUTION_ID";

/// The variable that names an execution's private work folder; it is its home and its folder of temporary files too.
pub const WORK_VARIABLE: &str = "AI_LAB_WORK";

/// The variable that names the folder from which artifacts are taken out.
pub const ARTIFACTS_VARIABLE: &str = "AI_LAB_ARTIFACTS";

/// Below the work folder, what [`ARTIFACTS_VARIABLE`] names.
pub const ARTIFACTS_FOLDER: &str = "artifacts";

/// A name server answers over TCP too, which is all that a tool may speak.
const NAMES_OVER_TCP: (&str, &str) = ("RES_OPTIONS", "use-vc");
/// Where name servers listen.
const NAME_SERVER_PORT: u16 = 53;

/// What programs read to find a proxy; for all of them it is an HTTP proxy, which more of them understand than SOCKS.
const PROXY_VARIABLES: [&str; 6] = [
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
];
/// No host is reached without it.
const NO_PROXY_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Without it Node.js does not read the others.
const NODE_PROXY: (&str, &str) = ("NODE_USE_ENV_PROXY", "1");

/// What the framework's own surroundings lend to tools.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    /// The framework's variables, of which a tool sees those it is granted.
    pub variables: BTreeMap<String, String>,
    /// Where programs are looked up.
    pub path: String,
    /// The folder of the Python SDK; `None` when it comes with the person's own Python.
    pub python_sdk: Option<String>,
}

/// Defaults, then the manifest's own, then grants, then what the framework insists on.
pub(crate) fn tool_environment(
    manifest: &Manifest,
    inherited: &Inherited,
    execution: &ExecutionId,
    confinement: &Confinement,
) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::from([
        // One known locale: a tool's numbers and messages do not change with the person's.
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        // Nothing is written beside the tool's code, which is what its digest covers.
        ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
    ]);
    if let Some(folder) = &inherited.python_sdk {
        environment.insert("PYTHONPATH".to_owned(), folder.clone());
    }
    environment.extend(manifest.run.environment.clone());
    for name in &manifest.grants.environment {
        if let Some(value) = inherited.variables.get(name) {
            environment.insert(name.clone(), value.clone());
        }
    }
    name_network(&mut environment, confinement);
    environment.insert("PATH".to_owned(), inherited.path.clone());
    name_process(&mut environment, execution, &confinement.work);
    environment
}

/// How names are looked up and hosts are reached.
fn name_network(environment: &mut BTreeMap<String, String>, confinement: &Confinement) {
    let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
    match confinement.sandboxing.network {
        Network::Hosts => {
            let proxy = format!("http://127.0.0.1:{PROXY_PORT}");
            for name in PROXY_VARIABLES {
                set(name, &proxy);
            }
            for name in NO_PROXY_VARIABLES {
                set(name, "");
            }
            set(NODE_PROXY.0, NODE_PROXY.1);
        }
        Network::Ports | Network::PortOnly => {
            if confinement.ports.contains(&NAME_SERVER_PORT) {
                set(NAMES_OVER_TCP.0, NAMES_OVER_TCP.1);
            }
        }
        Network::Open => {}
    }
}

/// The variables that differ from one process of a tool to the next.
const OF_PROCESS: [&str; 5] = [
    ARTIFACTS_VARIABLE,
    EXECUTION_MARKER,
    "HOME",
    "TMPDIR",
    WORK_VARIABLE,
];

/// Whether the variable differs from one process of a tool to the next, without the tool being another.
pub fn is_of_process(variable: &str) -> bool {
    OF_PROCESS.contains(&variable)
}

/// Sets them.
pub(crate) fn name_process(
    environment: &mut BTreeMap<String, String>,
    execution: &ExecutionId,
    work: &Path,
) {
    let folder = work.to_string_lossy().into_owned();
    let artifacts = work.join(ARTIFACTS_FOLDER).to_string_lossy().into_owned();
    let values = [
        artifacts,
        execution.to_string(),
        folder.clone(),
        folder.clone(),
        folder,
    ];
    for (name, value) in OF_PROCESS.into_iter().zip(values) {
        environment.insert(name.to_owned(), value);
    }
}
