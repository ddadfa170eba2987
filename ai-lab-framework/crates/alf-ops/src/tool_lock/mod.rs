//! `tool lock`, `tool diff`, `tool approve`: what a person has looked at and lets run.

mod admission;
mod file;
mod pin;
mod standing;

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_catalog::FoundTool;
use alf_lock::{ToolDiff, Validated, compare};
use alf_policy::EXECUTION_MARKER;
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};
use pin::pinned;

pub(crate) use admission::{Held, held, state};
pub(crate) use file::{LockFile, replace};
pub(crate) use pin::instant;
pub use standing::Standing;
pub(crate) use standing::Standings;

/// What became of one tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pinning {
    /// It was not in the lock and now is.
    Pinned,
    /// It is what the lock says.
    Same,
    /// It is not what the lock says; the lock was left as it is.
    Changed,
}

/// One tool of [`lock_tools`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinnedRow {
    /// Its name.
    pub tool: ToolName,
    /// What became of it.
    pub pinning: Pinning,
    /// Its digest as it is now.
    pub digest: String,
    /// The lock that it belongs to.
    pub lock: PathBuf,
}

/// What [`lock_tools`] did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockReport {
    /// The form of this answer: 1.
    pub format: u32,
    /// Each tool, by name.
    pub tools: Vec<PinnedRow>,
}

/// How a tool differs from what was pinned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LockDiff {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which tool.
    pub tool: ToolName,
    /// The lock that was asked.
    pub lock: PathBuf,
    /// The digest that was pinned; `None` for a tool that is not in the lock.
    pub pinned: Option<String>,
    /// When it was pinned: an RFC 3339 instant in UTC.
    pub pinned_at: Option<String>,
    /// The digest as it is now: what [`approve_tool`] is given.
    pub digest: String,
    /// What changed; empty when nothing did, and for a tool that is not in the lock.
    pub diff: ToolDiff,
}

impl LockDiff {
    /// Whether the tool is what was pinned.
    pub fn is_same(&self) -> bool {
        self.pinned.as_ref() == Some(&self.digest)
    }
}

/// Pins these tools, or every tool there is, as they are now. One that differs from its pin is left as it is: that
/// takes [`approve_tool`].
pub fn lock_tools(framework: &Framework, names: &[ToolName]) -> Result<LockReport, Failure> {
    by_a_person(framework, "change the tool lock")?;
    let found = if names.is_empty() {
        framework.discover().tools
    } else {
        let find = |name: &ToolName| framework.find(name.as_str());
        names.iter().map(find).collect::<Result<_, _>>()?
    };
    let mut tools = Vec::with_capacity(found.len());
    for tool in &found {
        let now = pinned(tool, &framework.surroundings.clock)?;
        let lock = LockFile::of(framework, &tool.origin);
        let name = &tool.manifest.name;
        let digest = now.digest.clone();
        let pinning = lock.change(|lock| {
            Ok(match lock.tools.get(name) {
                Some(before) if before.digest == digest => Pinning::Same,
                Some(_) => Pinning::Changed,
                None => {
                    lock.tools.insert(name.clone(), now);
                    Pinning::Pinned
                }
            })
        })?;
        tools.push(PinnedRow {
            tool: name.clone(),
            pinning,
            digest,
            lock: lock.path(),
        });
    }
    Ok(LockReport { format: 1, tools })
}

/// Compares a tool with its pin.
pub fn diff_tool(framework: &Framework, name: &ToolName) -> Result<LockDiff, Failure> {
    let found = framework.find(name.as_str())?;
    let now = pinned(&found, &framework.surroundings.clock)?;
    let lock = LockFile::of(framework, &found.origin);
    let before = lock.read()?.tools.remove(name);
    Ok(LockDiff {
        format: 1,
        tool: name.clone(),
        lock: lock.path(),
        diff: before
            .as_ref()
            .map(|pin| compare(pin, &now))
            .unwrap_or_default(),
        pinned_at: before.as_ref().map(|pin| pin.pinned_at.clone()),
        pinned: before.map(|pin| pin.digest),
        digest: now.digest,
    })
}

/// Pins a tool as the person has seen it: `digest` is the one of the [`LockDiff`] that was shown.
///
/// A tool that changed since is refused: nobody has seen that state.
pub fn approve_tool(framework: &Framework, name: &ToolName, digest: &str) -> Result<(), Failure> {
    by_a_person(framework, "change the tool lock")?;
    let found = framework.find(name.as_str())?;
    let now = pinned(&found, &framework.surroundings.clock)?;
    if now.digest != digest {
        let told = format!("the tool `{name}` changed after its difference was shown");
        return Err(Failure::new(ErrorClass::Conflict, told)
            .with_hint(format!("Look again: `ai-lab-framework tool diff {name}`.")));
    }
    LockFile::of(framework, &found.origin).change(|lock| {
        let same = lock.tools.get(name).is_some_and(|pin| pin.digest == digest);
        if !same {
            lock.tools.insert(name.clone(), now);
        }
        Ok(())
    })
}

/// Pins a tool with the note that it fits: `digest` is the state that was seen to keep the rules of `profile`.
pub(crate) fn pin_validated(
    framework: &Framework,
    found: &FoundTool,
    digest: &str,
    profile: Profile,
) -> Result<(), Failure> {
    let mut now = pinned(found, &framework.surroundings.clock)?;
    if now.digest != digest {
        let told = format!(
            "the tool `{}` changed while it was pinned",
            found.manifest.name
        );
        return Err(Failure::new(ErrorClass::Conflict, told));
    }
    now.validated = Some(Validated {
        profile,
        at: instant(&framework.surroundings.clock),
        framework: FRAMEWORK_VERSION.to_owned(),
    });
    LockFile::of(framework, &found.origin).change(|lock| {
        lock.tools.insert(found.manifest.name.clone(), now);
        Ok(())
    })
}

/// Refuses a call from within a tool's execution: a tool that could call this would approve itself.
///
/// The sandbox keeps the lock's file from a tool; this keeps it from one that runs without.
pub(crate) fn by_a_person(framework: &Framework, what: &str) -> Result<(), Failure> {
    if framework
        .surroundings
        .variables
        .contains_key(EXECUTION_MARKER)
    {
        let told = format!("a tool may not {what}");
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("A person does that, at a shell of their own."));
    }
    Ok(())
}
