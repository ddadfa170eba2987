//! A small predecessor's lab, made up, with every irregularity that real ones have.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The lab's folder; it goes with this value.
pub(crate) struct Predecessor {
    folder: TempDir,
}

impl Predecessor {
    /// An empty data folder.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        Self { folder }
    }

    /// Files and a database that disagree.
    pub(crate) fn with_everything() -> Self {
        let lab = Self::empty();
        lab.write_items();
        lab.write_sub_tasks();
        lab.write_ideas();
        lab.write_management();
        lab.write_others();
        lab.write_database();
        lab
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self, source: &str) -> PathBuf {
        self.path().join("data").join(source)
    }

    pub(crate) fn write(&self, source: &str, bytes: impl AsRef<[u8]>) {
        let path = self.data(source);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let _ = std::fs::remove_file(&path);
        std::io::Write::write_all(
            &mut std::fs::File::create_new(path).expect("a file"),
            bytes.as_ref(),
        )
        .expect("written");
    }

    pub(crate) fn json(&self, source: &str, value: &Value) {
        self.write(source, serde_json::to_string_pretty(value).expect("JSON"));
    }

    pub(crate) fn database(&self) -> Connection {
        let connection = Connection::open(self.data("lab.db")).expect("a database");
        connection
            .execute_batch("PRAGMA foreign_keys = OFF")
            .expect("set");
        connection
    }

    fn write_items(&self) {
        // 12: the file has the dates, the tags and the project; the database has the status.
        self.json("work-items/AAA-001_with-a-slug.json", &json!({
            "id": "AAA-001", "title": "Straßenfeger 🎉", "description": "Größe prüfen", "status": "open",
            "priority": "high", "category": "upkeep", "project": "Das Haus",
            "tags": ["ä/ö", "b"], "created_date": "2025-01-01T08:00:00Z", "updated_date": "2025-01-02T08:00:00Z",
            "due_date": null, "estimated_hours": 4, "actual_hours": 4.5, "dependencies": [],
            "acceptance_criteria": ["läuft", "hält"], "blockers": [], "sub_tasks": [],
            "notes": "Zeile 1\nZeile 2 | 🎈", "file_path": "/home/someone/Meine Ordner/2 | Dinge/a b.md",
        }));
        // 3, 5, 11, 17: another generation of names, a word that is no type, its own parent before it.
        self.json("work-items/AAA-001-1.json", &json!({
            "id": "AAA-001-1", "title": "Teil", "description": "", "status": "completed", "priority": "low",
            "type": "framework", "project_id": "PRJ-002", "project_name": "Das Haus", "labels": ["c"],
            "created_at": "2025-01-03T08:00:00Z", "updated_at": "2025-01-03T08:00:00Z",
            "dependencies": ["AAA-001"], "blockers": [{"description": "Strom", "severity": "high", "resolution": ""}],
            "plan": {"phase": [1, 2]}, "exact": "0x10",
        }));
        // Numbers beyond f64 and escapes stay as they are; the last of two equal names counts.
        self.write("work-items/AAA-009.json", concat!(
            "{\"id\": \"AAA-009\", \"title\": \"first\", \"title\": \"gr\\u00fcn\", \"status\": \"todo\",",
            " \"estimated_hours\": 2.50, \"weight\": 123456789012345678901234567890, \"odd\": [1e400, -0.0, {}],",
            " \"dependencies\": [\"AAA-010\", \"NOWHERE-1\"], \"empty\": {}}",
        ));
        // A circle of three.
        self.json("work-items/AAA-010.json", &json!({"id": "AAA-010", "title": "ten", "status": "todo", "dependencies": ["AAA-011"]}));
        self.json("work-items/AAA-011.json", &json!({"id": "AAA-011", "title": "eleven", "status": "in-progress", "dependencies": ["AAA-009", "AAA-011"]}));
    }

    fn write_sub_tasks(&self) {
        // 15, 16: sub-tasks that are items, that are not, that nest, and that something depends on.
        self.json("work-items/AAA-002.json", &json!({
            "id": "AAA-002", "title": "Umzug", "status": "done", "actual_hours": 0, "project_id": "PRJ-002",
            "created_date": "2025-02-02T00:00:00Z", "updated_date": "2025-02-01T00:00:00Z",
            "sub_tasks": [
                {"id": "AAA-002-1", "title": "other title", "status": "todo", "estimated_hours": 3, "notes": "of the copy"},
                {"id": "AAA-002-2", "title": "only here", "status": "completed", "acceptance_criteria": ["a"],
                 "sub_tasks": [{"id": "AAA-002-2.1", "title": "nested", "status": "todo"}]},
                {"id": "AAA-002-2-1", "title": "by its label", "status": "done"},
                {"title": "without an id", "status": "todo"},
                "a text alone"
            ],
        }));
        self.json("work-items/AAA-002-1.json", &json!({
            "id": "AAA-002-1", "title": "title of the file", "status": "done", "actual_hours": 1,
            "dependencies": ["AAA-002-2"],
        }));
    }

    fn write_ideas(&self) {
        self.json("ideas/IDEA-001.json", &json!({
            "id": "IDEA-001", "title": "Wärme", "description": "d", "status": "converted", "priority": "high",
            "category": "automation", "tags": ["warm"], "created_date": "2025-01-01T00:00:00Z",
            "updated_date": "2025-01-01T00:00:00Z", "estimated_effort": "1-2 weeks", "dependencies": ["IDEA-999"],
            "acceptance_criteria": [], "notes": "ü", "author": "jo", "open_questions": ["Wie?"], "next_steps": [],
            "target_audience": "me", "benefits": ["b"], "prerequisites": ["p"], "related_project": "PRJ-006",
        }));
    }

    fn write_management(&self) {
        self.json("projects/panel/project_management.json", &json!({
            "project_info": {"project_id": "PRJ-001", "project_name": "Panel", "status": "active", "health": "healthy",
                "last_updated": "2025-03-01T00:00:00Z"},
            "milestones": [
                {"id": "M1", "title": "first", "status": "completed", "due_date": "2025-03-10", "completed_date": "2025-03-08", "dependencies": []},
                {"id": "M2", "title": "second", "status": "in_progress", "due_date": "2025-03-20", "dependencies": ["M1"]}
            ],
            "tasks": [{"id": "T1", "title": "task", "status": "done", "due_date": "2025-03-07", "milestone": "M1", "dependencies": ["T3"], "tags": ["x"]},
                {"id": "T3", "title": "third", "status": "todo", "milestone": "M9"}],
            "risks": [{"id": "R1", "title": "late", "description": "too late", "probability": "low"}],
            "notes": [{"id": "N1", "content": "decided"}],
            "work_sessions": [{"date": "2025-03-01", "duration_hours": 5.5}],
        }));
        self.json("projects.json", &json!({"metadata": {"next_id": 7}, "projects": [
            {"id": "PRJ-006", "name": "Garten", "status": "archived", "priority": "low", "source_idea": "IDEA-001", "team": ["jo"], "risks": [{"description": "dry", "impact": "high"}]},
        ]}));
    }

    fn write_others(&self) {
        self.json(
            "schemas/work_item_schema.json",
            &json!({"required": ["id"], "properties": {"id": {"pattern": "^[A-Z]{3}-\\d{3}$"}}}),
        );
        self.write("README.md", "# Lab\n");
        self.write("odd.bin", [0_u8, 255, 1]);
        // 24: one copy that is equal, one that is not.
        self.write(
            "work-items/AAA-010 2.json",
            std::fs::read(self.data("work-items/AAA-010.json")).expect("a file"),
        );
        self.json(
            "work-items/AAA-010 3.json",
            &json!({"id": "AAA-010", "title": "differs"}),
        );
        // An archive stands behind everything else.
        self.json(
            "archive/work-items/AAA-010.json",
            &json!({"id": "AAA-010", "title": "older", "assignee": "of the archive"}),
        );
    }

    fn write_database(&self) {
        let database = self.database();
        database.execute_batch(SCHEMA).expect("a schema");
        database.execute_batch(ROWS).expect("rows");
        write_document_row(&database);
        write_bulk_rows(&database);
        write_synchronised_rows(&database);
    }
}

