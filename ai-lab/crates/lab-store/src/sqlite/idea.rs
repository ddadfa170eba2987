//! Ideas in their table.

use lab_model::{EntityKind, Idea, Line};
use rusqlite::{Connection, params, params_from_iter};

use super::head::{HEAD, JOINS, read_head};
use super::parts;
use super::row::{Text, parsed, parsed_option, text};
use super::selection::Selection;
use super::stored::{Stored, by_label, differs, upsert};
use crate::StoreError;

/// The columns that [`Stored::save_row`] writes, in its order.
const COLUMNS: &[&str] = &[
    "uid",
    "title",
    "description",
    "status",
    "priority",
    "category",
    "effort",
    "author",
    "target_audience",
    "related_project_uid",
    "notes",
];

impl Stored for Idea {
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT {HEAD}, t.* FROM ideas AS t {JOINS} WHERE t.uid IN ({})",
            selection.sql
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&selection.parameters), |row| {
            Ok(Self {
                description: row.get("description")?,
                status: parsed(row, "status")?,
                priority: parsed(row, "priority")?,
                category: row.get("category")?,
                effort: row.get("effort")?,
                author: row.get("author")?,
                target_audience: row.get("target_audience")?,
                related_project: parsed_option(row, "related_project_uid")?,
                notes: row.get("notes")?,
                ..Self::new(read_head(row)?, row.get("title")?)
            })
        })?;
        let mut ideas = rows.collect::<rusqlite::Result<Vec<Self>>>()?;
        let mut tags = parts::tags(connection, selection)?;
        let mut criteria = parts::criteria(connection, selection)?;
        let mut dependencies = parts::dependencies(connection, selection)?;
        let mut github = parts::github_links(connection, selection)?;
        let mut lines = parts::lines(connection, selection)?;
        for idea in &mut ideas {
            let uid = &idea.head.uid;
            idea.tags = parts::take(&mut tags, uid).into_iter().collect();
            idea.criteria = parts::take(&mut criteria, uid);
            idea.dependencies = parts::take(&mut dependencies, uid).into_iter().collect();
            idea.github = parts::take(&mut github, uid).pop();
            let mut lines = parts::take(&mut lines, uid);
            idea.open_questions = parts::take_list(&mut lines, "open_questions");
            idea.next_steps = parts::take_list(&mut lines, "next_steps");
            idea.benefits = parts::take_list(&mut lines, "benefits");
            idea.prerequisites = parts::take_list(&mut lines, "prerequisites");
        }
        Ok(by_label(ideas))
    }

    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        parts::check_github_free(
            connection,
            EntityKind::Idea,
            &self.head.uid,
            self.github.as_ref(),
        )
    }

    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = upsert("ideas", COLUMNS);
        connection.prepare_cached(&sql)?.execute(params![
            self.head.uid.as_str(),
            self.title,
            self.description,
            Text(self.status),
            Text(self.priority),
            self.category,
            self.effort,
            self.author,
            self.target_audience,
            text(self.related_project.as_ref()),
            self.notes,
        ])?;
        Ok(())
    }

    fn save_parts(&self, connection: &Connection, before: Option<&Self>) -> rusqlite::Result<()> {
        let uid = &self.head.uid;
        if differs(before, self, |idea| &idea.tags) {
            parts::save_tags(connection, uid, &self.tags)?;
        }
        if differs(before, self, |idea| &idea.criteria) {
            parts::save_criteria(connection, uid, &self.criteria)?;
        }
        if differs(before, self, |idea| &idea.dependencies) {
            parts::save_dependencies(connection, EntityKind::Idea, uid, &self.dependencies)?;
        }
        if differs(before, self, |idea| &idea.github) {
            parts::save_github_link(connection, EntityKind::Idea, uid, self.github.as_ref())?;
        }
        let lists: [fn(&Self) -> &Vec<Line>; 4] = [
            |idea| &idea.open_questions,
            |idea| &idea.next_steps,
            |idea| &idea.benefits,
            |idea| &idea.prerequisites,
        ];
        if lists.iter().any(|list| differs(before, self, list)) {
            let lists: [(&str, &[Line]); 4] = [
                ("open_questions", &self.open_questions),
                ("next_steps", &self.next_steps),
                ("benefits", &self.benefits),
                ("prerequisites", &self.prerequisites),
            ];
            parts::save_lines(connection, uid, &lists)?;
        }
        Ok(())
    }
}
