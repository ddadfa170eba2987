//! `tool new`.

use ai_lab_contract::{Profile, ToolName};
use alf_generator::{Kind, Language, NewTool};
use alf_ops::{Framework, create_tool};
use clap::{Args, ValueEnum};

use super::adopt;
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, WARN, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name: 1 to 32 of a-z, 0-9, `_`, `-`
    name: ToolName,
    /// What it is written in
    #[arg(long, value_enum, default_value_t = Written::Python)]
    language: Written,
    /// How it runs: one process a call, or one for many calls
    #[arg(long, value_enum, default_value_t = Running::Exec, conflicts_with = "mcp")]
    kind: Running,
    /// The stage it begins in: experimental, standard or production
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Standard)]
    profile: Profile,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    server: adopt::Server,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Written {
    Rust,
    Python,
    Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Running {
    Exec,
    Worker,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        if self.server.is_meant() {
            return self.server.carry_out(
                (self.name, self.profile, self.description),
                framework,
                output,
            );
        }
        let created = create_tool(
            framework,
            &NewTool {
                name: self.name,
                language: match self.language {
                    Written::Rust => Language::Rust,
                    Written::Python => Language::Python,
                    Written::Shell => Language::Shell,
                },
                kind: match self.kind {
                    Running::Exec => Kind::Exec,
                    Running::Worker => Kind::Worker,
                },
                profile: self.profile,
                description: self.description.unwrap_or_else(|| "Says hello.".to_owned()),
            },
        )?;
        if output.is_json() {
            output.say_json(&created)?;
            return Ok(0);
        }
        output.say(format_args!(
            "{} {}",
            styled(GOOD, "✓"),
            created.folder.display()
        ))?;
        for file in &created.files {
            output.say(format_args!("  {file}"))?;
        }
        for program in &created.missing {
            output.note(format_args!(
                "{} it needs the program `{program}`, which is not on the PATH",
                styled(WARN, "!")
            ))?;
        }
        let next = format!(
            "`ai-lab-framework tool show {}` names its actions.",
            created.name
        );
        output.note(styled(HINT, next))?;
        Ok(0)
    }
}
