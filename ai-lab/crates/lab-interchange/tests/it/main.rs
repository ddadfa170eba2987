//! What is written reads back; what other programs write is understood, or told with its line.

use lab_files::{Document, Names};
use lab_interchange::{Edit, Form, Parent, Row, read, write};
use lab_model::{EntityKind, Moment, Uid};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

fn uid(number: u8) -> Uid {
    Uid::from_parts(u64::from(number), [number; 10])
}

fn at() -> Moment {
    "2026-02-03T04:05:06Z".parse().expect("an instant")
}

fn item(number: u8, facts: &[(&str, &str, &str)]) -> Document {
    let mut document = Document::empty(EntityKind::Item);
    document.uid = Some(uid(number));
    document.label = format!("HS-{number:03}").parse().ok();
    let standing = [
        ("title", "", "Buy a pump"),
        ("status", "", "todo"),
        ("priority", "", "medium"),
        ("item_type", "", "task"),
    ];
    for (field, member, text) in standing.iter().chain(facts) {
        document.record.put(field, member, Some((*text).to_owned()));
    }
    document
}

fn with_criteria(mut document: Document, criteria: &[(String, bool)]) -> Document {
    for (index, (text, done)) in criteria.iter().enumerate() {
        let own = uid(100 + u8::try_from(index).expect("few")).to_string();
        let record = &mut document.record;
        record.put("criteria", &own, Some(text.clone()));
        record.put("criteria.position", &own, Some(index.to_string()));
        record.put("criteria.done", &own, done.then(|| "true".to_owned()));
    }
    document
}

/// The documents after the text that they make was read onto them again.
fn round_trip(form: Form, documents: &[Document], names: &Names) -> Vec<Document> {
    let text = write(form, documents, names);
    let rows = read(form, &text).expect("it is read");
    let mut after = Vec::new();
    for row in rows {
        let own = documents.iter().find(|it| it.uid == row.uid);
        let mut document = own.expect("it is one of them").clone();
        if let Some(whole) = &row.whole {
            document = (**whole).clone();
        }
        row.apply(&mut document, at(), || unreachable!("no criterion is new"));
        after.push(document);
    }
    after.sort_by(|a, b| a.uid.cmp(&b.uid));
    after
}

const ALL: [Form; 3] = [Form::Markdown, Form::Csv, Form::JsonLines];

/// Whatever a title, label or cell may hold, on one line.
fn line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" · ".to_owned()),
        Just("**".to_owned()),
        Just("\"".to_owned()),
        Just(", ".to_owned()),
        Just("#x".to_owned()),
        Just("<!-- a -->".to_owned()),
        Just("\\".to_owned()),
        Just("größe 🎉".to_owned()),
        "[a-zA-Z0-9:=+@-]{1,6}",
    ];
    vec(piece, 1..6).prop_map(|pieces| {
        let text = pieces.concat();
        format!("t{}", text.trim_end())
    })
}

proptest! {
    #[test]
    fn every_form_reads_back_what_it_has_written(
        titles in vec((line(), option::of(line()), any::<bool>()), 1..5),
        tags in btree_set("[a-z/ü]{1,8}", 0..3),
        criteria in vec((line(), any::<bool>()), 0..3),
    ) {
        let mut documents: Vec<Document> = Vec::new();
        for (number, (title, category, done)) in (1..).zip(&titles) {
            let mut document = item(number, &[("title", "", title)]);
            if *done {
                document.record.put("status", "", Some("done".to_owned()));
                document.record.put("settled_at", "", Some(at().to_string()));
            }
            document.record.put("category", "", category.clone());
            for tag in &tags {
                document.record.put("labels", tag, Some(tag.clone()));
            }
            if number > 1 && *done {
                document.record.put("parent", "", Some(uid(number - 1).to_string()));
            }
            documents.push(document);
        }
        documents[0] = with_criteria(documents[0].clone(), &criteria);
        for form in ALL {
            let after = round_trip(form, &documents, &Names::default());
            prop_assert_eq!(&after, &documents, "{:?}: {}", form, write(form, &documents, &Names::default()));
        }
    }

    #[test]
    fn no_text_is_a_danger(text in "[-*#+ \\[\\]x\"·,:<>!a\n\t\r@]{0,200}") {
        for form in ALL {
            // Whatever comes of it, it comes.
            let _ = read(form, &text);
        }
    }
}

#[test]
fn everything_that_a_form_has_a_place_for_reads_back() {
    let names = Names(
        [
            (uid(9).to_string(), "HS".to_owned()),
            (uid(1).to_string(), "HS-001".to_owned()),
        ]
        .into(),
    );
    let full = item(
        2,
        &[
            ("project", "", uid(9).as_str()),
            ("status", "", "blocked"),
            ("blocked_from", "", "review"),
            ("priority", "", "critical"),
            ("item_type", "", "bug"),
            ("assignee", "", "jo"),
            ("due", "", "2026-03-01"),
            ("estimated_hours", "", "1.5"),
            (
                "description",
                "",
                "Two lines,\n\n- [ ] and no task\n\\of it",
            ),
            ("labels", "loud", "loud"),
        ],
    );
    let text = write(Form::Markdown, &[item(1, &[]), full.clone()], &names);
    let (one, two) = (uid(1), uid(2));
    assert_eq!(
        text,
        format!(
            "# No project\n\n\
             - [ ] **HS-001** Buy a pump <!-- ai-lab uid={one} -->\n\n\
             # HS\n\n\
             - [ ] **HS-002** Buy a pump · status:blocked · prio:critical · type:bug · due:2026-03-01 \
             · est:1.5 · #loud · @jo <!-- ai-lab uid={two} -->\n  \
               Two lines,\n\n  \
               \\- [ ] and no task\n  \
               \\\\of it\n"
        )
    );
    for form in ALL {
        // A cell names the project as people do; whoever takes the text knows which it is.
        let mut after = round_trip(form, std::slice::from_ref(&full), &names);
        after[0].hints.clear();
        after[0].record.put("project", "", Some(uid(9).to_string()));
        assert_eq!(after, std::slice::from_ref(&full), "{form:?}");
    }
}

