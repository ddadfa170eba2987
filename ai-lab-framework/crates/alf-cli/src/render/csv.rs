//! Rows for a spreadsheet (RFC 4180), which must not take data for formulas.

use alf_store::Execution;

/// The columns of an execution.
pub(crate) const EXECUTION: [&str; 22] = [
    "execution_id",
    "correlation_id",
    "parent_id",
    "session_id",
    "tool",
    "tool_version",
    "action",
    "profile",
    "status",
    "error_class",
    "error_kind",
    "error_message",
    "attempt",
    "started_at_ms",
    "ended_at_ms",
    "queue_us",
    "start_us",
    "run_us",
    "client_name",
    "host",
    "input",
    "output",
];

/// An execution in these columns; empty for what there is not.
pub(crate) fn execution(execution: &Execution) -> [String; 22] {
    let start = &execution.start;
    let ended = execution.ended.as_ref();
    let error = ended.and_then(|ended| ended.error.as_ref());
    let text = |text: Option<String>| text.unwrap_or_default();
    let end = |of: fn(&alf_store::Ended) -> String| text(ended.map(of));
    [
        start.execution_id.to_string(),
        start.correlation_id.to_string(),
        text(start.parent_id.as_ref().map(ToString::to_string)),
        text(start.session_id.as_ref().map(ToString::to_string)),
        start.tool.to_string(),
        start.tool_version.clone(),
        start.action.to_string(),
        start.profile.to_string(),
        execution.status.as_str().to_owned(),
        text(error.map(|error| error.class.as_str().to_owned())),
        text(error.map(|error| error.kind.clone())),
        text(error.map(|error| error.message.clone())),
        start.attempt.to_string(),
        start.started_at_ms.to_string(),
        end(|ended| ended.ended_at_ms.to_string()),
        start.queue_us.to_string(),
        end(|ended| ended.start_us.to_string()),
        end(|ended| ended.run_us.to_string()),
        start.client_name.clone(),
        start.host.clone(),
        start.input.clone(),
        end(|ended| ended.output.clone().unwrap_or_default()),
    ]
}

/// One row. What a spreadsheet would take for a formula gets a `'` in front.
pub(crate) fn line<const N: usize>(cells: &[String; N]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",")
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guarded = if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        let cells = ["=1+1", "+1", "-1", "@a", "\t=1", "a=1", "", "a,\"b\"\nc"].map(str::to_owned);
        assert_eq!(
            line(&cells),
            "'=1+1,'+1,'-1,'@a,'\t=1,a=1,,\"a,\"\"b\"\"\nc\""
        );
    }
}
