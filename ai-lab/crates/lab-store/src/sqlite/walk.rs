//! A page of items by words that many have: walked in order and tested a few at a time.
//!
//! The index of words tells who has a word, not in which order a listing wants them: of words that many have, it would gather
//! all before the first is shown. Where every third item passes, a page is found among the first few.

use lab_model::{Label, Uid};
use rusqlite::{Connection, Row, params_from_iter};

use super::conditions::Conditions;
use super::page::{behind, order_by};
use super::row::parsed;
use super::words::{Texts, WordTest, Words};
use crate::{ItemFilter, ItemOrder, PageRequest, StoreError};

/// How many items are tested first; each further time twice as many.
const FIRST_WALKED: u32 = 64;

/// After so many items it is known how many of them pass, about.
const TELLING_WALKED: u32 = 256;

/// Where of so many items fewer than one passes, the index of words is the shorter way.
const ONE_OF: u32 = 32;

/// How many items are tested at most.
const MOST_WALKED: u32 = 4_096;

/// The first so many items that pass a filter with these words. `None` where too few of those that were tested pass.
pub(super) fn first(
    connection: &Connection,
    filter: &ItemFilter,
    words: &Words,
    order: ItemOrder,
    request: &PageRequest,
    wanted: usize,
) -> Result<Option<Vec<Uid>>, StoreError> {
    let others = ItemFilter {
        text: None,
        ..filter.clone()
    };
    let test = WordTest::new(words)?;
    let mut after = request.after.clone();
    let mut found: Vec<Uid> = Vec::new();
    let (mut walked, mut next) = (0, FIRST_WALKED);
    loop {
        let stretch = stretch(connection, &others, order, after.as_ref(), next)?;
        let texts: Vec<Texts> = stretch.iter().map(|item| item.texts.clone()).collect();
        found.extend(
            test.having(&texts)?
                .into_iter()
                .filter_map(|place| stretch.get(place))
                .map(|item| item.uid.clone()),
        );
        let is_all = stretch.len() < next as usize;
        if is_all || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(Some(found));
        }
        walked += next;
        let are_few = found.len() < (walked / ONE_OF) as usize;
        if walked >= MOST_WALKED || walked >= TELLING_WALKED && are_few {
            return Ok(None);
        }
        after = stretch.last().map(|item| item.label.clone());
        next *= 2;
    }
}

/// An item on the way.
struct Passed {
    uid: Uid,
    label: Label,
    texts: Texts,
}

/// So many items that pass a filter, in order, behind the item of a label.
fn stretch(
    connection: &Connection,
    filter: &ItemFilter,
    order: ItemOrder,
    after: Option<&Label>,
    most: u32,
) -> Result<Vec<Passed>, StoreError> {
    let mut conditions = Conditions::of(connection, filter)?;
    if let Some(after) = after {
        behind(connection, &mut conditions, order, after)?;
    }
    let where_ = conditions.sql();
    let limit = conditions.parameter(i64::from(most));
    let by = order_by(order);
    let sql = format!(
        "SELECT i.uid, l.label, i.title, i.description, coalesce(i.notes, '') AS notes \
         FROM (SELECT i.uid FROM work_items AS i{where_} ORDER BY {by} LIMIT {limit}) AS s \
         CROSS JOIN work_items AS i ON i.uid = s.uid \
         CROSS JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&conditions.parameters), passed)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn passed(row: &Row<'_>) -> rusqlite::Result<Passed> {
    Ok(Passed {
        uid: parsed(row, "uid")?,
        label: parsed(row, "label")?,
        texts: Texts {
            label: row.get("label")?,
            title: row.get("title")?,
            description: row.get("description")?,
            notes: row.get("notes")?,
        },
    })
}
