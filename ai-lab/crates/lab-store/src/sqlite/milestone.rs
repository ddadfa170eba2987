//! Milestones in their table.

use lab_model::{EntityKind, Milestone};
use rusqlite::{Connection, params, params_from_iter};

use super::head::{HEAD, JOINS, read_head};
use super::parts;
use super::row::{Text, moment_option, ms, parsed, parsed_option, text};
use super::selection::Selection;
use super::stored::{Stored, by_label, differs, upsert};
use crate::StoreError;

/// The columns that [`Stored::save_row`] writes, in its order.
const COLUMNS: &[&str] = &[
    "uid",
    "title",
    "description",
    "project_uid",
    "status",
    "due_day",
    "completed_ms",
    "notes",
];

impl Stored for Milestone {
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT {HEAD}, t.* FROM milestones AS t {JOINS} WHERE t.uid IN ({})",
            selection.sql
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&selection.parameters), |row| {
            Ok(Self {
                description: row.get("description")?,
                project: parsed_option(row, "project_uid")?,
                status: parsed(row, "status")?,
                due: parsed_option(row, "due_day")?,
                completed_at: moment_option(row, "completed_ms")?,
                notes: row.get("notes")?,
                ..Self::new(read_head(row)?, row.get("title")?)
            })
        })?;
        let mut milestones = rows.collect::<rusqlite::Result<Vec<Self>>>()?;
        let mut dependencies = parts::dependencies(connection, selection)?;
        let mut github = parts::github_links(connection, selection)?;
        for milestone in &mut milestones {
            let uid = &milestone.head.uid;
            milestone.dependencies = parts::take(&mut dependencies, uid).into_iter().collect();
            milestone.github = parts::take(&mut github, uid).pop();
        }
        Ok(by_label(milestones))
    }

    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        parts::check_github_free(
            connection,
            EntityKind::Milestone,
            &self.head.uid,
            self.github.as_ref(),
        )
    }

    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = upsert("milestones", COLUMNS);
        connection.prepare_cached(&sql)?.execute(params![
            self.head.uid.as_str(),
            self.title,
            self.description,
            text(self.project.as_ref()),
            Text(self.status),
            text(self.due),
            ms(self.completed_at),
            self.notes,
        ])?;
        Ok(())
    }

    fn save_parts(&self, connection: &Connection, before: Option<&Self>) -> rusqlite::Result<()> {
        let (kind, uid) = (EntityKind::Milestone, &self.head.uid);
        if differs(before, self, |milestone| &milestone.dependencies) {
            parts::save_dependencies(connection, kind, uid, &self.dependencies)?;
        }
        if differs(before, self, |milestone| &milestone.github) {
            parts::save_github_link(connection, kind, uid, self.github.as_ref())?;
        }
        Ok(())
    }
}
