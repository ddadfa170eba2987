//! `ai-lab github webhook`

use lab_ops::github::{self, Receiver, Refusal, Secret, SyncRequest};

use super::line::{Clock, api, wire};
use super::sync::show;
use crate::context::Context;
use crate::failure::CommandError;

/// The commands of webhooks.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Serve(ServeArgs),
}

/// Listen on this machine for GitHub's webhooks, and look what changed when one rings
///
/// Listens on 127.0.0.1 alone; a proxy in front of it brings the network. The shared secret comes from
/// `AI_LAB_GITHUB_WEBHOOK_SECRET`. What a webhook says is not believed: it only makes the lab look for itself.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// The repository, where there is more than one: its label or owner/name.
    repo: Option<String>,

    /// The port; 0 takes any free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,

    /// End after so many rings.
    #[arg(long, value_name = "N")]
    rings: Option<u64>,
}

pub(super) fn run(command: Command, context: &mut Context<'_>) -> Result<(), CommandError> {
    match command {
        Command::Serve(args) => serve(&args, context),
    }
}

fn serve(args: &ServeArgs, context: &mut Context<'_>) -> Result<(), CommandError> {
    let name = "AI_LAB_GITHUB_WEBHOOK_SECRET";
    let secret = context.environment.text(name)?.and_then(Secret::new);
    let secret =
        secret.ok_or_else(|| CommandError::variable(name, &"it is empty: anybody could ring"))?;
    let request = SyncRequest {
        repo: args.repo.clone(),
        api: api(context)?,
        // Whoever rings makes the lab read; to write on GitHub is a person's to ask.
        most_writes: Some(0),
        ..SyncRequest::default()
    };
    let (lab, mut wire) = (context.lab()?, wire(context)?);
    let mut receiver = Receiver::bind(args.port, secret).map_err(CommandError::Output)?;
    let address = receiver.address().map_err(CommandError::Output)?;
    context
        .output
        .line(format!("listening on http://{address}"))?;
    context.output.flush()?;
    let clock = Clock::from(context.by()?.at);
    let mut rings = 0;
    while args.rings.is_none_or(|most| rings < most) {
        match receiver.hear_next().map_err(CommandError::Output)? {
            Ok(delivery) => {
                rings += 1;
                context.output.line(format!("{} rang", delivery.event))?;
                let at = lab_ops::github::Pace::now(&clock);
                let mut pace = Clock::from(at);
                match github::sync(&lab, at, &request, &mut wire, &mut pace) {
                    Ok(report) => show(&report, context.output)?,
                    // The next ring tries again.
                    Err(error) => context.output.show_error(&error.into()),
                }
            }
            Err(Refusal::Again) => {}
            Err(refusal) => context
                .output
                .dim(&format!("refused a caller: {refusal}"))?,
        }
        context.output.flush()?;
    }
    Ok(())
}
