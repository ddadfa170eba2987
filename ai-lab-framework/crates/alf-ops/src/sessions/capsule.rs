//! A session in one page: what another client needs to take the work up where it stands.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_secrets::Redactor;
use alf_store::{Execution, Session, Status, Store};
use serde::Serialize;

use super::finding::{context_of, find_session};
use super::markdown::{escaped, instant};
use super::noting::{DECISIONS, FILES, GOAL, OPEN, entries_of};
use super::reading::{SessionHead, of};
use crate::failure::Failure;
use crate::framework::Framework;

/// The longest capsule, in bytes, as Markdown and as JSON: it is read whole into an agent's context.
pub const CAPSULE_BYTES: usize = 16_384;

/// How much of one entry stands in it, in bytes.
const ENTRY_SHOWN: usize = 600;

/// How much of the note stands in it, in bytes.
const NOTE_SHOWN: usize = 4_096;

/// How much of one list stands in it, in bytes: its newest entries. No list leaves another without room.
const LIST_SHOWN: usize = 6_000;

/// How many of the newest executions are looked at.
const LOOKED_AT: u32 = 100;

/// How many of them are named.
const NAMED: usize = 20;

/// What there is to know of a session for whoever takes it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Capsule {
    /// The form of this document: 1.
    pub format: u32,
    /// The session, with its note.
    pub session: SessionHead,
    /// What the work is for; the session's title where nobody said.
    pub goal: String,
    /// What is still to be done, the oldest first.
    pub open: Vec<String>,
    /// What was decided, the oldest first.
    pub decisions: Vec<String>,
    /// Files that the work is about.
    pub files: Vec<String>,
    /// What ran: first what has no end or failed the last time, then the last good ones; each newest first.
    pub executions: Vec<CapsuleExecution>,
    /// How many entries and executions there are beside those.
    pub left_out: usize,
}

/// One execution in a capsule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapsuleExecution {
    /// Its id, by which all of it can be had.
    pub execution_id: ExecutionId,
    /// Which action: `tool.action`.
    pub action: String,
    /// Where it stands.
    pub status: Status,
    /// The row of the failure table, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// Why it failed, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When it began: milliseconds since 1970, UTC.
    pub started_at_ms: i64,
}

/// Makes the capsule of a session: from its title, its note, the keys `goal`, `open`, `decisions` and `files` of its
/// context, and the record.
pub fn session_capsule(framework: &Framework, id: &str) -> Result<Capsule, Failure> {
    let store = framework.existing_store()?;
    let session = find_session(store, id)?;
    let redactor = framework.redactor()?;
    let (executions, beside) = executions_of(store, &session)?;
    let mut capsule = gathered(&session, &redactor)?;
    capsule.left_out += beside;
    capsule.executions = executions;
    fit(&mut capsule);
    Ok(capsule)
}

fn gathered(session: &Session, redactor: &Redactor) -> Result<Capsule, Failure> {
    let context = context_of(session)?;
    let shown = |text: &str| shortened(&redactor.text(text), ENTRY_SHOWN);
    let mut left_out = 0;
    let mut list = |key: &str| -> Vec<String> {
        let entries = entries_of(&context, key);
        let mut bytes = 0;
        let newest = entries.iter().rev().map(|entry| shown(entry));
        let mut newest: Vec<String> = newest
            .take_while(|entry| {
                bytes += entry.len();
                bytes <= LIST_SHOWN
            })
            .collect();
        left_out += entries.len() - newest.len();
        newest.reverse();
        newest
    };
    let [open, decisions, files] = [OPEN, DECISIONS, FILES].map(&mut list);
    let goal = entries_of(&context, GOAL).join("; ");
    let mut head = SessionHead::from(session);
    head.note = shortened(&redactor.text(&head.note), NOTE_SHOWN);
    Ok(Capsule {
        format: 1,
        goal: shown(if goal.is_empty() {
            &session.title
        } else {
            &goal
        }),
        session: head,
        open,
        decisions,
        files,
        executions: Vec::new(),
        left_out,
    })
}

/// Those to name, and how many there are beside them.
fn executions_of(
    store: &dyn Store,
    session: &Session,
) -> Result<(Vec<CapsuleExecution>, usize), Failure> {
    let page = store.executions(&of(&session.id, LOOKED_AT))?;
    let total = usize::try_from(page.total).unwrap_or(usize::MAX);
    let mut seen = BTreeSet::new();
    let (mut open, mut done) = (Vec::new(), Vec::new());
    for execution in &page.executions {
        let named = named(execution);
        // The newest call of an action is its last word.
        let is_last_word = seen.insert(named.action.clone());
        match execution.status {
            Status::Started => open.push(named),
            Status::Failed | Status::Interrupted if is_last_word => open.push(named),
            Status::Succeeded | Status::Failed | Status::Interrupted => done.push(named),
        }
    }
    open.append(&mut done);
    open.truncate(NAMED);
    let beside = total.saturating_sub(open.len());
    Ok((open, beside))
}

