//! What the importer makes of each irregularity.

use lab_import::finding::FindingKind;
use lab_import::merge::merge;
use lab_import::plan::{BlockerDraft, ImportPlan, IssueDraft, ItemDraft, Outcome, Reference};
use lab_import::read::read_lab;
use lab_model::{ItemStatus, ItemType, Priority};
use serde_json::json;

use crate::bench::{limits, options};
use crate::predecessor::Predecessor;

fn planned(from: &Predecessor) -> ImportPlan {
    let mut sources = read_lab(from.path(), &limits()).expect("a folder that can be listed");
    lab_import::provenance::sort(&mut sources);
    merge(&sources, &options())
}

fn item<'a>(plan: &'a ImportPlan, label: &str) -> &'a ItemDraft {
    plan.items.get(label).expect("an item of that label")
}

/// What became of one field: outcome, target and reason.
fn account(plan: &ImportPlan, place: &str) -> (Outcome, String, String) {
    let found = plan
        .accounts
        .iter()
        .find(|a| format!("{} {}{}", a.source, a.record, a.pointer) == place);
    let found = found.expect("an account of that place");
    let target = found
        .target
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    (found.outcome, target, found.reason.clone())
}

fn messages(plan: &ImportPlan, kind: FindingKind) -> Vec<&str> {
    plan.findings
        .iter()
        .filter(|f| f.kind == kind)
        .map(|f| f.message.as_str())
        .collect()
}

#[test]
fn files_keep_dates_tags_and_project_and_the_database_the_status() {
    let plan = planned(&Predecessor::with_everything());
    let both = item(&plan, "AAA-001");
    assert_eq!(both.status, ItemStatus::Done);
    assert_eq!(
        both.created_at.map(|at| at.to_string()).as_deref(),
        Some("2025-01-01T08:00:00Z")
    );
    assert_eq!(both.labels, ["ä/ö", "b"]);
    assert_eq!(both.project.as_deref(), Some("PRJ-002"));
    assert_eq!(both.notes.as_deref(), Some("Zeile 1\nZeile 2 | 🎈"));
    assert_eq!(
        both.file_path.as_deref(),
        Some("/home/someone/Meine Ordner/2 | Dinge/a b.md")
    );
    let file = "work-items/AAA-001_with-a-slug.json /";
    let status = account(&plan, &format!("{file}status"));
    assert_eq!(
        (status.0, status.1.as_str()),
        (Outcome::Overruled, "item AAA-001 status")
    );
    assert!(
        status
            .2
            .starts_with("lab.db work_items#2 /status counts, because work went on"),
        "{}",
        status.2
    );
    assert_eq!(
        account(&plan, &format!("{file}category")).0,
        Outcome::Mapped
    );
    assert_eq!(
        account(&plan, "lab.db work_items#2/created_date").0,
        Outcome::Overruled
    );
    assert_eq!(
        account(&plan, "lab.db work_items#2/labels"),
        (
            Outcome::Empty,
            "item AAA-001 labels".into(),
            "an empty list".into()
        )
    );
}

#[test]
fn words_of_the_predecessor_become_ours_and_are_kept() {
    let plan = planned(&Predecessor::with_everything());
    let part = item(&plan, "AAA-001-1");
    assert_eq!(
        (part.status, part.item_type, part.priority),
        (ItemStatus::Done, ItemType::Infrastructure, Priority::Low)
    );
    assert_eq!(
        account(&plan, "work-items/AAA-001-1.json /type"),
        (
            Outcome::Converted,
            "item AAA-001-1 item_type".into(),
            "`framework` is infrastructure here".into()
        )
    );
    assert_eq!(
        part.blockers,
        [BlockerDraft {
            text: "Strom".into(),
            severity: Some(Priority::High),
            resolution: None
        }]
    );
    assert_eq!(
        account(&plan, "work-items/AAA-001-1.json /plan/phase"),
        (
            Outcome::Kept,
            String::new(),
            "the model has no such field".into()
        )
    );
    assert_eq!(
        messages(&plan, FindingKind::UnknownWord),
        ["`odd-word` is no word of this field; kept as it was"]
    );
    assert_eq!(item(&plan, "AAA-023").status, ItemStatus::Todo);
}

