//! `session note`: what whoever takes the work up has to know, kept in the session while it goes on.

use ai_lab_contract::ErrorClass;
use alf_store::{Session, SessionStatus};
use serde_json::{Map, Value};

use super::changing::{Change, NOTE_BYTES, change, check_length, over};
use super::context_patch::apply_patch;
use super::finding::context_of;
use super::reading::{SessionDetail, detail};
use crate::failure::Failure;
use crate::framework::Framework;

/// The longest entry of a list, in bytes: each is a line that a person or an agent reads at once.
pub const ENTRY_BYTES: usize = 600;

/// How many entries a list has. Stops a list that every call carries along from growing without end.
pub const MOST_ENTRIES: usize = 200;

/// The keys of a session's context that a capsule is made of.
pub(super) const GOAL: &str = "goal";
pub(super) const DECISIONS: &str = "decisions";
pub(super) const OPEN: &str = "open";
pub(super) const FILES: &str = "files";

/// What is noted; what is empty changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionNote {
    /// The session's note, in the place of the one before.
    pub text: Option<String>,
    /// What the work is for, in the place of the goal before.
    pub goal: Option<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// What is still to be done.
    pub open: Vec<String>,
    /// Open points that are done: each as it was noted, or its beginning.
    pub done: Vec<String>,
    /// Files that the work is about.
    pub files: Vec<String>,
}

