//! Task lists in GitHub-flavoured Markdown.
//!
//! ```text
//! # Home server
//!
//! - [ ] **HS-001** Buy a pump · prio:high · type:bug · #loud · @jo · due:2026-03-01 <!-- ai-lab uid=… project=HS -->
//!   As much text as there is to say.
//!   - [x] it is quiet <!-- ai-lab criterion -->
//!   - [ ] **HS-001-1** A part of it
//! ```

use std::collections::{BTreeMap, BTreeSet};

use lab_files::{Document, Names};
use lab_model::{EntityKind, Label, Uid};

use crate::csv::criteria;
use crate::row::{Edit, Parent};
use crate::{ExchangeError, Row};

/// Between what is said of a task.
const BETWEEN: &str = " · ";

/// How deep tasks lie in each other: more is no list that a person reads.
const DEEPEST: usize = 1000;

/// The heading of tasks that belong to no project.
const NO_PROJECT: &str = "No project";

/// What a word before a colon means.
const WORDS: [(&str, &str); 8] = [
    ("status", "status"),
    ("prio", "priority"),
    ("type", "item_type"),
    ("due", "due"),
    ("est", "estimated_hours"),
    ("spent", "spent_hours"),
    ("milestone", "milestone"),
    ("category", "category"),
];

pub(crate) fn write(documents: &[Document], names: &Names) -> String {
    let items: Vec<&Document> = documents
        .iter()
        .filter(|it| it.kind == EntityKind::Item)
        .collect();
    let there: BTreeSet<&str> = items
        .iter()
        .filter_map(|it| it.uid.as_ref())
        .map(Uid::as_str)
        .collect();
    let mut parts: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    let mut tops: Vec<&Document> = Vec::new();
    for item in items {
        // A part stands under what it is a part of.
        match item
            .record
            .get("parent", "")
            .filter(|uid| there.contains(uid))
        {
            Some(parent) => parts.entry(parent).or_default().push(item),
            None => tops.push(item),
        }
    }
    let mut text = String::new();
    let mut last: Option<String> = None;
    for top in tops {
        let project = top.record.get("project", "");
        let heading = project.map_or_else(|| NO_PROJECT.to_owned(), |uid| named(names, uid));
        if last.as_ref() != Some(&heading) {
            let space = if text.is_empty() { "" } else { "\n" };
            text.extend([space, "# ", &heading, "\n\n"]);
            last = Some(heading);
        }
        // By hand: a chain of parts of any length is no danger.
        let mut open = vec![(top, 0)];
        while let Some((item, depth)) = open.pop() {
            task(&mut text, names, item, depth);
            let own = item.uid.as_ref().and_then(|uid| parts.get(uid.as_str()));
            let deeper = (depth + 1).min(DEEPEST - 1);
            open.extend(own.into_iter().flatten().rev().map(|part| (*part, deeper)));
        }
    }
    text
}

fn named(names: &Names, uid: &str) -> String {
    names.0.get(uid).cloned().unwrap_or_else(|| uid.to_owned())
}

fn task(text: &mut String, names: &Names, item: &Document, depth: usize) {
    let indent = "  ".repeat(depth);
    text.extend([indent.as_str(), &headline(names, item)]);
    for line in item
        .record
        .get("description", "")
        .unwrap_or_default()
        .lines()
    {
        if !line.is_empty() {
            text.extend([indent.as_str(), "  ", &escaped_line(line)]);
        }
        text.push('\n');
    }
    for (criterion, done) in criteria(item) {
        let tick = if done { "  - [x] " } else { "  - [ ] " };
        let told = criterion.replace('\n', " ");
        text.extend([indent.as_str(), tick, &told, " <!-- ai-lab criterion -->\n"]);
    }
}

/// A line of a description that would be a task or heading of its own.
fn escaped_line(line: &str) -> String {
    let bare = line.trim_start();
    if bare.starts_with("- [") || bare.starts_with("* [") || bare.starts_with('\\') {
        format!("\\{line}")
    } else {
        line.to_owned()
    }
}

