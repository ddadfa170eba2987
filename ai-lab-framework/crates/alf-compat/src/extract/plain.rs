//! Files of lines: units of systemd, makefiles, YAML; and variables by their names.

use crate::contract::Area;
use crate::extract::shell;
use crate::grammar::Contracts;
use crate::promises::TOOL_VARIABLES;
use crate::uses::Uses;

/// What every variable of ours begins with.
const PREFIX: &str = "AI_LAB_";

/// Lines with where they begin. One that ends in a backslash goes on in the next.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            if !line.trim_end().ends_with('\\') {
                break;
            }
        }
        let start = at;
        at += end;
        Some((start, &rest[..end]))
    })
}

fn command(text: &str, start: usize, end: usize, contracts: Contracts<'_>, uses: &mut Uses) {
    for words in shell::words(text, start..end) {
        shell::call(&words, contracts, uses);
    }
}

/// `Exec…=` of a unit.
pub(super) fn unit(text: &str, contracts: Contracts<'_>, uses: &mut Uses) {
    for (start, line) in lines(text) {
        let Some((key, value)) = line
            .split_once('=')
            .filter(|(key, _)| key.trim().starts_with("Exec"))
        else {
            continue;
        };
        let marks = value.len()
            - value
                .trim_start_matches([' ', '@', '-', ':', '+', '!'])
                .len();
        let begin = start + key.len() + 1 + marks;
        command(text, begin, start + line.len(), contracts, uses);
    }
}

/// Recipes: what stands behind a tab, or four blanks.
pub(super) fn makefile(text: &str, contracts: Contracts<'_>, uses: &mut Uses) {
    for (start, line) in lines(text).filter(|(_, line)| line.starts_with(['\t', ' '])) {
        let marks = line.len() - line.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
        command(text, start + marks, start + line.len(), contracts, uses);
    }
}

/// Keys of YAML whose value is a command.
const COMMANDS: &[&str] = &[
    "run",
    "command",
    "script",
    "entrypoint",
    "cmd",
    "exec",
    "test",
    "args",
];

/// Lines of YAML as commands: behind a key that says so, and those without any.
pub(super) fn yaml(text: &str, contracts: Contracts<'_>, uses: &mut Uses) {
    for (start, line) in lines(text) {
        let mut rest = line.trim_start();
        rest = rest.strip_prefix("- ").unwrap_or(rest);
        if let Some((key, value)) = rest.split_once(": ")
            && key
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
        {
            if !COMMANDS.contains(&key) {
                continue;
            }
            rest = value;
        }
        let begin = start + line.len() - rest.len();
        command(text, begin, start + line.len(), contracts, uses);
    }
}

/// Every variable of ours that is named anywhere in a text.
pub(super) fn variables(text: &str, uses: &mut Uses) {
    let is_part = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    for (start, _) in text.match_indices(PREFIX) {
        let bytes = text.as_bytes();
        if start > 0 && is_part(bytes[start - 1]) {
            continue;
        }
        let length = bytes[start..].iter().take_while(|c| is_part(**c)).count();
        let name = &text[start..start + length];
        let is_tools = TOOL_VARIABLES.iter().any(|variable| variable.name == name);
        let area = if is_tools {
            Area::ToolEnvironment
        } else {
            Area::Environment
        };
        // A tool's variable may be one of a later version: then the other contract has it.
        uses.name(area, name, start..start + length, false);
    }
}
