//! Everything about a tool that can be known without running it.

use std::ffi::OsString;
use std::path::PathBuf;

use alf_manifest::Finding;

use crate::FoundTool;

/// What a tool is held against.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The framework's own version.
    pub framework: semver::Version,
    /// The framework's home, such as `~/.ai-lab`, absolute: no grant may reach it. `None` skips that check.
    pub home: Option<PathBuf>,
    /// The value of `PATH` for programs without a `/`.
    pub search_path: OsString,
}

/// Finds everything that is wrong with a tool, sorted by place; nothing is run.
///
/// The places are in the tool's manifest, also for what is wrong in other files.
pub fn check_tool(_found: &FoundTool, _surroundings: &Surroundings) -> Vec<Finding> {
    Vec::new()
}
