//! `ai-lab item why-blocked`

use lab_ops::item;

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::one_line;

/// Tell why an item cannot go on, down to what can
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let why = item::why_blocked(&context.lab()?, context.by()?.at, &args.item)?;
    let output = &mut *context.output;
    if args.json {
        return output.json(&why);
    }
    for item in &why.items {
        let indent = "  ".repeat(item.depth);
        output.line(one_line(&format!(
            "{indent}{}  {} ({})",
            item.label, item.title, item.status
        )))?;
        for hindrance in &item.hindrances {
            output.line(format!("{indent}    {}", one_line(hindrance)))?;
        }
        if item.hindrances.is_empty() {
            output.line(format!("{indent}    can be started now"))?;
        }
    }
    if why.is_cut {
        output.dim("and more")?;
    }
    Ok(())
}
