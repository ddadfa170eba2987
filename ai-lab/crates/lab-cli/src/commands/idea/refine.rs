//! `ai-lab idea refine`

use lab_ops::idea::{self, Refinement};

use super::show::page;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;
use crate::words::{filled, numbered};

/// Think an idea through: ask, answer, say that it is ready
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    idea: String,

    /// What has to be answered; may be given several times.
    #[arg(long = "question", value_name = "TEXT", value_parser = filled)]
    questions: Vec<String>,

    /// The answer to a question, by its number, such as 2="The blue one"; it goes into the notes.
    #[arg(long = "answer", value_name = "NUMBER=TEXT", value_parser = numbered)]
    answers: Vec<(usize, String)>,

    /// It could become work as it is.
    #[arg(long)]
    ready: bool,

    /// Although questions are open, for this reason; the reason is kept.
    #[arg(long, value_name = "REASON", requires = "ready")]
    force: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let refinement = Refinement {
        questions: args.questions,
        answers: args.answers,
        is_ready: args.ready,
        force: args.force,
    };
    let (lab, by) = (context.lab()?, context.by_seen(args.seen)?);
    let view = idea::refine(&lab, &by, &args.idea, refinement)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}