#[test]
fn a_dependency_on_what_it_is_a_part_of_becomes_parentage() {
    let plan = planned(&Predecessor::with_everything());
    let part = item(&plan, "AAA-001-1");
    assert_eq!(
        (part.parent.as_deref(), part.dependencies.as_slice()),
        (Some("AAA-001"), &[][..])
    );
    assert_eq!(
        messages(&plan, FindingKind::DependsOnParent),
        ["AAA-001-1 depends on AAA-001, which it is a part of; the part counts"]
    );
    assert_eq!(
        account(&plan, "work-items/AAA-001-1.json /dependencies").2,
        "AAA-001 is what it is a part of, not what it waits for"
    );
}

#[test]
fn sub_tasks_that_are_nowhere_else_become_items() {
    let plan = planned(&Predecessor::with_everything());
    let of = |label: &str| {
        let item = item(&plan, label);
        (
            item.title.clone(),
            item.status.as_str(),
            item.parent.clone().unwrap_or_default(),
        )
    };
    let expect = |title: &str, status: &'static str, parent: &str| {
        (title.to_owned(), status, parent.to_owned())
    };
    // An item of its own beats its copy; what only the copy says is taken.
    assert_eq!(
        of("AAA-002-1"),
        expect("title of the file", "done", "AAA-002")
    );
    assert_eq!(
        item(&plan, "AAA-002-1").notes.as_deref(),
        Some("of the copy")
    );
    assert_eq!(
        item(&plan, "AAA-002-1").dependencies,
        [Reference::To("AAA-002-2".into())]
    );
    assert_eq!(
        account(&plan, "work-items/AAA-002.json /sub_tasks/0/title").0,
        Outcome::Overruled
    );
    assert_eq!(of("AAA-002-2"), expect("only here", "done", "AAA-002"));
    assert_eq!(of("AAA-002-2.1"), expect("nested", "todo", "AAA-002-2"));
    assert_eq!(
        of("AAA-002-2-1"),
        expect("by its label", "done", "AAA-002-2")
    );
    assert_eq!(of("AAA-002-4"), expect("without an id", "todo", "AAA-002"));
    assert_eq!(of("AAA-002-5"), expect("a text alone", "todo", "AAA-002"));
    assert_eq!(
        item(&plan, "AAA-002-2.1").project.as_deref(),
        Some("PRJ-002")
    );
}

#[test]
fn a_document_in_the_notes_is_lifted_and_kept() {
    let plan = planned(&Predecessor::with_everything());
    let lifted = item(&plan, "DOC-001");
    assert_eq!(lifted.labels, ["both", "column", "from-notes"]);
    assert_eq!(
        lifted
            .criteria
            .iter()
            .map(|c| c.text.as_str())
            .collect::<Vec<_>>(),
        ["lesbar"]
    );
    assert_eq!(
        lifted
            .blockers
            .iter()
            .map(|b| b.text.as_str())
            .collect::<Vec<_>>(),
        ["kein Papier"]
    );
    assert_eq!(
        (lifted.notes.as_ref(), lifted.due, lifted.assignee.as_ref()),
        (None, None, None)
    );
    assert_eq!(item(&plan, "DOC-001-1").parent.as_deref(), Some("DOC-001"));
    let row = "lab.db work_items#1";
    assert_eq!(
        account(&plan, &format!("{row}/due_date")),
        (
            Outcome::Empty,
            "item DOC-001 due".into(),
            "an empty text".into()
        )
    );
    assert_eq!(
        account(&plan, &format!("{row}/notes/test_levels/0/tools")).0,
        Outcome::Kept
    );
    assert_eq!(
        account(&plan, &format!("{row}/notes")).1,
        "item DOC-001 attachment"
    );
    let names: Vec<&str> = plan
        .attachments
        .keys()
        .map(|(label, _)| label.as_str())
        .collect();
    assert_eq!(names, ["DOC-001"]);
}

#[test]
fn dates_of_a_bulk_import_are_unreliable() {
    let plan = planned(&Predecessor::with_everything());
    assert_eq!(
        messages(&plan, FindingKind::BulkDates),
        [
            "a bulk import wrote the dates of 5 rows; unreliable for 4 that no other source dates: AAA-020, AAA-021, AAA-022, AAA-023"
        ]
    );
    assert_eq!(
        account(&plan, "lab.db work_items#3/created_date").2,
        "unreliable: a bulk import wrote it over the true date"
    );
    assert_eq!(
        messages(&plan, FindingKind::UpdatedBeforeCreated),
        ["changed before it came to be; both dates stay as they are"]
    );
}