fn write_document_row(database: &Connection) {
    let notes = json!({
        "id": "DOC-001", "title": "Handbuch", "status": "todo", "created_at": "2025-01-09T00:00:00Z", "labels": ["from-notes", "both"],
        "subtasks": [{"id": "DOC-001-1", "title": "Kapitel", "status": "todo"}],
        "acceptance_criteria": ["lesbar"], "definition_of_done": ["gelesen"], "blocking_issues": ["kein Papier"],
        "test_levels": [{"level": "unit", "tools": ["x"]}],
    });
    // 8, 9, 10: empty texts for nothing, and a whole document in the notes.
    row(
        database,
        &[
            "id",
            "DOC-001",
            "title",
            "Handbuch",
            "status",
            "todo",
            "type",
            "documentation",
            "labels",
            "[\"both\", \"column\"]",
            "created_date",
            "2025-01-09T00:00:00Z",
            "updated_date",
            "2025-01-09T00:00:00Z",
            "due_date",
            "",
            "assignee",
            "",
            "notes",
            &notes.to_string(),
        ],
    );
}

fn write_bulk_rows(database: &Connection) {
    // 6, 7, 14: one second for many rows; for some of them it is the only date there is.
    for (label, status) in [
        ("AAA-001", "done"),
        ("AAA-020", "open"),
        ("AAA-021", "todo"),
        ("AAA-022", "in_progress"),
        ("AAA-023", "odd-word"),
    ] {
        row(
            database,
            &[
                "id",
                label,
                "title",
                if label == "AAA-001" {
                    "Straßenfeger 🎉"
                } else {
                    label
                },
                "status",
                status,
                "type",
                "task",
                "created_date",
                "2025-10-10 11:12:13.000014",
                "updated_date",
                "2025-10-10 11:12:13.000015",
                "labels",
                "[]",
                "dependencies",
                if label == "AAA-022" {
                    "[\"AAA-021\"]"
                } else {
                    "[]"
                },
            ],
        );
    }
}

