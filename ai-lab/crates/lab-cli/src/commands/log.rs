//! `ai-lab log`

use clap::ValueEnum;
use lab_model::EntityKind;
use lab_ops::history::{LogChange, LogRequest, LogRow, log};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;
use crate::words::write_number;

/// How many changes of a write are shown, where everything that happened is.
const FEW: usize = 4;

/// Show who changed what, the latest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what happened to this one: an item, or what --kind says.
    name: Option<String>,

    /// What it is.
    #[arg(long, value_name = "KIND", default_value = "item")]
    kind: Kind,

    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,

    /// Only what came before this one, such as w57.
    #[arg(long, value_name = "WRITE", value_parser = write_number)]
    before: Option<u64>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What has a history.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Project,
    Idea,
    Item,
    Milestone,
    Repo,
}

impl From<Kind> for EntityKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Project => Self::Project,
            Kind::Idea => Self::Idea,
            Kind::Item => Self::Item,
            Kind::Milestone => Self::Milestone,
            Kind::Repo => Self::Repo,
        }
    }
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let request = LogRequest {
        of: args.name.map(|name| (args.kind.into(), name)),
        before: args.before,
        limit: args.limit,
    };
    let view = log(&context.lab()?, context.by()?.at, &request)?;
    let output = &mut *context.output;
    if args.json {
        return output.json(&view);
    }
    if view.writes.is_empty() {
        return output.line("nothing happened yet");
    }
    let most = if request.of.is_some() {
        usize::MAX
    } else {
        FEW
    };
    for write in &view.writes {
        show(write, most, output)?;
    }
    match &view.next {
        None => Ok(()),
        Some(next) => output.dim(&format!("--before {next} goes on")),
    }
}

/// One write: who, when, by which command; then what it changed.
pub(super) fn show(write: &LogRow, most: usize, output: &mut Output) -> Result<(), CommandError> {
    let reason = write.reason.as_ref().map(|reason| format!(" ({reason})"));
    let taken_back = if write.is_taken_back {
        "  [taken back]"
    } else {
        ""
    };
    let line = format!(
        "{}  {}  {}{}{taken_back}",
        write.at,
        write.actor,
        write.verb,
        reason.unwrap_or_default()
    );
    output.title(&write.id, &line)?;
    let changes: Vec<String> = told(&write.changes);
    for change in changes.iter().take(most) {
        output.line(format!("     {}", crate::output::one_line(change)))?;
    }
    if changes.len() > most {
        output.dim(&format!("     and {} more", changes.len() - most))?;
    }
    Ok(())
}

/// Sentences; what came into being is one, however many fields it has.
fn told(changes: &[LogChange]) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    // Where an entry stands in its list is told by the entry.
    let telling = |it: &&LogChange| it.is_new || !it.field.ends_with(".position");
    for change in changes.iter().filter(telling) {
        let sentence = if change.is_new {
            format!("{} is new", change.label)
        } else {
            let nothing = "nothing";
            format!(
                "{} {}: {} → {}",
                change.label,
                change.field,
                change.before.as_deref().unwrap_or(nothing),
                change.after.as_deref().unwrap_or(nothing)
            )
        };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}
