//! Looking for words.

use lab_model::EntityKind;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::row::{count, parsed};
use crate::{MOST_COUNTED, MOST_RANKED, MOST_WORDS, SearchHit, SearchPage, SearchRequest, Total};

/// A text as the index of words takes it: every word, or what it begins, has to be there. `None` where the text
/// has no letter and no digit.
pub(super) fn match_text(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        // In quotes a word is one however it is written: `frm-001` is `frm` with `001` behind it.
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"").replace('\0', " ")))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The best matches: a word in a title weighs more than one in a description.
pub(super) fn search(
    connection: &Connection,
    request: &SearchRequest,
) -> rusqlite::Result<SearchPage> {
    let Some(words) = match_text(&request.text) else {
        return Ok(SearchPage {
            hits: Vec::new(),
            total: Total::Exactly(0),
        });
    };
    let mut parameters: Vec<Value> = vec![words.into()];
    let kind = match request.kind {
        None => "",
        Some(kind) => {
            parameters.push(kind.to_string().into());
            " AND (SELECT s.kind FROM searched AS s WHERE s.seq = w.rowid) = ?2"
        }
    };
    let matches = format!("FROM search_words AS w WHERE w.search_words MATCH ?1{kind}");
    let sql = format!(
        "SELECT count(*) AS n FROM (SELECT 1 {matches} LIMIT {})",
        MOST_COUNTED + 1
    );
    let counted = connection
        .prepare_cached(&sql)?
        .query_row(params_from_iter(&parameters), |row| count(row, "n"))?;
    let ranked = format!(
        "SELECT seq FROM (SELECT w.rowid AS seq, bm25(search_words, 8.0, 4.0, 1.0, 1.0) AS rank {matches} \
         ORDER BY w.rowid DESC LIMIT {MOST_RANKED}) ORDER BY rank, seq DESC LIMIT {} OFFSET {}",
        request.limit, request.skip
    );
    let sql = format!(
        "SELECT s.uid, s.kind, l.label, coalesce(i.title, d.title) AS title, \
         coalesce(i.status, d.status) AS status, coalesce(i.description, d.description) AS description, \
         coalesce(i.notes, d.notes, '') AS notes \
         FROM ({ranked}) AS r \
         CROSS JOIN searched AS s ON s.seq = r.seq \
         CROSS JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1 \
         LEFT JOIN work_items AS i ON i.uid = s.uid LEFT JOIN ideas AS d ON d.uid = s.uid"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&parameters), |row| {
        Ok(SearchHit {
            kind: parsed::<EntityKind>(row, "kind")?,
            uid: parsed(row, "uid")?,
            label: parsed(row, "label")?,
            title: row.get("title")?,
            status: row.get("status")?,
            description: row.get("description")?,
            notes: row.get("notes")?,
        })
    })?;
    Ok(SearchPage {
        hits: rows.collect::<rusqlite::Result<_>>()?,
        total: if counted > MOST_COUNTED {
            Total::AtLeast(MOST_COUNTED)
        } else {
            Total::Exactly(counted)
        },
    })
}