fn headline(names: &Names, item: &Document) -> String {
    let get = |field: &str| item.record.get(field, "");
    let status = get("status").unwrap_or("todo");
    let tick = if matches!(status, "done" | "cancelled") {
        "x"
    } else {
        " "
    };
    let mut said = Vec::new();
    for (word, field) in WORDS {
        let text = match (field, get(field)) {
            (_, None)
            | ("priority", Some("medium"))
            | ("item_type", Some("task"))
            | ("status", Some("todo" | "done")) => continue,
            ("milestone", Some(uid)) => named(names, uid),
            (_, Some(text)) => text.to_owned(),
        };
        said.push(format!("{word}:{text}"));
    }
    let facts = item.record.iter();
    said.extend(
        facts
            .filter(|it| it.0 == "labels")
            .map(|it| format!("#{}", it.1)),
    );
    said.extend(get("assignee").map(|who| format!("@{who}")));
    let facts = item.record.iter();
    let on = facts
        .filter(|it| it.0 == "dependencies")
        .map(|it| named(names, it.1));
    said.extend(on.map(|it| format!("after:{it}")));
    let title = get("title")
        .unwrap_or_default()
        .replace('\n', " ")
        .replace('·', "\\·");
    let label = item
        .label
        .as_ref()
        .map(|it| format!("**{it}** "))
        .unwrap_or_default();
    let mut line = format!("- [{tick}] {label}{title}");
    for word in said {
        line.push_str(BETWEEN);
        line.push_str(&word.replace('·', "\\·"));
    }
    let uid = item
        .uid
        .as_ref()
        .map(|uid| format!(" uid={uid}"))
        .unwrap_or_default();
    format!("{line} <!-- ai-lab{uid} -->\n")
}

/// One line of a list: how far it is indented, ticked or not, and what it says.
struct Bullet<'a> {
    indent: usize,
    done: bool,
    text: &'a str,
}

fn bullet(line: &str) -> Option<Bullet<'_>> {
    let bare = line.trim_start();
    let indent = line[..line.len() - bare.len()]
        .chars()
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum();
    let rest = ["- ", "* ", "+ "]
        .iter()
        .find_map(|mark| bare.strip_prefix(mark))?
        .trim_start();
    let (done, text) = match rest.get(..3)? {
        "[ ]" => (false, &rest[3..]),
        "[x]" | "[X]" => (true, &rest[3..]),
        _ => return None,
    };
    Some(Bullet {
        indent,
        done,
        text: text.trim(),
    })
}

pub(crate) fn read(text: &str) -> Result<Vec<Row>, ExchangeError> {
    let mut reading = Reading::default();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        if let Some(bullet) = bullet(line) {
            reading
                .task(line_number, &bullet)
                .map_err(|message| ExchangeError {
                    line: line_number,
                    message,
                })?;
        } else {
            reading.other(line);
        }
    }
    Ok(reading.end())
}

#[derive(Default)]
struct Reading {
    rows: Vec<Row>,
    /// The open tasks, each further in than the one before: indent, row, text, criteria.
    open: Vec<Open>,
    project: Option<String>,
}

struct Open {
    indent: usize,
    row: usize,
    text: Vec<String>,
    criteria: Vec<(String, bool)>,
}

