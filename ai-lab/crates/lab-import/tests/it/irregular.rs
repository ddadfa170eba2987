//! One row for each irregularity that predecessors' labs are known to have: what is there, what becomes of it.

use std::fmt::Write as _;

use lab_import::finding::Finding;
use lab_import::merge::merge;
use lab_import::plan::{ImportPlan, ItemDraft, Reference};
use lab_import::read::read_lab;
use lab_model::{ItemStatus, ItemType};

use crate::bench::{limits, options};
use crate::predecessor::Predecessor;

/// One irregularity.
struct Row {
    /// Its number in the list of known ones, and what it is.
    what: &'static str,
    /// Files: path below `data`, text.
    files: &'static [(&'static str, &'static str)],
    /// What the database holds, if there is one.
    sql: &'static str,
    /// What is imported, a line a record, and the kinds of findings.
    becomes: &'static str,
}

/// The tables that the latest generation of the database has, with the columns that matter here.
const TABLES: &str = "
CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT, start_date TEXT, created_date TEXT);
CREATE TABLE ideas (id TEXT PRIMARY KEY, title TEXT, status TEXT, created_date TEXT, updated_date TEXT);
CREATE TABLE work_items (updated_date TEXT, title TEXT, id TEXT PRIMARY KEY, status TEXT, type TEXT, issue_type TEXT,
  project_id TEXT, assignee TEXT, author TEXT, labels TEXT, created_date TEXT, due_date TEXT, actual_hours REAL,
  parent_issue_id TEXT, dependencies TEXT, acceptance_criteria TEXT, blockers TEXT, notes TEXT, file_path TEXT,
  github_issue_id INTEGER, github_synced_at TEXT, is_draft INTEGER);
ALTER TABLE work_items ADD COLUMN github_repo_url TEXT;
";

fn planned(row: &Row) -> (ImportPlan, Vec<Finding>) {
    let from = Predecessor::empty();
    for (path, text) in row.files {
        from.write(path, text);
    }
    if !row.sql.is_empty() {
        let tables = if row.sql.contains("CREATE TABLE") {
            ""
        } else {
            TABLES
        };
        let database = from.database();
        let sql = format!("{tables}{}", row.sql);
        database.execute_batch(&sql).expect("a database");
    }
    let mut sources = read_lab(from.path(), &limits()).expect("a folder that can be listed");
    lab_import::provenance::sort(&mut sources);
    (merge(&sources, &options()), sources.findings)
}

/// What is other than nothing, a line a record.
fn described((plan, read): &(ImportPlan, Vec<Finding>)) -> String {
    let mut told = String::new();
    for (label, project) in &plan.projects {
        let _ = write!(told, "project {label} `{}`", project.name);
        let mut say = |what: &str, text: Option<String>| {
            if let Some(text) = text {
                let _ = write!(told, " {what}={text}");
            }
        };
        say("start", project.start.map(|it| it.to_string()));
        say("placeholder", project.placeholder.then(|| "yes".to_owned()));
        told.push('\n');
    }
    for (label, idea) in &plan.ideas {
        let project = idea.related_project.as_deref().unwrap_or("-");
        let _ = writeln!(told, "idea {label} {} project={project}", idea.status);
    }
    for (label, milestone) in &plan.milestones {
        let due = milestone.due.map(|it| it.to_string()).unwrap_or_default();
        let _ = writeln!(told, "milestone {label} `{}` due={due}", milestone.title);
    }
    for (label, item) in &plan.items {
        let _ = writeln!(told, "item {label}{}", of_item(item));
    }
    if !plan.attachments.is_empty() {
        let _ = writeln!(told, "kept whole: {}", plan.attachments.len());
    }
    let mut kinds: Vec<String> = plan
        .findings
        .iter()
        .chain(read)
        .map(|it| format!("{:?}", it.kind))
        .collect();
    kinds.sort();
    kinds.dedup();
    let _ = write!(told, "findings: {}", kinds.join(" "));
    told
}

