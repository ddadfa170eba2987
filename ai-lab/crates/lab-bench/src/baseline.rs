//! The same data in plain tables, asked by the `sqlite3` shell: as fast as a process with a database can be.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::processes::run;

/// A page of what is open.
pub(crate) const LIST: &str = "SELECT label, status, priority, due_day, title FROM items \
    WHERE open = 1 ORDER BY place LIMIT 20";

/// The same with conditions.
pub(crate) const FILTER: &str = "SELECT label, status, priority, due_day, title FROM items \
    WHERE status = 'todo' AND priority IN ('high', 'critical') \
    AND EXISTS (SELECT 1 FROM tags WHERE tags.uid = items.uid AND tag = 'tag3') ORDER BY place LIMIT 20";

/// What nothing stands in the way of.
pub(crate) const READY: &str = "SELECT label, status, priority, due_day, title FROM items \
    WHERE status = 'todo' AND NOT EXISTS (SELECT 1 FROM dependencies AS d JOIN items AS o ON o.uid = d.on_uid \
    WHERE d.uid = items.uid AND o.open = 1) ORDER BY urgency, due_day IS NULL, due_day, place LIMIT 20";

/// The best of what has a word.
pub(crate) const SEARCH: &str = "SELECT i.label, i.title FROM words AS w JOIN items AS i ON i.rowid = w.rowid \
    WHERE words MATCH 'pump*' ORDER BY rank LIMIT 20";

/// One item.
pub(crate) const SHOW: &str = "SELECT * FROM items WHERE label = 'AAA-125'";

/// One field of one item.
pub(crate) const UPDATE: &str =
    "PRAGMA synchronous = FULL; UPDATE items SET priority = 'low' WHERE label = 'AAA-125'";

/// All of them.
pub(crate) const ALL: &str =
    "SELECT label, status, priority, due_day, title FROM items ORDER BY place";

/// Writes the plain tables from a lab and answers where they are.
pub(crate) fn build(lab: &Path) -> Outcome<PathBuf> {
    let floor = lab.join("floor.db");
    let sql = "PRAGMA journal_mode = WAL; ATTACH 'data/ai_lab.db' AS lab; \
        CREATE TABLE items AS SELECT i.uid, l.label, l.sort_key AS place, i.title, i.description, i.status, \
        i.priority, i.due_day, i.listed AS open, i.urgency FROM lab.work_items AS i \
        JOIN lab.entity_labels AS l ON l.uid = i.uid; \
        CREATE TABLE tags AS SELECT uid, tag FROM lab.tags; \
        CREATE TABLE dependencies AS SELECT uid, on_uid FROM lab.dependencies; \
        CREATE INDEX items_label ON items (label); CREATE INDEX items_uid ON items (uid); \
        CREATE INDEX items_open ON items (open, place); CREATE INDEX items_place ON items (place); \
        CREATE INDEX items_urgency ON items (urgency, due_day IS NULL, due_day, place) WHERE status = 'todo'; \
        CREATE INDEX tags_uid ON tags (uid, tag); CREATE INDEX dependencies_uid ON dependencies (uid); \
        CREATE VIRTUAL TABLE words USING fts5 (title, description, content = ''); \
        INSERT INTO words (rowid, title, description) SELECT rowid, title, description FROM items;";
    run(
        Path::new("sqlite3"),
        &[&floor.display().to_string(), sql],
        lab,
    )?;
    Ok(floor)
}
