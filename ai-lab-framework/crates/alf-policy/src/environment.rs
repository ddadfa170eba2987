//! The variables a tool sees: a list of what is let in, never a list of what is kept out.

use std::collections::BTreeMap;

use ai_lab_contract::{ExecutionId, Manifest};

/// The variable that names the execution in every process of a tool.
///
/// After a crash the framework finds what is left of an execution by it.
pub const EXECUTION_MARKER: &str = "AI_LAB_EXECUTION_ID";

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
    environment.insert("PATH".to_owned(), inherited.path.clone());
    environment.insert(EXECUTION_MARKER.to_owned(), execution.to_string());
    environment
}