impl SessionNote {
    /// Reads a text line by line: `goal: …`, `decision: …`, `open: …`, `done: …` and `file: …` say where a line
    /// belongs, and the rest is the note itself.
    pub fn from_text(text: &str) -> Self {
        let mut note = Self::default();
        let mut rest: Vec<&str> = Vec::new();
        for line in text.lines() {
            let marked = line.split_once(':').map(|(mark, said)| {
                let mark = mark.trim_start_matches(['-', '*', ' ']);
                (mark.trim().to_lowercase(), said.trim().to_owned())
            });
            match marked {
                Some((mark, said)) if !said.is_empty() => match mark.as_str() {
                    "goal" => note.goal = Some(said),
                    "decision" | "decisions" | "decided" => note.decisions.push(said),
                    "open" | "todo" => note.open.push(said),
                    "done" => note.done.push(said),
                    "file" | "files" => note.files.push(said),
                    _ => rest.push(line),
                },
                Some(_) | None => rest.push(line),
            }
        }
        let rest = rest.join("\n").trim().to_owned();
        note.text = (!rest.is_empty()).then_some(rest);
        note
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Notes something in a session that goes on or is put aside; a kept secret in it is written as its name.
pub fn note_session(
    framework: &Framework,
    id: &str,
    note: &SessionNote,
) -> Result<SessionDetail, Failure> {
    if note.is_empty() {
        let told = "there is nothing to note";
        return Err(Failure::new(ErrorClass::Usage, told)
            .with_hint("Give a text, or --goal, --decision, --open, --done, --file."));
    }
    let note = without_secrets(framework, note)?;
    check_lengths(&note)?;
    let store = framework.store()?;
    let changed = change(framework, id, |session| {
        if session.status == SessionStatus::Ended {
            return Err(over(session));
        }
        let patch = patch_of(session, &note)?;
        let data = if patch.is_empty() {
            None
        } else {
            let context = apply_patch(&context_of(session)?, &patch).map_err(|refused| {
                let told = format!("the context of session {} stays as it was", session.id);
                Failure::caused(ErrorClass::InvalidInput, told, refused)
            })?;
            Some(Value::Object(context).to_string())
        };
        Ok(Change {
            note: note.text.clone(),
            data,
            ..Change::default()
        })
    })?;
    detail(store, &changed)
}

fn without_secrets(framework: &Framework, note: &SessionNote) -> Result<SessionNote, Failure> {
    let redactor = framework.redactor()?;
    let text = |text: &String| redactor.text(text).into_owned();
    let all = |texts: &[String]| texts.iter().map(text).collect();
    Ok(SessionNote {
        text: note.text.as_ref().map(text),
        goal: note.goal.as_ref().map(text),
        decisions: all(&note.decisions),
        open: all(&note.open),
        done: all(&note.done),
        files: all(&note.files),
    })
}

fn check_lengths(note: &SessionNote) -> Result<(), Failure> {
    if let Some(text) = &note.text {
        check_length("note", text, NOTE_BYTES)?;
    }
    if let Some(goal) = &note.goal {
        check_length("goal", goal, ENTRY_BYTES)?;
    }
    for entry in [&note.decisions, &note.open, &note.files]
        .into_iter()
        .flatten()
    {
        check_length("entry", entry, ENTRY_BYTES)?;
    }
    Ok(())
}

/// The change of the context: lists as they are with what is new at their ends.
fn patch_of(session: &Session, note: &SessionNote) -> Result<Map<String, Value>, Failure> {
    let context = context_of(session)?;
    let mut patch = Map::new();
    if let Some(goal) = &note.goal {
        patch.insert(GOAL.to_owned(), Value::String(goal.clone()));
    }
    let lists = [
        (DECISIONS, &note.decisions, &[][..]),
        (OPEN, &note.open, note.done.as_slice()),
        (FILES, &note.files, &[][..]),
    ];
    for (key, added, done) in lists {
        if added.is_empty() && done.is_empty() {
            continue;
        }
        let mut entries = entries_of(&context, key);
        for said in done {
            take_done(&mut entries, said, session)?;
        }
        for entry in added {
            // What is there already is no news.
            if !entries.contains(entry) {
                entries.push(entry.clone());
            }
        }
        if entries.len() > MOST_ENTRIES {
            let told = format!(
                "`{key}` would have {} entries; {MOST_ENTRIES} are allowed",
                entries.len()
            );
            return Err(
                Failure::new(ErrorClass::InvalidInput, told).with_hint(format!(
                    "`ai-lab-framework session patch {}` can shorten it.",
                    session.id
                )),
            );
        }
        patch.insert(key.to_owned(), Value::from(entries));
    }
    Ok(patch)
}

fn take_done(entries: &mut Vec<String>, said: &str, session: &Session) -> Result<(), Failure> {
    let same = |entry: &&String| entry.eq_ignore_ascii_case(said);
    let whole = entries.iter().position(|entry| same(&entry));
    let begins = |entry: &String| entry.to_lowercase().starts_with(&said.to_lowercase());
    let mut beginning = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| begins(entry));
    let only = match (beginning.next(), beginning.next()) {
        (Some((place, _)), None) => Some(place),
        (Some(_) | None, _) => None,
    };
    if let Some(place) = whole.or(only) {
        entries.remove(place);
        return Ok(());
    }
    let told = format!(
        "`{}` is no open point of session {}",
        said.escape_debug(),
        session.id
    );
    let near = alf_schema::nearest(said, entries.iter().map(String::as_str));
    let hint = near.map_or_else(
        || {
            format!(
                "`ai-lab-framework session capsule {}` shows them.",
                session.id
            )
        },
        |near| format!("Did you mean `{near}`?"),
    );
    Err(Failure::new(ErrorClass::NotFound, told).with_hint(hint))
}

/// A list of the context as lines: whoever wrote it may have written one text, or other values.
pub(super) fn entries_of(context: &Map<String, Value>, key: &str) -> Vec<String> {
    let line = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    let lines: Vec<String> = match context.get(key) {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(line).collect(),
        Some(one) => vec![line(one)],
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_line_by_line() {
        let text = "Goal: a quiet router\n- decision: reboot at night\nopen: ask the provider\ndone: look at the log\n\
                    file: notes/router.md\nIt hangs at 3:15 each night.\nopen:\n";
        let all = |text: &str| vec![text.to_owned()];
        assert_eq!(
            SessionNote::from_text(text),
            SessionNote {
                text: Some("It hangs at 3:15 each night.\nopen:".to_owned()),
                goal: Some("a quiet router".to_owned()),
                decisions: all("reboot at night"),
                open: all("ask the provider"),
                done: all("look at the log"),
                files: all("notes/router.md"),
            }
        );
        assert!(SessionNote::from_text(" \n").is_empty());
    }

    #[test]
    fn whatever_stands_in_the_context_is_read_as_lines() {
        let context = serde_json::json!({ "a": ["x", 1, null, { "b": 2 }], "b": "one", "c": null });
        let context = context.as_object().expect("an object");
        let read = ["a", "b", "c", "d"].map(|key| entries_of(context, key).join("|"));
        assert_eq!(read, ["x|1|{\"b\":2}", "one", "", ""]);
    }
}
