//! The end of the chain, to which every start and every end is tied.

use rusqlite::Connection;

use super::fault::Fault;
use super::row::Reader;

/// The last link.
#[derive(Debug)]
pub(super) struct ChainHead {
    /// Its position; 0 before the first link.
    pub(super) position: u64,
    /// Its hash; empty before the first link.
    pub(super) hash: String,
}

/// Reads the head. What is written behind it must be written in the same transaction: other processes
/// lengthen the chain too.
pub(super) fn read_head(connection: &Connection) -> Result<ChainHead, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT position, hash FROM chain_head WHERE only_row = 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Err(Fault::Column {
            column: "chain_head.position",
            found: "no row".to_owned(),
        });
    };
    let mut reader = Reader::new(row, &["chain_head.position", "chain_head.hash"]);
    Ok(ChainHead {
        position: reader.count()?,
        hash: reader.text()?.to_owned(),
    })
}

/// Moves the head to a new link.
pub(super) fn write_head(connection: &Connection, position: u64, hash: &str) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE chain_head SET position = $1, hash = $2 WHERE only_row = 1")?
        .execute((i64::try_from(position).unwrap_or(i64::MAX), hash))?;
    Ok(())
}
