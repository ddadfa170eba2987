//! Mistakes in the TOML itself; of doubled keys, also where the first one is.

use toml::de::Error;

use crate::place::position;
use crate::{Finding, FindingCode, Label};

/// What is wrong with the TOML itself.
pub(crate) struct Mistakes {
    pub(crate) findings: Vec<Finding>,
    /// Whether all that could be read is as it was meant: only single keys are doubled.
    pub(crate) rest_stands: bool,
}

/// Words the mistakes of the TOML parser, in their order, up to the first after which it only guesses.
pub(crate) fn explain_all(text: &str, errors: &[Error]) -> Mistakes {
    let mut doubled_headers = Vec::new();
    let mut mistakes = Mistakes {
        findings: Vec::new(),
        rest_stands: true,
    };
    for error in errors {
        let finding = explain(text, error);
        if finding.code != FindingCode::Duplicate {
            mistakes.rest_stands = false;
            mistakes.findings.push(finding);
            break;
        }
        let lines: Vec<&str> = text.lines().take(finding.line).collect();
        let header_line = lines.iter().rposition(|line| header(line).is_some());
        if header_line == Some(finding.line - 1) {
            mistakes.rest_stands = false;
            doubled_headers.push(header_line);
        } else if doubled_headers.contains(&header_line) {
            // The keys of a doubled table are doubled with it.
            continue;
        }
        mistakes.findings.push(finding);
    }
    mistakes
}

/// Words one mistake of the TOML parser.
fn explain(text: &str, error: &Error) -> Finding {
    let span = error.span().unwrap_or(0..0);
    if error.message() != "duplicate key" {
        let message = if error.message().contains("recurse") {
            "the TOML nests too deep".to_owned()
        } else {
            format!("no TOML: {}", error.message())
        };
        return Finding::error(FindingCode::Syntax, message, text, span);
    }
    let (line, _) = position(text, span.start);
    let doubled = text.lines().nth(line - 1).unwrap_or_default();
    let key = text.get(span.clone()).unwrap_or_default();
    let message = match header(doubled) {
        Some(path) => match path.strip_prefix("actions.") {
            Some(action) if !action.contains('.') => {
                format!("the action `{}` is there twice", action.escape_debug())
            }
            Some(_) | None => format!("the table `[{}]` is there twice", path.escape_debug()),
        },
        None => format!("the key `{}` is there twice", key.escape_debug()),
    };
    let mut finding = Finding::error(FindingCode::Duplicate, message, text, span);
    if let Some(first) = first_place(text, line) {
        finding.help = Some(format!("The first one is on line {}.", first.line));
        finding.also = Some(first);
    }
    finding
}

/// The path in a table's header, without spaces: `actions.host` of `[ actions . host ]`.
fn header(line: &str) -> Option<String> {
    let path = line.trim_start().strip_prefix('[')?.split(']').next()?;
    Some(
        path.chars()
            .filter(|c| !c.is_whitespace() && *c != '[')
            .collect(),
    )
}

/// The name before the `=`, without spaces.
fn assigned(line: &str) -> Option<String> {
    let (name, _) = line.split_once('=')?;
    Some(name.chars().filter(|c| !c.is_whitespace()).collect())
}

/// Looks for the same header anywhere before, or the same key in the same table.
fn first_place(text: &str, line: usize) -> Option<Label> {
    let lines: Vec<&str> = text.split_inclusive('\n').take(line).collect();
    let (doubled, before) = lines.split_last()?;
    let found = if let Some(path) = header(doubled) {
        let same = |line: &&str| header(line).as_ref() == Some(&path);
        before.iter().position(same)?
    } else {
        let name = assigned(doubled)?;
        let table_start = before.iter().rposition(|line| header(line).is_some());
        let table_start = table_start.unwrap_or(0);
        let same = |line: &&str| assigned(line).as_ref() == Some(&name);
        table_start + before[table_start..].iter().position(same)?
    };
    let start: usize = lines[..found].iter().map(|line| line.len()).sum();
    let content = lines[found].trim_end();
    let indent = content.len() - content.trim_start().len();
    Some(Label {
        text: "the first one".to_owned(),
        span: start + indent..start + content.len(),
        line: found + 1,
    })
}
