//! `self-test`.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, self_test};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The lab whose tools are meant; that of the working folder unless said
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let test = match self.lab {
            None => self_test(framework),
            Some(folder) => self_test(&in_lab(framework, &folder)?),
        };
        if output.is_json() {
            output.say_json(&test)?;
            return Ok(test.exit_code());
        }
        for part in &test.checks {
            let mark = if part.ok {
                styled(GOOD, "✓")
            } else {
                styled(BAD, "✗")
            };
            let took = styled(FAINT, format!("{} ms", part.ms));
            let said = harmless(&part.said);
            output.say(format_args!("{mark} {:<9} {said}  {took}", part.name))?;
        }
        Ok(test.exit_code())
    }
}

fn in_lab(framework: &Framework, folder: &std::path::Path) -> Result<Framework, Failure> {
    let found = folder
        .canonicalize()
        .ok()
        .and_then(|folder| alf_catalog::find_instance(&folder));
    let Some(found) = found else {
        let told = format!("there is no lab in {}", folder.display());
        return Err(Failure::new(ErrorClass::NotFound, told)
            .with_hint("A lab is a folder with an `ai-lab.toml`; `ai-lab init DIR` makes one."));
    };
    let mut surroundings = framework.surroundings().clone();
    surroundings.instance = Some(found);
    Ok(Framework::new(surroundings))
}
