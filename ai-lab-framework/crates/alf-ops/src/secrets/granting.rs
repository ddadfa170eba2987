//! `secret grant`, `secret revoke`.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, SecretName, ToolName};
use alf_secrets::Grant;
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;
use crate::secrets::by_a_person;

/// What was changed about who gets a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantChange {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which secret.
    pub secret: SecretName,
    /// Which tool.
    pub tool: ToolName,
    /// Where the tool lies; left out when grants were taken away, wherever it lay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The digest of the tool that gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// How many grants there were before to that tool.
    pub before: usize,
}

/// Lets a tool have a secret that its manifest names, as the tool is now.
pub fn grant_secret(
    framework: &Framework,
    secret: &SecretName,
    tool: &ToolName,
) -> Result<GrantChange, Failure> {
    by_a_person(framework)?;
    let loaded = framework.load(tool)?;
    let wanted = &loaded.found.manifest.grants.secrets;
    if !wanted.iter().any(|wanted| wanted.name() == secret) {
        let names: Vec<String> = wanted
            .iter()
            .map(|wanted| format!("`{}`", wanted.name()))
            .collect();
        let hint = if names.is_empty() {
            "Its manifest names none: `secrets` below `[grants]`.".to_owned()
        } else {
            format!("Its manifest asks for {}.", names.join(", "))
        };
        let told = format!("the tool `{tool}` does not ask for the secret `{secret}`");
        return Err(Failure::new(ErrorClass::Refused, told).with_hint(hint));
    }
    let known = framework.known_secrets()?;
    let before = known.secrets.grant(secret, tool, &loaded.folder);
    let grant = Grant {
        secret: secret.clone(),
        tool: tool.clone(),
        folder: loaded.folder.clone(),
        digest: loaded.digest.to_string(),
        profile: loaded.found.manifest.profile,
        granted_at_ms: framework.surroundings.clock.now_ms(),
    };
    framework.secret_store.grant(&grant)?;
    Ok(GrantChange {
        format: 1,
        secret: grant.secret,
        tool: grant.tool,
        folder: Some(grant.folder),
        digest: Some(grant.digest),
        before: usize::from(before.is_some()),
    })
}

/// Takes a secret from every tool of that name; no such grant is no failure.
pub fn revoke_secret(
    framework: &Framework,
    secret: &SecretName,
    tool: &ToolName,
) -> Result<GrantChange, Failure> {
    by_a_person(framework)?;
    Ok(GrantChange {
        format: 1,
        secret: secret.clone(),
        tool: tool.clone(),
        folder: None,
        digest: None,
        before: framework.secret_store.revoke(secret, tool)?,
    })
}
