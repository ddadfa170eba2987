//! `profile promote`: mends what can be mended, validates a copy, and only then writes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, Profile, RunKind, SchemaSource, ToolName};
use alf_catalog::FoundTool;
use alf_lock::{PinState, difference};
use alf_profiles::{Mended, Promotion, PromotionFacts, Report, evaluate, plan_promotion};
use serde::Serialize;
use serde_json::json;

use super::gather::{README_BYTES, gather};
use super::staging::Staging;
use super::validate::digest_of;
use super::written::write_files;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::tool_lock::{by_a_person, pin_validated, state};

/// The longest schema file that is closed, in bytes.
const SCHEMA_BYTES: u64 = 1_048_576;

/// A promotion that was tried on a copy; nothing of the tool itself is changed.
#[derive(Debug, Serialize)]
pub struct TriedPromotion {
    /// The profile that it claims now.
    pub from: Profile,
    /// What was mended in the copy, by rule.
    pub mended: Vec<Mended>,
    /// The files that would be written.
    pub files: Vec<EditedFile>,
    /// The verdict over the copy.
    #[serde(flatten)]
    pub report: Report,
    #[serde(skip)]
    plan: Promotion,
    #[serde(skip)]
    digest_before: String,
    #[serde(skip)]
    digest_after: String,
}

/// One file that would be written.
#[derive(Debug, Serialize)]
pub struct EditedFile {
    /// Its path in the tool's folder.
    pub path: PathBuf,
    /// The difference of its lines, with three around each change.
    pub diff: Vec<String>,
    /// How many more lines there would be.
    pub diff_cut: usize,
}

/// Mends a copy of the tool for the profile `to`, or for the next one, and validates it there.
///
/// The copy lies beside the tool, is called under its name by this process alone, and is gone at the end. Data that
/// the tool may write in its own folder is not copied. A tool may not ask for it.
pub fn try_promotion(
    framework: &Framework,
    name: &ToolName,
    to: Option<Profile>,
) -> Result<TriedPromotion, Failure> {
    by_a_person(framework, "promote a tool")?;
    let found = framework.find(name.as_str())?;
    let from = found.manifest.profile;
    let to = to.unwrap_or(match from {
        Profile::Experimental => Profile::Standard,
        Profile::Standard | Profile::Production => Profile::Production,
    });
    let plan = planned(framework, &found, to)?;
    let digest_before = digest_of(&found)?;
    let staging = Staging::of(&found, &plan)?;
    let staged = staging.tool(&found, &plan)?;
    let digest_after = digest_of(&staged)?;
    let rehearsal =
        Framework::rehearsing(framework.surroundings.clone(), to).with_staged(staged.clone());
    let evidence = gather(&rehearsal, &staged, to, &digest_after);
    let report = evaluate(to, &evidence, &staged.manifest.exempt);
    let files = plan.files.iter().map(|edit| {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let before = edit.before.as_deref().unwrap_or_default();
        let (diff, diff_cut) = difference(&lines(before), &lines(&edit.after));
        EditedFile {
            path: PathBuf::from(&edit.path),
            diff,
            diff_cut,
        }
    });
    Ok(TriedPromotion {
        from,
        mended: plan.mended.clone(),
        files: files.collect(),
        report,
        digest_before,
        digest_after,
        plan,
    })
}

fn planned(framework: &Framework, found: &FoundTool, to: Profile) -> Result<Promotion, Failure> {
    let name = &found.manifest.name;
    let loaded = framework.load(name)?;
    match state(framework, &loaded) {
        PinState::Same | PinState::NotPinned | PinState::WithinReach => {}
        // What nobody has seen is not pinned by the way.
        PinState::Changed | PinState::Unreadable => {
            let told = format!("the tool `{name}` is not what its lock has pinned");
            return Err(Failure::new(ErrorClass::Conflict, told).with_hint(format!(
                "See `ai-lab-framework tool diff {name}`, then `tool approve {name}`."
            )));
        }
    }
    let manifest = &found.manifest;
    let takes_nothing = manifest.actions.iter().find(|(name, action)| {
        let schemas = loaded.actions.get(*name);
        action.read_only && schemas.is_some_and(|schemas| schemas.input.fits(&json!({})))
    });
    let readme = found.read_file("README.md", README_BYTES).ok();
    if readme.is_none() && found.folder.join("README.md").symlink_metadata().is_ok() {
        let told = format!("the README.md of the tool `{name}` cannot be read");
        return Err(Failure::new(ErrorClass::Config, told)
            .with_hint("It has to be a text file of at most 1 MiB."));
    }
    let facts = PromotionFacts {
        manifest,
        manifest_text: &found.source,
        readme: readme.as_deref(),
        schema_files: &schema_files(found),
        takes_nothing: takes_nothing.map(|(name, _)| name),
    };
    plan_promotion(to, &facts).map_err(|error| {
        let told = format!("cannot promote the tool `{name}` to {to}");
        Failure::caused(ErrorClass::Usage, told, error).with_hint(format!(
            "`ai-lab-framework profile validate {name}` says whether it keeps its rules."
        ))
    })
}

/// The texts of the tool's schema files. One that cannot be read is not closed; validation says why.
fn schema_files(found: &FoundTool) -> BTreeMap<String, String> {
    if found.manifest.run.kind == RunKind::Mcp {
        return BTreeMap::new();
    }
    let actions = found.manifest.actions.values();
    let sources = actions
        .map(|action| &action.input)
        .chain(&found.manifest.config);
    sources
        .filter_map(|source| match source {
            SchemaSource::File(path) => {
                Some((path.clone(), found.read_file(path, SCHEMA_BYTES).ok()?))
            }
            SchemaSource::Inline(_) => None,
        })
        .collect()
}

/// Writes what was tried, the manifest last, and pins the tool as validated. All of it or nothing.
///
/// Refuses a copy that did not keep the rules, and a tool that changed since it was copied.
pub fn carry_out_promotion(framework: &Framework, tried: &TriedPromotion) -> Result<(), Failure> {
    by_a_person(framework, "promote a tool")?;
    let name = &tried.report.tool;
    if !tried.report.fits() {
        let told = format!("the tool `{name}` does not fit {}", tried.report.profile);
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("Nothing was changed: mend what was found, then promote it again."));
    }
    let found = framework.find(name.as_str())?;
    if digest_of(&found)? != tried.digest_before {
        return Err(changed(name));
    }
    let undo = write_files(&found.folder, &tried.plan.files)?;
    let pinned = framework.find(name.as_str()).and_then(|now| {
        if digest_of(&now)? != tried.digest_after {
            return Err(changed(name));
        }
        pin_validated(framework, &now, &tried.digest_after, tried.report.profile)
    });
    pinned.inspect_err(|_| undo.take_back())
}

fn changed(name: &ToolName) -> Failure {
    let told = format!("the tool `{name}` changed while it was promoted");
    Failure::new(ErrorClass::Conflict, told)
        .with_hint("Nothing of the promotion was kept: start it again.")
}
