//! Request lines in, answer lines out.

use std::io::{self, BufRead, Write};

use ai_lab_contract::{ActionName, Answer, CONTRACT, Context, Request};
use serde_json::{Map, Value};

use crate::failure::Refusal;
use crate::lines::{Line, read_line};
use crate::{Actions, Log, ToolContext, ToolFailure, panics};

/// The longest request line, in bytes. Stops a flood from filling the memory.
pub const REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// Answers every line of `input` with one line on `output`, until the input ends.
///
/// One call a process and many calls a process are the same: the framework ends the input after the first
/// line, or does not. Every line gets an answer, also one that is no request. Fails only if reading or
/// writing does.
pub fn serve_lines(
    actions: &Actions,
    input: &mut impl BufRead,
    output: &mut impl Write,
    log: &Log,
) -> io::Result<()> {
    while let Some(line) = read_line(input, REQUEST_BYTES)? {
        let answer = match parse_line(line) {
            Ok(request) => answer(actions, request, log),
            Err(refusal) => Answer::error(ToolFailure::from(refusal).into_error()),
        };
        write_answer(output, &answer)?;
    }
    Ok(())
}

/// The request of a call that no framework sends.
pub(crate) fn made_up(action: ActionName, input: Value) -> Request {
    let by_hand = "by-hand";
    Request {
        contract: CONTRACT,
        execution_id: by_hand.parse().expect("because it is letters and a dash"),
        correlation_id: by_hand.parse().expect("because it is letters and a dash"),
        action,
        input,
        config: Map::new(),
        context: Context::default(),
    }
}

/// Answers one request.
pub(crate) fn answer(actions: &Actions, request: Request, log: &Log) -> Answer {
    let (context, input) = ToolContext::of(request, log.clone());
    let outcome = match actions.get(context.action().as_str()) {
        Some(action) => panics::contained(|| action.call(input, &context)),
        None => Err(Refusal::Action(context.action().as_str().to_owned(), actions.names()).into()),
    };
    context.into_answer(outcome)
}

/// Writes the line in one write and flushes it.
pub(crate) fn write_answer(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer).expect("because an answer holds nothing but JSON");
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}

/// Reads a request. The version comes first: a newer request may have a shape of its own.
fn parse_line(line: Line) -> Result<Request, Refusal> {
    let line = match line {
        Line::Whole(line) => line,
        Line::TooLong => return Err(Refusal::TooLarge(REQUEST_BYTES)),
    };
    let value: Value =
        serde_json::from_slice(&line).map_err(|e| Refusal::Malformed(e.to_string()))?;
    match value.get("contract").and_then(Value::as_u64) {
        Some(given) if given != u64::from(CONTRACT) => Err(Refusal::Contract(given)),
        Some(_) => serde_json::from_value(value).map_err(|e| Refusal::Malformed(e.to_string())),
        None => Err(Refusal::Malformed("`contract` is missing".to_owned())),
    }
}

#[cfg(test)]
mod tests;
