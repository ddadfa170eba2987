//! What updates need to know of this machine, and how their reports are shown.

use std::path::PathBuf;

use lab_ops::framework::{
    FrameworkError, Here, Outcome, Report, UpdateError, UpdatePhase, is_left_over, recover,
};
use lab_ops::{Lab, Places};

use crate::commands::tool::places;
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::{Output, Progress, one_line};

/// Folders and places, read from the environment once.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    home: PathBuf,
    units: PathBuf,
    places: Places<'a>,
}

impl<'a> Ground<'a> {
    /// Of this process.
    pub(crate) fn of(context: &Context<'a>) -> Result<Self, CommandError> {
        Ok(Self {
            home: context.environment.framework_home()?,
            units: context.environment.units()?,
            places: places(context)?,
        })
    }

    /// The same as operations take it, with a clock that goes on.
    pub(crate) fn with<R>(
        &self,
        context: &Context<'_>,
        act: impl FnOnce(&Here<'_>) -> R,
    ) -> Result<R, CommandError> {
        let environment = context.environment;
        let at = environment.now()?;
        let clock = || {
            environment
                .this_moment()
                .map_or(at.ms(), lab_model::Moment::ms)
        };
        Ok(act(&Here {
            places: self.places,
            home: &self.home,
            units: &self.units,
            at,
            clock: &clock,
        }))
    }
}

/// Carries to its end an update that a kill left in the middle, before anything of the lab is opened. The command that was
/// asked for runs in any case: the tracker's data is whole at any moment.
pub(crate) fn recover_first(context: &Context<'_>, lab: &Lab) {
    let told = match is_left_over(lab) {
        None => return,
        Some(UpdatePhase::SafeMode) => {
            "neither the new nor the old release of the framework was healthy: the tracker works, tools do not; \
             `ai-lab update --recover` looks again"
                .to_owned()
        }
        Some(_) => {
            let ended_as = Ground::of(context).and_then(|ground| {
                ground.with(context, |here| recover(lab, here, &mut Progress, false))
            });
            match ended_as {
                // Whoever is at work tells how it ends.
                Ok(Ok(None) | Err(FrameworkError::Update(UpdateError::Busy))) => return,
                Ok(Ok(Some(report))) => format!("an update was cut short: {}", ended(&report)),
                Ok(Err(error)) => not_ended(&error.into()),
                Err(error) => not_ended(&error),
            }
        }
    };
    context.notices.tell(told);
}

fn not_ended(error: &CommandError) -> String {
    let why = error.messages().join(": ");
    format!("an update was cut short and could not be ended: {why}")
}

/// How it ended, in one line.
fn ended(report: &Report) -> String {
    let to = report.to.as_ref().or(report.from.as_ref());
    let to = to.map_or("a release", String::as_str);
    match report.outcome {
        Outcome::Unchanged => format!("{to} stays in force"),
        Outcome::Planned => format!("{to} would be brought in force"),
        Outcome::Locked => format!("ai-lab.lock has {to}"),
        Outcome::Rehearsed => format!("nothing speaks against {to}; nothing was changed"),
        Outcome::InForce => format!("{to} is in force"),
        Outcome::Abandoned => "it was given up; nothing was changed".to_owned(),
        Outcome::TakenBack => {
            let why = report.why.as_deref().unwrap_or("it was not healthy");
            format!("{to} was taken back: {why}")
        }
    }
}

/// Shows a report.
pub(crate) fn show(report: &Report, json: bool, output: &mut Output) -> Result<(), CommandError> {
    if json {
        return output.json(report);
    }
    output.line(ended(report))?;
    for change in &report.changes {
        output.line(format!("  - {}", one_line(change)))?;
    }
    for passed_over in &report.passed_over {
        output.line(format!("passed over: {}", one_line(passed_over)))?;
    }
    if let Some(why) = report
        .why
        .as_deref()
        .filter(|_| report.outcome == Outcome::Unchanged)
    {
        output.dim(why)?;
    }
    match (report.outcome, &report.from) {
        (Outcome::InForce, Some(from)) => {
            output.dim(&format!("{from} was; `ai-lab rollback` brings it back"))
        }
        (Outcome::Planned, _) => output.dim("nothing was changed"),
        (Outcome::Locked, _) => output.dim("`ai-lab framework install` brings it in force"),
        (
            Outcome::InForce
            | Outcome::Unchanged
            | Outcome::Rehearsed
            | Outcome::Abandoned
            | Outcome::TakenBack,
            _,
        ) => Ok(()),
    }
}
