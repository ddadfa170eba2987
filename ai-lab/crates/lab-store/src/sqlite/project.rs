//! Projects in their table.

use lab_model::{EntityKind, Line, Prefix, Project};
use rusqlite::{Connection, params, params_from_iter};

use super::head::{HEAD, JOINS, read_head};
use super::parts;
use super::row::{Text, parsed, parsed_option, text};
use super::selection::Selection;
use super::stored::{Stored, by_label, check_free, differs, upsert};
use crate::StoreError;

/// The columns that [`Stored::save_row`] writes, in its order.
const COLUMNS: &[&str] = &[
    "uid",
    "prefix",
    "name",
    "description",
    "status",
    "priority",
    "category",
    "visibility",
    "health",
    "owner",
    "vision",
    "start_day",
    "target_day",
    "source_idea_uid",
    "repository_url",
    "repo_uid",
    "notes",
];

impl Stored for Project {
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT {HEAD}, t.* FROM projects AS t {JOINS} WHERE t.uid IN ({})",
            selection.sql
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&selection.parameters), |row| {
            Ok(Self {
                prefix: parsed_option::<Prefix>(row, "prefix")?,
                description: row.get("description")?,
                status: parsed(row, "status")?,
                priority: parsed(row, "priority")?,
                category: row.get("category")?,
                visibility: parsed(row, "visibility")?,
                health: parsed_option(row, "health")?,
                owner: row.get("owner")?,
                vision: row.get("vision")?,
                start: parsed_option(row, "start_day")?,
                target: parsed_option(row, "target_day")?,
                source_idea: parsed_option(row, "source_idea_uid")?,
                repository_url: row.get("repository_url")?,
                repo: parsed_option(row, "repo_uid")?,
                notes: row.get("notes")?,
                ..Self::new(read_head(row)?, row.get("name")?)
            })
        })?;
        let mut projects = rows.collect::<rusqlite::Result<Vec<Self>>>()?;
        let mut tags = parts::tags(connection, selection)?;
        let mut criteria = parts::criteria(connection, selection)?;
        let mut lines = parts::lines(connection, selection)?;
        for project in &mut projects {
            let uid = &project.head.uid;
            project.tags = parts::take(&mut tags, uid).into_iter().collect();
            project.criteria = parts::take(&mut criteria, uid);
            let mut lines = parts::take(&mut lines, uid);
            project.team = parts::take_list(&mut lines, "team");
            project.objectives = parts::take_list(&mut lines, "objectives");
            project.deliverables = parts::take_list(&mut lines, "deliverables");
            project.technologies = parts::take_list(&mut lines, "technologies");
            project.risks = parts::take_list(&mut lines, "risks");
        }
        Ok(by_label(projects))
    }

    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        let Some(prefix) = &self.prefix else {
            return Ok(());
        };
        let sql = "SELECT uid FROM projects WHERE prefix = ?1";
        check_free(
            connection,
            EntityKind::Project,
            &self.head.uid,
            prefix.as_str(),
            sql,
        )
    }

    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = upsert("projects", COLUMNS);
        connection.prepare_cached(&sql)?.execute(params![
            self.head.uid.as_str(),
            text(self.prefix.as_ref()),
            self.name,
            self.description,
            Text(self.status),
            Text(self.priority),
            self.category,
            Text(self.visibility),
            text(self.health),
            self.owner,
            self.vision,
            text(self.start),
            text(self.target),
            text(self.source_idea.as_ref()),
            self.repository_url,
            text(self.repo.as_ref()),
            self.notes,
        ])?;
        Ok(())
    }

    fn save_parts(&self, connection: &Connection, before: Option<&Self>) -> rusqlite::Result<()> {
        let uid = &self.head.uid;
        if differs(before, self, |project| &project.tags) {
            parts::save_tags(connection, uid, &self.tags)?;
        }
        if differs(before, self, |project| &project.criteria) {
            parts::save_criteria(connection, uid, &self.criteria)?;
        }
        let lists: [fn(&Self) -> &Vec<Line>; 5] = [
            |project| &project.team,
            |project| &project.objectives,
            |project| &project.deliverables,
            |project| &project.technologies,
            |project| &project.risks,
        ];
        if lists.iter().any(|list| differs(before, self, list)) {
            let lists: [(&str, &[Line]); 5] = [
                ("team", &self.team),
                ("objectives", &self.objectives),
                ("deliverables", &self.deliverables),
                ("technologies", &self.technologies),
                ("risks", &self.risks),
            ];
            parts::save_lines(connection, uid, &lists)?;
        }
        Ok(())
    }
}