fn write_synchronised_rows(database: &Connection) {
    // 18, 19, 20: a project that is nowhere, one number in two repositories, one twice, one without.
    for (label, repo, number, synced) in [
        (
            "PROJ-ABCD1234-WI-001",
            Some("https://github.com/Some/Workshop"),
            1,
            "2025-05-01 12:00:10.5",
        ),
        (
            "PROJ-ABCD1234-WI-002",
            Some("https://github.com/Some/Other"),
            1,
            "2025-05-01 12:00:10.5",
        ),
        (
            "PROJ-ABCD1234-WI-003",
            Some("https://github.com/some/workshop"),
            1,
            "2025-05-01 12:00:10.5",
        ),
        ("LOOSE-001", None, 1, "2025-05-01 12:00:10.5"),
        (
            "PROJ-ABCD1234-WI-004",
            Some("https://github.com/Some/Workshop"),
            4,
            "2025-04-30 12:00:10.5",
        ),
    ] {
        row(
            database,
            &[
                "id",
                label,
                "title",
                label,
                "status",
                "todo",
                "type",
                "development",
                "project_id",
                if repo.is_none() {
                    "PRJ-001"
                } else {
                    "PROJ-ABCD1234"
                },
                "created_date",
                "2025-05-01 09:00:00.25",
                "updated_date",
                "2025-05-01 10:00:00.75",
                "github_synced_at",
                synced,
            ],
        );
        database
                .execute(
                    "UPDATE work_items SET github_issue_id = ?2, github_repo_url = ?3, is_draft = 0, estimated_hours = 0.0, actual_hours = NULL, blockers = '[]' WHERE id = ?1",
                    params![label, number, repo],
                )
                .expect("a row");
    }
}

/// Inserts a work item by names and texts.
pub(crate) fn row(database: &Connection, fields: &[&str]) {
    let names: Vec<&str> = fields.iter().step_by(2).copied().collect();
    let values: Vec<&str> = fields.iter().skip(1).step_by(2).copied().collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO work_items ({}) VALUES ({places})",
        names.join(", ")
    );
    database
        .execute(&sql, rusqlite::params_from_iter(values))
        .expect("a row");
}

