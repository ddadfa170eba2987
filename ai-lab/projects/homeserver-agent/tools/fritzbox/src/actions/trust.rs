//! `trust`: which certificate is trusted, and another one only by its fingerprint.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tr064::{Fingerprint, Pin, Router};

use crate::failure;
use crate::memory::{Kept, Memory};
use crate::session::{Certificates, target};
use crate::settings::Settings;
use crate::surroundings::Surroundings;

/// Which certificate to trust.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The SHA-256 of the certificate that the router shows now, compared with its own page. Without it, nothing is
    /// changed, and the answer says what is shown.
    sha256: Option<String>,
}

/// Which certificate is trusted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// What the router shows now.
    shown: String,
    /// What is trusted now.
    trusted: Option<String>,
    /// What was trusted before this call.
    before: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Trust(pub(crate) Surroundings);

impl Action for Trust {
    const NAME: &'static str = "trust";
    const DESCRIPTION: &'static str = "Shows which certificate the router shows and which is trusted; with its fingerprint, trusts it from now on. Sends no login.";
    const EFFECTS: Effects = Effects::CHANGES.idempotent().open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let settings: Settings = context.config_as()?;
        if !settings.tls {
            return Err(ToolFailure::new(
                "no_tls",
                "`tls` is set to false: there is no certificate",
            ));
        }
        let mut router = Router::new(target(&self.0, &settings, Some(Pin::FirstUse), None));
        router.connect().map_err(|error| failure::of_read(&error))?;
        let shown = router
            .fingerprint()
            .ok_or_else(|| ToolFailure::new("no_tls", "the router showed no certificate"))?;
        let memory = Memory::at(self.0.state.clone());
        let kept: Certificates = memory.read(Kept::Certificates)?;
        let before = settings
            .certificate_sha256
            .clone()
            .or_else(|| kept.get(&settings.name()).cloned());
        let Some(named) = input.sha256 else {
            let trusted = before.clone();
            return Ok(Output {
                shown: shown.to_string(),
                trusted,
                before,
            });
        };
        let named: Fingerprint = named
            .parse()
            .map_err(|error| ToolFailure::caused_by("invalid_input", &error))?;
        if named != shown {
            let why = "the router shows another certificate than the one that was named, so nothing was changed";
            return Err(ToolFailure::new("other_certificate", why)
                .with_detail(json!({"shown": shown.to_string()})));
        }
        if settings.certificate_sha256.is_some() {
            let why = "the configuration says which certificate to insist on: set `certificate_sha256` there";
            return Err(ToolFailure::new("configured", why));
        }
        memory.change(Kept::Certificates, |kept: &mut Certificates| {
            kept.insert(settings.name(), shown.to_string())
        })?;
        Ok(Output {
            shown: shown.to_string(),
            trusted: Some(shown.to_string()),
            before,
        })
    }
}