#[test]
fn local_times_are_read_in_their_zone() {
    let plan = planned(&Predecessor::with_everything());
    assert_eq!(
        messages(&plan, FindingKind::ZoneInferred),
        [
            "synchronisation wrote local times: read as Europe/Berlin, 4 of 5 lie within a minute of their change"
        ]
    );
    let issue = |label: &str| item(&plan, label).github.clone();
    let synced = "2025-05-01T10:00:10.5Z".parse().ok();
    let at = |repo: Option<&str>, number| {
        Some(IssueDraft {
            repo: repo.map(str::to_owned),
            number,
            synced_at: synced,
        })
    };
    assert_eq!(issue("PROJ-ABCD1234-WI-001"), at(Some("some/workshop"), 1));
    assert_eq!(issue("PROJ-ABCD1234-WI-002"), at(Some("some/other"), 1));
    assert_eq!(issue("PROJ-ABCD1234-WI-003"), at(None, 1));
    assert_eq!(issue("LOOSE-001"), at(None, 1));
    assert_eq!(
        messages(&plan, FindingKind::SharedIssue),
        [
            "issue 1 of some/workshop belongs to PROJ-ABCD1234-WI-001; PROJ-ABCD1234-WI-003 stays unlinked"
        ]
    );
    assert_eq!(
        messages(&plan, FindingKind::UnlinkedIssue),
        ["issue 1 has no repository; LOOSE-001 stays unlinked until someone names it"]
    );
    assert_eq!(
        messages(&plan, FindingKind::EditedAfterSync),
        [
            "PROJ-ABCD1234-WI-004 was changed after its last synchronisation; the first one compares only"
        ]
    );
    let project = &plan.projects["PROJ-ABCD1234"];
    assert_eq!(
        project.start.map(|day| day.to_string()).as_deref(),
        Some("2025-05-02")
    );
    assert_eq!(plan.repos["some/workshop"].github_id, Some(77));
}

#[test]
fn references_to_nothing_stay_as_they_are() {
    let plan = planned(&Predecessor::with_everything());
    assert_eq!(
        item(&plan, "AAA-009").dependencies,
        [
            Reference::To("AAA-010".into()),
            Reference::Dangling("NOWHERE-1".into())
        ]
    );
    assert_eq!(
        item(&plan, "AAA-011").dependencies,
        [Reference::Dangling("AAA-009".into())]
    );
    assert_eq!(
        messages(&plan, FindingKind::Cycle),
        [
            "AAA-011 on AAA-009 would close a circle; it stays unresolved",
            "AAA-011 depends on itself; kept as it was"
        ]
    );
    assert_eq!(
        messages(&plan, FindingKind::DanglingReference),
        [
            "the milestone PRJ-001-M9 of PRJ-001-T3 is nowhere; kept as it was",
            "AAA-009 depends on NOWHERE-1, which is nowhere; it stays unresolved",
            "IDEA-001 depends on IDEA-999, which is nowhere; it stays unresolved",
        ]
    );
    let placeholders: Vec<(&str, &str)> = plan
        .projects
        .iter()
        .filter(|(_, p)| p.placeholder)
        .map(|(l, p)| (l.as_str(), p.name.as_str()))
        .collect();
    assert_eq!(placeholders, [("PRJ-002", "Das Haus")]);
}

#[test]
fn a_project_with_local_ids_is_taken_under_its_own_label() {
    let plan = planned(&Predecessor::with_everything());
    let task = item(&plan, "PRJ-001-T1");
    assert_eq!(
        (
            task.project.as_deref(),
            task.milestone.as_deref(),
            task.dependencies.as_slice()
        ),
        (
            Some("PRJ-001"),
            Some("PRJ-001-M1"),
            &[Reference::To("PRJ-001-T3".into())][..]
        )
    );
    assert_eq!(
        task.due.map(|day| day.to_string()).as_deref(),
        Some("2025-03-07")
    );
    let second = &plan.milestones["PRJ-001-M2"];
    assert_eq!(
        (second.project.as_deref(), second.dependencies.as_slice()),
        (Some("PRJ-001"), &[Reference::To("PRJ-001-M1".into())][..])
    );
    assert_eq!(plan.projects["PRJ-001"].risks, ["too late"]);
    assert_eq!(
        plan.projects["PRJ-006"].source_idea.as_deref(),
        Some("IDEA-001")
    );
    assert_eq!(
        plan.ideas["IDEA-001"].related_project.as_deref(),
        Some("PRJ-006")
    );
    let source = "projects/panel/project_management.json";
    assert_eq!(
        account(&plan, &format!("{source} /work_sessions/0/duration_hours")).0,
        Outcome::Kept
    );
    assert_eq!(
        account(&plan, &format!("{source} /tasks/0/id")).2,
        "local to its file, so prefixed by its project"
    );
}

