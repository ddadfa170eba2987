//! Pages of items: an index is walked from where the last page ended, and only what the page shows is read.

use std::collections::BTreeMap;

use lab_model::{EntityKind, ItemStatus, Label, Tag, Uid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::conditions::{Conditions, FEW};
use super::row::{count, moment_option, parsed, parsed_option};
use super::words::Words;
use super::{names, walk};
use crate::{ItemFilter, ItemLine, ItemOrder, ItemPage, PageRequest, StoreError, Tallies, Total};

/// Separates tags in one text; no tag has it.
const BETWEEN_TAGS: char = '\u{1f}';

/// A page of what passes a filter.
pub(super) fn items(
    connection: &Connection,
    filter: &ItemFilter,
    order: ItemOrder,
    page: &PageRequest,
) -> Result<ItemPage, StoreError> {
    let asked = page.limit.map_or(usize::MAX, |limit| limit as usize);
    let (counted, mut lines) = match walked(connection, filter, order, page)? {
        Some(lines) => (None, lines),
        None => (
            total(connection, filter)?,
            chosen(connection, filter, order, page)?,
        ),
    };
    let more = lines.len() > asked;
    let seen = lines.len() as u64;
    lines.truncate(asked);
    let total = match counted {
        Some(total) => total,
        None if page.after.is_none() && !more => Total::Exactly(seen),
        None => Total::AtLeast(seen),
    };
    Ok(ItemPage { lines, total, more })
}

/// The lines of a page, and one more where there are more.
fn chosen(
    connection: &Connection,
    filter: &ItemFilter,
    order: ItemOrder,
    page: &PageRequest,
) -> Result<Vec<ItemLine>, StoreError> {
    let mut conditions = Conditions::of(connection, filter)?;
    if let Some(after) = &page.after {
        behind(connection, &mut conditions, order, after)?;
    }
    let by = order_by(order);
    let where_ = conditions.sql();
    // One more than asked for tells whether there are more.
    let most = page.limit.map_or(-1, |limit| i64::from(limit) + 1);
    let limit = conditions.parameter(most);
    let sql = shown(&format!(
        "SELECT i.uid FROM work_items AS i{where_} ORDER BY {by} LIMIT {limit}"
    ));
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&conditions.parameters), line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same where the filter has words that many have, and the page is found among the first that are tested for them.
fn walked(
    connection: &Connection,
    filter: &ItemFilter,
    order: ItemOrder,
    page: &PageRequest,
) -> Result<Option<Vec<ItemLine>>, StoreError> {
    let (Some(text), Some(limit)) = (&filter.text, page.limit) else {
        return Ok(None);
    };
    let Some(words) = Words::of(text) else {
        return Ok(None);
    };
    if !words.are_had_by_more_than(connection, FEW)? {
        return Ok(None);
    }
    let wanted = (limit as usize).saturating_add(1);
    let Some(uids) = walk::first(connection, filter, &words, order, page, wanted)? else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(&shown("SELECT ?1 AS uid"))?;
    let lines = uids
        .iter()
        .map(|uid| statement.query_row([uid.as_str()], line))
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(lines))
}

/// A query for what a listing shows of the items that another query tells, in its order.
fn shown(uids: &str) -> String {
    format!(
        "SELECT t.uid, l.label, t.title, t.status, t.stand, t.priority, t.item_type, t.assignee, \
         t.due_day, e.revision, e.updated_ms, \
         p.label AS project, o.label AS parent, m.label AS milestone, \
         (SELECT group_concat(tag, char(31) ORDER BY tag) FROM tags WHERE tags.uid = t.uid) AS tags \
         FROM ({uids}) AS s \
         CROSS JOIN work_items AS t ON t.uid = s.uid \
         CROSS JOIN entities AS e ON e.uid = t.uid \
         CROSS JOIN entity_labels AS l ON l.uid = t.uid AND l.is_current = 1 \
         LEFT JOIN entity_labels AS p ON p.uid = t.project_uid AND p.is_current = 1 \
         LEFT JOIN entity_labels AS o ON o.uid = t.parent_uid AND o.is_current = 1 \
         LEFT JOIN entity_labels AS m ON m.uid = t.milestone_uid AND m.is_current = 1"
    )
}

