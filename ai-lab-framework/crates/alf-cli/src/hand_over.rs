//! Becomes the release that the lab is held to.
#![expect(
    clippy::disallowed_methods,
    reason = "the door through which another release is entered"
)]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ai_lab_contract::{ErrorClass, JournalHead, LabLock};
use alf_handover::{
    HAND_OVERS, InForce, JOURNAL_BYTES, LINK, LOCK_BYTES, PROGRAM, Seen, decide, lab_named,
    lies_in_store, stays,
};
use alf_ops::Failure;

use crate::door::home_in;

/// How often it was handed over already, on the way to this process.
const HANDED_OVER: &str = "AI_LAB_HANDED_OVER";

/// Lets the release run that the lab is held to; returns where this program is the one to run.
///
/// Environment, folder, descriptors and process stay as they are, so that its exit code is this process's.
pub(crate) fn to_the_pinned() -> Result<(), Failure> {
    // Who cannot tell where it lies is told so when it is needed.
    let Ok(own) = std::env::current_exe() else {
        return Ok(());
    };
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if lies_in_store(&own) || stays(&arguments) {
        return Ok(());
    }
    let Some((lab, lock)) = lab_with_lock(&arguments)? else {
        return Ok(());
    };
    let store = store()?;
    let journal = read(&lab.join(JournalHead::PLACE), JOURNAL_BYTES).ok();
    let place = decide(&Seen {
        lock: &lock,
        in_force: in_force(&lab, &store)?,
        journal: journal.as_deref(),
        processor: std::env::consts::ARCH,
    })
    .map_err(|error| {
        let (class, hint) = (error.class(), error.hint());
        Failure::caused(class, error.to_string(), error).with_hint(hint)
    })?;
    become_it(&store.join(place).join(PROGRAM), &arguments)
}

/// The lab that the command stands in or names, with the text of its lock; `None` where there is none of either.
fn lab_with_lock(arguments: &[OsString]) -> Result<Option<(PathBuf, String)>, Failure> {
    let named = lab_named(arguments);
    let folder = match &named {
        Some(folder) => folder.canonicalize(),
        None => std::env::current_dir(),
    };
    // A folder that is not there is told by whoever needs it.
    let lab = folder
        .ok()
        .and_then(|folder| alf_catalog::find_instance(&folder));
    let Some(lab) = lab else {
        return Ok(None);
    };
    let path = lab.join(LabLock::FILE);
    match read(&path, LOCK_BYTES) {
        Ok(lock) => Ok(Some((lab, lock))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let told = format!("cannot read {}", path.display());
            Err(Failure::caused(ErrorClass::Environment, told, error)
                .with_hint("It says which release of the framework this lab is held to."))
        }
    }
}

/// Where releases lie, without links; where it is not there, as it is named.
fn store() -> Result<PathBuf, Failure> {
    let variable = |name: &str| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let folder = std::env::current_dir().unwrap_or_default();
    let store = home_in(&folder, &variable)?.join("framework");
    Ok(store.canonicalize().unwrap_or(store))
}

/// Where the lab's link leads.
fn in_force(lab: &Path, store: &Path) -> Result<InForce, Failure> {
    let link = lab.join(LINK);
    let told = match fs::read_link(&link) {
        Ok(told) => told,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(InForce::Nothing),
        // A folder in the place of the link.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            return Ok(InForce::Elsewhere(link));
        }
        Err(error) => {
            let told = format!("cannot read {}", link.display());
            return Err(Failure::caused(ErrorClass::Environment, told, error));
        }
    };
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let Ok(really) = link.canonicalize() else {
        return Ok(InForce::Missing(name(&told).unwrap_or_default()));
    };
    Ok(match name(&really) {
        Some(name) if really.parent() == Some(store) => InForce::Release(name),
        Some(_) | None => InForce::Elsewhere(really),
    })
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        let told = format!("it is longer than {most} bytes");
        return Err(io::Error::other(told));
    }
    Ok(text)
}

fn become_it(program: &Path, arguments: &[OsString]) -> Result<(), Failure> {
    let before = std::env::var(HANDED_OVER).map_or(0, |text| text.parse().unwrap_or(0));
    if before >= HAND_OVERS {
        let told = format!(
            "{} was handed over to {before} times: it leads out of the store again",
            program.display()
        );
        return Err(Failure::new(ErrorClass::Incompatible, told)
            .with_hint("`ai-lab rollback` puts the release before in force."));
    }
    let error = Command::new(program)
        .args(arguments)
        .env(HANDED_OVER, (before + 1).to_string())
        .exec();
    let told = format!("cannot start {}", program.display());
    Err(Failure::caused(ErrorClass::Environment, told, error).with_hint(
        "`ai-lab-framework verify` says what of the release is missing; `ai-lab-framework repair` mends it.",
    ))
}