fn of_item(item: &ItemDraft) -> String {
    let mut told = String::new();
    let mut say = |what: &str, text: String| {
        if !text.is_empty() {
            let _ = write!(told, " {what}={text}");
        }
    };
    let reference = |it: &Reference| format!("{it:?}");
    if item.status != ItemStatus::Todo {
        say("status", item.status.to_string());
    }
    if item.item_type != ItemType::Task {
        say("type", item.item_type.to_string());
    }
    say("category", item.category.clone().unwrap_or_default());
    say("project", item.project.clone().unwrap_or_default());
    say("parent", item.parent.clone().unwrap_or_default());
    say("assignee", item.assignee.clone().unwrap_or_default());
    say("labels", item.labels.join(","));
    let on: Vec<String> = item.dependencies.iter().map(reference).collect();
    say("after", on.join(","));
    let criteria: Vec<&str> = item.criteria.iter().map(|it| it.text.as_str()).collect();
    say("criteria", criteria.join(","));
    let blockers: Vec<&str> = item.blockers.iter().map(|it| it.text.as_str()).collect();
    say("blockers", blockers.join(","));
    say("due", item.due.map(|it| it.to_string()).unwrap_or_default());
    say(
        "spent",
        item.spent_hours
            .map(|it| it.to_string())
            .unwrap_or_default(),
    );
    say(
        "created",
        item.created_at.map(|it| it.to_string()).unwrap_or_default(),
    );
    let issue = item.github.as_ref();
    say(
        "issue",
        issue
            .map(|it| format!("{}#{}", it.repo.as_deref().unwrap_or("?"), it.number))
            .unwrap_or_default(),
    );
    say(
        "synced",
        issue
            .and_then(|it| it.synced_at)
            .map(|it| it.to_string())
            .unwrap_or_default(),
    );
    say("path", item.file_path.clone().unwrap_or_default());
    told
}

#[test]
fn every_known_irregularity_becomes_what_the_table_says() {
    let mut wrong = String::new();
    for row in ROWS {
        let becomes = described(&planned(row));
        if becomes != row.becomes {
            let _ = write!(wrong, "@@{}\n{becomes}\n", row.what);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const ROWS: &[Row] = &[
    Row {
        what: "1 ids of many forms",
        files: &[
            ("work-items/a.json", r#"{"id": "DEPLOY-001", "title": "a"}"#),
            (
                "work-items/b.json",
                r#"{"id": "FRM-002-COMP", "title": "b"}"#,
            ),
            (
                "work-items/c.json",
                r#"{"id": "PROJ-674C38A1-WI-00ab12cd", "title": "c"}"#,
            ),
        ],
        sql: "",
        becomes: "item DEPLOY-001
item FRM-002-COMP
item PROJ-674C38A1-WI-00ab12cd
findings: ",
    },
    Row {
        what: "2 ideas that are called like projects",
        files: &[(
            "ideas/a.json",
            r#"{"id": "PROJ-MGMT-0a1b2c3d", "title": "a", "status": "backlog"}"#,
        )],
        sql: "",
        becomes: "idea PROJ-MGMT-0a1b2c3d backlog project=-
findings: ",
    },
    Row {
        what: "3 status words of their own",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "status": "completed"}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-2", "title": "b", "status": "open"}"#,
            ),
        ],
        sql: "",
        becomes: "item A-1 status=done
item A-2
findings: ",
    },
    Row {
        what: "4 an idea that was converted, into nobody knows what",
        files: &[(
            "ideas/a.json",
            r#"{"id": "IDEA-001", "title": "a", "status": "converted"}"#,
        )],
        sql: "",
        becomes: "idea IDEA-001 converted project=-
findings: ",
    },
    Row {
        what: "5 types of their own, and a category without a type",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "type": "framework"}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-2", "title": "b", "category": "odd"}"#,
            ),
        ],
        sql: "",
        becomes: "item A-1 type=infrastructure
