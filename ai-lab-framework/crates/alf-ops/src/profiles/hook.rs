//! `profile hook`: a `pre-commit` hook of git that validates the tools a commit changes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// The whole hook; its second line tells it from a person's own.
const HOOK: &str = include_str!("hook.sh");

/// What became of the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HookChange {
    /// It was written.
    Installed,
    /// It was taken away.
    Removed,
    /// There was nothing to do.
    AsItWas,
}

/// The hook and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct HookChanged {
    /// The form of this answer: 1.
    pub format: u32,
    /// The hook's file.
    pub hook: PathBuf,
    /// What became of it.
    pub change: HookChange,
}

/// Writes the hook into the lab's git; a hook of the person's own is refused, not replaced.
pub fn install_hook(framework: &Framework) -> Result<HookChanged, Failure> {
    let hook = place(framework)?;
    let change = match fs::read_to_string(&hook) {
        Ok(text) if text == HOOK => HookChange::AsItWas,
        Ok(_) => return Err(foreign(&hook)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let written = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o755)
                .open(&hook);
            written
                .and_then(|mut file| file.write_all(HOOK.as_bytes()))
                .map_err(|error| unwritable(&hook, error))?;
            HookChange::Installed
        }
        Err(error) => return Err(unwritable(&hook, error)),
    };
    Ok(HookChanged {
        format: 1,
        hook,
        change,
    })
}

/// Takes the hook away; a hook of the person's own is refused.
pub fn remove_hook(framework: &Framework) -> Result<HookChanged, Failure> {
    let hook = place(framework)?;
    let change = match fs::read_to_string(&hook) {
        Ok(text) if text == HOOK => {
            fs::remove_file(&hook).map_err(|error| unwritable(&hook, error))?;
            HookChange::Removed
        }
        Ok(_) => return Err(foreign(&hook)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => HookChange::AsItWas,
        Err(error) => return Err(unwritable(&hook, error)),
    };
    Ok(HookChanged {
        format: 1,
        hook,
        change,
    })
}

fn place(framework: &Framework) -> Result<PathBuf, Failure> {
    let none = |told: &str, hint: &str| Failure::new(ErrorClass::NotFound, told).with_hint(hint);
    let Some(lab) = &framework.surroundings.instance else {
        let hint = "Go to a lab, or make one with `ai-lab init DIR`.";
        return Err(none("this folder belongs to no lab", hint));
    };
    let git = lab.join(".git");
    if !git.is_dir() {
        return Err(none(
            "the lab is no git repository of its own",
            "Make it one: `git init`.",
        ));
    }
    let hooks = git.join("hooks");
    fs::create_dir_all(&hooks).map_err(|error| unwritable(&hooks, error))?;
    Ok(hooks.join("pre-commit"))
}

fn foreign(hook: &std::path::Path) -> Failure {
    let told = format!("{} is a hook of your own", hook.display());
    Failure::new(ErrorClass::Conflict, told)
        .with_hint("Add `ai-lab-framework profile validate TOOL` to it by hand.")
}

fn unwritable(place: &std::path::Path, error: io::Error) -> Failure {
    Failure::caused(
        ErrorClass::Environment,
        format!("cannot write {}", place.display()),
        error,
    )
}
