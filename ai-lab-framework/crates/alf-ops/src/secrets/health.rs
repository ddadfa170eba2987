//! What `doctor` says of the secrets: whether they can be read, and whether each tool has what it asks for.

use alf_catalog::FoundTool;

use crate::doctor::{Check, Health};
use crate::failure::Failure;
use crate::framework::Framework;

/// One line on the secrets; `None` where there are none and no tool asks for any.
pub(crate) fn secrets_check(framework: &Framework, tools: &[FoundTool]) -> Option<Check> {
    let known = match framework.known_secrets() {
        Ok(known) => known,
        Err(failure) => return Some(unreadable(&failure)),
    };
    let wanted = tools.iter().flat_map(|tool| {
        let named = tool.manifest.grants.secrets.iter();
        named.map(move |wanted| (tool, wanted.name()))
    });
    let wanted: Vec<_> = wanted.collect();
    let missing = wanted.iter().find_map(|(tool, secret)| {
        let name = &tool.manifest.name;
        let (seen, next) = if known.secrets.value(secret).is_none() {
            (
                "is not kept",
                format!("ai-lab-framework secret set {secret}"),
            )
        } else if known.secrets.grant(secret, name, &tool.folder).is_none() {
            (
                "is not granted to it",
                format!("ai-lab-framework secret grant {secret} {name}"),
            )
        } else {
            return None;
        };
        let seen = format!("`{name}` asks for `{secret}`, which {seen}");
        Some(Check::bad(
            "secrets",
            Health::Doubtful,
            seen,
            format!("`{next}`"),
        ))
    });
    if missing.is_some() {
        return missing;
    }
    if let Some((name, why)) = known.secrets.unusable().iter().next() {
        let seen = format!("the credential `{name}` is no secret: {why}");
        let hint = "Change it where the service's unit loads it (LoadCredentialEncrypted=).";
        return Some(Check::bad("secrets", Health::Doubtful, seen, hint));
    }
    let kept = known.secrets.kept().count();
    (kept > 0).then(|| {
        Check::well(
            "secrets",
            format!("{kept} kept, {} asked for", wanted.len()),
        )
    })
}

fn unreadable(failure: &Failure) -> Check {
    let seen = failure.chain().join(": ");
    let hint = failure.hint().unwrap_or_default();
    Check::bad("secrets", Health::Broken, seen, hint)
}
