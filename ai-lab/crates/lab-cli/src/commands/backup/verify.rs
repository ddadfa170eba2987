//! `ai-lab backup verify`

use lab_ops::backup::{Archive, find, verify};

use crate::commands::tool::places;
use crate::context::Context;
use crate::failure::CommandError;

/// Prove that a backup can be used, by opening the databases in it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// A backup, with what opens it.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// Its file, the name of one of the lab's own, or latest.
    #[arg(value_name = "BACKUP", default_value = "latest")]
    backup: String,

    /// The file of the secret key that opens a sealed one.
    #[arg(long, value_name = "FILE")]
    key: Option<std::path::PathBuf>,
}

impl Which {
    /// Where it is; outside a lab only a file is one.
    pub(super) fn archive(&self, context: &Context<'_>) -> Result<Archive, CommandError> {
        let folder = context.environment.working_folder()?;
        let path = find(context.lab().ok().as_ref(), &self.backup, folder)?;
        let key = self.key.as_ref().map(|key| folder.join(key));
        Ok(Archive { path, key })
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let archive = args.which.archive(context)?;
    let found = verify(&archive, context.environment.now()?, &places(context)?)?;
    if args.json {
        return context.output.json(&found);
    }
    let entities: Vec<String> = found
        .entities
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    context.output.fields(&[
        ("backup", Some(found.archive.display().to_string())),
        ("made", Some(found.created_at)),
        ("files", Some(format!("{}, each as it was", found.files))),
        (
            "lab",
            Some(format!(
                "schema {}, sound: {}",
                found.schema,
                entities.join(", ")
            )),
        ),
        ("log", Some(format!("{} writes", found.writes))),
        ("framework", found.framework),
    ])
}