impl Reading {
    fn task(&mut self, line: usize, bullet: &Bullet<'_>) -> Result<(), String> {
        let (said, comment) = apart(bullet.text);
        while self
            .open
            .last()
            .is_some_and(|open| open.indent >= bullet.indent)
        {
            self.close();
        }
        if comment.is_some_and(|it| it.split(' ').any(|word| word == "criterion"))
            && let Some(open) = self.open.last_mut()
        {
            open.criteria.push((said.to_owned(), bullet.done));
            return Ok(());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("tasks lie deeper than {DEEPEST} in each other"));
        }
        let mut row = Row::new(line, EntityKind::Item);
        let words = comment.unwrap_or_default().split(' ');
        for uid in words.filter_map(|word| word.strip_prefix("uid=")) {
            row.uid = Some(uid.parse().map_err(|error| format!("uid: {error}"))?);
        }
        headline_of(&mut row, said, bullet.done)?;
        if row.uid.is_none()
            && let Some(project) = &self.project
        {
            row.edits
                .push(Edit::Field("project".to_owned(), Some(project.clone())));
        }
        row.parent = self.open.last().map(|open| Parent::Row(open.row));
        self.open.push(Open {
            indent: bullet.indent,
            row: self.rows.len(),
            text: Vec::new(),
            criteria: Vec::new(),
        });
        self.rows.push(row);
        Ok(())
    }

    /// A line that is no task: a heading, or text of the task before it.
    fn other(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            while self.close() {}
            let heading = heading.trim_start_matches('#').trim();
            let is_none = heading.is_empty() || heading == NO_PROJECT;
            self.project = (!is_none).then(|| heading.to_owned());
            return;
        }
        let indent = line.len() - line.trim_start().len();
        if !line.trim().is_empty() {
            while self.open.last().is_some_and(|open| open.indent >= indent) {
                self.close();
            }
        }
        if let Some(open) = self.open.last_mut() {
            let text = line
                .get((open.indent + 2).min(indent)..)
                .unwrap_or_default();
            let text = text.strip_prefix('\\').unwrap_or(text);
            open.text.push(text.trim_end().to_owned());
        }
    }

    fn close(&mut self) -> bool {
        let Some(open) = self.open.pop() else {
            return false;
        };
        let text = open.text.join("\n");
        let row = &mut self.rows[open.row];
        let text = text.trim_matches('\n');
        if !text.is_empty() {
            row.edits
                .push(Edit::Field("description".to_owned(), Some(text.to_owned())));
        }
        if !open.criteria.is_empty() {
            row.edits.push(Edit::Criteria(open.criteria));
        }
        true
    }

    fn end(mut self) -> Vec<Row> {
        while self.close() {}
        self.rows
    }
}

/// What a line says, and our own comment behind it.
fn apart(text: &str) -> (&str, Option<&str>) {
    let found = text.rsplit_once("<!-- ai-lab");
    match found
        .and_then(|(said, rest)| Some((said.trim_end(), rest.trim_end().strip_suffix("-->")?)))
    {
        Some((said, comment)) => (said, Some(comment.trim())),
        None => (text, None),
    }
}

fn headline_of(row: &mut Row, said: &str, done: bool) -> Result<(), String> {
    let kind = EntityKind::Item;
    let pieces: Vec<String> = said
        .split(BETWEEN)
        .map(|it| it.replace("\\·", "·"))
        .collect();
    let mut title = pieces[0].trim();
    if let Some((label, rest)) = title.strip_prefix("**").and_then(|it| it.split_once("**"))
        && let Ok(label) = label.parse::<Label>()
    {
        row.label = Some(label);
        title = rest.trim();
    }
    if title.is_empty() {
        return Err("a task without a title".to_owned());
    }
    row.edits
        .push(Edit::Field("title".to_owned(), Some(title.to_owned())));
    let (mut tags, mut on, mut status) = (Vec::new(), Vec::new(), false);
    for piece in &pieces[1..] {
        if let Some(tag) = piece.strip_prefix('#') {
            tags.push(tag.to_owned());
        } else if let Some(who) = piece.strip_prefix('@') {
            row.edits.push(Edit::field(kind, "assignee", who)?);
        } else if let Some(name) = piece.strip_prefix("after:") {
            on.push(name.to_owned());
        } else {
            let (word, text) = piece.split_once(':').unwrap_or((piece, ""));
            let field = WORDS.iter().find(|(known, _)| *known == word);
            let (_, field) = field.ok_or_else(|| {
                format!(
                    "`{}` is none of the words behind a title",
                    piece.escape_debug()
                )
            })?;
            status |= *field == "status";
            row.edits.push(Edit::field(kind, field, text)?);
        }
    }
    if !tags.is_empty() {
        row.edits.push(Edit::tags("labels", tags)?);
    }
    if !on.is_empty() {
        row.edits.push(Edit::Dependencies(on));
    }
    if !status {
        row.edits.push(Edit::Ticked(done));
    }
    Ok(())
}
