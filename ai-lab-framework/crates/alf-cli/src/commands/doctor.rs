//! `doctor`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Framework, Health, examine};

use crate::output::{Ended, Output};
use crate::render::style::{BAD, GOOD, HINT, WARN, harmless, styled};

pub(crate) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let diagnosis = examine(framework);
    if output.is_json() {
        output.say_json(&diagnosis)?;
    } else {
        for check in &diagnosis.checks {
            let mark = match check.health {
                Health::Well => styled(GOOD, "✓"),
                Health::Doubtful => styled(WARN, "!"),
                Health::Broken => styled(BAD, "✗"),
            };
            let seen = harmless(&check.seen);
            output.say(format_args!("{mark} {:<11} {seen}", check.what))?;
            if let Some(hint) = &check.hint {
                output.say(format_args!(
                    "  {:<11} {}",
                    "",
                    styled(HINT, harmless(hint))
                ))?;
            }
        }
    }
    Ok(match diagnosis.health {
        Health::Well | Health::Doubtful => 0,
        Health::Broken => ErrorClass::Environment.exit_code(),
    })
}
