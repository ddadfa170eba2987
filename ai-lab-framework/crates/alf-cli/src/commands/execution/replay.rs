//! `execution replay`.

use std::os::fd::AsFd as _;

use ai_lab_contract::ErrorClass;
use alf_ops::{
    Answered, Difference, Failure, Framework, Likeness, Replay, ReplayMode, ReplayRequest,
    replay_execution,
};
use clap::Args;
use serde_json::Value;

use crate::commands::tool::run::ctrl_c;
use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HEAD, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The execution's id, or its beginning
    id: String,
    #[command(flatten)]
    how: How,
    /// Say that you mean --live
    #[arg(long, requires = "live")]
    yes: bool,
    /// For an action that may destroy something: the execution's whole id once more
    #[arg(long, value_name = "ID", requires = "live")]
    repeat: Option<String>,
    /// A place of the answer that differs from run to run: a JSON Pointer, `*` for any key or place
    #[arg(long, value_name = "POINTER")]
    volatile: Vec<String>,
}

/// How the call is made once more.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct How {
    /// Run nothing: judge the recorded answer by today's schemas (default)
    #[arg(long)]
    mock: bool,
    /// Run it again, if its action only reads
    #[arg(long)]
    dry: bool,
    /// Run it again for real
    #[arg(long)]
    live: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let mode = match self.how {
            How { live: true, .. } => ReplayMode::Live,
            How { dry: true, .. } => ReplayMode::Dry,
            How { .. } => ReplayMode::Mock,
        };
        if mode == ReplayMode::Live && !self.yes {
            let told = "a live replay runs the call again for real";
            let failure = Failure::new(ErrorClass::Refused, told);
            return Err(failure
                .with_hint("Say that you mean it: --live --yes")
                .into());
        }
        let request = ReplayRequest {
            id: self.id,
            mode,
            repeated_id: self.repeat,
            volatile: self.volatile,
        };
        let replay = replay_execution(framework, &request, Some(ctrl_c()?.as_fd()))?;
        if output.is_json() {
            output.say_json(&replay)?;
        } else {
            for line in lines(&replay) {
                output.say(line)?;
            }
        }
        Ok(replay.exit_code())
    }
}

fn lines(replay: &Replay) -> Vec<String> {
    let likeness = replay.comparison.likeness;
    let style = match likeness {
        Likeness::Same | Likeness::Cosmetic | Likeness::Fixed => GOOD,
        Likeness::Changed => WARN,
        Likeness::NewError => BAD,
    };
    let how = match (&replay.replayed_as, replay.mode) {
        (Some(id), _) => format!("ran again as {id}"),
        (None, ReplayMode::Mock | ReplayMode::Dry | ReplayMode::Live) => "nothing ran".to_owned(),
    };
    let mut lines = vec![format!(
        "{} {}",
        styled(style, likeness.as_str()),
        styled(FAINT, how)
    )];
    if likeness != Likeness::Same {
        for (when, answered) in [("then", &replay.old), ("now", &replay.new)] {
            if let Answered::Error { class, message, .. } = answered {
                let class = class.as_str();
                lines.push(format!("  {when}: {class}: {}", harmless(message)));
            }
        }
    }
    lines.extend(replay.comparison.differences.iter().map(difference));
    if replay.comparison.more > 0 {
        lines.push(format!("  and {} more", replay.comparison.more));
    }
    if !replay.moved.is_empty() {
        lines.push(styled(HEAD, "what it rests on has changed"));
    }
    for moved in &replay.moved {
        let (old, new) = (harmless(&moved.old), harmless(&moved.new));
        lines.push(format!("  {}: {old} → {new}", moved.what.replace('_', " ")));
    }
    lines
}

pub(super) fn difference(difference: &Difference) -> String {
    let told = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or("nothing".to_owned(), |value| harmless(&value.to_string()))
    };
    let place = match difference.pointer.as_str() {
        "" => "the answer".to_owned(),
        pointer => harmless(pointer),
    };
    let text = format!(
        "  {place}: {} → {}",
        told(&difference.old),
        told(&difference.new)
    );
    if difference.cosmetic {
        styled(FAINT, text)
    } else {
        text
    }
}
