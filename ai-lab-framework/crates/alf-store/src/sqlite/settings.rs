//! The configuration of tools in and out.

use ai_lab_contract::ToolName;
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::Reader;
use super::seat::{Durability, Seat};
use crate::error::StoreError;
use crate::setting::Setting;

const COLUMNS: [&str; 5] = ["tool", "key", "value", "origin", "changed_at_ms"];

/// Writes one key over what was there.
pub(super) fn set(seat: &Seat, setting: &Setting) -> Result<(), StoreError> {
    seat.write("write a setting", Durability::Kill, |connection| {
        connection
            .prepare_cached(
                "INSERT INTO tool_configurations (tool, key, value, origin, changed_at_ms) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tool, key) DO UPDATE SET \
                 value = excluded.value, origin = excluded.origin, \
                 changed_at_ms = excluded.changed_at_ms",
            )?
            .execute((
                setting.tool.as_str(),
                &setting.key,
                &setting.value,
                &setting.origin,
                setting.changed_at_ms,
            ))?;
        Ok(Ok(()))
    })?
}

/// Settings by tool and key, narrowed to a tool and a key.
pub(super) fn list(
    seat: &Seat,
    tool: Option<&ToolName>,
    key: Option<&str>,
) -> Result<Vec<Setting>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.add("tool =", tool.map(ToolName::as_str));
    conditions.add("key =", key);
    seat.glance("read settings", |connection| {
        select(connection, &conditions)
    })
}

fn select(connection: &Connection, conditions: &Conditions<'_>) -> Result<Vec<Setting>, Fault> {
    let sql = format!(
        "SELECT {} FROM tool_configurations {} ORDER BY tool, key",
        COLUMNS.join(", "),
        conditions.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut settings = Vec::new();
    while let Some(row) = rows.next()? {
        let mut reader = Reader::new(row, &COLUMNS);
        settings.push(Setting {
            tool: reader.parsed(|text| text.parse().ok())?,
            key: reader.text()?.to_owned(),
            value: reader.text()?.to_owned(),
            origin: reader.text()?.to_owned(),
            changed_at_ms: reader.integer()?,
        });
    }
    Ok(settings)
}

/// Takes one key away; `false` if it was not there.
pub(super) fn remove(seat: &Seat, tool: &ToolName, key: &str) -> Result<bool, StoreError> {
    seat.write("remove a setting", Durability::Kill, |connection| {
        let removed = connection
            .prepare_cached("DELETE FROM tool_configurations WHERE tool = $1 AND key = $2")?
            .execute((tool.as_str(), key))?;
        Ok(Ok(removed > 0))
    })?
}
