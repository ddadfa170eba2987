//! `execution verify`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Framework, verify_executions};

use crate::output::{Ended, Output};
use crate::render::style::{BAD, GOOD, styled};

pub(crate) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let report = verify_executions(framework)?;
    if output.is_json() {
        output.say_json(&report)?;
    } else {
        for finding in &report.findings {
            output.say(format_args!("{} {finding}", styled(BAD, "✗")))?;
        }
        for finding in &report.outputs.findings {
            output.say(format_args!("{} {finding}", styled(BAD, "✗")))?;
        }
        if report.is_whole() {
            let (links, head) = (report.links, &report.head);
            output.say(format_args!(
                "{} {links} links, none touched; head {head}",
                styled(GOOD, "✓")
            ))?;
            if report.outputs.files > 0 {
                let files = report.outputs.files;
                output.note(format_args!("{files} kept outputs read back, none touched"))?;
            }
            if report.pruned.links > 0 {
                let (pruned, up_to) = (report.pruned.links, report.pruned.up_to);
                output.note(format_args!("{pruned} of them pruned, all up to {up_to}"))?;
            }
        }
    }
    Ok(if report.is_whole() {
        0
    } else {
        ErrorClass::Conflict.exit_code()
    })
}
