//! `release resolve`.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_ops::{Framework, Reason, ResolveRequest, WhyNot, resolve_release};
use clap::Args;
use semver::{Version, VersionReq};

use crate::output::{Ended, Output};
use crate::render::style::harmless;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of releases: the one that holds `index.json`
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Which versions will do, such as `~1.4`
    #[arg(long, value_name = "RANGE")]
    wanted: VersionReq,
    /// A version that is not wanted, such as one that failed here; may be given again
    #[arg(long, value_name = "VERSION")]
    excluded: Vec<Version>,
    /// For another platform than this one, as Rust names it
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let request = ResolveRequest {
            from: self.from,
            wanted: self.wanted,
            excluded: self.excluded,
            target: self.target,
        };
        let resolution = resolve_release(framework, &request)?;
        let nothing = ErrorClass::NotFound.exit_code();
        let code = resolution.chosen.as_ref().map_or(nothing, |_| 0);
        if output.is_json() {
            output.say_json(&resolution)?;
            return Ok(code);
        }
        match &resolution.chosen {
            Some(chosen) => {
                output.say(&chosen.version)?;
                for change in &chosen.changes {
                    output.say(format_args!("- {}", harmless(change)))?;
                }
            }
            None => output.note(format_args!(
                "nothing there is {} for {}",
                resolution.wanted,
                harmless(&resolution.target)
            ))?,
        }
        for other in &resolution.others {
            output.note(why_not(other))?;
        }
        Ok(code)
    }
}

fn why_not(other: &WhyNot) -> String {
    let why = match other.reason {
        Reason::OutOfRange => "is not in the range",
        Reason::Excluded => "is excluded",
        Reason::Withdrawn => "was withdrawn",
        Reason::Older => "is older",
        Reason::Platform => "is not for this platform",
        Reason::NotBelieved => "is not believed",
    };
    let detail = other.detail.as_deref().map(harmless);
    let detail = detail.map_or(String::new(), |detail| format!(": {detail}"));
    format!("{} {why}{detail}", other.version)
}