/// The columns that an index has in this order.
pub(super) const fn order_by(order: ItemOrder) -> &'static str {
    match order {
        ItemOrder::Label => "i.sort_key",
        ItemOrder::Pressing => "i.urgency, i.due_key, i.sort_key",
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<ItemLine> {
    let tags = row.get_ref("tags")?.as_str_or_null()?.unwrap_or_default();
    let tags = tags.split(BETWEEN_TAGS).filter(|tag| !tag.is_empty());
    Ok(ItemLine {
        uid: parsed(row, "uid")?,
        label: parsed(row, "label")?,
        title: row.get("title")?,
        status: parsed(row, "status")?,
        stand: parsed(row, "stand")?,
        priority: parsed(row, "priority")?,
        item_type: parsed(row, "item_type")?,
        project: parsed_option(row, "project")?,
        parent: parsed_option(row, "parent")?,
        milestone: parsed_option(row, "milestone")?,
        assignee: row.get("assignee")?,
        due: parsed_option(row, "due_day")?,
        labels: tags
            .map(str::parse)
            .collect::<Result<Vec<Tag>, _>>()
            .map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    0,
                    rusqlite::types::Type::Text,
                    Box::new(error),
                )
            })?,
        revision: count(row, "revision")?,
        updated_at: moment_option(row, "updated_ms")?,
    })
}

/// Lets through only what comes behind the item of a label.
pub(super) fn behind(
    connection: &Connection,
    conditions: &mut Conditions,
    order: ItemOrder,
    after: &Label,
) -> Result<(), StoreError> {
    match order {
        ItemOrder::Label => {
            let key = conditions.parameter(after.counting_key());
            conditions.push(format!("i.sort_key > {key}"));
        }
        ItemOrder::Pressing => {
            let uid = names::resolve(connection, EntityKind::Item, after.as_str())?;
            let place: Vec<Value> = connection
                .prepare_cached("SELECT urgency, due_key, sort_key FROM work_items WHERE uid = ?1")?
                .query_row([uid.as_str()], |row| (0..3).map(|at| row.get(at)).collect())?;
            let place: Vec<String> = place
                .into_iter()
                .map(|value| conditions.parameter(value))
                .collect();
            conditions.push(format!(
                "(i.urgency, i.due_key, i.sort_key) > ({})",
                place.join(", ")
            ));
        }
    }
    Ok(())
}

/// How many pass a filter: from the tallies where they tell it, else of the first that an index leads to.
/// `None` where counting takes as long as listing.
fn total(connection: &Connection, filter: &ItemFilter) -> rusqlite::Result<Option<Total>> {
    if let Some(owner) = tallied(filter) {
        return tallied_total(connection, filter, owner).map(|total| Some(Total::Exactly(total)));
    }
    let mut conditions = Conditions::of(connection, filter)?;
    if conditions.is_slow {
        return Ok(None);
    }
    let (sql, most) = conditions.counting();
    let (walked, passed) = connection
        .prepare_cached(&sql)?
        .query_row(params_from_iter(&conditions.parameters), |row| {
            Ok((count(row, "walked")?, count(row, "passed")?))
        })?;
    Ok(Some(if walked > u64::from(most) {
        Total::AtLeast(passed)
    } else {
        Total::Exactly(passed)
    }))
}

/// The tallies of the whole lab.
const OF_THE_LAB: &str = "";

/// Whose tallies tell how many pass: the lab's, a project's or a milestone's. `None` where none do.
fn tallied(filter: &ItemFilter) -> Option<&str> {
    let ItemFilter {
        statuses: _,
        priorities: _,
        stands: _,
        all: _,
        types,
        projects,
        milestones,
        parents,
        assignees,
        labels,
        without_labels,
        due,
        text,
    } = filter;
    let nothing_else = types.is_empty()
        && parents.is_empty()
        && assignees.is_empty()
        && labels.is_empty()
        && without_labels.is_empty()
        && due.is_none()
        && text.is_none();
    match (nothing_else, &projects[..], &milestones[..]) {
        (true, [], []) => Some(OF_THE_LAB),
        (true, [Some(owner)], []) | (true, [], [Some(owner)]) => Some(owner.as_str()),
        (true | false, [..], [..]) => None,
    }
}

