//! An item as a sheet of text for an editor, and what was changed on it.

use ai_lab_contract::ErrorClass;
use lab_model::when::{WhenError, parse_day};
use lab_model::{Day, Hours, HoursError, Patch, Tag, TagError, UnknownWord};

use super::{CriterionEdit, ItemEdit, ItemView};
use crate::Failure;

/// What stands before the longer texts.
const DESCRIPTION: &str = "--- description";
const NOTES: &str = "--- notes";
const CRITERIA: &str = "--- criteria";

/// A line of a sheet that says nothing that can be done.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the sheet: {fault}")]
pub struct SheetError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: SheetFault,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum SheetFault {
    /// It is no field.
    #[error("`{}` is no field: title, priority, type, due, assignee, estimate, labels", .0.escape_debug())]
    Field(String),
    /// It has no title.
    #[error("the title is empty")]
    NoTitle,
    /// No such word.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// No day.
    #[error(transparent)]
    When(#[from] WhenError),
    /// No hours.
    #[error(transparent)]
    Hours(#[from] HoursError),
    /// No label.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// No criterion.
    #[error("a criterion is `[ ] TEXT`, or `2. [x] TEXT` for one that was there; each number once")]
    Criterion,
}

impl Failure for SheetError {
    fn class(&self) -> ErrorClass {
        ErrorClass::InvalidInput
    }
}

/// The sheet of an item.
pub fn sheet(view: &ItemView) -> String {
    let row = &view.row;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let estimate = view
        .estimated_hours
        .map(|hours| hours.to_string())
        .unwrap_or_default();
    let criteria: Vec<String> = (1..)
        .zip(&view.criteria)
        .map(|(number, it)| format!("{number}. [{}] {}\n", tick(it.done), one_line(&it.text)))
        .collect();
    format!(
        "# {}: change what is to change; an empty value takes it away. Lines like this one are left out.\n\
         title: {}\npriority: {}\ntype: {}\ndue: {}\nassignee: {}\nestimate: {estimate}\nlabels: {}\n\n\
         {CRITERIA}\n{}\n{DESCRIPTION}\n{}\n{NOTES}\n{}\n",
        row.label,
        one_line(&row.title),
        row.priority,
        row.item_type,
        optional(&row.due),
        one_line(&optional(&row.assignee)),
        row.labels.join(", "),
        criteria.concat(),
        view.description,
        view.notes.as_deref().unwrap_or_default(),
    )
}

/// What was changed on the sheet of an item; nothing changed is the empty edit.
pub fn read_sheet(text: &str, view: &ItemView, today: Day) -> Result<ItemEdit, SheetError> {
    let before = sheet(view);
    let (was, is) = (parts(&before), parts(text));
    let mut edit = ItemEdit::default();
    let was_field = |key: &str| {
        was.fields
            .iter()
            .find(|(_, is_key, _)| *is_key == key)
            .map(|(.., value)| *value)
    };
    for (line, key, value) in &is.fields {
        if was_field(key) == Some(value) {
            continue;
        }
        field(&mut edit, view, key, value, today)
            .map_err(|fault| SheetError { line: *line, fault })?;
    }
    edit.criteria = criteria(&was.criteria, &is.criteria)?;
    if is.description.trim_end() != was.description.trim_end() {
        edit.patch.description = Some(is.description.trim_end().to_owned());
    }
    if is.notes.trim_end() != was.notes.trim_end() {
        edit.patch.notes = match is.notes.trim_end() {
            "" => Patch::Clear,
            notes => Patch::Set(notes.to_owned()),
        };
    }
    Ok(edit)
}

/// A sheet taken apart; lines keep their numbers.
#[derive(Default)]
struct Parts<'a> {
    fields: Vec<(usize, &'a str, &'a str)>,
    criteria: Vec<(usize, &'a str)>,
    description: String,
    notes: String,
}

fn parts(text: &str) -> Parts<'_> {
    let mut parts = Parts::default();
    let mut part = "";
    for (number, line) in (1..).zip(text.lines()) {
        if let marker @ (CRITERIA | DESCRIPTION | NOTES) = line.trim_end() {
            part = marker;
            continue;
        }
        let is_left_out = line.trim().is_empty() || line.starts_with('#');
        match part {
            DESCRIPTION => parts.description.extend([line, "\n"]),
            NOTES => parts.notes.extend([line, "\n"]),
            _ if is_left_out => {}
            CRITERIA => parts.criteria.push((number, line.trim())),
            _ => {
                let (key, value) = line.split_once(':').unwrap_or((line, ""));
                parts.fields.push((number, key.trim(), value.trim()));
            }
        }
    }
    parts
}

fn field(
    edit: &mut ItemEdit,
    view: &ItemView,
    key: &str,
    value: &str,
    today: Day,
) -> Result<(), SheetFault> {
    let patch = &mut edit.patch;
    match key {
        "title" if value.is_empty() => return Err(SheetFault::NoTitle),
        "title" => patch.title = Some(value.to_owned()),
        "priority" => patch.priority = Some(value.parse()?),
        "type" => patch.item_type = Some(value.parse()?),
        "due" => patch.due = optional(value, |text| Ok(parse_day(text, today)?))?,
        "assignee" => patch.assignee = optional(value, |text| Ok(text.to_owned()))?,
        "estimate" => patch.estimated_hours = optional(value, |text| Ok(text.parse::<Hours>()?))?,
        "labels" => {
            let wanted = value.split(',').map(str::trim).filter(|it| !it.is_empty());
            let wanted: Vec<Tag> = wanted.map(str::parse).collect::<Result<_, _>>()?;
            let held: Vec<Tag> = view
                .row
                .labels
                .iter()
                .filter_map(|it| it.parse().ok())
                .collect();
            patch.labels.remove = held
                .iter()
                .filter(|it| !wanted.contains(it))
                .cloned()
                .collect();
            patch.labels.add = wanted.into_iter().filter(|it| !held.contains(it)).collect();
        }
        other => return Err(SheetFault::Field(other.to_owned())),
    }
    Ok(())
}

fn optional<T>(
    value: &str,
    read: impl FnOnce(&str) -> Result<T, SheetFault>,
) -> Result<Patch<T>, SheetFault> {
    if value.is_empty() {
        Ok(Patch::Clear)
    } else {
        read(value).map(Patch::Set)
    }
}

/// A criterion's number, where it had one, whether it holds, and its text.
fn criterion(line: &str) -> Option<(Option<usize>, bool, &str)> {
    let (number, rest) = match line.split_once(". ") {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            (Some(number.parse().ok()?), rest)
        }
        Some(_) | None => (None, line),
    };
    let rest = rest.trim_start();
    let (done, text) = match rest.get(..3)? {
        "[ ]" => (false, rest[3..].trim()),
        "[x]" | "[X]" => (true, rest[3..].trim()),
        _ => return None,
    };
    (!text.is_empty()).then_some((number, done, text))
}

