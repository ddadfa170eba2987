//! Work items in their table.

use lab_model::{EntityKind, WorkItem};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::head::{HEAD, JOINS, read_head};
use super::parts;
use super::row::{Text, hours_option, moment_option, ms, parsed, parsed_option, text};
use super::selection::Selection;
use super::stored::{Stored, by_label, differs, upsert};
use crate::StoreError;

/// The columns that [`Stored::save_row`] writes, in its order.
const COLUMNS: &[&str] = &[
    "uid",
    "title",
    "description",
    "status",
    "blocked_from",
    "priority",
    "item_type",
    "category",
    "project_uid",
    "parent_uid",
    "milestone_uid",
    "assignee",
    "author",
    "estimated_hours",
    "spent_hours",
    "due_day",
    "started_ms",
    "settled_ms",
    "notes",
    "file_path",
    "is_draft",
];

impl Stored for WorkItem {
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT {HEAD}, t.* FROM work_items AS t {JOINS} WHERE t.uid IN ({})",
            selection.sql
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&selection.parameters), read_row)?;
        let mut items = rows.collect::<rusqlite::Result<Vec<Self>>>()?;
        let mut labels = parts::tags(connection, selection)?;
        let mut dependencies = parts::dependencies(connection, selection)?;
        let mut criteria = parts::criteria(connection, selection)?;
        let mut blockers = parts::blockers(connection, selection)?;
        let mut time_entries = parts::time_entries(connection, selection)?;
        let mut github = parts::github_links(connection, selection)?;
        let mut claims = parts::claims(connection, selection)?;
        for item in &mut items {
            let uid = &item.head.uid;
            item.labels = parts::take(&mut labels, uid).into_iter().collect();
            item.dependencies = parts::take(&mut dependencies, uid).into_iter().collect();
            item.criteria = parts::take(&mut criteria, uid);
            item.blockers = parts::take(&mut blockers, uid);
            item.time_entries = parts::take(&mut time_entries, uid);
            item.github = parts::take(&mut github, uid).pop();
            item.claim = parts::take(&mut claims, uid).pop();
        }
        Ok(by_label(items))
    }

    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        parts::check_github_free(
            connection,
            EntityKind::Item,
            &self.head.uid,
            self.github.as_ref(),
        )
    }

    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = upsert("work_items", COLUMNS);
        connection.prepare_cached(&sql)?.execute(params![
            self.head.uid.as_str(),
            self.title,
            self.description,
            Text(self.status),
            text(self.blocked_from),
            Text(self.priority),
            Text(self.item_type),
            self.category,
            text(self.project.as_ref()),
            text(self.parent.as_ref()),
            text(self.milestone.as_ref()),
            self.assignee,
            self.author,
            self.estimated_hours.map(f64::from),
            self.spent_hours.map(f64::from),
            text(self.due),
            ms(self.started_at),
            ms(self.settled_at),
            self.notes,
            self.file_path,
            self.is_draft,
        ])?;
        Ok(())
    }

    fn save_parts(&self, connection: &Connection, before: Option<&Self>) -> rusqlite::Result<()> {
        let uid = &self.head.uid;
        if differs(before, self, |item| &item.labels) {
            parts::save_tags(connection, uid, &self.labels)?;
        }
        if differs(before, self, |item| &item.dependencies) {
            parts::save_dependencies(connection, EntityKind::Item, uid, &self.dependencies)?;
        }
        if differs(before, self, |item| &item.criteria) {
            parts::save_criteria(connection, uid, &self.criteria)?;
        }
        if differs(before, self, |item| &item.blockers) {
            parts::save_blockers(connection, uid, &self.blockers)?;
        }
        if differs(before, self, |item| &item.time_entries) {
            parts::save_time_entries(connection, uid, &self.time_entries)?;
        }
        if differs(before, self, |item| &item.github) {
            parts::save_github_link(connection, EntityKind::Item, uid, self.github.as_ref())?;
        }
        if differs(before, self, |item| &item.claim) {
            parts::save_claim(connection, uid, self.claim.as_ref())?;
        }
        Ok(())
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<WorkItem> {
    Ok(WorkItem {
        description: row.get("description")?,
        status: parsed(row, "status")?,
        blocked_from: parsed_option(row, "blocked_from")?,
        priority: parsed(row, "priority")?,
        item_type: parsed(row, "item_type")?,
        category: row.get("category")?,
        project: parsed_option(row, "project_uid")?,
        parent: parsed_option(row, "parent_uid")?,
        milestone: parsed_option(row, "milestone_uid")?,
        assignee: row.get("assignee")?,
        author: row.get("author")?,
        estimated_hours: hours_option(row, "estimated_hours")?,
        spent_hours: hours_option(row, "spent_hours")?,
        due: parsed_option(row, "due_day")?,
        started_at: moment_option(row, "started_ms")?,
        settled_at: moment_option(row, "settled_ms")?,
        notes: row.get("notes")?,
        file_path: row.get("file_path")?,
        is_draft: row.get("is_draft")?,
        ..WorkItem::new(read_head(row)?, row.get("title")?)
    })
}