fn tallied_total(
    connection: &Connection,
    filter: &ItemFilter,
    owner: &str,
) -> rusqlite::Result<u64> {
    let mut parameters: Vec<Value> = vec![owner.to_owned().into()];
    let mut clauses = vec!["owner_uid = ?1".to_owned()];
    let mut one_of = |column: &str, words: Vec<&'static str>| {
        if words.is_empty() {
            return;
        }
        let places: Vec<String> = words
            .into_iter()
            .map(|word| {
                parameters.push(word.to_owned().into());
                format!("?{}", parameters.len())
            })
            .collect();
        clauses.push(format!("{column} IN ({})", places.join(", ")));
    };
    one_of(
        "status",
        filter.statuses.iter().map(|it| it.as_str()).collect(),
    );
    one_of(
        "priority",
        filter.priorities.iter().map(|it| it.as_str()).collect(),
    );
    one_of(
        "stand",
        filter.stands.iter().map(|it| it.as_str()).collect(),
    );
    if !filter.all && filter.stands.is_empty() {
        clauses.push("stand <> 'away'".to_owned());
        if filter.statuses.is_empty() {
            clauses.push("stand <> 'settled'".to_owned());
        }
    }
    let sql = format!(
        "SELECT coalesce(sum(items), 0) AS n FROM item_tallies WHERE {}",
        clauses.join(" AND ")
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params_from_iter(&parameters), |row| count(row, "n"))
}

/// Where the items of the lab, a project or a milestone stand.
pub(super) fn tallies(connection: &Connection, owner: Option<&Uid>) -> rusqlite::Result<Tallies> {
    let mut statement = connection.prepare_cached(
        "SELECT stand, status, sum(items) AS items FROM item_tallies WHERE owner_uid = ?1 GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([owner.map_or(OF_THE_LAB, Uid::as_str)])?;
    let mut found = Tallies::default();
    while let Some(row) = rows.next()? {
        add(&mut found, row)?;
    }
    Ok(found)
}

/// The same of every project and milestone.
pub(super) fn tallies_by_owner(
    connection: &Connection,
) -> rusqlite::Result<BTreeMap<Uid, Tallies>> {
    let mut statement = connection.prepare_cached(
        "SELECT owner_uid, stand, status, sum(items) AS items FROM item_tallies \
         WHERE owner_uid <> '' GROUP BY 1, 2, 3",
    )?;
    let mut rows = statement.query([])?;
    let mut found: BTreeMap<Uid, Tallies> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        add(found.entry(parsed(row, "owner_uid")?).or_default(), row)?;
    }
    Ok(found)
}

fn add(tallies: &mut Tallies, row: &Row<'_>) -> rusqlite::Result<()> {
    let items = count(row, "items")?;
    if items > 0 {
        let cell = (parsed(row, "stand")?, parsed(row, "status")?);
        tallies.0.insert(cell, items);
    }
    Ok(())
}

/// The labels of an item's parts.
pub(super) fn parts_of(connection: &Connection, uid: &Uid) -> rusqlite::Result<Vec<Label>> {
    connection
        .prepare_cached(
            "SELECT l.label FROM work_items AS i \
             JOIN entity_labels AS l ON l.uid = i.uid AND l.is_current = 1 \
             WHERE i.parent_uid = ?1 ORDER BY i.sort_key",
        )?
        .query_map([uid.as_str()], |row| parsed(row, "label"))?
        .collect()
}

/// The status of one item.
pub(super) fn status_of(
    connection: &Connection,
    uid: &Uid,
) -> rusqlite::Result<Option<ItemStatus>> {
    connection
        .prepare_cached("SELECT status FROM work_items WHERE uid = ?1")?
        .query_row([uid.as_str()], |row| parsed(row, "status"))
        .optional()
}
