//! `ai-lab search`

use clap::ValueEnum;
use lab_model::EntityKind;
use lab_ops::{Search, search};

use crate::context::Context;
use crate::failure::CommandError;
use crate::words::filled;

/// Look for words in items and ideas, the best match first
///
/// Every word has to be there, or begin a word that is; done, cancelled and put-away ones are found too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The words.
    #[arg(required = true, value_name = "WORDS", value_parser = filled)]
    words: Vec<String>,

    /// Only these.
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,

    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,

    /// So many of the best are left out.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    skip: u32,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What can be looked through.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Item,
    Idea,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let wanted = Search {
        text: args.words.join(" "),
        kind: args.kind.map(|kind| match kind {
            Kind::Item => EntityKind::Item,
            Kind::Idea => EntityKind::Idea,
        }),
        skip: args.skip,
        limit: args.limit,
    };
    let answer = search(&context.lab()?, context.by()?.at, &wanted)?;
    let output = &mut *context.output;
    if args.json {
        return output.json(&answer);
    }
    if answer.found.is_empty() {
        return output.line("nothing was found");
    }
    for row in &answer.found {
        output.title(&row.label, &format!("{} ({})", row.title, row.status))?;
        if !row.snippet.is_empty() {
            output.fields(&[("", Some(row.snippet.clone()))])?;
        }
    }
    let shown = u64::from(args.skip) + answer.found.len() as u64;
    if shown < answer.total {
        output.left(
            shown,
            answer.total,
            answer.total_is_exact,
            &format!("--skip {shown}"),
        )?;
    }
    Ok(())
}
