//! `ai-lab doctor`

use std::ffi::OsStr;

use ai_lab_contract::ErrorClass;

use crate::context::Context;
use crate::failure::CommandError;

/// Look at the lab's database from end to end
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let path = context.environment.text("PATH")?.map(OsStr::new);
    let view = lab_ops::check_up(&context.lab()?, context.by()?.at, path)?;
    if args.json {
        context.output.json(&view)?;
    } else {
        let counts: Vec<String> = view
            .entities
            .iter()
            .map(|(kind, count)| counted(*count, kind))
            .collect();
        let log = format!(
            "{} in {}",
            counted(view.operations, "operation"),
            counted(view.writes, "write")
        );
        context.output.fields(&[
            ("lab", Some(view.lab.clone())),
            ("database", Some(view.database.clone())),
            ("schema", Some(view.schema.clone())),
            (
                "sqlite",
                Some(format!("{}, journal {}", view.sqlite, view.journal)),
            ),
            ("size", Some(format!("{} KiB", view.bytes.div_ceil(1024)))),
            ("holds", Some(counts.join(", "))),
            ("log", Some(log)),
            ("sound", view.findings.is_empty().then(|| "yes".to_owned())),
        ])?;
        context.output.entries("wrong", &view.findings)?;
        context.output.entries("better", &view.advice)?;
    }
    // The findings were told above; a script sees them by the exit code.
    if view.findings.is_empty() {
        Ok(())
    } else {
        Err(CommandError::Told(ErrorClass::Environment))
    }
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
