//! Executions as spans in OpenTelemetry's JSON form (OTLP 1.0, `ExportTraceServiceRequest`).

use ai_lab_contract::ExecutionId;
use alf_policy::Digest;
use alf_store::{Execution, Status};
use serde_json::{Value, json};

use crate::framework::FRAMEWORK_VERSION;

/// Hexadecimal digits of a trace's id: 16 bytes.
const TRACE_DIGITS: usize = 32;

/// Hexadecimal digits of a span's id: 8 bytes.
const SPAN_DIGITS: usize = 16;

/// `SpanKind` `INTERNAL` of the protocol.
const INTERNAL: u8 = 1;

/// `StatusCode` `OK` and `ERROR` of the protocol.
const OK: u8 = 1;
const ERROR: u8 = 2;

/// One request with a span for each execution that has ended: a line for a collector's OTLP JSON file receiver, a body
/// for `/v1/traces`. `None` where none has ended.
///
/// A piece of work is a trace. Inputs and outputs are left out.
pub fn trace_request(executions: &[Execution]) -> Option<Value> {
    let spans: Vec<Value> = executions.iter().filter_map(span).collect();
    let host = &executions.first()?.start.host;
    (!spans.is_empty()).then(|| {
        json!({ "resourceSpans": [{
            "resource": { "attributes": [
                text("service.name", "ai-lab-framework"),
                text("service.version", FRAMEWORK_VERSION),
                text("host.name", host),
            ]},
            "scopeSpans": [{ "scope": { "name": "ai-lab-framework" }, "spans": spans }],
        }]})
    })
}

fn span(execution: &Execution) -> Option<Value> {
    let (start, ended) = (&execution.start, execution.ended.as_ref()?);
    let status = match execution.status {
        Status::Succeeded => json!({ "code": OK }),
        Status::Failed | Status::Interrupted | Status::Started => {
            let why = ended.error.as_ref().map_or("", |error| &error.message);
            json!({ "code": ERROR, "message": why })
        }
    };
    let mut span = json!({
        "traceId": trace_id(start.correlation_id.as_str()),
        "spanId": span_id(&start.execution_id),
        "name": format!("execute_tool {}.{}", start.tool, start.action),
        "kind": INTERNAL,
        "startTimeUnixNano": nanoseconds(start.started_at_ms),
        // Never before its start, whatever the clock did meanwhile.
        "endTimeUnixNano": nanoseconds(ended.ended_at_ms.max(start.started_at_ms)),
        "attributes": attributes(execution),
        "status": status,
    });
    if let Some(parent) = &start.parent_id {
        span["parentSpanId"] = span_id(parent).into();
    }
    Some(span)
}

/// Names of OpenTelemetry's conventions where there are such; the rest are ours.
fn attributes(execution: &Execution) -> Vec<Value> {
    let start = &execution.start;
    let mut attributes = vec![
        text("gen_ai.operation.name", "execute_tool"),
        text(
            "gen_ai.tool.name",
            &format!("{}.{}", start.tool, start.action),
        ),
        text("ai_lab.execution.id", start.execution_id.as_str()),
        text("ai_lab.tool.version", &start.tool_version),
        text("ai_lab.profile", start.profile.as_str()),
        text("ai_lab.sandbox", &start.sandbox),
        json!({ "key": "ai_lab.attempt", "value": { "intValue": start.attempt.to_string() } }),
        text("ai_lab.client.name", &start.client_name),
    ];
    if let Some(session) = &start.session_id {
        attributes.push(text("session.id", session.as_str()));
    }
    let error = execution
        .ended
        .as_ref()
        .and_then(|ended| ended.error.as_ref());
    if let Some(error) = error {
        attributes.push(text("error.type", error.class.as_str()));
    }
    attributes
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// The protocol has 64-bit numbers as texts.
fn nanoseconds(ms: i64) -> String {
    (i128::from(ms.max(0)) * 1_000_000).to_string()
}

/// A UUID as it is; for any other id the beginning of its digest.
fn digits(id: &str) -> String {
    let bare = id.replace('-', "");
    if bare.len() == TRACE_DIGITS && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return bare.to_ascii_lowercase();
    }
    let digest = Digest::of(id.as_bytes());
    let digits = digest.as_str().trim_start_matches("sha256:");
    digits[..TRACE_DIGITS].to_owned()
}

fn trace_id(correlation: &str) -> String {
    digits(correlation)
}

/// The end of a UUID, which is its random part.
fn span_id(execution: &ExecutionId) -> String {
    digits(execution.as_str()).split_off(TRACE_DIGITS - SPAN_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_becomes_one_of_the_right_length() {
        let uuid = "01A206A3-da63-71b6-b628-7738ae05aa32";
        assert_eq!(trace_id(uuid), "01a206a3da6371b6b6287738ae05aa32");
        let execution: ExecutionId = uuid.to_ascii_lowercase().parse().expect("an id");
        assert_eq!(span_id(&execution), "b6287738ae05aa32");
        assert_eq!(trace_id("weekend"), trace_id("weekend"));
        assert_eq!(trace_id("weekend").len(), TRACE_DIGITS);
        assert_ne!(trace_id("weekend"), trace_id("weekday"));
    }

    #[test]
    fn a_time_is_in_nanoseconds_and_never_before_the_epoch() {
        assert_eq!(nanoseconds(1_795_399_200_123), "1795399200123000000");
        assert_eq!(nanoseconds(-5), "0");
    }
}
