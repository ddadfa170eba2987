//! Pages of items: an index is walked from where the last page ended, and only what the page shows is read.

use std::collections::BTreeMap;

use lab_model::{EntityKind, ItemStatus, Label, Tag, Uid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::conditions::Conditions;
use super::names;
use super::row::{count, moment_option, parsed, parsed_option};
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
    let counted = total(connection, filter)?;
    let mut conditions = Conditions::of(connection, filter)?;
    if let Some(after) = &page.after {
        behind(connection, &mut conditions, order, after)?;
    }
    let by = match order {
        ItemOrder::Label => "i.sort_key",
        ItemOrder::Pressing => "i.urgency, i.due_key, i.sort_key",
    };
    let where_ = conditions.sql();
    // One more than asked for tells whether there are more.
    let most = page.limit.map_or(-1, |limit| i64::from(limit) + 1);
    let limit = conditions.parameter(most);
    let sql = format!(
        "SELECT t.uid, l.label, t.title, t.status, t.stand, t.priority, t.item_type, t.assignee, \
         t.due_day, e.revision, e.updated_ms, \
         p.label AS project, o.label AS parent, m.label AS milestone, \
         (SELECT group_concat(tag, char(31) ORDER BY tag) FROM tags WHERE tags.uid = t.uid) AS tags \
         FROM (SELECT i.uid FROM work_items AS i{where_} ORDER BY {by} LIMIT {limit}) AS s \
         CROSS JOIN work_items AS t ON t.uid = s.uid \
         CROSS JOIN entities AS e ON e.uid = t.uid \
         CROSS JOIN entity_labels AS l ON l.uid = t.uid AND l.is_current = 1 \
         LEFT JOIN entity_labels AS p ON p.uid = t.project_uid AND p.is_current = 1 \
         LEFT JOIN entity_labels AS o ON o.uid = t.parent_uid AND o.is_current = 1 \
         LEFT JOIN entity_labels AS m ON m.uid = t.milestone_uid AND m.is_current = 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&conditions.parameters), line)?;
    let mut lines = rows.collect::<rusqlite::Result<Vec<ItemLine>>>()?;
    let asked = page
        .limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
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
fn behind(
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
