//! What a run means: its report becomes data or one named error.

use ai_lab_contract::{Answer, ErrorClass, Outcome};
use alf_runtime::{Exit, RunReport, Stop};
use alf_schema::{CompiledSchema, Violation, strict_json};
use alf_secrets::HandOverRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::logs::cut;

/// How many violations an error's detail names; the message names the first.
const DETAILED: usize = 8;

/// Why an execution gave no data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionError {
    /// The row of the failure table.
    pub class: ErrorClass,
    /// The tool's own word for it, or the class's.
    pub kind: String,
    /// What failed and why, for a person.
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Anything a program may want to branch on.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

impl ExecutionError {
    /// An error in the framework's own words.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            kind: class.as_str().to_owned(),
            message: cut(message.into()),
            retryable: class.is_retryable(),
            detail: Value::Null,
        }
    }

    /// A secret that the tool asks for and does not get.
    pub(crate) fn of_secret(refused: &HandOverRefused) -> Self {
        let next = refused.next_command();
        Self {
            detail: json!({ "secret": refused.secret, "next": next }),
            ..Self::new(ErrorClass::Refused, format!("{refused}; next: `{next}`"))
        }
    }

    /// An error about a value that does not fit its schema.
    pub(crate) fn of_violations(class: ErrorClass, what: &str, violations: &[Violation]) -> Self {
        let first = violations.first().map_or(String::new(), |violation| {
            let place = if violation.pointer.is_empty() {
                ""
            } else {
                " at "
            };
            let nearest = violation
                .nearest
                .as_ref()
                .map_or(String::new(), |n| format!("; did you mean `{n}`"));
            format!(
                "{place}{}: {}{nearest}",
                violation.pointer, violation.message
            )
        });
        let more = match violations.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        let shown = &violations[..violations.len().min(DETAILED)];
        Self {
            detail: json!({ "violations": shown }),
            ..Self::new(class, format!("{what}{first}{more}"))
        }
    }
}

/// Reads a run's report as the contract does.
///
/// What stopped the run comes before how it ended, and that before what it wrote: a tool that ends with another code
/// than 0 has crashed, whatever it said before.
pub(crate) fn judge(report: &RunReport, output: &CompiledSchema) -> Result<Answer, ExecutionError> {
    if let Some(stop) = &report.stop {
        return Err(stopped(stop));
    }
    match report.exit {
        Exit::Code(0) | Exit::Lives => {}
        Exit::Code(_) | Exit::Signal(_) | Exit::Never => return Err(crashed(report)),
    }
    read_result(&report.output, output)
}

/// Reads what a tool that ended well wrote: its answer with data that fits the action's output schema, or what it is
/// instead.
pub fn read_result(output: &[u8], schema: &CompiledSchema) -> Result<Answer, ExecutionError> {
    let answer = read_answer(output)?;
    match answer.outcome() {
        Err(shape) => Err(ExecutionError::new(
            ErrorClass::MalformedResult,
            shape.to_string(),
        )),
        Ok(Outcome::Error(error)) => Err(ExecutionError {
            class: ErrorClass::ToolFailed,
            kind: error.kind.clone(),
            message: error.message.clone(),
            retryable: error.retryable,
            detail: error.detail.clone(),
        }),
        Ok(Outcome::Data(data)) => {
            let violations = schema.check(data);
            if violations.is_empty() {
                return Ok(answer);
            }
            let what = "the tool's data does not fit its output schema";
            Err(ExecutionError::of_violations(
                ErrorClass::InvalidOutput,
                what,
                &violations,
            ))
        }
    }
}

fn stopped(stop: &Stop) -> ExecutionError {
    match stop {
        Stop::Timeout => ExecutionError::new(
            ErrorClass::Timeout,
            "the tool was still running at its time limit",
        ),
        Stop::OutputLimit => ExecutionError::new(
            ErrorClass::OutputLimit,
            "the tool wrote more than its output limit allows",
        ),
        Stop::Cancelled => ExecutionError::new(ErrorClass::Cancelled, "the call was withdrawn"),
        Stop::Failed { class, why } => ExecutionError::new(*class, why.clone()),
    }
}

