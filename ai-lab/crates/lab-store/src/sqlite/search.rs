//! Looking for words: the best matches first.

use std::collections::BTreeSet;

use lab_model::EntityKind;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::row::parsed;
use super::words::Words;
use crate::{MOST_COUNTED, MOST_RANKED, SearchHit, SearchPage, SearchRequest, Total};

/// What the index of words is asked for.
struct Asked {
    /// Of every kind, or a clause about it.
    kind: &'static str,
    /// The words, and the kind where one is asked for.
    parameters: Vec<Value>,
}

/// The best matches: a word in a label or a title weighs more than one in a description. Of words that very many have, those
/// who have them whole are looked at, the youngest, and what a title says goes before what a text says.
pub(super) fn search(
    connection: &Connection,
    request: &SearchRequest,
) -> rusqlite::Result<SearchPage> {
    let Some(words) = Words::of(&request.text) else {
        return Ok(SearchPage {
            hits: Vec::new(),
            total: Total::Exactly(0),
        });
    };
    let mut asked = Asked {
        kind: "",
        parameters: vec![words.whole().into()],
    };
    if let Some(kind) = request.kind {
        asked.parameters.push(kind.to_string().into());
        asked.kind = " AND (SELECT s.kind FROM searched AS s WHERE s.seq = w.rowid) = ?2";
    }
    let is_capped = |found: &[i64]| found.len() >= MOST_RANKED as usize;
    let mut youngest = asked.youngest(connection, "")?;
    let mut matching = words.whole();
    if !is_capped(&youngest) {
        matching = words.begun();
        asked.parameters[0] = matching.clone().into();
        youngest = asked.youngest(connection, "")?;
    }
    let ranked = if is_capped(&youngest) {
        asked.titled_first(connection, &matching, youngest.clone())?
    } else {
        asked.weighed(connection)?
    };
    let page = ranked
        .into_iter()
        .skip(request.skip as usize)
        .take(request.limit as usize);
    let found = youngest.len() as u64;
    Ok(SearchPage {
        hits: hits(connection, page.collect())?,
        total: if found > MOST_COUNTED {
            Total::AtLeast(MOST_COUNTED)
        } else {
            Total::Exactly(found)
        },
    })
}

impl Asked {
    /// The numbers of the youngest matches, the youngest first.
    fn youngest(&self, connection: &Connection, clause: &str) -> rusqlite::Result<Vec<i64>> {
        let kind = self.kind;
        self.numbers(
            connection,
            &format!(
                "SELECT w.rowid FROM search_words AS w WHERE w.search_words MATCH ?1{kind}{clause} \
                 ORDER BY w.rowid DESC LIMIT {MOST_RANKED}"
            ),
        )
    }

    /// Weighed against each other by how rare and how often the words are.
    fn weighed(&self, connection: &Connection) -> rusqlite::Result<Vec<i64>> {
        let kind = self.kind;
        self.numbers(
            connection,
            &format!(
                "SELECT w.rowid FROM search_words AS w WHERE w.search_words MATCH ?1{kind} \
                 ORDER BY bm25(search_words, 8.0, 4.0, 1.0, 1.0), w.rowid DESC"
            ),
        )
    }

    /// Those that have all words in label and title, then the others; each the youngest first. Weighing would look at all that
    /// have a word, and says little of a word that very many have.
    fn titled_first(
        mut self,
        connection: &Connection,
        matching: &str,
        youngest: Vec<i64>,
    ) -> rusqlite::Result<Vec<i64>> {
        let oldest = youngest.last().copied().unwrap_or_default();
        self.parameters[0] = format!("{{label title}} : ({matching})").into();
        let mut ranked = self.youngest(connection, &format!(" AND w.rowid >= {oldest}"))?;
        let titled: BTreeSet<i64> = ranked.iter().copied().collect();
        ranked.extend(youngest.into_iter().filter(|seq| !titled.contains(seq)));
        Ok(ranked)
    }

    fn numbers(&self, connection: &Connection, sql: &str) -> rusqlite::Result<Vec<i64>> {
        connection
            .prepare_cached(sql)?
            .query_map(params_from_iter(&self.parameters), |row| row.get(0))?
            .collect()
    }
}

/// What is shown of those with these numbers, in the same order.
fn hits(connection: &Connection, numbers: Vec<i64>) -> rusqlite::Result<Vec<SearchHit>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.uid, s.kind, l.label, coalesce(i.title, d.title) AS title, \
         coalesce(i.status, d.status) AS status, coalesce(i.description, d.description) AS description, \
         coalesce(i.notes, d.notes, '') AS notes \
         FROM searched AS s \
         JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1 \
         LEFT JOIN work_items AS i ON i.uid = s.uid LEFT JOIN ideas AS d ON d.uid = s.uid \
         WHERE s.seq = ?1",
    )?;
    numbers
        .into_iter()
        .map(|number| {
            statement.query_row([number], |row| {
                Ok(SearchHit {
                    kind: parsed::<EntityKind>(row, "kind")?,
                    uid: parsed(row, "uid")?,
                    label: parsed(row, "label")?,
                    title: row.get("title")?,
                    status: row.get("status")?,
                    description: row.get("description")?,
                    notes: row.get("notes")?,
                })
            })
        })
        .collect()
}
