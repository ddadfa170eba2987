//! Rows of `tool_executions`: their columns, how they are written and how they are read.

use std::sync::LazyLock;

use ai_lab_contract::{ErrorClass, ExecutionId, Profile};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use sha2::{Digest, Sha256};

use super::fault::Fault;
use crate::chain::{Cell, link_hash};
use crate::execution::{
    Answered, Ended, Execution, ExecutionEnd, ExecutionStart, Link, Owner, RecordedError, Status,
};

/// What the hash of a start covers, in this order.
pub(super) const START: [&str; 28] = [
    "started_position",
    "started_previous_hash",
    "execution_id",
    "correlation_id",
    "parent_id",
    "session_id",
    "idempotency_key",
    "tool",
    "tool_version",
    "tool_digest",
    "action",
    "profile",
    "framework_version",
    "framework_digest",
    "policy_digest",
    "configuration_digest",
    "sandbox",
    "client_name",
    "client_version",
    "protocol_version",
    "host",
    "owner_pid",
    "owner_start_ticks",
    "owner_boot_id",
    "attempt",
    "input",
    "started_at_ms",
    "queue_us",
];

/// What the hash of an end covers, in this order. The first two tie it to its start, and by the start's
/// hash to every field of it.
pub(super) const END: [&str; 18] = [
    "execution_id",
    "started_hash",
    "ended_position",
    "ended_previous_hash",
    "status",
    "error_class",
    "error_kind",
    "error_message",
    "error_retryable",
    "error_detail",
    "output",
    "output_bytes",
    "log_bytes",
    "exit",
    "ended_at_ms",
    "start_us",
    "run_us",
    "record_us",
];

/// Where in [`END`] the columns begin that a start does not have.
pub(super) const OWN: usize = 2;

/// What stands in an end's columns while there is none: those behind the position, then `row_hash`.
pub(super) const NO_END: [Cell<'static>; 16] = [
    Cell::Text(b""),
    Cell::Text(b"started"),
    Cell::Text(b""),
    Cell::Text(b""),
    Cell::Text(b""),
    Cell::Integer(0),
    Cell::Text(b""),
    Cell::Text(b""),
    Cell::Integer(0),
    Cell::Integer(0),
    Cell::Text(b""),
    Cell::Integer(0),
    Cell::Integer(0),
    Cell::Integer(0),
    Cell::Integer(0),
    Cell::Text(b""),
];

/// What an end says of the answer's origin. Its hash covers them only where they say something, so that
/// rows from before these columns stay as they were hashed.
pub(super) const NOTE: [&str; 2] = ["answer_kind", "answer_of"];

/// The note of an end that has none.
pub(super) const NO_NOTE: [Cell<'static>; 2] = [Cell::Text(b""), Cell::Text(b"")];

/// The hash of an end, with its note.
pub(super) fn end_hash(end: &[Cell<'_>], note: [Cell<'_>; 2]) -> String {
    if note == NO_NOTE {
        return link_hash(&END, end);
    }
    link_hash(&[&END[..], &NOTE[..]].concat(), &[end, &note[..]].concat())
}

/// Leads to the rows of an input without comparing it to every other: 63 bits of its digest, never 0.
pub(super) fn input_key(input: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(input.as_bytes()).into();
    let (first, _) = digest
        .split_first_chunk()
        .expect("because 32 bytes begin with 8");
    (i64::from_be_bytes(*first) & i64::MAX).max(1)
}

/// Every column as [`execution`] reads them.
pub(super) static COLUMNS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut columns = START.to_vec();
    columns.push("started_hash");
    columns.extend_from_slice(&END[OWN..]);
    columns.push("row_hash");
    columns.extend_from_slice(&NOTE);
    columns
});

/// The same as text between `SELECT` and `FROM`.
pub(super) static COLUMN_LIST: LazyLock<String> = LazyLock::new(|| COLUMNS.join(", "));

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(bytes) => ValueRef::Text(bytes),
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Stray => ValueRef::Null,
        }))
    }
}

impl<'a> From<ValueRef<'a>> for Cell<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Text(bytes) => Self::Text(bytes),
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Self::Stray,
        }
    }
}

