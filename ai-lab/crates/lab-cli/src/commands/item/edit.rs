//! `ai-lab item edit`

use lab_model::{Hours, Tag};
use lab_ops::item::{self, CriterionEdit, EditedAll, ItemEdit};

use super::editor::edit_in_editor;
use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::{Output, one_line};
use crate::seen::Seen;
use crate::words::filled;

/// How many items a preview shows.
const SHOWN: usize = 20;

/// Change an item, or with --where many at once
///
/// On a terminal and with nothing said, the item opens in $EDITOR. Of many, what would change is shown first; --yes carries it out.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    #[arg(required_unless_present = "words")]
    item: Option<String>,

    /// Every item that these words say, such as "status:todo label:old"; see `item list --help`.
    #[arg(long = "where", value_name = "WORDS", conflicts_with_all = ["item", "if_revision"])]
    words: Option<String>,

    /// Carry it out on many.
    #[arg(long, requires = "words")]
    yes: bool,

    /// Only show what would change: what happens without --yes.
    #[arg(long, requires = "words", conflicts_with = "yes")]
    dry_run: bool,

    /// Change it in $VISUAL or $EDITOR.
    #[arg(long, conflicts_with_all = ["words", "json"])]
    editor: bool,

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
    let mut edit = args.fields.into_edit(context.by()?.at.day_utc())?;
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
    let (lab, by) = (context.lab()?, context.by_seen(args.seen)?);
    if args.editor && edit != ItemEdit::default() {
        return Err(CommandError::argument(
            "--editor",
            &"it goes with no other change",
        ));
    }
    let is_quiet = args.words.is_none() && !args.json && edit == ItemEdit::default();
    if args.editor || (is_quiet && context.environment.is_on_a_terminal()) {
        let told = edit_in_editor(args.item.as_deref().unwrap_or_default(), &lab, context)?;
        return context.output.line(one_line(&told));
    }
    if let Some(words) = &args.words {
        let edited = item::edit_all(&lab, &by, words, &edit, args.yes)?;
        return show_all(&edited, args.json, context.output);
    }
    let changed = item::edit(&lab, &by, args.item.as_deref().unwrap_or_default(), edit)?;
    if args.json {
        return context.output.json(&changed);
    }
    context.output.title(&changed.label, &changed.title)
}

fn show_all(edited: &EditedAll, json: bool, output: &mut Output) -> Result<(), CommandError> {
    if json {
        return output.json(edited);
    }
    for row in edited.items.iter().take(SHOWN) {
        output.title(&row.label, &row.title)?;
        for change in &row.changes {
            output.line(format!("     {}", one_line(change)))?;
        }
    }
    let count = edited.items.len();
    if count > SHOWN {
        output.dim(&format!("and {} more", count - SHOWN))?;
    }
    let of = edited.matched;
    if edited.is_done {
        output.line(format!(
            "{count} of {of} changed; `ai-lab undo` takes it back"
        ))
    } else {
        output.line(format!(
            "{count} of {of} would change; --yes carries it out"
        ))
    }
}
