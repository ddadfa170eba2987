//! `release fetch`.

use std::path::PathBuf;

use alf_ops::{FetchRequest, FetchStep, Framework, Sha256, fetch_release};
use clap::Args;
use semver::Version;

use crate::output::{Ended, Output};
use crate::render::amount::{bytes, counted};
use crate::render::style::{WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which release
    #[arg(value_name = "VERSION")]
    release: Version,
    /// The folder of releases: the one that holds `index.json`
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// The digest of its `release.json`, where it is known from elsewhere; an index that is out of date serves then
    #[arg(long, value_name = "SHA256")]
    release_sha256: Option<Sha256>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let request = FetchRequest {
            from: self.from,
            version: self.release,
            release_sha256: self.release_sha256,
        };
        let mut lost = Ok(());
        let mut told = |step: FetchStep| {
            let noted = output.note(said(&step));
            if lost.is_ok() {
                lost = noted;
            }
        };
        let fetched = fetch_release(framework, &request, &mut told)?;
        lost?;
        for warning in &fetched.warnings {
            let warning = harmless(warning);
            output.note(format_args!("{} {warning}", styled(WARN, "warning:")))?;
        }
        if output.is_json() {
            output.say_json(&fetched)?;
        } else {
            let there = if fetched.was_there { "was" } else { "is" };
            output.say(format_args!(
                "{} {there} in the store: {}",
                fetched.version, fetched.place
            ))?;
        }
        Ok(0)
    }
}

fn said(step: &FetchStep) -> String {
    match step {
        FetchStep::Believed { counter, signed_by } => {
            format!(
                "index {counter} lists it; signed by `{}`",
                harmless(signed_by)
            )
        }
        FetchStep::Kept { bytes: size } => {
            format!("the archive is the one that was signed: {}", sized(*size))
        }
        FetchStep::Placed { files, bytes: size } => {
            format!(
                "{} unpacked and looked at: {}",
                counted(*files, "file"),
                sized(*size)
            )
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with one digit after the point"
)]
fn sized(size: u64) -> String {
    bytes(size as f64)
}
