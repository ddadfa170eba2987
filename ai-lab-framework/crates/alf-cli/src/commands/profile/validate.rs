//! `profile validate`.

use std::io;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_ops::{FRAMEWORK_VERSION, Framework, Validation, validate_tool};
use alf_profiles::{Report, sarif};
use clap::{Args, ValueEnum};

use crate::output::{Ended, Output};
use crate::render::amount::counted;
use crate::render::style::{BAD, FAINT, GOOD, HINT, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: ToolName,
    /// Against this profile's rules; those of the profile that it claims unless said
    #[arg(long, value_name = "PROFILE")]
    profile: Option<Profile>,
    /// In which form the verdict is told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Sarif,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let validation = validate_tool(framework, &self.name, self.profile)?;
        let form = if output.is_json() && self.format == Form::Text {
            Form::Json
        } else {
            self.format
        };
        match form {
            Form::Text => show(&validation.report, output)?,
            Form::Json => output.say_json(&validation)?,
            Form::Sarif => {
                let place = relative(framework, &validation);
                output.say_json(&sarif(&validation.report, &place, FRAMEWORK_VERSION))?;
            }
        }
        Ok(if validation.report.fits() {
            0
        } else {
            ErrorClass::Config.exit_code()
        })
    }
}

/// The manifest's path as a review of the lab's git names it.
fn relative(framework: &Framework, validation: &Validation) -> String {
    let lab = framework.surroundings().instance.as_ref();
    let within = lab.and_then(|lab| validation.manifest.strip_prefix(lab).ok());
    within.unwrap_or(&validation.manifest).display().to_string()
}

/// Shows the verdict, rule by rule.
pub(super) fn show(report: &Report, output: &mut Output) -> io::Result<()> {
    for passed in &report.passed {
        let seen = styled(FAINT, harmless(&passed.seen));
        output.say(format_args!(
            "{} {} {}  {seen}",
            styled(GOOD, "✓"),
            passed.rule,
            passed.title
        ))?;
    }
    for exempted in &report.exempted {
        let why = format!("{} — exempt: {}", exempted.message, exempted.reason);
        let why = styled(FAINT, harmless(&why));
        output.say(format_args!(
            "{} {} {}  {why}",
            styled(WARN, "-"),
            exempted.rule,
            exempted.title
        ))?;
    }
    for finding in &report.findings {
        let told = harmless(&finding.message);
        output.say(format_args!(
            "{} {} {}",
            styled(BAD, "✗"),
            finding.rule,
            finding.title
        ))?;
        output.say(format_args!("       {told}"))?;
        output.say(format_args!(
            "       {}",
            styled(HINT, harmless(&finding.fix))
        ))?;
    }
    let (tool, profile) = (&report.tool, report.profile);
    if report.fits() {
        let kept = counted(report.passed.len(), "rule");
        output.note(format_args!(
            "{} {tool} fits {profile}: {kept} kept",
            styled(GOOD, "✓")
        ))
    } else {
        let broken = counted(report.findings.len(), "finding");
        output.note(format_args!(
            "{} {tool} does not fit {profile}: {broken}",
            styled(BAD, "✗")
        ))
    }
}
