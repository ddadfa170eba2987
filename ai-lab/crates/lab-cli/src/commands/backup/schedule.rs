//! `ai-lab backup schedule`

use lab_ops::backup::{Every, Schedule, schedule};

use crate::context::Context;
use crate::failure::CommandError;

/// Write a systemd timer of your own that makes and prunes backups
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How often.
    #[arg(long, value_enum, default_value_t = Often::Hour)]
    every: Often,

    /// Seal each to this public key (age1…).
    #[arg(long, value_name = "KEY")]
    seal_to: Option<String>,

    /// Only show the units.
    #[arg(long)]
    dry_run: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// How often.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Often {
    Hour,
    Day,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let asked = Schedule {
        every: match args.every {
            Often::Hour => Every::Hour,
            Often::Day => Every::Day,
        },
        key: args.seal_to.as_deref(),
        program: context.environment.program()?,
        units: &context.environment.units()?,
        carry_out: !args.dry_run,
    };
    let scheduled = schedule(&context.lab()?, &asked)?;
    if args.json {
        return context.output.json(&scheduled);
    }
    let output = &mut *context.output;
    for (path, text) in [
        (&scheduled.service, &scheduled.service_text),
        (&scheduled.timer, &scheduled.timer_text),
    ] {
        output.line(format!("# {}", path.display()))?;
        output.raw(text.as_bytes())?;
    }
    output.dim(&if scheduled.is_done {
        format!("written; `{}` switches it on", scheduled.next)
    } else {
        "nothing was written".to_owned()
    })
}