#[test]
fn every_copy_and_strange_table_is_named() {
    let from = Predecessor::with_everything();
    let sources = read_lab(from.path(), &limits()).expect("a folder that can be listed");
    let told: Vec<String> = sources
        .findings
        .iter()
        .map(|f| format!("{} {}: {}", f.source, f.place, f.message))
        .collect();
    assert_eq!(
        told,
        [
            "work-items/AAA-010 2.json : a copy, identical to work-items/AAA-010.json; kept whole, nothing of it imported",
            "work-items/AAA-010 3.json : a copy, differs from work-items/AAA-010.json; kept whole, nothing of it imported",
        ]
    );
    let plan = planned(&from);
    assert_eq!(
        messages(&plan, FindingKind::UnknownTable),
        [
            "the predecessor had no table `counted`; 1 rows kept as they were",
            "the predecessor had no table `keyed`; 2 rows kept as they were",
            "the predecessor had no table `surprises`; 4 rows kept as they were",
        ]
    );
    assert_eq!(
        messages(&plan, FindingKind::DuplicateKey),
        ["the name stands twice in its object; the last one counts, both are kept"]
    );
    assert_eq!(item(&plan, "AAA-009").title, "grün");
    assert_eq!(item(&plan, "AAA-010").title, "ten");
    assert_eq!(
        item(&plan, "AAA-010").assignee.as_deref(),
        Some("of the archive")
    );
}

#[test]
fn another_generation_of_the_database_kept_the_originals() {
    let from = Predecessor::empty();
    let database = from.database();
    database
        .execute_batch(
            "CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT, tags TEXT, created_date TEXT, data JSON)",
        )
        .expect("a schema");
    let original = json!({"id": "B-1", "title": "whole", "tags": ["true"], "created_date": "2025-01-01T00:00:00Z"});
    database
        .execute(
            "INSERT INTO work_items VALUES ('B-1', 'whole', '[]', '2025-10-10 11:12:13.1', ?1)",
            [original.to_string()],
        )
        .expect("a row");
    drop(database);
    let plan = planned(&from);
    let item = item(&plan, "B-1");
    assert_eq!(
        (
            item.labels.as_slice(),
            item.created_at.map(|at| at.to_string())
        ),
        (
            &["true".to_owned()][..],
            Some("2025-01-01T00:00:00Z".to_owned())
        )
    );
}

#[test]
fn parents_that_go_round_are_cut_once() {
    let from = Predecessor::empty();
    for (label, parent) in [
        ("A-1", "B-1"),
        ("B-1", "C-1"),
        ("C-1", "A-1"),
        ("D-1", "D-1"),
    ] {
        let file = format!("work-items/{label}.json");
        from.json(
            &file,
            &json!({"id": label, "title": label, "parent_issue_id": parent}),
        );
    }
    let plan = planned(&from);
    let parents: Vec<(&str, Option<&str>)> = plan
        .items
        .iter()
        .map(|(label, item)| (label.as_str(), item.parent.as_deref()))
        .collect();
    assert_eq!(
        parents,
        [
            ("A-1", Some("B-1")),
            ("B-1", Some("C-1")),
            ("C-1", None),
            ("D-1", None)
        ]
    );
    assert_eq!(
        messages(&plan, FindingKind::Cycle),
        [
            "A-1 is part of C-1 already, so not its parent; kept as it was",
            "D-1 is part of D-1 already, so not its parent; kept as it was",
        ]
    );
    crate::bench::import(&mut crate::bench::lab(), from.path());
}

#[test]
fn a_document_in_the_notes_has_truer_dates_than_a_bulk_import() {
    let from = Predecessor::with_everything();
    let database = from.database();
    database
        .execute(
            "UPDATE work_items SET notes = ?1 WHERE id = 'AAA-020'",
            [json!({"created_at": "2025-04-04T04:04:04Z"}).to_string()],
        )
        .expect("a row");
    drop(database);
    let plan = planned(&from);
    assert_eq!(
        item(&plan, "AAA-020")
            .created_at
            .map(|at| at.to_string())
            .as_deref(),
        Some("2025-04-04T04:04:04Z")
    );
    assert_eq!(
        messages(&plan, FindingKind::BulkDates),
        [
            "a bulk import wrote the dates of 5 rows; unreliable for 3 that no other source dates: AAA-021, AAA-022, AAA-023"
        ]
    );
}

