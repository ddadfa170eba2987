//! `tool new`: writes a tool that runs at once.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, ToolName};
use alf_generator::{NewTool, plan_new_tool, write_new_tool};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// A tool that was written.
#[derive(Debug, Serialize)]
pub struct CreatedTool {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its name.
    pub name: ToolName,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files, relative to the folder.
    pub files: Vec<String>,
}

/// Writes a new tool into the lab's `tools/`, or into the home's outside any lab.
pub fn create_tool(framework: &Framework, new: &NewTool) -> Result<CreatedTool, Failure> {
    let discovery = framework.discover();
    if let Some(taken) = discovery
        .tools
        .iter()
        .find(|tool| tool.manifest.name == new.name)
    {
        let place = taken.folder.display();
        return Err(Failure::new(
            ErrorClass::Conflict,
            format!("there is a tool `{}` already, in {place}", new.name),
        ));
    }
    let root = framework
        .surroundings
        .instance
        .as_ref()
        .unwrap_or(&framework.surroundings.home);
    let folder = root.join("tools").join(new.name.as_str());
    let refused = |error| Failure::caused(ErrorClass::Refused, "cannot write such a tool", error);
    let files = plan_new_tool(new).map_err(refused)?;
    write_new_tool(&folder, &files).map_err(|error| {
        Failure::caused(
            ErrorClass::Environment,
            format!("cannot write {}", folder.display()),
            error,
        )
    })?;
    let files = files
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    Ok(CreatedTool {
        format: 1,
        name: new.name.clone(),
        folder,
        files,
    })
}
