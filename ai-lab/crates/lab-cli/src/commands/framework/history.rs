//! `ai-lab framework history`

use lab_ops::framework::{HistoryEntry, HistoryOutcome, Placed, history};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;
use crate::words::moment;

/// Show which releases were in force, and what became of updates
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    history: Vec<HistoryEntry>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let history = history(&context.lab_as_it_is()?)?;
    let output = &mut *context.output;
    if args.json {
        return output.json(&View { history });
    }
    if history.is_empty() {
        return output.line("nothing yet; `ai-lab update` brings a framework in force");
    }
    let version = |placed: &Option<Placed>| {
        placed
            .as_ref()
            .map_or_else(|| "-".to_owned(), |it| it.version.clone())
    };
    let rows: Vec<Vec<String>> = history
        .iter()
        .rev()
        .map(|entry| {
            vec![
                moment(entry.at_ms),
                entry.kind.as_str().to_owned(),
                version(&entry.old),
                version(&entry.new),
                word(entry.outcome).to_owned(),
                entry.why.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output.table(&["over", "what", "from", "to", "end", "why"], &rows)
}

const fn word(outcome: HistoryOutcome) -> &'static str {
    match outcome {
        HistoryOutcome::InForce => "in force",
        HistoryOutcome::Abandoned => "given up",
        HistoryOutcome::TakenBack => "taken back",
    }
}