item A-2 category=odd
findings: ",
    },
    Row {
        what: "6 two generations of dates in one column",
        files: &[],
        sql: "INSERT INTO work_items (id, title, created_date) VALUES ('A-1', 'a', '2025-01-02 03:04:05.678'), ('A-2', 'b', '2025-01-02T03:04:05Z');",
        becomes: "item A-1 created=2025-01-02T03:04:05.678Z
item A-2 created=2025-01-02T03:04:05Z
findings: ",
    },
    Row {
        what: "7 local times beside those of the world",
        files: &[],
        sql: "INSERT INTO projects (id, name, start_date) VALUES ('PROJ-1', 'p', '2025-05-02 00:30:00.1'); INSERT INTO work_items (id, title, project_id, created_date, github_issue_id, github_synced_at, github_repo_url) VALUES ('A-1', 'a', 'PROJ-1', '2025-06-01 10:00:00.5', 3, '2025-06-01 12:00:01.5', 'https://github.com/o/n');",
        becomes: "project PROJ-1 `p` start=2025-05-02
item A-1 project=PROJ-1 created=2025-06-01T10:00:00.5Z issue=o/n#3 synced=2025-06-01T10:00:01.5Z
findings: ",
    },
    Row {
        what: "8 empty texts for nothing",
        files: &[],
        sql: "INSERT INTO work_items (id, title, due_date, assignee, issue_type) VALUES ('A-1', 'a', '', '', '');",
        becomes: "item A-1
findings: ",
    },
    Row {
        what: "9 nothing, an empty list and zero",
        files: &[],
        sql: "INSERT INTO work_items (id, title, blockers, acceptance_criteria, actual_hours, is_draft) VALUES ('A-1', 'a', NULL, NULL, NULL, NULL), ('A-2', 'b', '[]', '[]', 0.0, 0);",
        becomes: "item A-1
item A-2 spent=0
findings: ",
    },
    Row {
        what: "10 a whole document in the notes",
        files: &[],
        sql: r#"INSERT INTO work_items (id, title, labels, notes) VALUES ('A-1', 'a', '["x"]', '{"subtasks": [{"id": "A-1-1", "title": "part"}], "acceptance_criteria": ["it holds"], "labels": ["y"], "blocking_issues": ["B-9"], "quality_gates": {"a": 1}}');"#,
        becomes: "item A-1 labels=x,y criteria=it holds blockers=B-9
item A-1-1 parent=A-1
kept whole: 1
findings: ",
    },
    Row {
        what: "11 keys of every generation",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "created_at": "2025-01-01T00:00:00Z", "labels": ["x"], "subtasks": [{"id": "A-1-1", "title": "b"}], "project": "P"}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-2", "title": "b", "created_date": "2025-01-01T00:00:00Z", "tags": ["x"], "sub_tasks": [], "project_id": "P", "unheard_of": 1}"#,
            ),
        ],
        sql: "",
        becomes: "project p `P` placeholder=yes
