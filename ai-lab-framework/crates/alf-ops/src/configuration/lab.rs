//! The lab's file of one tool: `config/tools/NAME.toml` in the instance.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::{ErrorClass, ToolName};
use alf_config::{LAB_FILE_BYTES, LabFileError, parse_lab_file};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::framework::Framework;

/// Where the lab keeps a tool's configuration; `None` outside any lab.
pub(super) fn lab_file(framework: &Framework, tool: &ToolName) -> Option<PathBuf> {
    let instance = framework.surroundings.instance.as_ref()?;
    Some(instance.join("config/tools").join(format!("{tool}.toml")))
}

/// The file's text; `None` where there is none.
pub(super) fn read_lab_file(path: &Path) -> Result<Option<String>, Failure> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, error)),
    };
    let mut text = String::new();
    file.take(LAB_FILE_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(path, error))?;
    Ok(Some(text))
}

/// The values of the lab's file; none where there is no file.
pub(super) fn lab_values(
    framework: &Framework,
    tool: &ToolName,
) -> Result<Map<String, Value>, Failure> {
    let Some(path) = lab_file(framework, tool) else {
        return Ok(Map::new());
    };
    match read_lab_file(&path)? {
        Some(text) => parse_lab_file(&text).map_err(|error| malformed(&path, tool, error)),
        None => Ok(Map::new()),
    }
}

pub(super) fn malformed(path: &Path, tool: &ToolName, error: LabFileError) -> Failure {
    let told = format!("{} is no configuration", path.display());
    Failure::caused(ErrorClass::Config, told, error).with_hint(format!(
        "`ai-lab-framework config edit {tool} --lab` opens it and checks what you write."
    ))
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    let told = format!("cannot read {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error)
}

/// Replaces the file as a whole: written beside it, synced, renamed.
pub(super) fn write_lab_file(path: &Path, text: &str) -> Result<(), Failure> {
    let refused = |error| {
        let told = format!("cannot write {}", path.display());
        Failure::caused(ErrorClass::Environment, told, error)
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(refused)?;
    // A link would be replaced, not followed: the lab's folder is the lab's.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // What failed first is what is told.
        let _left_behind = fs::remove_file(&beside);
        refused(error)
    })
}