fn criteria(was: &[(usize, &str)], is: &[(usize, &str)]) -> Result<Vec<CriterionEdit>, SheetError> {
    let before: Vec<(bool, &str)> = was
        .iter()
        .filter_map(|(_, line)| criterion(line).map(|(_, done, text)| (done, text)))
        .collect();
    let mut edits = Vec::new();
    let mut kept = vec![false; before.len()];
    for (line, text) in is {
        let wrong = || SheetError {
            line: *line,
            fault: SheetFault::Criterion,
        };
        let (number, done, text) = criterion(text).ok_or_else(wrong)?;
        let Some(number) = number else {
            edits.push(CriterionEdit::Add(text.to_owned()));
            continue;
        };
        let index = number
            .checked_sub(1)
            .filter(|at| kept.get(*at) == Some(&false));
        let index = index.ok_or_else(wrong)?;
        kept[index] = true;
        let (was_done, was_text) = before[index];
        if text != was_text {
            edits.push(CriterionEdit::Remove(number));
            edits.push(CriterionEdit::Add(text.to_owned()));
        } else if done && !was_done {
            edits.push(CriterionEdit::Meet(number, None));
        } else if was_done && !done {
            edits.push(CriterionEdit::Reopen(number));
        }
    }
    let gone = (1..).zip(&kept).filter(|(_, kept)| !**kept);
    edits.extend(gone.map(|(number, _)| CriterionEdit::Remove(number)));
    Ok(edits)
}

