//! `session patch`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, SessionPatch, patch_session};
use clap::Args;
use serde_json::Value;

use super::show::show;
use crate::commands::tool::run::whole_input;
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
    /// A JSON Merge Patch (RFC 7396): JSON, @FILE, or - for standard input; null takes a key away
    #[arg(value_name = "JSON")]
    patch: String,
    /// Only if the session is still at this revision
    #[arg(long, value_name = "N")]
    from_revision: Option<u64>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let Value::Object(patch) = whole_input("the patch", &self.patch)? else {
            let told = "a patch is a JSON object: it names the keys that change";
            return Err(Failure::new(ErrorClass::InvalidInput, told).into());
        };
        let patch = SessionPatch {
            patch,
            from_revision: self.from_revision,
        };
        let patched = patch_session(framework, &self.id, &patch)?;
        show(&patched, framework, output)
    }
}
