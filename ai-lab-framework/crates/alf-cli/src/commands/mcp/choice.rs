//! Which lab, and which of its tools.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, Profile};
use alf_mcp_server::Filter;
use alf_ops::{Failure, Framework};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// The lab to serve; that of the working folder unless said
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// Only tools of this profile; may be given more than once
    #[arg(long, value_name = "PROFILE")]
    profile: Vec<Profile>,
    /// Only tools with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only tools or actions of this name, `*` and `?` for any characters; may be given more than once
    #[arg(long, value_name = "GLOB")]
    tool: Vec<String>,
}

impl Choice {
    /// The framework in the lab that is meant, and the filter.
    pub(crate) fn made(self, framework: &Framework) -> Result<(Framework, Filter), Failure> {
        let mut surroundings = framework.surroundings().clone();
        if let Some(folder) = &self.lab {
            let found = folder
                .canonicalize()
                .ok()
                .and_then(|folder| alf_catalog::find_instance(&folder));
            let Some(found) = found else {
                let told = format!("there is no lab in {}", folder.display());
                return Err(Failure::new(ErrorClass::NotFound, told).with_hint(
                    "A lab is a folder with an `ai-lab.toml`; `ai-lab init DIR` makes one.",
                ));
            };
            surroundings.instance = Some(found);
        }
        let filter = Filter {
            profiles: self.profile,
            tags: self.tag,
            names: self.tool,
        };
        Ok((Framework::new(surroundings), filter))
    }
}
