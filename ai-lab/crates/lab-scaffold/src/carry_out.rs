//! Carries a plan out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

use crate::atomic_file;
use crate::merge_driver;
use crate::plan::{Act, DriverAct, GitAct, InitPlan};

/// Why a plan was not carried out to its end. The steps before it stand: each file is whole, and the
/// same command goes on from there.
#[derive(Debug, Error)]
pub enum CarryOutError {
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody else wrote the file since the survey; it is as they left it.
    #[error("`{}` has changed meanwhile", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// Git could not be started.
    #[error("cannot start `{}`", program.display())]
    GitStart {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Git did not take its settings.
    #[error("`git config` failed: {said}")]
    GitConfig {
        /// Its standard error, the first 400 characters.
        said: String,
    },
    /// Git started and failed.
    #[error("`git init` failed: {said}")]
    Git {
        /// Its standard error, the first 400 characters.
        said: String,
    },
}

/// Does what the plan says in that folder.
pub fn carry_out(plan: &InitPlan, folder: &Path) -> Result<(), CarryOutError> {
    match &plan.git {
        GitAct::Init { program } => git_init(program, folder)?,
        GitAct::Present | GitAct::Settled | GitAct::NoProgram | GitAct::NotWanted => {}
    }
    for step in &plan.steps {
        let path = folder.join(step.path);
        match &step.act {
            Act::Create { bytes } => create(&path, bytes)?,
            Act::Update { before, after } => update(&path, before, after)?,
            Act::Unchanged | Act::Keep { .. } => {}
        }
    }
    match &plan.merge_driver {
        DriverAct::Install { program } => merge_driver::install(program, folder),
        DriverAct::Present | DriverAct::NoRepository => Ok(()),
    }
}

fn create(path: &Path, bytes: &[u8]) -> Result<(), CarryOutError> {
    let failed = |source| CarryOutError::Write {
        path: path.to_path_buf(),
        source,
    };
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(failed)?;
    }
    atomic_file::create(path, bytes).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => CarryOutError::Changed {
            path: path.to_path_buf(),
        },
        _ => failed(source),
    })
}

fn update(path: &Path, before: &[u8], after: &[u8]) -> Result<(), CarryOutError> {
    let failed = |source| CarryOutError::Write {
        path: path.to_path_buf(),
        source,
    };
    let is_link = fs::symlink_metadata(path).map_err(failed)?.is_symlink();
    if is_link || fs::read(path).map_err(failed)? != before {
        return Err(CarryOutError::Changed {
            path: path.to_path_buf(),
        });
    }
    atomic_file::replace(path, after).map_err(failed)
}

fn git_init(program: &Path, folder: &Path) -> Result<(), CarryOutError> {
    fs::create_dir_all(folder).map_err(|source| CarryOutError::Write {
        path: folder.to_path_buf(),
        source,
    })?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a new repository is git's to write; nothing else starts here"
    )]
    let output = Command::new(program)
        .args(["init", "--quiet", "--initial-branch=main", "."])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| CarryOutError::GitStart {
            program: program.to_path_buf(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CarryOutError::Git {
        said: said.trim().chars().take(400).collect(),
    })
}
