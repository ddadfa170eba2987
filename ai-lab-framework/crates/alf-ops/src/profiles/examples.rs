//! Runs the marked examples of a README: calls of the tool itself, as a person would type them.

use alf_catalog::FoundTool;
use alf_profiles::Document;
use alf_schema::strict_json;
use serde_json::{Map, Value};

use super::gather::{error_of, told};
use crate::framework::Framework;
use crate::run_tool::{Call, run_tool};

/// How an example that is run begins.
const COMMAND: [&str; 3] = ["ai-lab-framework", "tool", "run"];

/// How many examples are run. Stops a README from being a load test.
const MOST: usize = 32;

/// Calls each example and says how it ended. Lines without a `$` in front are what the example prints, unless they
/// are a call.
pub(super) fn run_examples(
    framework: &Framework,
    found: &FoundTool,
    document: &Document,
) -> Vec<(String, Result<(), String>)> {
    let lines = document.examples.iter().flat_map(|example| &example.lines);
    lines
        .filter_map(|line| typed(line))
        .take(MOST)
        .map(|line| (line.to_owned(), run_line(framework, found, line)))
        .collect()
}

fn typed(line: &str) -> Option<&str> {
    let line = line.trim();
    match line.strip_prefix("$ ") {
        Some(command) => Some(command.trim()),
        None => line.starts_with("ai-lab-framework ").then_some(line),
    }
}

fn run_line(framework: &Framework, found: &FoundTool, line: &str) -> Result<(), String> {
    let call = call_of(found, line)?;
    let completed = run_tool(framework, &call, None).map_err(|failure| told(&failure))?;
    match error_of(&completed) {
        None => Ok(()),
        Some((class, message)) => Err(format!("{message} ({})", class.as_str())),
    }
}

/// The call that a line makes: an action of this tool, with `--input JSON` or `KEY=VALUE` fields.
fn call_of(found: &FoundTool, line: &str) -> Result<Call, String> {
    let words = words(line)?;
    let other = || "only `ai-lab-framework tool run` of this tool is run from a README".to_owned();
    let rest = words
        .get(COMMAND.len()..)
        .filter(|_| words[..COMMAND.len()] == COMMAND);
    let (address, rest) = rest.and_then(<[String]>::split_first).ok_or_else(other)?;
    let (tool, action) = address.split_once('.').ok_or_else(other)?;
    if tool != found.manifest.name.as_str() {
        return Err(other());
    }
    let mut input = Value::Object(Map::new());
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if word == "--input" || word == "-i" {
            let text = rest.next().ok_or("--input without a value")?;
            input = strict_json::parse(text.as_bytes()).map_err(|error| error.to_string())?;
        } else if word.starts_with('-') {
            return Err(format!("the argument {word} is not understood in a README"));
        } else {
            let (key, text) = word
                .split_once('=')
                .ok_or("neither KEY=VALUE nor --input")?;
            let value = strict_json::parse(text.as_bytes()).unwrap_or_else(|_| text.into());
            input[key] = value;
        }
    }
    Ok(Call {
        tool: found.manifest.name.clone(),
        action: action.parse().map_err(|error| format!("{error}"))?,
        input,
        session: None,
        correlation: None,
        patience: None,
        config: Map::new(),
        repeats: None,
        client: None,
        execution_id: None,
    })
}

/// The words of a line with single and double quotes; nothing is expanded.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (Some(_) | None, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_a_shell_would_hand_over() {
        let line = r#"tool run a.b --input '{"name": "Ada"}' text="two words" empty="#;
        let expected = [
            "tool",
            "run",
            "a.b",
            "--input",
            r#"{"name": "Ada"}"#,
            "text=two words",
            "empty=",
        ];
        assert_eq!(words(line), Ok(expected.map(str::to_owned).to_vec()));
        assert_eq!(
            words("an 'open quote"),
            Err("a quote is not closed".to_owned())
        );
        assert_eq!(words("'' x"), Ok(vec![String::new(), "x".to_owned()]));
    }

    #[test]
    fn what_an_example_prints_is_not_typed() {
        assert_eq!(
            typed("$ ai-lab-framework tool run a.b"),
            Some("ai-lab-framework tool run a.b")
        );
        assert_eq!(
            typed("  ai-lab-framework tool run a.b"),
            Some("ai-lab-framework tool run a.b")
        );
        assert_eq!(typed("text  Hello."), None);
    }
}