/// A start as the values of [`START`].
pub(super) fn start_cells<'a>(
    start: &'a ExecutionStart,
    position: u64,
    previous: &'a str,
) -> [Cell<'a>; 28] {
    [
        position.into(),
        previous.into(),
        start.execution_id.as_str().into(),
        start.correlation_id.as_str().into(),
        start.parent_id.as_ref().map_or("", |id| id.as_str()).into(),
        start
            .session_id
            .as_ref()
            .map_or("", |id| id.as_str())
            .into(),
        start.idempotency_key.as_deref().unwrap_or("").into(),
        start.tool.as_str().into(),
        start.tool_version.as_str().into(),
        start.tool_digest.as_str().into(),
        start.action.as_str().into(),
        start.profile.as_str().into(),
        start.framework_version.as_str().into(),
        start.framework_digest.as_str().into(),
        start.policy_digest.as_str().into(),
        start.configuration_digest.as_str().into(),
        start.sandbox.as_str().into(),
        start.client_name.as_str().into(),
        start.client_version.as_str().into(),
        start.protocol_version.as_str().into(),
        start.host.as_str().into(),
        start.owner.pid.into(),
        start.owner.start_ticks.into(),
        start.owner.boot_id.as_str().into(),
        start.attempt.into(),
        start.input.as_str().into(),
        start.started_at_ms.into(),
        start.queue_us.into(),
    ]
}

/// An end as the values of [`END`].
pub(super) fn end_cells<'a>(
    end: &'a ExecutionEnd,
    started_hash: &'a str,
    position: u64,
    previous: &'a str,
) -> [Cell<'a>; 18] {
    let error = end.error.as_ref();
    [
        end.execution_id.as_str().into(),
        started_hash.into(),
        position.into(),
        previous.into(),
        Status::from(end.status).as_str().into(),
        error.map_or("", |e| e.class.as_str()).into(),
        error.map_or("", |e| e.kind.as_str()).into(),
        error.map_or("", |e| e.message.as_str()).into(),
        i64::from(error.is_some_and(|e| e.retryable)).into(),
        error.map_or("", |e| e.detail.as_str()).into(),
        end.output.as_deref().unwrap_or("").into(),
        end.output_bytes.into(),
        end.log_bytes.into(),
        end.exit.as_str().into(),
        end.ended_at_ms.into(),
        end.start_us.into(),
        end.run_us.into(),
        end.record_us.into(),
    ]
}

/// An end's note as the values of [`NOTE`].
pub(super) fn note_cells(end: &ExecutionEnd) -> [Cell<'_>; 2] {
    match &end.answered {
        None => NO_NOTE,
        Some(answered) => [answered.kind().into(), answered.of().as_str().into()],
    }
}

/// Reads a row's values one after another.
pub(super) struct Reader<'r, 's> {
    row: &'r rusqlite::Row<'s>,
    names: &'r [&'static str],
    at: usize,
}

impl<'r, 's> Reader<'r, 's> {
    /// Begins at the first column; `names` are those that were selected.
    pub(super) const fn new(row: &'r rusqlite::Row<'s>, names: &'r [&'static str]) -> Self {
        Self { row, names, at: 0 }
    }

    fn next(&mut self) -> Result<(&'static str, ValueRef<'r>), Fault> {
        let value = self.row.get_ref(self.at)?;
        let name = self.names.get(self.at).copied().unwrap_or("?");
        self.at += 1;
        Ok((name, value))
    }

    /// Text in UTF-8.
    pub(super) fn text(&mut self) -> Result<&'r str, Fault> {
        let (column, value) = self.next()?;
        value.as_str().map_err(|_| stray(column, value))
    }

    /// Text that `parse` takes.
    pub(super) fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        let (column, value) = self.next()?;
        let text = value.as_str().ok();
        text.and_then(parse).ok_or_else(|| stray(column, value))
    }

    /// Text that is an id, or nothing where it is empty.
    pub(super) fn optional<T: std::str::FromStr>(&mut self) -> Result<Option<T>, Fault> {
        self.parsed(|text| match text {
            "" => Some(None),
            id => id.parse().ok().map(Some),
        })
    }

    /// A whole number.
    pub(super) fn integer(&mut self) -> Result<i64, Fault> {
        let (column, value) = self.next()?;
        value.as_i64().map_err(|_| stray(column, value))
    }

    /// A whole number that is not negative and fits.
    pub(super) fn count<T: TryFrom<i64>>(&mut self) -> Result<T, Fault> {
        let (column, value) = self.next()?;
        let number = value.as_i64().map_err(|_| stray(column, value))?;
        T::try_from(number).map_err(|_| stray(column, value))
    }

    /// A count, or nothing where there is none.
    pub(super) fn optional_count(&mut self) -> Result<Option<u64>, Fault> {
        let (column, value) = self.next()?;
        match value {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => {
                let count = u64::try_from(number).map_err(|_| stray(column, value))?;
                Ok(Some(count))
            }
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => Err(stray(column, value)),
        }
    }

    /// A number; what is no number at all is stored as nothing.
    pub(super) fn real(&mut self) -> Result<f64, Fault> {
        let (column, value) = self.next()?;
        let real = value.as_f64_or_null().map_err(|_| stray(column, value))?;
        Ok(real.unwrap_or(f64::NAN))
    }
}

