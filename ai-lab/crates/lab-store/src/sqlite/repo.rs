//! Repositories in their table.

use lab_model::{EntityKind, GithubRepo};
use rusqlite::{Connection, params, params_from_iter};

use super::head::{HEAD, JOINS, read_head};
use super::row::{count_option, integer, parsed, parsed_option, text};
use super::selection::Selection;
use super::stored::{Stored, by_label, check_free, upsert};
use crate::StoreError;

/// The columns that [`Stored::save_row`] writes, in its order.
const COLUMNS: &[&str] = &[
    "uid",
    "full_name",
    "github_id",
    "description",
    "visibility",
    "project_uid",
    "notes",
];

impl Stored for GithubRepo {
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT {HEAD}, t.* FROM github_repos AS t {JOINS} WHERE t.uid IN ({})",
            selection.sql
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&selection.parameters), |row| {
            Ok(Self {
                github_id: count_option(row, "github_id")?,
                description: row.get("description")?,
                visibility: parsed_option(row, "visibility")?,
                project: parsed_option(row, "project_uid")?,
                notes: row.get("notes")?,
                ..Self::new(read_head(row)?, parsed(row, "full_name")?)
            })
        })?;
        Ok(by_label(rows.collect::<rusqlite::Result<Vec<Self>>>()?))
    }

    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        let (kind, uid) = (EntityKind::Repo, &self.head.uid);
        let by_name = "SELECT uid FROM github_repos WHERE full_name = ?1";
        check_free(connection, kind, uid, self.full_name.as_str(), by_name)?;
        let Some(id) = self.github_id else {
            return Ok(());
        };
        let by_id = "SELECT uid FROM github_repos WHERE github_id = CAST(?1 AS INTEGER)";
        check_free(connection, kind, uid, &id.to_string(), by_id)
    }

    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = upsert("github_repos", COLUMNS);
        connection.prepare_cached(&sql)?.execute(params![
            self.head.uid.as_str(),
            self.full_name.as_str(),
            self.github_id.map(integer).transpose()?,
            self.description,
            text(self.visibility),
            text(self.project.as_ref()),
            self.notes,
        ])?;
        Ok(())
    }

    fn save_parts(&self, _: &Connection, _: Option<&Self>) -> rusqlite::Result<()> {
        Ok(())
    }
}
