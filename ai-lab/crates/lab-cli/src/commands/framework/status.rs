//! `ai-lab framework status`

use lab_ops::framework::status;

use crate::context::Context;
use crate::failure::CommandError;

/// Show what the lab wants, what it is held to, what is in force, and what does not fit together
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let status = status(&context.lab_as_it_is()?)?;
    if args.json {
        return context.output.json(&status);
    }
    let quarantined = (!status.quarantined.is_empty()).then(|| status.quarantined.join(", "));
    let by_itself = match &status.window {
        Some(window) => format!("{}, {window}", status.auto),
        None => status.auto.to_owned(),
    };
    let place = status
        .place
        .as_ref()
        .map(|place| place.display().to_string());
    let output = &mut *context.output;
    output.fields(&[
        ("wanted", status.wanted),
        ("locked", status.locked),
        ("in force", status.in_force),
        ("place", place),
        ("before", status.before),
        ("releases", status.from),
        ("by itself", Some(by_itself)),
        ("quarantine", quarantined),
    ])?;
    output.entries("TO DO", &status.findings)
}
