//! What is written reads back; what is wrong is told with its line and column.

use std::fs;
use std::path::Path;

use lab_files::{Document, Names, read_document, schema, schema_name, write_document};
use lab_model::{EntityKind, Identity, Recorded};

use crate::samples::{document, idea, item, milestone, project, repo, uid};

fn reads_back<E: Recorded + PartialEq + std::fmt::Debug>(entity: &E) {
    let told = document(entity);
    let text = write_document(&told, &Names::default());
    let read = read_document(E::KIND, &text).expect("it is a document");
    assert_eq!(read, told);
    let mut record = read.record;
    record.put("label", "", Some(entity.head().label.to_string()));
    let identity = Identity::of(entity.head());
    assert_eq!(E::from_record(identity, record).as_ref(), Ok(entity));
    assert_eq!(write_document(&told, &Names::default()), text);
}

#[test]
fn every_field_of_every_kind_reads_back() {
    reads_back(&item());
    reads_back(&idea());
    reads_back(&project());
    reads_back(&milestone());
    reads_back(&repo());
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table and its text")]
fn a_file_has_one_value_a_line_and_the_same_keys_in_the_same_order() {
    let mut told = document(&item());
    told.record.put("description", "", None);
    for gone in ["blockers", "criteria", "time_entries", "github", "claim"] {
        let facts: Vec<(String, String)> = told
            .record
            .iter()
            .filter(|(field, _, _)| field.split('.').next() == Some(gone))
            .map(|(field, member, _)| (field.to_owned(), member.to_owned()))
            .collect();
        for (field, member) in facts {
            told.record.put(&field, &member, None);
        }
    }
    told.extras.insert("zebra".to_owned(), 1.into());
    told.extras.insert("apple".to_owned(), "x".into());
    let names = Names([(uid(91).to_string(), "PRJ-001".to_owned())].into());
    let (own, project) = (uid(1), uid(91));
    let (parent, milestone, on) = (uid(92), uid(93), uid(94));
    let expected = format!(
        r#"{{
  "format": 1,
  "kind": "item",
  "uid": "{own}",
  "label": "FRM-020",
  "aliases": [
    "OLD-1"
  ],
  "title": "Größe 😀 \"quoted\"",
  "status": "blocked",
  "blocked_from": "in_progress",
  "priority": "high",
  "item_type": "bug",
  "category": "",
  "project": "PRJ-001 <{project}>",
  "parent": "{parent}",
  "milestone": "{milestone}",
  "assignee": "jo",
  "author": "jo",
  "labels": [
    "größe",
    "ui/ux"
  ],
  "dependencies": [
    "{on}",
    "ARCH-001"
  ],
  "due": "2026-02-03",
  "estimated_hours": 0.1,
  "spent_hours": 16,
  "notes": "",
  "file_path": "/elsewhere/a | b.json",
  "is_draft": true,
  "archived": true,
  "started_at": "2023-11-14T22:13:20.01Z",
  "settled_at": "2023-11-14T22:13:20.011Z",
  "created_at": "2023-11-14T22:13:20.001Z",
  "apple": "x",
  "zebra": 1,
  "updated_at": "2023-11-14T22:13:20.999Z"
}}
"#
    );
    let text = write_document(&told, &names);
    assert_eq!(text, expected);
    let read = read_document(EntityKind::Item, &text).expect("it is a document");
    told.hints = names.0;
    assert_eq!(read, told);
}

