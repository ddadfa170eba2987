//! Executions to record.

use ai_lab_contract::{ErrorClass, ExecutionId, Metric, Profile};

use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart, Owner, RecordedError};
use crate::log::{LogLevel, LogLine};

/// The id `e-NUMBER`, of eight digits so that ids sort by their number.
///
/// # Panics
///
/// Never: such an id holds to its rule.
pub fn id(number: u32) -> ExecutionId {
    let text = format!("e-{number:08}");
    text.parse()
        .expect("because letters, digits and `-` make an id")
}

/// A start with every field set to something of its own; `number` decides id, time and owner.
///
/// # Panics
///
/// Never: the names hold to their rules.
pub fn started(number: u32) -> ExecutionStart {
    let name = "because the name holds to its rule";
    ExecutionStart {
        execution_id: id(number),
        correlation_id: "work-1".parse().expect(name),
        parent_id: None,
        session_id: None,
        idempotency_key: None,
        tool: "fritzbox".parse().expect(name),
        tool_version: "1.2.3".to_owned(),
        tool_digest: "sha256:70".to_owned(),
        action: "devices".parse().expect(name),
        profile: Profile::Standard,
        framework_version: "0.1.0".to_owned(),
        framework_digest: "sha256:f0".to_owned(),
        policy_digest: "sha256:90".to_owned(),
        configuration_digest: "sha256:c0".to_owned(),
        sandbox: "full".to_owned(),
        client_name: "opencode".to_owned(),
        client_version: "1.0".to_owned(),
        protocol_version: "2025-06-18".to_owned(),
        host: "homeserver".to_owned(),
        owner: Owner {
            pid: 4000 + number,
            start_ticks: 77,
            boot_id: "b0".to_owned(),
        },
        attempt: 1,
        input: r#"{"name":"Küche \u0000 \"x\""}"#.to_owned(),
        started_at_ms: 1_700_000_000_000 + i64::from(number),
        queue_us: 5,
    }
}

/// An end that fits [`started`], with two log lines and a metric.
pub fn ended(number: u32, status: EndStatus) -> ExecutionEnd {
    let at_ms = 1_700_000_000_100 + i64::from(number);
    let error = match status {
        EndStatus::Succeeded => None,
        EndStatus::Failed | EndStatus::Interrupted => Some(RecordedError {
            class: ErrorClass::ToolFailed,
            kind: "router_unreachable".to_owned(),
            message: "no route".to_owned(),
            retryable: true,
            detail: r#"{"host":"fritz.box"}"#.to_owned(),
        }),
    };
    ExecutionEnd {
        execution_id: id(number),
        status,
        answered: None,
        output: error.is_none().then(|| r#"{"devices":[]}"#.to_owned()),
        error,
        output_bytes: 14,
        log_bytes: 9,
        exit: "exit 0".to_owned(),
        ended_at_ms: at_ms,
        start_us: 900,
        run_us: 1000 + u64::from(number),
        record_us: 40,
        logs: vec![
            line(at_ms - 2, LogLevel::Info, "asking"),
            line(at_ms - 1, LogLevel::Warn, "slow"),
        ],
        metrics: vec![Metric {
            name: "rows".to_owned(),
            value: f64::from(number),
            unit: String::new(),
        }],
    }
}

/// A log line.
pub(super) fn line(at_ms: i64, level: LogLevel, text: &str) -> LogLine {
    LogLine {
        at_ms,
        level,
        text: text.to_owned(),
    }
}
