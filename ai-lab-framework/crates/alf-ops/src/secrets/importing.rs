//! `secret import`: from variables and from a `.env` file.

use ai_lab_contract::{ErrorClass, SecretName};
use alf_secrets::{SecretValue, SecretsError};
use serde::Serialize;
use zeroize::Zeroizing;

use super::by_a_person;
use crate::failure::Failure;
use crate::framework::Framework;

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The form of this answer: 1.
    pub format: u32,
    /// The secrets that are kept now and were not before.
    pub imported: Vec<SecretName>,
    /// What was left out.
    pub left_out: Vec<NotImported>,
}

/// One entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotImported {
    /// The variable's name, or the file's line: a line that is no entry may be part of a value.
    pub entry: String,
    /// Why.
    pub why: String,
}

/// Where an import comes from.
#[derive(Debug)]
pub enum ImportFrom<'a> {
    /// The framework's variables that begin so; the rest of the name, in lower case, is the secret's.
    Environment(&'a str),
    /// The text of a `.env` file; each name, in lower case, is a secret's.
    File(&'a Zeroizing<Vec<u8>>),
}

/// Keeps every entry as a secret that can be one and is not there yet; the others are named with the reason.
pub fn import_secrets(framework: &Framework, from: &ImportFrom<'_>) -> Result<Imported, Failure> {
    by_a_person(framework)?;
    let mut told = Imported {
        format: 1,
        imported: Vec::new(),
        left_out: Vec::new(),
    };
    for entry in entries(framework, from)? {
        let kept = keep(framework, &entry)?;
        match kept {
            Ok(name) => told.imported.push(name),
            Err(why) => told.left_out.push(NotImported {
                entry: entry.from,
                why,
            }),
        }
    }
    Ok(told)
}

struct Entry {
    /// As it is called where it comes from; holds nothing of a value.
    from: String,
    /// As it is to be called here.
    name: String,
    /// `None` where its quote is not closed on its line.
    value: Option<Zeroizing<String>>,
}

fn entries(framework: &Framework, from: &ImportFrom<'_>) -> Result<Vec<Entry>, Failure> {
    match from {
        ImportFrom::Environment(prefix) => {
            let variables = framework.surroundings.variables.iter();
            let found = variables.filter_map(|(variable, value)| {
                let rest = variable.strip_prefix(prefix)?;
                Some(Entry {
                    from: variable.clone(),
                    name: rest.to_ascii_lowercase(),
                    value: Some(Zeroizing::new(value.clone())),
                })
            });
            Ok(found.collect())
        }
        ImportFrom::File(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                Failure::caused(ErrorClass::InvalidInput, "the file is no UTF-8 text", error)
            })?;
            let lines = text.lines().zip(1..);
            Ok(lines.filter_map(|(text, at)| line(text, at)).collect())
        }
    }
}

/// One line of a `.env` file: `NAME=VALUE`, with or without `export` and quotes. Nothing is expanded.
fn line(line: &str, at: usize) -> Option<Entry> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    Some(Entry {
        from: format!("line {at}"),
        name: name.trim().to_ascii_lowercase(),
        value: unquoted(value.trim()).map(|value| Zeroizing::new(value.to_owned())),
    })
}

/// The value without its quotes; `None` where the line begins a quote and does not end it.
fn unquoted(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        None => Some(value),
        Some(quote) => value.strip_prefix(quote)?.strip_suffix(quote),
    }
}

/// `Err` is why this one entry is left out; a failure stops the whole import.
fn keep(framework: &Framework, entry: &Entry) -> Result<Result<SecretName, String>, Failure> {
    let name: SecretName = match entry.name.parse() {
        Ok(name) => name,
        // Not the name itself: where a value goes over many lines, it is a part of it.
        Err(error) => {
            return Ok(Err(format!(
                "its name is no {}: {}",
                error.kind, error.rule
            )));
        }
    };
    let Some(value) = &entry.value else {
        let why = "its quote is not closed on its line; `ai-lab-framework secret set NAME --from-file FILE` keeps a value of many lines";
        return Ok(Err(why.to_owned()));
    };
    let value = match SecretValue::new(value) {
        Ok(value) => value,
        Err(refused) => return Ok(Err(refused.to_string())),
    };
    let now = framework.surroundings.clock.now_ms();
    match framework.secret_store.add(&name, &value, now) {
        Ok(()) => Ok(Ok(name)),
        Err(taken @ (SecretsError::AlreadyThere(_) | SecretsError::IsCredential(_))) => {
            Ok(Err(taken.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_an_environment_file_is_read_as_it_stands() {
        let read = |text| {
            let entry = line(text, 7)?;
            assert_eq!(entry.from, "line 7");
            Some((entry.name, entry.value.map(|value| value.to_string())))
        };
        let entry = |name: &str, value: &str| Some((name.to_owned(), Some(value.to_owned())));
        let cases = [
            ("ROUTER=correct horse", entry("router", "correct horse")),
            ("export TOKEN = \"a=b # c\" ", entry("token", "a=b # c")),
            ("KEY='$HOME'", entry("key", "$HOME")),
            ("KEY=\"-----BEGIN", Some(("key".to_owned(), None))),
            ("KEY=\"", Some(("key".to_owned(), None))),
            ("NOTHING", entry("nothing", "")),
            ("# ROUTER=x", None),
            ("   ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
