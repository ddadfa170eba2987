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
    /// As it is called where it comes from.
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
    /// As it is called where it comes from.
    from: String,
    /// As it is to be called here.
    name: String,
    value: Zeroizing<String>,
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
                    value: Zeroizing::new(value.clone()),
                })
            });
            Ok(found.collect())
        }
        ImportFrom::File(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                Failure::caused(ErrorClass::InvalidInput, "the file is no UTF-8 text", error)
            })?;
            Ok(text.lines().filter_map(line).collect())
        }
    }
}

/// One line of a `.env` file: `NAME=VALUE`, with or without `export` and quotes. Nothing is expanded.
fn line(line: &str) -> Option<Entry> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    let value = value.trim();
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    Some(Entry {
        from: name.trim().to_owned(),
        name: name.trim().to_ascii_lowercase(),
        value: Zeroizing::new(quoted.unwrap_or(value).to_owned()),
    })
}

/// `Err` is why this one entry is left out; a failure stops the whole import.
fn keep(framework: &Framework, entry: &Entry) -> Result<Result<SecretName, String>, Failure> {
    let name: SecretName = match entry.name.parse() {
        Ok(name) => name,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let value = match SecretValue::new(&entry.value) {
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
        let read = |text| line(text).map(|entry| (entry.name, entry.value.to_string()));
        let entry = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        let cases = [
            ("ROUTER=correct horse", entry("router", "correct horse")),
            ("export TOKEN = \"a=b # c\" ", entry("token", "a=b # c")),
            ("KEY='$HOME'", entry("key", "$HOME")),
            ("KEY=\"open", entry("key", "\"open")),
            ("NOTHING", entry("nothing", "")),
            ("# ROUTER=x", None),
            ("   ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