#[test]
fn a_person_writes_a_title_and_what_else_there_is_to_say() {
    let text = "\u{feff}{\"format\": 1, \"title\": \"Buy a pump\", \"project\": \"HSA\", \"due\": null,\r\n\
                \"criteria\": [\"it runs\", \"it runs\", {\"text\": \"it is quiet\", \"done\": true}],\r\n\
                \"dependencies\": [\"HSA-001\"], \"colour\": \"red\"}";
    let read = read_document(EntityKind::Item, text).expect("it is a document");
    let fact = |field: &str| read.record.get(field, "");
    assert_eq!(
        ["title", "status", "priority", "item_type", "project", "due"].map(fact),
        [
            Some("Buy a pump"),
            Some("todo"),
            Some("medium"),
            Some("task"),
            Some("HSA"),
            None
        ]
    );
    assert_eq!((&read.uid, &read.label), (&None, &None));
    assert_eq!(
        read.record.get("dependencies.unresolved", "HSA-001"),
        Some("HSA-001")
    );
    assert_eq!(read.extras["colour"], "red");
    let named = vec![("project", EntityKind::Project, "HSA".to_owned())];
    assert_eq!(read.named_references(), named);
    let criteria = |document: &Document| -> Vec<(String, String)> {
        let facts = document.record.iter();
        let own = facts.filter(|(field, _, _)| *field == "criteria");
        own.map(|(_, uid, text)| (text.to_owned(), uid.to_owned()))
            .collect()
    };
    assert_eq!(criteria(&read).len(), 3);
    // Whoever reads it gives the entries the same identities.
    let again = read_document(EntityKind::Item, text).expect("it is a document");
    assert_eq!(criteria(&again), criteria(&read));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table and its text")]
fn what_is_wrong_is_told_with_its_line_and_column() {
    let own = uid(1);
    for (text, told) in [
        (
            String::new(),
            "line 1, column 1: no JSON: EOF while parsing a value",
        ),
        (
            "{\n  \"format\": 1,\n  \"title\": \"ä\" \"b\"\n}".to_owned(),
            "line 3, column 16: no JSON: expected `,` or `}`",
        ),
        (
            "{\"format\": 1, \"title\": \"a\",\n\"title\": \"b\"}".to_owned(),
            "line 2, column 7: no JSON: `title` is there twice",
        ),
        (
            "{\"format\": 1,\n<<<<<<< ours\n\"title\": \"a\"\n=======\n".to_owned(),
            "line 2, column 1: a merge left its conflict markers here",
        ),
        (
            "[]".to_owned(),
            "line 1, column 1: no tracker file: `format` is missing",
        ),
        (
            "{\"id\": \"FRM-001\"}".to_owned(),
            "line 1, column 1: no tracker file: `format` is missing",
        ),
        (
            "{\"format\": 2}".to_owned(),
            "line 1, column 12: format 2 is of a later version, this one reads 1",
        ),
        (
            "{\"format\": 1, \"kind\": \"idea\", \"title\": \"a\"}".to_owned(),
            "line 1, column 23: its kind is idea, and all here are of kind item",
        ),
        (
            "{\"format\": 1, \"status\": \"todo\"}".to_owned(),
            "line 1, column 1: `title` is missing",
        ),
        (
            "{\"format\": 1, \"title\": \"a\",\n \"status\": \"completed\"}".to_owned(),
            "line 2, column 12: `status` is not one of todo, in_progress, review, done, blocked, cancelled",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"due\": \"2026-02-30\"}".to_owned(),
            "line 1, column 36: `due` is not a date such as 2026-02-03",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"labels\": [\"x\",\n3]}".to_owned(),
            "line 2, column 1: `labels` is not a text",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"criteria\": [{\"done\": true}]}".to_owned(),
            "line 1, column 42: `criteria.text` is missing",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"criteria\": [{\"text\": \"a\", \"colour\": 1}]}"
                .to_owned(),
            "line 1, column 66: `criteria.colour` is not a part of it; there are text, done, evidence",
        ),
        (
            format!(
                "{{\"format\": 1, \"title\": \"a\", \"criteria\": [{{\"uid\": \"{own}\", \"text\": \"a\"}}, {{\"uid\": \"{own}\", \"text\": \"b\"}}]}}"
            ),
            "line 1, column 104: `criteria` is not an entry of its own: its uid is there twice",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"time_entries\": [{\"hours\": -1, \"at\": \"x\"}]}"
                .to_owned(),
            "line 1, column 56: `time_entries` is not a number of hours from 0 to 1,000,000",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"uid\": \"1\"}".to_owned(),
            "line 1, column 36: `uid` is not a uid",
        ),
        (
            "{\"format\": 1, \"title\": \"a\", \"github\": {\"repo\": \"o/n\"}}".to_owned(),
            "line 1, column 39: `github.number` is missing",
        ),
    ] {
        let error = read_document(EntityKind::Item, &text).expect_err(&text);
        assert_eq!(error.to_string(), told, "{text}");
    }
}

#[test]
fn a_deep_document_is_refused_and_no_danger() {
    let deep = format!("{{\"format\": 1, \"x\": {}1", "[".repeat(100_000));
    let error = read_document(EntityKind::Item, &deep).expect_err("too deep");
    assert!(error.to_string().contains("recursion limit"), "{error}");
}

/// Compares with the committed files; `AI_LAB_BLESS=1` writes them anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing the schemas is this test's own door"
)]
fn the_schemas_are_the_committed_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    for kind in EntityKind::ALL {
        let (built, path) = (schema(*kind), folder.join(schema_name(*kind)));
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &built).expect("the folder can be written");
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), built);
    }
}