item A-1 project=p labels=x created=2025-01-01T00:00:00Z
item A-1-1 project=p parent=A-1
item A-2 project=p labels=x created=2025-01-01T00:00:00Z
findings: PlaceholderProject",
    },
    Row {
        what: "12 file and row of one item disagree",
        files: &[(
            "work-items/a.json",
            r#"{"id": "A-1", "title": "a", "status": "open", "tags": ["x"], "project_id": "P", "created_date": "2025-01-01T00:00:00Z", "blockers": []}"#,
        )],
        sql: "INSERT INTO work_items (id, title, status, labels, created_date, updated_date) VALUES ('A-1', 'a', 'done', '[]', '2025-11-14 19:41:27.1', '2025-11-14 19:41:27.1');",
        becomes: "project P `P` placeholder=yes
item A-1 status=done project=P labels=x created=2025-01-01T00:00:00Z
findings: PlaceholderProject",
    },
    Row {
        what: "13 file and row of one idea disagree",
        files: &[(
            "ideas/a.json",
            r#"{"id": "IDEA-001", "title": "a", "status": "backlog", "related_project": "PRJ-004", "estimated_effort": "1-2 weeks"}"#,
        )],
        sql: "INSERT INTO ideas (id, title, status, created_date) VALUES ('IDEA-001', 'a', 'backlog', '2025-01-01 00:00:00.0');",
        becomes: "project PRJ-004 `PRJ-004` placeholder=yes
idea IDEA-001 backlog project=PRJ-004
findings: PlaceholderProject",
    },
    Row {
        what: "14 rows that a bulk import has dated",
        files: &[],
        sql: "INSERT INTO work_items (id, title, created_date, updated_date) VALUES ('A-1', 'a', '2025-11-14 19:41:27.1', '2025-11-14 19:41:27.1'), ('A-2', 'b', '2025-11-14 19:41:27.2', '2025-11-14 19:41:27.2'), ('A-3', 'c', '2025-11-14 19:41:27.3', '2025-11-14 19:41:27.3'), ('A-4', 'd', '2025-11-14 19:41:27.4', '2025-11-14 19:41:27.4'), ('A-5', 'e', '2025-11-14 19:41:27.5', '2025-11-14 19:41:27.5');",
        becomes: "item A-1 created=2025-11-14T19:41:27.1Z
item A-2 created=2025-11-14T19:41:27.2Z
item A-3 created=2025-11-14T19:41:27.3Z
item A-4 created=2025-11-14T19:41:27.4Z
item A-5 created=2025-11-14T19:41:27.5Z
findings: BulkDates",
    },
    Row {
        what: "15 parts within their item, which are items too or nowhere else",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "sub_tasks": [{"id": "A-1-1", "title": "other", "status": "todo"}, {"id": "A-1-1.1", "title": "only here", "status": "done"}]}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-1-1", "title": "own", "status": "done"}"#,
            ),
        ],
        sql: "",
        becomes: "item A-1
item A-1-1 status=done parent=A-1
item A-1-1.1 status=done parent=A-1-1
findings: ",
    },
    Row {
        what: "16 a dependency on what is a part within another",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "sub_tasks": [{"id": "A-1-3", "title": "c"}]}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-1-4", "title": "d", "dependencies": ["A-1-3", "NONE-1"]}"#,
            ),
        ],
        sql: "",
        becomes: r#"item A-1
item A-1-3 parent=A-1
item A-1-4 parent=A-1 after=To("A-1-3"),Dangling("NONE-1")
findings: DanglingReference"#,
    },
    Row {
        what: "17 parts that wait for their own parent",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "status": "open"}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-1-1", "title": "b", "status": "done", "dependencies": ["A-1"]}"#,
            ),
        ],
        sql: "",
        becomes: "item A-1
item A-1-1 status=done parent=A-1
findings: ClosedBeforeDependency DependsOnParent",
    },
    Row {
        what: "18 projects that are only referred to",
        files: &[
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "project_id": "PRJ-005", "project_name": "Workshop"}"#,
            ),
            (
                "work-items/b.json",
                r#"{"id": "A-2", "title": "b", "project": "Workshop"}"#,
            ),
        ],
        sql: "INSERT INTO work_items (id, title, project_id) VALUES ('A-3', 'c', 'PRJ-001');",
        becomes: "project PRJ-001 `PRJ-001` placeholder=yes