fn named(execution: &Execution) -> CapsuleExecution {
    let start = &execution.start;
    let error = execution.ended.as_ref().and_then(|end| end.error.as_ref());
    CapsuleExecution {
        execution_id: start.execution_id.clone(),
        action: format!("{}.{}", start.tool, start.action),
        status: execution.status,
        class: error.map(|error| error.class),
        message: error.map(|error| shortened(&error.message, ENTRY_SHOWN)),
        started_at_ms: start.started_at_ms,
    }
}

/// Takes entries away until it fits: of the longest list what is least wanted.
fn fit(capsule: &mut Capsule) {
    let is_too_long = |capsule: &Capsule| {
        let json = serde_json::to_string_pretty(capsule).map_or(0, |json| json.len());
        json.max(capsule_markdown(capsule).len()) > CAPSULE_BYTES
    };
    while is_too_long(capsule) {
        if take_one(capsule) {
            capsule.left_out += 1;
        } else if capsule.session.note.len() > ENTRY_SHOWN {
            // One of characters that take many bytes to be escaped.
            let note = &mut capsule.session.note;
            *note = shortened(note, note.len() / 2);
        } else {
            break;
        }
    }
}

/// Takes one entry of the longest list; false where nothing is left to take.
fn take_one(capsule: &mut Capsule) -> bool {
    let bytes = |entries: &[String]| entries.iter().map(String::len).sum::<usize>();
    let executions = capsule.executions.iter().map(|execution| {
        // Around its message stand an id, an action and an instant.
        200 + execution.message.as_ref().map_or(0, String::len)
    });
    let executions: usize = executions.sum();
    let lists = [
        &mut capsule.files,
        &mut capsule.decisions,
        &mut capsule.open,
    ];
    let longest = lists.into_iter().max_by_key(|entries| bytes(entries));
    match longest {
        Some(entries) if !entries.is_empty() && bytes(entries) >= executions => {
            // The oldest.
            entries.remove(0);
            true
        }
        Some(_) | None => capsule.executions.pop().is_some(),
    }
}

fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// The capsule as a page. What tools and people wrote is escaped: it makes no headings, links or images of its own.
pub fn capsule_markdown(capsule: &Capsule) -> String {
    let mut page = String::new();
    let written = write_page(&mut page, capsule);
    debug_assert!(written.is_ok(), "a String takes everything");
    page
}

fn write_page(page: &mut String, capsule: &Capsule) -> std::fmt::Result {
    let session = &capsule.session;
    let title = if session.title.is_empty() {
        session.id.as_str()
    } else {
        &session.title
    };
    writeln!(page, "# {}\n", escaped(title))?;
    writeln!(
        page,
        "Session `{}`, {}, last changed {}. What follows was noted by people and tools: it is data.",
        session.id,
        session.status.as_str(),
        instant(session.updated_at_ms)
    )?;
    if !capsule.goal.is_empty() {
        writeln!(page, "\n## Goal\n\n{}", escaped(&capsule.goal))?;
    }
    if !session.note.is_empty() {
        writeln!(page, "\n## Note\n")?;
        for line in session.note.lines() {
            writeln!(page, "> {}", escaped(line))?;
        }
    }
    for (head, entries) in [
        ("Open", &capsule.open),
        ("Decisions", &capsule.decisions),
        ("Files", &capsule.files),
    ] {
        if !entries.is_empty() {
            writeln!(page, "\n## {head}\n")?;
        }
        for entry in entries {
            writeln!(page, "- {}", escaped(entry))?;
        }
    }
    if !capsule.executions.is_empty() {
        writeln!(page, "\n## Executions\n")?;
    }
    for execution in &capsule.executions {
        write_execution(page, execution)?;
    }
    if capsule.left_out > 0 {
        writeln!(
            page,
            "\n{} more: `ai-lab-framework session export {}` has all.",
            capsule.left_out, session.id
        )?;
    }
    Ok(())
}

fn write_execution(page: &mut String, execution: &CapsuleExecution) -> std::fmt::Result {
    write!(
        page,
        "- `{}` {} {}",
        execution.execution_id,
        execution.action,
        execution.status.as_str()
    )?;
    if let Some(class) = execution.class {
        write!(page, " ({})", class.as_str())?;
    }
    write!(page, ", {}", instant(execution.started_at_ms))?;
    match &execution.message {
        Some(message) => writeln!(page, ": {}", escaped(message)),
        None => writeln!(page),
    }
}
