//! `secret list`: names and grants, never values.

use std::path::PathBuf;

use ai_lab_contract::{SecretName, ToolName};
use alf_secrets::{Grant, KeptIn};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// Every secret that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretList {
    /// The form of this answer: 1.
    pub format: u32,
    /// By name.
    pub secrets: Vec<SecretRow>,
    /// Credentials that are no secrets: neither granted nor redacted.
    pub unusable: Vec<UnusableCredential>,
}

/// One secret, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretRow {
    /// Its name.
    pub name: SecretName,
    /// Where it is kept.
    pub kept_in: KeptIn,
    /// When its value was set: milliseconds since 1970, UTC; `None` for a credential.
    pub set_at_ms: Option<i64>,
    /// Who gets it.
    pub granted_to: Vec<GrantRow>,
}

/// One tool that gets a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantRow {
    /// Its name.
    pub tool: ToolName,
    /// Where it lay.
    pub folder: PathBuf,
    /// When it was granted: milliseconds since 1970, UTC.
    pub granted_at_ms: i64,
    /// How it stands to the tool of today.
    pub state: GrantState,
}

/// How a grant stands to the tool of today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantState {
    /// The tool is as it was.
    Current,
    /// The tool has changed since.
    Changed,
    /// The tool is not of this lab, not there, or cannot be loaded.
    Elsewhere,
}

/// A credential that cannot be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusableCredential {
    /// Its name.
    pub name: SecretName,
    /// Why.
    pub why: String,
}

/// Lists what is kept and who gets it.
pub fn list_secrets(framework: &Framework) -> Result<SecretList, Failure> {
    let known = framework.known_secrets()?;
    let secrets = known.secrets.kept().map(|(name, kept)| SecretRow {
        name: name.clone(),
        kept_in: kept.kept_in,
        set_at_ms: kept.set_at_ms,
        granted_to: known
            .secrets
            .grants()
            .iter()
            .filter(|grant| grant.secret == *name)
            .map(|grant| row(framework, grant))
            .collect(),
    });
    let unusable = known.secrets.unusable().iter();
    Ok(SecretList {
        format: 1,
        secrets: secrets.collect(),
        unusable: unusable
            .map(|(name, why)| UnusableCredential {
                name: name.clone(),
                why: why.to_string(),
            })
            .collect(),
    })
}

fn row(framework: &Framework, grant: &Grant) -> GrantRow {
    let state = match framework.load(&grant.tool) {
        Ok(tool) if tool.folder != grant.folder => GrantState::Elsewhere,
        Ok(tool) if tool.digest.to_string() == grant.digest => GrantState::Current,
        Ok(_) => GrantState::Changed,
        Err(_) => GrantState::Elsewhere,
    };
    GrantRow {
        tool: grant.tool.clone(),
        folder: grant.folder.clone(),
        granted_at_ms: grant.granted_at_ms,
        state,
    }
}