const fn tick(done: bool) -> char {
    if done { 'x' } else { ' ' }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{NewItem, add, show};
    use crate::{By, Lab};

    fn view() -> ItemView {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::File::create(folder.path().join("ai-lab.toml")).expect("made");
        let lab = Lab::at(folder.path()).expect("a lab");
        let by = By {
            actor: "person:jo".parse().expect("an actor"),
            at: lab_model::Moment::from_ms(1_770_091_506_000).expect("in range"),
            seen_revision: None,
        };
        let mut new = NewItem {
            title: "Größe: prüfen".to_owned(),
            ..NewItem::default()
        };
        new.fields.patch.labels.add =
            vec!["a".parse().expect("a tag"), "b c".parse().expect("a tag")];
        new.fields.patch.description = Some("# no comment\n\nsecond: line".to_owned());
        new.fields.criteria = ["One", "Two: [x] odd", "Three"]
            .map(|it| CriterionEdit::Add(it.to_owned()))
            .to_vec();
        add(&lab, &by, new).expect("added");
        show(&lab, by.at, "ITEM-001").expect("shown")
    }

    fn read(view: &ItemView, from: &str, to: &str) -> Result<ItemEdit, String> {
        let text = sheet(view);
        assert!(text.contains(from), "{text}");
        let today = "2026-02-03".parse().expect("a day");
        read_sheet(&text.replace(from, to), view, today).map_err(|it| it.to_string())
    }

    #[test]
    fn a_sheet_that_was_not_changed_changes_nothing() {
        let view = view();
        assert_eq!(read(&view, "", ""), Ok(ItemEdit::default()));
        assert_eq!(
            read(
                &view,
                "title: Größe: prüfen\n",
                "title:  Größe: prüfen  \n# x\n\n"
            ),
            Ok(ItemEdit::default())
        );
    }

    #[test]
    fn what_is_changed_on_it_is_the_edit() {
        let view = view();
        let edit = |from: &str, to: &str| read(&view, from, to).expect("it can be read");
        let patch = |from: &str, to: &str| edit(from, to).patch;
        assert_eq!(
            patch("prüfen\n", "messen\n").title.as_deref(),
            Some("Größe: messen")
        );
        assert_eq!(
            patch("due: \n", "due: fri\n").due,
            Patch::Set("2026-02-06".parse().expect("a day"))
        );
        assert_eq!(
            patch("assignee: \n", "assignee: mia\n").assignee,
            Patch::Set("mia".to_owned())
        );
        let labels = patch("labels: a, b c", "labels: b c, d,").labels;
        let tag = |text: &str| text.parse::<Tag>().expect("a tag");
        assert_eq!(
            (labels.add, labels.remove),
            (vec![tag("d")], vec![tag("a")])
        );
        assert_eq!(
            patch("second", "2nd").description.as_deref(),
            Some("# no comment\n\n2nd: line")
        );
        assert_eq!(
            patch("--- notes\n", "--- notes\nnew\n").notes,
            Patch::Set("new".to_owned())
        );
        let criteria = edit(
            "1. [ ] One\n2. [ ] Two: [x] odd\n3. [ ] Three\n",
            "1. [x] One\n[ ] New\n3. [ ] Drei\n",
        );
        assert_eq!(
            criteria.criteria,
            [
                CriterionEdit::Meet(1, None),
                CriterionEdit::Add("New".to_owned()),
                CriterionEdit::Remove(3),
                CriterionEdit::Add("Drei".to_owned()),
                CriterionEdit::Remove(2),
            ]
        );
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        let view = view();
        for (from, to, told) in [
            (
                "title: Größe: prüfen",
                "title:",
                "line 2 of the sheet: the title is empty",
            ),
            (
                "priority: medium",
                "priority: urgent",
                "line 3 of the sheet: `urgent` is no priority",
            ),
            (
                "type: task",
                "kind: task",
                "line 4 of the sheet: `kind` is no field: title",
            ),
            (
                "estimate: ",
                "estimate: -1",
                "line 7 of the sheet: `-1` is no amount of hours",
            ),
            ("labels: a", "labels: \u{1}", "line 8 of the sheet: "),
            (
                "due: ",
                "due: someday",
                "line 5 of the sheet: `someday` is no day",
            ),
            (
                "1. [ ] One",
                "1. One",
                "line 11 of the sheet: a criterion is",
            ),
            (
                "1. [ ] One",
                "2. [ ] One",
                "line 12 of the sheet: a criterion is",
            ),
            (
                "1. [ ] One",
                "9. [ ] One",
                "line 11 of the sheet: a criterion is",
            ),
            ("1. [ ] One", "[ ] ", "line 11 of the sheet: a criterion is"),
        ] {
            let refused = read(&view, from, to).expect_err(to);
            assert!(refused.starts_with(told), "{refused}");
        }
    }
}