fn row(line: usize, label: Option<&str>, parent: Option<usize>, edits: Vec<Edit>) -> Row {
    Row {
        line,
        kind: EntityKind::Item,
        uid: None,
        label: label.and_then(|it| it.parse().ok()),
        whole: None,
        parent: parent.map(Parent::Row),
        edits,
    }
}

fn field(name: &str, text: &str) -> Edit {
    Edit::Field(name.to_owned(), Some(text.to_owned()))
}

#[test]
fn a_list_that_a_person_wrote_is_understood() {
    let text = "Intro\n\n## Home\n\n* [x] Plant a tree\n\tIn spring.\n\n    * [ ] Dig · prio:high · #wet · after:HS-001\n+ [ ] **HS-007** Water\n- no task\n";
    let rows = read(Form::Markdown, text).expect("it is read");
    assert_eq!(
        rows,
        [
            row(
                5,
                None,
                None,
                vec![
                    field("title", "Plant a tree"),
                    Edit::Ticked(true),
                    field("project", "Home"),
                    field("description", "In spring.")
                ]
            ),
            row(
                8,
                None,
                Some(0),
                vec![
                    field("title", "Dig"),
                    field("priority", "high"),
                    Edit::Tags("labels".to_owned(), vec!["wet".to_owned()]),
                    Edit::Dependencies(vec!["HS-001".to_owned()]),
                    Edit::Ticked(false),
                    field("project", "Home"),
                ]
            ),
            row(
                9,
                Some("HS-007"),
                None,
                vec![
                    field("title", "Water"),
                    Edit::Ticked(false),
                    field("project", "Home")
                ]
            ),
        ]
    );
}

#[test]
fn a_sheet_that_another_program_wrote_is_understood() {
    let text = "label,title,due,Sprint,criteria\r\n,\"a, \"\"b\"\"\nc\",2026-03-01,7,\"[x] one\ntwo\"\r\n\r\nHS-001,,,,\n";
    let rows = read(Form::Csv, text).expect("it is read");
    let criteria = vec![("one".to_owned(), true), ("two".to_owned(), false)];
    assert_eq!(
        rows,
        [
            row(
                2,
                None,
                None,
                vec![
                    field("title", "a, \"b\"\nc"),
                    field("due", "2026-03-01"),
                    Edit::Extra("Sprint".to_owned(), "7".to_owned()),
                    Edit::Criteria(criteria),
                ]
            ),
            row(
                6,
                Some("HS-001"),
                None,
                vec![
                    Edit::Field("due".to_owned(), None),
                    Edit::Criteria(Vec::new())
                ]
            ),
        ]
    );
}

/// A form, a text of it, and what is told.
const WRONG: &[(Form, &str, &str)] = &[
    (
        Form::Csv,
        "x,y\n",
        "line 1: the head has neither `title` nor `uid` nor `label`",
    ),
    (
        Form::Csv,
        "title,title\n",
        "line 1: the column `title` is there twice",
    ),
    (
        Form::Csv,
        "title\na\n\"b\n",
        "line 3: a quoted cell has no end",
    ),
    (
        Form::Csv,
        "title\na,b\n",
        "line 2: 2 cells, and the head has 1",
    ),
    (
        Form::Csv,
        "title,due\na,tomorrow\n",
        "line 2: `due` is not a date such as 2026-02-03",
    ),
    (
        Form::Csv,
        "title,uid\na,b\n",
        "line 2: uid: `b` is no uid: a version 7 UUID of 36 lower-case characters",
    ),
    (
        Form::Markdown,
        "- [ ] **A-1**\n",
        "line 1: a task without a title",
    ),
    (
        Form::Markdown,
        "\n- [ ] a · prio:most\n",
        "line 2: `priority` is not one of low, medium, high, critical",
    ),
    (
        Form::Markdown,
        "- [ ] a · b\n",
        "line 1: `b` is none of the words behind a title",
    ),
    (
        Form::JsonLines,
        "\n{\"format\": 1, \"kind\": \"item\"}\n",
        "line 2: column 1: `title` is missing",
    ),
    (
        Form::JsonLines,
        "{\"format\": 1, \"kind\": \"thing\"}\n",
        "line 1: column 23: `kind` is not one of project, idea, item, milestone, repo",
    ),
    (
        Form::JsonLines,
        "{\n",
        "line 1: column 1: no JSON: EOF while parsing an object",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (form, text, told) in WRONG {
        assert_eq!(read(*form, text).expect_err(text).to_string(), *told);
    }
}

#[test]
fn a_box_says_no_more_than_whether_it_is_done() {
    let ticked = |status: &str, done: bool| {
        let mut document = item(1, &[("status", "", status)]);
        let edit = row(1, None, None, vec![Edit::Ticked(done)]);
        edit.apply(&mut document, at(), || uid(9));
        let settled = document.record.get("settled_at", "").is_some();
        (
            document
                .record
                .get("status", "")
                .unwrap_or_default()
                .to_owned(),
            settled,
        )
    };
    for (status, done, after, settled) in [
        ("review", false, "review", false),
        ("review", true, "done", true),
        ("done", false, "todo", false),
        ("cancelled", true, "cancelled", false),
    ] {
        assert_eq!(
            ticked(status, done),
            (after.to_owned(), settled),
            "{status}"
        );
    }
}
