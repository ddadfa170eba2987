//! `execution compare`.

use std::os::fd::AsFd as _;
use std::path::PathBuf;

use alf_ops::{ComparisonRequest, Framework, Likeness, MOST_COMPARED, UnderBoth, compare_under};
use clap::Args;

use super::replay::difference;
use crate::commands::tool::run::ctrl_c;
use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The program of the other release
    #[arg(long, value_name = "PROGRAM")]
    under: PathBuf,
    /// At most so many calls, the newest first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_COMPARED)))]
    last: u32,
    /// Only calls of so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let request = ComparisonRequest {
            under: self.under.canonicalize().unwrap_or(self.under),
            last: self.last,
            days: self.days,
        };
        let mut told = Ok(());
        let compared = compare_under(
            framework,
            &request,
            Some(ctrl_c()?.as_fd()),
            &mut |number, count, name| {
                told = output.note(format_args!("{number}/{count} {name}"));
            },
        )?;
        told?;
        if output.is_json() {
            output.say_json(&compared)?;
        } else {
            for line in lines(&compared) {
                output.say(line)?;
            }
        }
        Ok(compared.exit_code())
    }
}

fn lines(compared: &UnderBoth) -> Vec<String> {
    let mut lines = Vec::new();
    for call in &compared.executions {
        let style = match call.outcome {
            Likeness::Same | Likeness::Cosmetic | Likeness::Fixed => GOOD,
            Likeness::Changed => WARN,
            Likeness::NewError => BAD,
        };
        let outcome = styled(style, format!("{:<9}", call.outcome.as_str()));
        let id = styled(FAINT, &call.execution_id);
        lines.push(format!("{outcome} {}.{}  {id}", call.tool, call.action));
        if call.outcome == Likeness::Changed {
            lines.extend(call.comparison.differences.iter().map(difference));
        }
    }
    for passed in &compared.passed_over {
        let why = harmless(&passed.why);
        let line = format!("not run   {}.{}: {why}", passed.tool, passed.action);
        lines.push(styled(FAINT, line));
    }
    let outcomes = [
        Likeness::Same,
        Likeness::Cosmetic,
        Likeness::Fixed,
        Likeness::Changed,
        Likeness::NewError,
    ];
    let counts =
        outcomes.map(|outcome| format!("{} {}", compared.count(outcome), outcome.as_str()));
    lines.push(counts.join(", "));
    lines
}
