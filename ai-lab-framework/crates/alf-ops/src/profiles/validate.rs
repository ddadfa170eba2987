//! `profile validate`: gathers the evidence, judges it, remembers a tool that fits.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_catalog::FoundTool;
use alf_lock::Validated;
use alf_profiles::{Report, evaluate};
use serde::Serialize;

use super::gather::gather;
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};
use crate::tool_lock::{LockFile, by_a_person, instant};

/// A tool held against a profile's rules.
#[derive(Clone, Debug, Serialize)]
pub struct Validation {
    /// The verdict, rule by rule.
    #[serde(flatten)]
    pub report: Report,
    /// The digest of the tool that was judged.
    pub digest: String,
    /// Its manifest.
    pub manifest: PathBuf,
    /// Whether the tool lock remembers that it fits: it does for a pinned tool.
    pub remembered: bool,
}

/// Runs a tool's probe, tests and drills, and holds what was seen against the rules of `profile`, or of the profile
/// that it claims.
///
/// It runs under the stricter of the two, pinned or not: only a person may ask for that.
pub fn validate_tool(
    framework: &Framework,
    name: &ToolName,
    profile: Option<Profile>,
) -> Result<Validation, Failure> {
    by_a_person(framework, "validate a tool")?;
    let found = framework.find(name.as_str())?;
    let claimed = found.manifest.profile;
    let profile = profile.unwrap_or(claimed);
    let rehearsal = Framework::rehearsing(framework.surroundings.clone(), profile.max(claimed));
    let digest = digest_of(&found)?;
    let evidence = gather(&rehearsal, &found, profile, &digest);
    let report = evaluate(profile, &evidence, &found.manifest.exempt);
    // What was judged is what is remembered: a tool that changed meanwhile is another.
    let remembered = report.fits()
        && digest_of(&found)? == digest
        && remember(framework, &found, &digest, profile)?;
    Ok(Validation {
        report,
        digest,
        manifest: found.manifest_path.clone(),
        remembered,
    })
}

/// The digest of the tool's files as they are now.
pub(super) fn digest_of(found: &FoundTool) -> Result<String, Failure> {
    let listed = found.list_files().map_err(|error| {
        let told = format!(
            "cannot read the files of the tool `{}`",
            found.manifest.name
        );
        Failure::caused(ErrorClass::Environment, told, error)
    })?;
    Ok(listed.digest.to_string())
}

/// Notes in the lock that the tool fits; says whether it is pinned at all.
fn remember(
    framework: &Framework,
    found: &FoundTool,
    digest: &str,
    profile: Profile,
) -> Result<bool, Failure> {
    let lock = LockFile::of(framework, &found.origin);
    let name = &found.manifest.name;
    // Most tools are in no lock: nothing is written for those.
    if !lock
        .digest(name)
        .is_ok_and(|pinned| pinned.as_deref() == Some(digest))
    {
        return Ok(false);
    }
    lock.change(|lock| {
        let Some(pin) = lock.tools.get_mut(name).filter(|pin| pin.digest == digest) else {
            return Ok(false);
        };
        pin.validated = Some(Validated {
            profile,
            at: instant(&framework.surroundings.clock),
            framework: FRAMEWORK_VERSION.to_owned(),
        });
        Ok(true)
    })
}
