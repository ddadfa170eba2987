//! Takes secrets out of what came of a run, before anything of it is written or answered.

use ai_lab_contract::Answer;
use alf_runtime::RunReport;
use alf_secrets::Redactor;

use super::ExecutionError;
use super::record::Attempt;

/// A report whose standard error holds no secret: before it is cut into lines, a secret of several lines is whole.
pub(super) fn of_log(redactor: &Redactor, mut report: RunReport) -> RunReport {
    if redactor.is_idle() {
        return report;
    }
    let is_whole = report.log_bytes <= report.log.len() as u64;
    if !is_whole {
        // What lies behind the limit was dropped, perhaps the rest of a secret.
        redactor.cut_end(&mut report.log);
    }
    report.log = redactor.bytes(&report.log).into_owned();
    if is_whole {
        // Nothing was dropped: a shorter log must not say so.
        report.log_bytes = report.log.len() as u64;
    }
    report
}

/// An attempt without secrets: data, error, hand-off, context, log, names of figures.
pub(super) fn of_attempt(redactor: &Redactor, mut attempt: Attempt) -> Attempt {
    if redactor.is_idle() {
        return attempt;
    }
    match &mut attempt.judged {
        Ok(answer) => of_answer(redactor, answer),
        Err(error) => of_error(redactor, error),
    }
    for line in &mut attempt.logs {
        redactor.string(&mut line.text);
    }
    for metric in &mut attempt.metrics {
        redactor.string(&mut metric.name);
        redactor.string(&mut metric.unit);
    }
    attempt
}

fn of_answer(redactor: &Redactor, answer: &mut Answer) {
    if let Some(data) = &mut answer.data {
        redactor.value(data);
    }
    if let Some(patch) = &mut answer.context_patch {
        redactor.object(patch);
    }
    if let Some(handoff) = &mut answer.handoff {
        redactor.value(&mut handoff.input);
    }
    for metric in &mut answer.metrics {
        redactor.string(&mut metric.name);
        redactor.string(&mut metric.unit);
    }
}

fn of_error(redactor: &Redactor, error: &mut ExecutionError) {
    redactor.string(&mut error.kind);
    redactor.string(&mut error.message);
    redactor.value(&mut error.detail);
}