#[test]
fn labels_that_differ_in_case_alone_are_one() {
    let from = Predecessor::empty();
    from.json(
        "work-items/1.json",
        &json!({"id": "Abc-1", "title": "first"}),
    );
    from.json(
        "work-items/2.json",
        &json!({"id": "ABC-1", "title": "second", "author": "jo"}),
    );
    from.json(
        "work-items/3.json",
        &json!({"id": "X-1", "title": "x", "dependencies": ["abc-1"]}),
    );
    let plan = planned(&from);
    assert_eq!(plan.items.keys().collect::<Vec<_>>(), ["Abc-1", "X-1"]);
    assert_eq!(item(&plan, "Abc-1").author.as_deref(), Some("jo"));
    assert_eq!(
        item(&plan, "X-1").dependencies,
        [Reference::To("Abc-1".into())]
    );
    assert_eq!(
        account(&plan, "work-items/2.json /id").2,
        "the same label as Abc-1"
    );
}

#[test]
fn a_parent_in_words_that_nobody_is_called_by_and_sub_tasks_deep_down() {
    let from = Predecessor::empty();
    from.json(
        "work-items/1.json",
        &json!({"id": "N-1", "title": "n", "sub_tasks": [
            {"title": "one", "subtasks": [{"title": "deep", "sub_tasks": ["deeper", {"nothing": 1}]}]},
            {"id": "N-1-1", "title": "named"}
        ]}),
    );
    let plan = planned(&from);
    let titles: Vec<(&str, &str, Option<&str>)> = plan
        .items
        .iter()
        .map(|(label, item)| (label.as_str(), item.title.as_str(), item.parent.as_deref()))
        .collect();
    assert_eq!(
        titles,
        [
            ("N-1", "n", None),
            ("N-1-1", "named", Some("N-1")),
            ("N-1-2", "one", Some("N-1")),
            ("N-1-2-1", "deep", Some("N-1-2")),
            ("N-1-2-1-1", "deeper", Some("N-1-2-1")),
        ]
    );
    assert_eq!(
        messages(&plan, FindingKind::NoId),
        ["neither id nor title, so no item; kept as it was"]
    );
}

#[test]
fn closed_items_with_open_questions_stay_closed_and_are_named() {
    let from = Predecessor::empty();
    from.json(
        "work-items/1.json",
        &json!({"id": "A-1", "title": "a", "status": "done", "actual_hours": 0, "dependencies": ["A-2"]}),
    );
    from.json(
        "work-items/2.json",
        &json!({"id": "A-2", "title": "b", "status": "open"}),
    );
    let plan = planned(&from);
    assert_eq!(item(&plan, "A-1").status, ItemStatus::Done);
    assert_eq!(
        item(&plan, "A-1").dependencies,
        [Reference::To("A-2".into())]
    );
    assert_eq!(
        messages(&plan, FindingKind::ClosedBeforeDependency),
        ["A-1 is settled and depends on A-2, which is open; both stay as they are"]
    );
    assert_eq!(
        messages(&plan, FindingKind::ClosedWithoutHours),
        ["A-1 is done with 0 hours; kept as it was"]
    );
}

#[test]
fn zero_and_nothing_are_two_things() {
    let from = Predecessor::empty();
    let hours = [
        ("A-1", json!(null), json!(0), (None, Some(0.0))),
        ("A-2", json!(0.0), json!(2), (Some(0.0), Some(2.0))),
        ("A-3", json!(4), json!(null), (Some(4.0), None)),
    ];
    for (label, estimated, spent, _) in &hours {
        let file = format!("work-items/{label}.json");
        from.json(
            &file,
            &json!({"id": label, "title": label, "estimated_hours": estimated, "actual_hours": spent}),
        );
    }
    let plan = planned(&from);
    for (label, _, _, expected) in hours {
        let taken = item(&plan, label);
        let told =
            [taken.estimated_hours, taken.spent_hours].map(|h| h.map(lab_model::Hours::as_f64));
        assert_eq!((told[0], told[1]), expected, "{label}");
    }
    assert_eq!(
        account(&plan, "work-items/A-1.json /estimated_hours").2,
        "null"
    );
}
