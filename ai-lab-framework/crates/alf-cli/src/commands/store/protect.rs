//! `store protect`.

use alf_ops::{Framework, Seal, protect_store};
use clap::Args;

use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The release's name in the store
    name: String,
    #[command(flatten)]
    seal: Choice,
}

/// What is added or taken away.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// Set the immutable flag of each of its files and folders; root's to do
    #[arg(long)]
    immutable: bool,
    /// Take that flag away again, before `repair` or `store collect`
    #[arg(long)]
    lift: bool,
    /// Give the whole store to the user with that number; root's to do
    #[arg(long, value_name = "UID")]
    owner: Option<u32>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let seal = match (self.seal.owner, self.seal.lift) {
            (Some(owner), _) => Seal::Owner(owner),
            (None, true) => Seal::Lifted,
            (None, false) => Seal::Immutable,
        };
        let sealed = protect_store(framework, &self.name, seal)?;
        if output.is_json() {
            output.say_json(&sealed)?;
        } else {
            let what = match seal {
                Seal::Immutable => "immutable".to_owned(),
                Seal::Lifted => "no longer immutable".to_owned(),
                Seal::Owner(owner) => format!("user {owner}'s"),
            };
            output.say(format_args!(
                "{}: {} files and folders are {what}",
                sealed.place.display(),
                sealed.entries
            ))?;
        }
        Ok(0)
    }
}
