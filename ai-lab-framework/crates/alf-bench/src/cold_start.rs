//! `tool list` from nothing to its end, against an empty program.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use ai_lab_contract::Profile;

use crate::run_overhead::{Kept, write, write_tool};
use crate::{Measured, turns::Turns};

/// How many tools the lab has.
const TOOLS: usize = 20;

/// Writes a lab of twenty tools and lists them, each time beside an empty program.
pub(crate) fn measure(programs: &Path, rounds: usize) -> Measured {
    let lab = tempfile::tempdir()?;
    write(&lab.path().join("ai-lab.toml"), "format = 1\n")?;
    for number in 0..TOOLS {
        let name = format!("tool-{number}");
        write_tool(
            &lab.path().join("tools").join(&name),
            &name,
            Profile::Standard,
            Kept::Exec,
        )?;
    }
    Turns::take(
        rounds,
        || {
            start(
                &programs.join("ai-lab-framework"),
                &["tool", "list"],
                lab.path(),
            )
        },
        || start(&programs.join("empty"), &[], lab.path()),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "whole programs are what is measured"
)]
fn start(program: &Path, arguments: &[&str], lab: &Path) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("HOME", lab)
        .current_dir(lab)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", program.display()).into())
    }
}
