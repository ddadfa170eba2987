//! What can be done for a tool so that it keeps the rules of the next profile: decided here, written elsewhere.

mod manifest;
mod readme;
mod schema;

use std::collections::BTreeMap;

use ai_lab_contract::{ActionName, Manifest, Profile};
use serde::Serialize;

use manifest::ManifestEdit;

/// What a promotion is planned from. What it adds to a tool is drawn from these and from nothing else.
#[derive(Clone, Debug)]
pub struct PromotionFacts<'a> {
    /// What the tool says of itself.
    pub manifest: &'a Manifest,
    /// The same as it is written.
    pub manifest_text: &'a str,
    /// The text of its README; `None` where there is none.
    pub readme: Option<&'a str>,
    /// The texts of its schema files, by the path that the manifest gives.
    pub schema_files: &'a BTreeMap<String, String>,
    /// A read-only action that takes an empty input; `None` where there is none.
    pub takes_nothing: Option<&'a ActionName>,
}

/// What is to be written for a tool to claim a higher profile. Whether it then keeps the rules is not said here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The profile that it will claim.
    pub to: Profile,
    /// What is mended, by rule.
    pub mended: Vec<Mended>,
    /// The files to write, the manifest last: it is what claims the profile.
    pub files: Vec<FileEdit>,
}

/// One thing that is done for a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mended {
    /// The rule's number.
    pub rule: String,
    /// What is done.
    pub what: String,
}

/// One file as it is and as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    /// Its path in the tool's folder.
    pub path: String,
    /// What stands in it; `None` for a new file.
    pub before: Option<String>,
    /// What will stand in it.
    pub after: String,
}

/// Why nothing can be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromoteError {
    /// It claims that profile, or a higher one.
    #[error("the tool claims {claimed} already")]
    NotHigher {
        /// The profile that it claims.
        claimed: Profile,
    },
    /// The manifest cannot be changed in place.
    #[error("the manifest cannot be changed in place: {0}")]
    Manifest(String),
}

/// What was mended so far.
#[derive(Debug, Default)]
struct Steps(Vec<Mended>);

impl Steps {
    fn add(&mut self, rule: &str, what: impl Into<String>) {
        self.0.push(Mended {
            rule: rule.to_owned(),
            what: what.into(),
        });
    }
}

/// Decides everything that can be mended for the profile `to` from the tool's own facts.
///
/// It never takes anything away, never writes over a person's words and adds no claim that the manifest does not bear
/// out: tests, figures and reasons are the person's to give.
pub fn plan_promotion(to: Profile, facts: &PromotionFacts<'_>) -> Result<Promotion, PromoteError> {
    let claimed = facts.manifest.profile;
    if to <= claimed {
        return Err(PromoteError::NotHigher { claimed });
    }
    let mut steps = Steps::default();
    let mut edit = ManifestEdit::new(facts)?;
    let mut files = Vec::new();
    if to >= Profile::Standard {
        edit.add_retry(&mut steps);
        edit.add_health(facts.takes_nothing, &mut steps);
        files.extend(schema::close_files(facts, &mut steps));
        edit.close_inline(&mut steps);
    }
    if to >= Profile::Production {
        edit.add_breaker(&mut steps);
        edit.add_fallback(&mut steps);
    }
    edit.claim(to);
    let (manifest, text) = edit.into_parts();
    files.extend(readme::complete(to, &manifest, facts.readme, &mut steps));
    files.push(FileEdit {
        path: "tool.toml".to_owned(),
        before: Some(facts.manifest_text.to_owned()),
        after: text,
    });
    let mut mended = steps.0;
    mended.sort_by(|one, other| one.rule.cmp(&other.rule));
    Ok(Promotion { to, mended, files })
}

#[cfg(test)]
mod tests;