fn stray(column: &'static str, value: ValueRef<'_>) -> Fault {
    let found = match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    };
    Fault::Column { column, found }
}

/// Reads a row that was selected as [`COLUMN_LIST`].
pub(super) fn execution(row: &rusqlite::Row<'_>) -> Result<Execution, Fault> {
    let mut reader = Reader::new(row, &COLUMNS);
    let position = reader.count()?;
    let previous_hash = reader.text()?.to_owned();
    let start = start(&mut reader)?;
    let link = Link {
        position,
        previous_hash,
        hash: reader.text()?.to_owned(),
    };
    let (status, ended) = ended(&mut reader)?;
    Ok(Execution {
        start,
        link,
        status,
        ended,
    })
}

fn start(reader: &mut Reader<'_, '_>) -> Result<ExecutionStart, Fault> {
    Ok(ExecutionStart {
        execution_id: reader.parsed(|text| text.parse().ok())?,
        correlation_id: reader.parsed(|text| text.parse().ok())?,
        parent_id: reader.optional()?,
        session_id: reader.optional()?,
        idempotency_key: reader.optional()?,
        tool: reader.parsed(|text| text.parse().ok())?,
        tool_version: reader.text()?.to_owned(),
        tool_digest: reader.text()?.to_owned(),
        action: reader.parsed(|text| text.parse().ok())?,
        profile: reader.parsed(|text| text.parse::<Profile>().ok())?,
        framework_version: reader.text()?.to_owned(),
        framework_digest: reader.text()?.to_owned(),
        policy_digest: reader.text()?.to_owned(),
        configuration_digest: reader.text()?.to_owned(),
        sandbox: reader.text()?.to_owned(),
        client_name: reader.text()?.to_owned(),
        client_version: reader.text()?.to_owned(),
        protocol_version: reader.text()?.to_owned(),
        host: reader.text()?.to_owned(),
        owner: Owner {
            pid: reader.count()?,
            start_ticks: reader.count()?,
            boot_id: reader.text()?.to_owned(),
        },
        attempt: reader.count()?,
        input: reader.text()?.to_owned(),
        started_at_ms: reader.integer()?,
        queue_us: reader.count()?,
    })
}

fn ended(reader: &mut Reader<'_, '_>) -> Result<(Status, Option<Ended>), Fault> {
    let position = reader.optional_count()?;
    let previous_hash = reader.text()?.to_owned();
    let status = reader.parsed(Status::from_name)?;
    let class = reader.parsed(|text| match text {
        "" => Some(None),
        name => ErrorClass::from_name(name).map(Some),
    })?;
    let kind = reader.text()?.to_owned();
    let message = reader.text()?.to_owned();
    let retryable = reader.integer()? != 0;
    let detail = reader.text()?.to_owned();
    let error = class.map(|class| RecordedError {
        class,
        kind,
        message,
        retryable,
        detail,
    });
    let mut ended = Ended {
        error,
        answered: None,
        output: reader.optional()?,
        output_bytes: reader.count()?,
        log_bytes: reader.count()?,
        exit: reader.text()?.to_owned(),
        ended_at_ms: reader.integer()?,
        start_us: reader.count()?,
        run_us: reader.count()?,
        record_us: reader.count()?,
        link: Link {
            position: position.unwrap_or_default(),
            previous_hash,
            hash: reader.text()?.to_owned(),
        },
    };
    let kind = reader.text()?;
    let of: Option<ExecutionId> = reader.optional()?;
    ended.answered = match of {
        None if kind.is_empty() => None,
        None => return Err(no_note(kind)),
        Some(of) => Some(Answered::from_columns(kind, of).ok_or_else(|| no_note(kind))?),
    };
    Ok((status, position.map(|_| ended)))
}

fn no_note(kind: &str) -> Fault {
    Fault::Column {
        column: NOTE[0],
        found: kind.to_owned(),
    }
}
