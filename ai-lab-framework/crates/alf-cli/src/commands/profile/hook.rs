//! `profile hook`.

use alf_ops::{Framework, HookChange, install_hook, remove_hook};
use clap::Subcommand;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, styled};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the lab's `pre-commit` hook of git; one that is there is left alone
    Install,
    /// Take it away again; one that this framework did not write is left alone
    Remove,
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let changed = match self {
            Self::Install => install_hook(framework)?,
            Self::Remove => remove_hook(framework)?,
        };
        if output.is_json() {
            output.say_json(&changed)?;
            return Ok(0);
        }
        let said = match changed.change {
            HookChange::Installed => "validates each tool that a commit changes",
            HookChange::Removed => "is gone",
            HookChange::AsItWas => "was so already",
        };
        let place = changed.hook.display();
        output.say(format_args!("{} {place} {said}", styled(GOOD, "✓")))?;
        Ok(0)
    }
}
