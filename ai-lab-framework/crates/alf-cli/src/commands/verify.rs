//! `verify`.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_ops::{Framework, Look, PlaceReport, Selection, Voucher, verify_releases};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::{counted, micros};
use crate::render::style::{BAD, GOOD, HINT, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Read only what was touched since it was last found whole
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    which: Which,
}

/// Which releases of the store are meant.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Another lock than the one of this lab
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// A release of the store, by its folder's name [default: the one that the lab's lock names; without a lock, every one]
    #[arg(long, value_name = "NAME")]
    place: Option<String>,
}

impl From<Which> for Selection {
    fn from(which: Which) -> Self {
        Self {
            place: which.place,
            lock: which.lock,
        }
    }
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let verification = verify_releases(framework, &self.which.into(), self.quick)?;
        if output.is_json() {
            output.say_json(&verification)?;
        } else {
            for place in &verification.places {
                show(place, output)?;
            }
            if verification.places.is_empty() {
                output.note("no release is in the store")?;
            }
            if !verification.whole {
                let hint = "`ai-lab-framework repair` unpacks what was changed again.";
                output.note(format_args!("{} {hint}", styled(HINT, "hint:")))?;
            }
        }
        Ok(if verification.whole {
            0
        } else {
            ErrorClass::Integrity.exit_code()
        })
    }
}

fn show(place: &PlaceReport, output: &mut Output) -> std::io::Result<()> {
    if place.whole {
        let look = match place.look {
            Some(Look::Quick) => "untouched since the last full look",
            Some(Look::Full) | None => "every byte as it was signed",
        };
        let voucher = match place.vouched_by {
            Some(Voucher::Lock) => "the lab's lock",
            Some(Voucher::Signature) | None => "a trusted signature",
        };
        return output.say(format_args!(
            "{} {}: {}, {look} ({voucher}, {})",
            styled(GOOD, "✓"),
            place.name,
            counted(place.files, "file"),
            micros(place.took_us)
        ));
    }
    output.say(format_args!("{} {}", styled(BAD, "✗"), place.name))?;
    for difference in &place.differences {
        output.say(format_args!("  {}", harmless(&difference.to_string())))?;
    }
    match &place.problem {
        Some(problem) => output.say(format_args!("  {}", harmless(problem))),
        None => Ok(()),
    }
}