/// Columns in an order of their own, one added later, and tables that nobody expects.
const SCHEMA: &str = "
CREATE TABLE projects (id VARCHAR PRIMARY KEY, name VARCHAR, description TEXT, status VARCHAR, priority VARCHAR,
  category VARCHAR, visibility VARCHAR, owner VARCHAR, team JSON, tags JSON, created_date DATETIME, updated_date DATETIME,
  start_date DATETIME, target_date DATETIME, source_idea VARCHAR, health_status VARCHAR, repository_url VARCHAR, progress INTEGER);
ALTER TABLE projects ADD COLUMN github_repo_id INTEGER;
CREATE TABLE ideas (title VARCHAR, id VARCHAR PRIMARY KEY, description TEXT, status VARCHAR, priority VARCHAR, category VARCHAR,
  tags JSON, created_date DATETIME, updated_date DATETIME, notes TEXT, github_issue_id INTEGER);
CREATE TABLE work_items (id VARCHAR NOT NULL PRIMARY KEY, title VARCHAR, description TEXT, status VARCHAR, priority VARCHAR,
  type VARCHAR, issue_type VARCHAR, project_id VARCHAR REFERENCES projects (id), assignee VARCHAR, author VARCHAR, labels JSON,
  created_date DATETIME, updated_date DATETIME, due_date DATETIME, estimated_hours FLOAT, actual_hours FLOAT, parent_issue_id VARCHAR,
  milestone_id VARCHAR, dependencies JSON, acceptance_criteria JSON, blockers JSON, notes TEXT, file_path VARCHAR,
  github_issue_id INTEGER, github_synced_at DATETIME, is_draft BOOLEAN, archived BOOLEAN, whole VARCHAR GENERATED ALWAYS AS (id || title));
ALTER TABLE work_items ADD COLUMN github_repo_url TEXT;
CREATE INDEX ix_items_title ON work_items (title);
CREATE TABLE milestones (id VARCHAR PRIMARY KEY, title VARCHAR, project_id VARCHAR);
CREATE TABLE sessions (id TEXT PRIMARY KEY, title TEXT, data JSON, more BLOB);
CREATE TABLE surprises (a, \"odd \"\" name\");
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
CREATE VIEW open_items AS SELECT id FROM work_items WHERE status = 'open';
CREATE TRIGGER no_more_sessions BEFORE INSERT ON sessions WHEN NEW.id = 'S1' AND (SELECT count(*) FROM sessions) > 0
  BEGIN SELECT RAISE(ABORT, 'no more'); END;
";

/// Rows of every table but the items.
const ROWS: &str = "INSERT INTO projects (id, name, description, status, priority, category, visibility, owner, team, tags,
                   created_date, updated_date, start_date, target_date, health_status, repository_url, github_repo_id, progress)
                 VALUES ('PROJ-ABCD1234', 'Werkstatt', 'd', 'planning', 'medium', 'development', 'public', 'Team', '[\"A\"]',
                   '[\"t\"]', '2025-05-01 10:00:00.123456', '2025-05-01 10:05:00.654321', '2025-05-02 00:30:00.1',
                   '2025-06-02 00:30:00.1', 'at_risk', 'https://github.com/Some/Workshop', 77, 5);
                 INSERT INTO ideas (id, title, description, status, priority, category, tags, created_date, updated_date, notes)
                 VALUES ('IDEA-001', 'Wärme', 'd', 'converted', 'high', 'automation', '[\"warm\"]',
                   '2025-01-01 00:00:00.000000', '2025-01-01 00:00:00.000000', 'ü'),
                  ('IDEAS-00000001', 'only there', '', 'backlog', 'medium', 'x', NULL, '2025-01-05 00:00:00.5', '2025-01-05 00:00:00.6', NULL);
                 INSERT INTO sessions VALUES ('S1', 'a session', '{\"deep\": [1]}', x'00ff');
                 INSERT INTO surprises VALUES (1.5, 'NULL'), (9e999, ''), (NULL, 'ö'), (CAST('four' AS TEXT), x'ff');
                 INSERT INTO counted (what) VALUES ('a'), ('b');
                 DELETE FROM counted WHERE what = 'b';
                 INSERT INTO keyed VALUES ('k', 1), ('a', 2);
                 PRAGMA user_version = 7;";
