//! `profile promote`.

use std::io;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_ops::{Failure, Framework, TriedPromotion, carry_out_promotion, try_promotion};
use clap::Args;

use super::validate;
use crate::door::asked;
use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HEAD, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: ToolName,
    /// To this profile; the next one unless said
    #[arg(long, value_name = "PROFILE")]
    to: Option<Profile>,
    /// Do not ask: write what is shown. With `--json` nothing is written without it
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let tried = try_promotion(framework, &self.name, self.to)?;
        let fits = tried.report.fits();
        if !output.is_json() {
            show(&tried, output)?;
        }
        let to = tried.report.profile;
        let written = fits
            && (self.yes
                || (!output.is_json() && asked(&format!("Let {} claim {to}?", self.name))?));
        if written {
            carry_out_promotion(framework, &tried)?;
        }
        if output.is_json() {
            let mut answer = serde_json::to_value(&tried).map_err(io::Error::other)?;
            answer["written"] = written.into();
            output.say_json(&answer)?;
        } else if written {
            let name = &self.name;
            output.note(format_args!(
                "{} {name} claims {to} and is pinned",
                styled(GOOD, "✓")
            ))?;
        } else if fits {
            let told = format!("the tool `{}` was not promoted", self.name);
            return Err(Failure::new(ErrorClass::Refused, told)
                .with_hint("Nothing was changed. To answer beforehand, add `--yes`.")
                .into());
        } else {
            output.note("nothing was changed: what is left is for you to mend")?;
        }
        Ok(if fits {
            0
        } else {
            ErrorClass::Config.exit_code()
        })
    }
}

/// What would be written, then the verdict over the copy in which it was.
fn show(tried: &TriedPromotion, output: &mut Output) -> io::Result<()> {
    let (tool, to) = (&tried.report.tool, tried.report.profile);
    let title = format!("{tool}: {} → {to}", tried.from);
    output.say(styled(HEAD, title))?;
    for mended in &tried.mended {
        let what = harmless(&mended.what);
        output.say(format_args!("{} {} {what}", styled(GOOD, "+"), mended.rule))?;
    }
    for file in &tried.files {
        output.say(harmless(&file.path.display().to_string()))?;
        for line in &file.diff {
            let shown = harmless(line);
            let shown = match line.as_bytes().first() {
                Some(b'+') => styled(GOOD, shown),
                Some(b'-') => styled(BAD, shown),
                Some(_) | None => shown,
            };
            output.say(format_args!("    {shown}"))?;
        }
        if file.diff_cut > 0 {
            let cut = format_args!("    … {} more lines", file.diff_cut);
            output.say(styled(FAINT, cut))?;
        }
    }
    output.say("")?;
    validate::show(&tried.report, output)
}
