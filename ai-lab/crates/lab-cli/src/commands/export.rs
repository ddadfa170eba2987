//! `ai-lab export`

use std::path::PathBuf;

use lab_ops::export::export_predecessor;
use lab_ops::interchange::{self, give_file, give_text};

use super::import::amount;
use crate::context::Context;
use crate::failure::CommandError;

/// Give the lab's items to other programs, or an imported lab back as the predecessor had it
///
/// As `markdown` a list of tasks, as `csv` a row an item, as `jsonl` everything of every kind with nothing lost; each can be
/// imported again. As `predecessor` its JSON files with every value, its database with every row, and the files
/// that were kept whole, as they were last imported.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// In whose form.
    #[arg(long = "as", value_enum)]
    form: Form,

    /// A file that is not there yet, `-` for standard output; as `predecessor` a folder that is empty or not there.
    #[arg(value_name = "TO")]
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
    /// A list of tasks in GitHub-flavoured Markdown.
    Markdown,
    /// Comma-separated values.
    Csv,
    /// One JSON document a line.
    Jsonl,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.form {
        Form::Predecessor => predecessor(args, context),
        Form::Markdown => text(args, interchange::Form::Markdown, context),
        Form::Csv => text(args, interchange::Form::Csv, context),
        Form::Jsonl => text(args, interchange::Form::JsonLines, context),
    }
}

fn text(
    args: &Args,
    form: interchange::Form,
    context: &mut Context<'_>,
) -> Result<(), CommandError> {
    let (lab, at) = (context.lab()?, context.environment.now()?);
    if args.to.as_os_str() == "-" {
        let (text, _) = give_text(&lab, at, form)?;
        return context.output.raw(text.as_bytes());
    }
    let to = context.environment.working_folder()?.join(&args.to);
    let report = give_file(&lab, at, form, &to)?;
    if args.json {
        return context.output.json(&report);
    }
    let kept = if report.is_lossless {
        "with everything"
    } else {
        "without what the form has no place for"
    };
    let (file, entities) = (report.file.display(), report.entities);
    context
        .output
        .line(format!("{file}: {entities} written, {kept}"))
}

fn predecessor(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let to = context.environment.working_folder()?.join(&args.to);
    let lab = context.lab()?;
    let at = context.environment.now()?;
    let report = export_predecessor(&lab, at, &to)?;
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
