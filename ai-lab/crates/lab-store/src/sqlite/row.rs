//! Values between columns and the model.

use std::str::FromStr;

use lab_model::{Hours, Moment};
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput, Type};

/// A column whose text is a word, label, uid or day.
pub(super) fn parsed<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(column)?;
    let text = row.get_ref(index)?.as_str()?;
    text.parse()
        .map_err(|error| unreadable(index, Type::Text, error))
}

/// The same where the column may be NULL.
pub(super) fn parsed_option<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(column)?;
    match row.get_ref(index)?.as_str_or_null()? {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|error| unreadable(index, Type::Text, error)),
    }
}

/// A column of milliseconds.
pub(super) fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Moment> {
    let index = row.as_ref().column_index(column)?;
    Moment::from_ms(row.get(index)?).map_err(|error| unreadable(index, Type::Integer, error))
}

/// The same where the column may be NULL.
pub(super) fn moment_option(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Moment>> {
    let index = row.as_ref().column_index(column)?;
    match row.get::<_, Option<i64>>(index)? {
        None => Ok(None),
        Some(ms) => Moment::from_ms(ms)
            .map(Some)
            .map_err(|error| unreadable(index, Type::Integer, error)),
    }
}

/// A column with a count.
pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let index = row.as_ref().column_index(column)?;
    let number: i64 = row.get(index)?;
    u64::try_from(number).map_err(|error| unreadable(index, Type::Integer, error))
}

/// The same where the column may be NULL.
pub(super) fn count_option(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<u64>> {
    let index = row.as_ref().column_index(column)?;
    if row.get_ref(index)?.data_type() == Type::Null {
        Ok(None)
    } else {
        count(row, column).map(Some)
    }
}

/// A column of hours.
pub(super) fn hours(row: &Row<'_>, column: &str) -> rusqlite::Result<Hours> {
    let index = row.as_ref().column_index(column)?;
    let number: f64 = row.get(index)?;
    Hours::try_from(number).map_err(|error| unreadable(index, Type::Real, error))
}

/// The same where the column may be NULL.
pub(super) fn hours_option(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Hours>> {
    let index = row.as_ref().column_index(column)?;
    if row.get_ref(index)?.data_type() == Type::Null {
        Ok(None)
    } else {
        hours(row, column).map(Some)
    }
}

fn unreadable(
    index: usize,
    kind: Type,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, kind, Box::new(error))
}

/// A model value that is stored as the text it shows.
pub(super) struct Text<T>(pub(super) T);

impl<T: std::fmt::Display> ToSql for Text<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

/// A value of an optional field as the text it shows.
pub(super) fn text<T: std::fmt::Display>(value: Option<T>) -> Option<Text<T>> {
    value.map(Text)
}

/// The milliseconds of an optional moment.
pub(super) fn ms(at: Option<Moment>) -> Option<i64> {
    at.map(Moment::ms)
}

/// A count as `SQLite` stores it.
pub(super) fn integer(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
