//! `tool new`: writes a tool that runs at once.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use ai_lab_contract::{ErrorClass, ToolName};
use alf_catalog::Program;
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
    /// Programs that it needs and that are not on the PATH.
    pub missing: Vec<String>,
}

/// Writes a new tool into the lab's `tools/`, or into the home's outside any lab.
pub fn create_tool(framework: &Framework, new: &NewTool) -> Result<CreatedTool, Failure> {
    let refused = |error| Failure::caused(ErrorClass::Refused, "cannot write such a tool", error);
    let folder = free_place(framework, &new.name)?;
    let files = plan_new_tool(new).map_err(refused)?;
    write_new_tool(&folder, &files).map_err(|error| unwritten(&folder, error))?;
    let is_missing = |program: &&&str| {
        let search_path = OsStr::new(&framework.surroundings.path);
        Program::resolve(program, &folder, search_path).is_err()
    };
    let programs = new.language.programs().iter();
    let missing = programs
        .filter(is_missing)
        .map(|program| (*program).to_owned())
        .collect();
    let files = files
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    Ok(CreatedTool {
        format: 1,
        name: new.name.clone(),
        folder,
        files,
        missing,
    })
}

/// Where a new tool of that name lies: in the lab's `tools/`, or in the home's outside any lab.
pub(crate) fn free_place(framework: &Framework, name: &ToolName) -> Result<PathBuf, Failure> {
    let discovery = framework.discover();
    let taken = discovery
        .tools
        .iter()
        .find(|tool| tool.manifest.name == *name);
    if let Some(taken) = taken {
        let place = taken.folder.display();
        return Err(Failure::new(
            ErrorClass::Conflict,
            format!("there is a tool `{name}` already, in {place}"),
        ));
    }
    let root = match &framework.surroundings.instance {
        Some(lab) => lab,
        None => made_home(&framework.surroundings.home)?,
    };
    Ok(root.join("tools").join(name.as_str()))
}

/// A file or folder that could not be written.
pub(crate) fn unwritten(path: &Path, error: impl Error + Send + Sync + 'static) -> Failure {
    let told = format!("cannot write {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error)
}

/// The home, made where there is none: closed to others, for the record will lie beside the tool.
pub(crate) fn made_home(home: &Path) -> Result<&Path, Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(home);
    made.map(|()| home).map_err(|error| {
        let told = format!("cannot make {}", home.display());
        Failure::caused(ErrorClass::Environment, told, error)
            .with_hint("Set AI_LAB_HOME to a folder you own.")
    })
}
