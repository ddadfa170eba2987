//! `ai-lab export`

use std::path::PathBuf;

use lab_ops::export::export_predecessor;

use super::import::amount;
use crate::context::Context;
use crate::failure::CommandError;

/// Give an imported lab back as the predecessor had it
///
/// Writes its JSON files with every value, its database with every row, and the files that were kept whole,
/// as they were last imported.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// In whose form.
    #[arg(long = "as", value_enum)]
    form: Form,

    /// A folder that is not there yet, or is empty.
    #[arg(value_name = "DIR")]
    to: PathBuf,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Whose form an export has.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Form {
    /// That of the lab which `ai-lab import` took over.
    Predecessor,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let to = context.environment.working_folder()?.join(&args.to);
    let lab = context.lab()?;
    let at = context.environment.now()?;
    let report = match args.form {
        Form::Predecessor => export_predecessor(&lab, at, &to)?,
    };
    if args.json {
        return context.output.json(&report);
    }
    for part in &report.left_out {
        context.output.line(format!(
            "note: {part} computes its rows and was not made again"
        ))?;
    }
    context.output.line(format!(
        "{}: {}, {}, {} with {}",
        report.folder.display(),
        amount(report.documents, "JSON file"),
        amount(report.files, "other file"),
        amount(report.databases, "database"),
        amount(report.rows, "row")
    ))
}
