//! `secret import`.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, ImportFrom, Imported, import_secrets};
use clap::Args;

use super::source::read_file;
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, WARN, harmless, styled};

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// Variables that begin so; the rest of the name, in lower case, is the secret's
    #[arg(long, value_name = "PREFIX")]
    from_env: Option<String>,
    /// A .env file; each name, in lower case, is a secret's
    #[arg(long, value_name = "PATH")]
    from_file: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let imported = match (&self.from_env, self.from_file) {
            (None, Some(path)) => {
                let bytes = read_file(path)?.into();
                import_secrets(framework, &ImportFrom::File(&bytes))?
            }
            (prefix, _) => {
                let prefix = prefix.as_deref().unwrap_or_default();
                if prefix.is_empty() {
                    let told = "without a prefix every variable would be a secret";
                    return Err(Failure::new(ErrorClass::Usage, told).into());
                }
                import_secrets(framework, &ImportFrom::Environment(prefix))?
            }
        };
        show(&imported, output)
    }
}

fn show(told: &Imported, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(told)?;
        return Ok(0);
    }
    for name in &told.imported {
        output.say(format_args!("{} {name} is kept", styled(GOOD, "✓")))?;
    }
    for left in &told.left_out {
        let (entry, why) = (harmless(&left.entry), harmless(&left.why));
        output.note(format_args!("{} {entry}: {why}", styled(WARN, "!")))?;
    }
    if told.imported.is_empty() && told.left_out.is_empty() {
        output.note("there is nothing to import")?;
    }
    Ok(0)
}