fn crashed(report: &RunReport) -> ExecutionError {
    let how = match report.exit {
        Exit::Code(code) => format!("the tool ended with exit code {code}"),
        Exit::Signal(signal) => format!("the tool was ended by signal {signal}"),
        Exit::Lives | Exit::Never => "the tool did not run".to_owned(),
    };
    // The last thing it said is most often the reason.
    let last = String::from_utf8_lossy(&report.log);
    let last = last.lines().rev().find(|line| !line.trim().is_empty());
    let said = last.map_or(String::new(), |line| {
        let line: String = line
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        format!("; its last log line: {line}")
    });
    ExecutionError {
        detail: json!({ "exit": report.exit.to_string() }),
        ..ExecutionError::new(ErrorClass::Crashed, how + &said)
    }
}

fn read_answer(output: &[u8]) -> Result<Answer, ExecutionError> {
    if output.trim_ascii().is_empty() {
        return Err(ExecutionError::new(
            ErrorClass::NoResult,
            "the tool ended well and wrote no result line",
        ));
    }
    let malformed = |why: String| {
        let what = if output.contains(&b'\n') {
            "a line that is no result"
        } else {
            "half a line"
        };
        ExecutionError::new(
            ErrorClass::MalformedResult,
            format!("the tool wrote {what}: {why}"),
        )
    };
    let value = strict_json::parse(output).map_err(|error| malformed(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(output: &str, exit: Exit, stop: Option<Stop>) -> RunReport {
        RunReport {
            exit,
            stop,
            output: output.as_bytes().to_vec(),
            log: b"first\nno route to host\n\n".to_vec(),
            log_bytes: 24,
            left_behind: Vec::new(),
            artifacts: alf_sandbox::TakenArtifacts::default(),
            start_us: 0,
            run_us: 0,
        }
    }

    fn told(output: &str, exit: Exit, stop: Option<Stop>) -> Result<Value, (ErrorClass, String)> {
        let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
        let schema = CompiledSchema::compile(&schema).expect("a valid schema");
        judge(&report(output, exit, stop), &schema)
            .map(|answer| answer.data.unwrap_or_default())
            .map_err(|error| (error.class, error.message))
    }

    fn written(output: &str) -> Result<Value, (ErrorClass, String)> {
        told(output, Exit::Code(0), None)
    }

    #[test]
    fn a_result_line_is_data_or_the_tools_own_error() {
        assert_eq!(written("{\"data\":{\"n\":1}}\n"), Ok(json!({ "n": 1 })));
        assert_eq!(
            written("{\"data\":{}}"),
            Ok(json!({})),
            "the last newline may be missing"
        );
        assert_eq!(
            written("{\"error\":{\"kind\":\"busy\",\"message\":\"the router is busy\"}}\n"),
            Err((ErrorClass::ToolFailed, "the router is busy".into()))
        );
    }

    #[test]
    fn each_way_to_say_nothing_has_its_name() {
        let class = |output: &str| written(output).map_err(|(class, _)| class);
        assert_eq!(class(" \n"), Err(ErrorClass::NoResult));
        for malformed in [
            "{\"data\":",
            "hello\n",
            "{\"data\":1}\n{\"data\":2}\n",
            "{}\n",
            "[]\n",
            "{\"data\":NaN}\n",
        ] {
            assert_eq!(
                class(malformed),
                Err(ErrorClass::MalformedResult),
                "{malformed}"
            );
        }
        assert_eq!(
            class("{\"data\":{\"n\":\"one\"}}\n"),
            Err(ErrorClass::InvalidOutput)
        );
    }

    #[test]
    fn half_a_line_is_called_so() {
        let (_, message) = written("{\"data\":").expect_err("because it is cut");
        assert!(
            message.starts_with("the tool wrote half a line: "),
            "{message}"
        );
    }

    #[test]
    fn what_stopped_it_comes_before_how_it_ended_and_that_before_what_it_wrote() {
        let good = "{\"data\":{}}\n";
        assert_eq!(
            told(good, Exit::Signal(15), Some(Stop::Timeout)).map_err(|(class, _)| class),
            Err(ErrorClass::Timeout)
        );
        assert_eq!(
            told(good, Exit::Code(3), None),
            Err((
                ErrorClass::Crashed,
                "the tool ended with exit code 3; its last log line: no route to host".into()
            ))
        );
        let class = |stop| told("", Exit::Signal(9), Some(stop)).map_err(|(class, _)| class);
        assert_eq!(class(Stop::OutputLimit), Err(ErrorClass::OutputLimit));
        assert_eq!(class(Stop::Cancelled), Err(ErrorClass::Cancelled));
        assert_eq!(
            told("", Exit::Signal(11), None).map_err(|(class, _)| class),
            Err(ErrorClass::Crashed)
        );
    }
}
