//! The keys that listings walk in order.

use lab_model::Label;
use rusqlite::{Connection, params};

use super::row::parsed;

/// Whether a version of the software that knows nothing of keys gave labels.
pub(super) fn lacks_keys(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        // The index holds nothing else; left to itself the planner walks another from end to end.
        "SELECT EXISTS (SELECT 1 FROM entity_labels INDEXED BY entity_labels_without_key \
         WHERE sort_key IS NULL)",
        [],
        |row| row.get(0),
    )
}

/// Computes the keys that are missing; the caller holds the transaction.
pub(super) fn fill_keys(connection: &Connection) -> rusqlite::Result<()> {
    let missing: Vec<(String, Label)> = {
        let mut statement =
            connection.prepare("SELECT kind, label FROM entity_labels WHERE sort_key IS NULL")?;
        let rows = statement.query_map([], |row| Ok((row.get("kind")?, parsed(row, "label")?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut update = connection
        .prepare("UPDATE entity_labels SET sort_key = ?3 WHERE kind = ?1 AND label = ?2")?;
    for (kind, label) in missing {
        update.execute(params![kind, label.as_str(), label.counting_key()])?;
    }
    Ok(())
}
