//! `config …`.

mod edit;
mod get;
mod list;
mod set;
mod unset;

use alf_ops::{ConfigChange, ConfigScope, Framework};
use clap::{Args, Subcommand};

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, WARN, harmless, styled};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one value, or all of a tool's
    Get(get::Arguments),
    /// Set one key; nothing is written that does not fit the tool's schema
    Set(set::Arguments),
    /// Take one key away
    Unset(unset::Arguments),
    /// List values with who set them, their defaults and what they are for
    List(list::Arguments),
    /// Open a tool's configuration in $EDITOR; it is checked before it is taken
    Edit(edit::Arguments),
}

/// Whose configuration is meant.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Scope {
    /// The lab's, for everybody who works in it: config/tools/TOOL.toml
    #[arg(long)]
    lab: bool,
    /// Your own, kept in the framework's database (default)
    #[arg(long)]
    user: bool,
}

impl Scope {
    const fn chosen(self) -> ConfigScope {
        if self.lab {
            ConfigScope::Lab
        } else {
            ConfigScope::User
        }
    }
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Get(arguments) => arguments.carry_out(framework, output),
            Self::Set(arguments) => arguments.carry_out(framework, output),
            Self::Unset(arguments) => arguments.carry_out(framework, output),
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Edit(arguments) => arguments.carry_out(framework, output),
        }
    }
}

/// Shows what was changed.
fn show(change: &ConfigChange, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(change)?;
        return Ok(0);
    }
    let whose = match change.scope {
        ConfigScope::Lab => "the lab",
        ConfigScope::User => "you",
    };
    let tool = &change.tool;
    let mark = styled(GOOD, "✓");
    for (key, value) in &change.set {
        let value = harmless(&value.to_string());
        output.say(format_args!("{mark} {tool}: {key} = {value} for {whose}"))?;
    }
    for key in &change.unset {
        output.say(format_args!(
            "{mark} {tool}: {key} is no longer set for {whose}"
        ))?;
    }
    if change.set.is_empty() && change.unset.is_empty() {
        output.say(format_args!("{mark} {tool}: nothing has changed"))?;
    }
    if let Some(origin) = &change.overruled_by {
        let told = format!("! {origin} sets it as well, and goes first");
        output.note(styled(WARN, told))?;
    }
    Ok(0)
}