project PRJ-005 `Workshop` placeholder=yes
item A-1 project=PRJ-005
item A-2 project=PRJ-005
item A-3 project=PRJ-001
findings: PlaceholderProject",
    },
    Row {
        what: "19 one number in several repositories, and in none",
        files: &[],
        sql: "INSERT INTO work_items (id, title, github_issue_id, github_repo_url) VALUES ('A-1', 'a', 1, 'https://github.com/o/n'), ('A-2', 'b', 1, 'https://github.com/o/m'), ('A-3', 'c', 1, NULL);",
        becomes: "item A-1 issue=o/n#1
item A-2 issue=o/m#1
item A-3 issue=?#1
findings: UnlinkedIssue",
    },
    Row {
        what: "20 an edit after the last sync",
        files: &[],
        sql: "INSERT INTO work_items (id, title, updated_date, github_issue_id, github_repo_url, github_synced_at) VALUES ('A-1', 'a', '2025-06-02 10:00:00.0', 1, 'https://github.com/o/n', '2025-06-01 12:00:00.0');",
        becomes: "item A-1 issue=o/n#1 synced=2025-06-01T10:00:00Z
findings: EditedAfterSync ZoneInferred",
    },
    Row {
        what: "21 odd values",
        files: &[
            (
                "ideas/a.json",
                r#"{"id": "IDEA-002", "title": "W\u00e4rme 🎈", "created_date": "2025-02-01T00:00:00Z", "updated_date": "2025-01-01T00:00:00Z"}"#,
            ),
            (
                "work-items/a.json",
                r#"{"id": "A-1", "title": "a", "status": "done", "actual_hours": 0, "estimated_hours": 1.5}"#,
            ),
        ],
        sql: "",
        becomes: "idea IDEA-002 backlog project=-
item A-1 status=done spent=0
findings: ClosedWithoutHours UpdatedBeforeCreated",
    },
    Row {
        what: "22 paths of another machine",
        files: &[(
            "work-items/a.json",
            r#"{"id": "A-1", "title": "a", "file_path": "/home/someone/Meine Ordner/2 | Dinge/a.md"}"#,
        )],
        sql: "",
        becomes: "item A-1 path=/home/someone/Meine Ordner/2 | Dinge/a.md
findings: ",
    },
    Row {
        what: "23 names of files that say nothing",
        files: &[("work-items/A-9_slug.json", r#"{"id": "A-1", "title": "a"}"#)],
        sql: "",
        becomes: "item A-1
findings: ",
    },
    Row {
        what: "24 copies of a file synchroniser",
        files: &[
            ("work-items/A-1.json", r#"{"id": "A-1", "title": "a"}"#),
            ("work-items/A-1 2.json", r#"{"id": "A-1", "title": "a"}"#),
            (
                "work-items/A-1 3.json",
                r#"{"id": "A-1", "title": "other"}"#,
            ),
        ],
        sql: "",
        becomes: "item A-1
findings: ConflictCopy",
    },
    Row {
        what: "25 an older database with the originals in a column",
        files: &[],
        sql: r#"CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT, tags TEXT, component TEXT, created_date TEXT, data JSON); INSERT INTO work_items VALUES ('A-1', 'a', '[]', 'core', '2025-11-14 19:41:27.1', '{"id": "A-1", "title": "a", "tags": ["true"], "created_date": "2025-01-01T00:00:00Z"}');"#,
        becomes: "item A-1 labels=true created=2025-01-01T00:00:00Z
findings: ",
    },
    Row {
        what: "25 an older database with other tables",
        files: &[],
        sql: "CREATE TABLE tasks (id TEXT PRIMARY KEY, title TEXT, status TEXT); INSERT INTO tasks VALUES ('T-1', 'a', 'open');",
        becomes: "findings: UnknownTable",
    },
    Row {
        what: "25 an older database that is empty",
        files: &[],
        sql: "CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT);",
        becomes: "findings: ",
    },
    Row {
        what: "26 columns in any order and of any type",
        files: &[],
        sql: "CREATE TABLE work_items (github_repo_url TEXT, status BLOB, title, id, actual_hours TEXT); INSERT INTO work_items VALUES (NULL, 'done', 'a', 'A-1', '2.5');",
        becomes: "item A-1 status=done
findings: WrongType",
    },
    Row {
        what: "27 a project's own document with ids of its own",
        files: &[(
            "projects/panel/project_management.json",
            r#"{"project_info": {"project_id": "PRJ-001", "project_name": "P"}, "milestones": [{"id": "M1", "title": "First", "due_date": "2025-12-01"}], "tasks": [{"id": "T1", "title": "t", "status": "completed"}], "risks": [{"id": "R1", "description": "rain"}]}"#,
        )],
        sql: "",
        becomes: "project PRJ-001 `P`
milestone PRJ-001-M1 `First` due=2025-12-01
item PRJ-001-T1 status=done project=PRJ-001
findings: ",
    },
];
