//! `ai-lab item edit`

use lab_model::{Hours, Tag};
use lab_ops::item::{self, CriterionEdit};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;
use crate::words::filled;

/// Change an item
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// What is to be done, in one line.
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    title: Option<String>,

    #[command(flatten)]
    fields: Fields,

    /// A label that goes; may be given several times.
    #[arg(long, value_name = "LABEL")]
    remove_label: Vec<Tag>,

    /// An item that need not be settled first any more; may be given several times.
    #[arg(long, value_name = "ITEM")]
    independent_of: Vec<String>,

    /// An acceptance criterion that holds, by its number, and what shows it: 2 or 2=commit 1a2b.
    #[arg(long, value_name = "NUMBER", value_parser = meet)]
    meet: Vec<CriterionEdit>,

    /// An acceptance criterion that does not hold, by its number.
    #[arg(long, value_name = "NUMBER")]
    unmeet: Vec<usize>,

    /// An acceptance criterion that goes, by its number.
    #[arg(long, value_name = "NUMBER")]
    remove_criterion: Vec<usize>,

    /// Hours spent now.
    #[arg(long, value_name = "HOURS")]
    spent: Option<Hours>,

    /// What they were spent on.
    #[arg(long, value_name = "TEXT", requires = "spent")]
    spent_on: Option<String>,

    /// Whether it is not yet meant to be worked on.
    #[arg(long, value_name = "BOOL")]
    draft: Option<bool>,

    /// Whether it is put away.
    #[arg(long, value_name = "BOOL")]
    archived: Option<bool>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Reads `NUMBER` or `NUMBER=EVIDENCE`.
fn meet(text: &str) -> Result<CriterionEdit, String> {
    let (number, evidence) = match text.split_once('=') {
        Some((number, evidence)) => (number, Some(filled(evidence)?)),
        None => (text, None),
    };
    let number = number
        .parse()
        .map_err(|error: std::num::ParseIntError| error.to_string())?;
    Ok(CriterionEdit::Meet(number, evidence))
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let mut edit = args.fields.into_edit();
    edit.patch.title = args.title;
    edit.patch.labels.remove = args.remove_label;
    edit.patch.is_draft = args.draft;
    edit.patch.archived = args.archived;
    edit.independent_of = args.independent_of;
    edit.criteria.extend(args.meet);
    edit.criteria
        .extend(args.unmeet.into_iter().map(CriterionEdit::Reopen));
    edit.criteria
        .extend(args.remove_criterion.into_iter().map(CriterionEdit::Remove));
    edit.spent = args
        .spent
        .map(|hours| (hours, args.spent_on.unwrap_or_default()));
    let changed = item::edit(
        &context.lab()?,
        &context.by_seen(args.seen)?,
        &args.item,
        edit,
    )?;
    if args.json {
        return context.output.json(&changed);
    }
    context.output.title(&changed.label, &changed.title)
}
