//! Sessions in and out.

use ai_lab_contract::SessionId;
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::Reader;
use super::seat::{Durability, Seat};
use crate::error::{SessionError, StoreError};
use crate::listing::bounded;
use crate::session::{NewSession, Session, SessionChange, SessionFilter, SessionStatus};

const COLUMNS: [&str; 8] = [
    "id",
    "title",
    "status",
    "note",
    "data",
    "revision",
    "created_at_ms",
    "updated_at_ms",
];

/// Creates a session.
pub(super) fn create(seat: &Seat, new: &NewSession) -> Result<Session, SessionError> {
    seat.write("create a session", Durability::Kill, |connection| {
        let created = insert(connection, new)?;
        Ok(created.ok_or_else(|| SessionError::Exists(new.id.clone())))
    })?
}

/// The session as it is, created first where there is none.
pub(super) fn open(seat: &Seat, new: &NewSession) -> Result<Session, StoreError> {
    if let Some(session) = by_id(seat, &new.id)? {
        return Ok(session);
    }
    seat.write("create a session", Durability::Kill, |connection| {
        if let Some(session) = insert(connection, new)? {
            return Ok(Ok(session));
        }
        // Another process created it in between.
        one(connection, &new.id)?
            .map(Ok)
            .ok_or(Fault::Sqlite(rusqlite::Error::QueryReturnedNoRows))
    })?
}

fn insert(connection: &Connection, new: &NewSession) -> Result<Option<Session>, Fault> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO tool_sessions \
             (id, title, status, note, data, revision, created_at_ms, updated_at_ms) \
             VALUES ($1, $2, $3, '', $4, 1, $5, $6) ON CONFLICT (id) DO NOTHING",
        )?
        .execute((
            new.id.as_str(),
            &new.title,
            SessionStatus::Active.as_str(),
            &new.data,
            new.created_at_ms,
            new.created_at_ms,
        ))?;
    if inserted == 0 {
        Ok(None)
    } else {
        one(connection, &new.id)
    }
}

/// The session of that id.
pub(super) fn by_id(seat: &Seat, id: &SessionId) -> Result<Option<Session>, StoreError> {
    seat.glance("read a session", |connection| one(connection, id))
}

fn one(connection: &Connection, id: &SessionId) -> Result<Option<Session>, Fault> {
    let sql = format!(
        "SELECT {} FROM tool_sessions WHERE id = $1",
        COLUMNS.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(session).transpose()
}

/// Sessions, the last changed first.
pub(super) fn list(seat: &Seat, filter: &SessionFilter) -> Result<Vec<Session>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.add("status =", filter.status.map(SessionStatus::as_str));
    let sql = format!(
        "SELECT {} FROM tool_sessions {} ORDER BY updated_at_ms DESC, id LIMIT {}",
        COLUMNS.join(", "),
        conditions.clause(),
        bounded(filter.limit)
    );
    seat.read("list sessions", |connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(conditions.values()))?;
        let mut sessions = Vec::new();
        while let Some(row) = rows.next()? {
            sessions.push(session(row)?);
        }
        Ok(sessions)
    })
}

/// Changes a session that has not moved on.
pub(super) fn change(seat: &Seat, change: &SessionChange) -> Result<Session, SessionError> {
    seat.write("change a session", Durability::Kill, |connection| {
        change_session(connection, change)
    })?
}

/// The change as a part of somebody's transaction.
pub(super) fn change_session(
    connection: &Connection,
    change: &SessionChange,
) -> Result<Result<Session, SessionError>, Fault> {
    let Some(old) = one(connection, &change.id)? else {
        return Ok(Err(SessionError::NoSuch(change.id.clone())));
    };
    if old.revision != change.from_revision {
        return Ok(Err(SessionError::MovedOn {
            id: old.id,
            from: change.from_revision,
            now: old.revision,
        }));
    }
    let new = changed(old, change);
    update(connection, &new)?;
    Ok(Ok(new))
}

fn changed(old: Session, change: &SessionChange) -> Session {
    Session {
        title: change.title.clone().unwrap_or(old.title),
        status: change.status.unwrap_or(old.status),
        note: change.note.clone().unwrap_or(old.note),
        data: change.data.clone().unwrap_or(old.data),
        revision: old.revision + 1,
        updated_at_ms: change.changed_at_ms,
        ..old
    }
}

fn update(connection: &Connection, new: &Session) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE tool_sessions SET title = $1, status = $2, note = $3, data = $4, \
             revision = $5, updated_at_ms = $6 WHERE id = $7",
        )?
        .execute((
            &new.title,
            new.status.as_str(),
            &new.note,
            &new.data,
            i64::try_from(new.revision).unwrap_or(i64::MAX),
            new.updated_at_ms,
            new.id.as_str(),
        ))?;
    Ok(())
}

fn session(row: &rusqlite::Row<'_>) -> Result<Session, Fault> {
    let mut reader = Reader::new(row, &COLUMNS);
    Ok(Session {
        id: reader.parsed(|text| text.parse().ok())?,
        title: reader.text()?.to_owned(),
        status: reader.parsed(SessionStatus::from_name)?,
        note: reader.text()?.to_owned(),
        data: reader.text()?.to_owned(),
        revision: reader.count()?,
        created_at_ms: reader.integer()?,
        updated_at_ms: reader.integer()?,
    })
}
