//! Moments and days: an instant has a zone (UTC), a due date has none.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// An instant in whole milliseconds since 1970-01-01T00:00:00Z, between the years -9999 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// A calendar date without zone, such as a due date: it never moves when someone travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text or number that is no moment or day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not an RFC 3339 instant with its offset.
    #[error("`{}` is no instant such as 2026-02-03T04:05:06Z", .0.escape_debug())]
    Moment(String),
    /// Not a `YYYY-MM-DD` date of the calendar.
    #[error("`{}` is no date such as 2026-02-03", .0.escape_debug())]
    Day(String),
    /// Outside of the years -9999 to 9999.
    #[error("{0} ms is outside of the years -9999 to 9999")]
    Range(i64),
}

impl Moment {
    /// The moment that many milliseconds after 1970 began in UTC.
    pub fn from_ms(ms: i64) -> Result<Self, TimeError> {
        match Timestamp::from_millisecond(ms) {
            Ok(_) => Ok(Self(ms)),
            Err(_) => Err(TimeError::Range(ms)),
        }
    }

    /// The milliseconds since 1970 began in UTC.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The date that calendars in UTC show.
    pub fn day_utc(self) -> Day {
        Day(self.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).expect("from_ms checked the range")
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, with milliseconds where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl FromStr for Moment {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let stamp: Timestamp = text
            .parse()
            .map_err(|_| TimeError::Moment(text.to_owned()))?;
        Ok(Self(stamp.as_millisecond()))
    }
}

impl Day {
    /// The year, the month from 1, the day from 1; `None` where the calendar has no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// How many days lie between this day and a later one; negative for an earlier one.
    pub fn days_until(self, later: Self) -> i32 {
        self.0.until(later.0).map_or(0, |span| span.get_days())
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for Day {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        // jiff also reads a date out of a date and time; a due date is the date alone.
        match text.parse::<Date>() {
            Ok(date) if date.to_string() == text => Ok(Self(date)),
            Ok(_) | Err(_) => Err(TimeError::Day(text.to_owned())),
        }
    }
}

/// Serialises through `Display` and `FromStr`.
macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

as_text!(Moment);
as_text!(Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_what_they_show() {
        for text in [
            "2026-02-03T04:05:06Z",
            "2025-11-13T18:32:54.874Z",
            "1969-12-31T23:59:59.999Z",
        ] {
            assert_eq!(
                text.parse::<Moment>().map(|m| m.to_string()),
                Ok(text.to_owned())
            );
        }
        assert_eq!(
            "2026-02-03T05:05:06+01:00"
                .parse::<Moment>()
                .map(Moment::ms),
            Ok(1_770_091_506_000)
        );
    }

    #[test]
    fn an_instant_without_zone_is_refused() {
        assert_eq!(
            "2026-02-03T04:05:06".parse::<Moment>(),
            Err(TimeError::Moment("2026-02-03T04:05:06".into()))
        );
        assert_eq!(Moment::from_ms(i64::MAX), Err(TimeError::Range(i64::MAX)));
    }

    #[test]
    fn a_day_is_a_date_of_the_calendar_and_nothing_more() {
        for bad in [
            "",
            "2026-02-30",
            "2026-2-3",
            "2026-02-03T00:00:00Z",
            "2026-02-03 ",
            "tomorrow",
        ] {
            assert_eq!(bad.parse::<Day>(), Err(TimeError::Day(bad.into())), "{bad}");
        }
        let day: Day = "2026-02-28".parse().expect("a date");
        let later: Day = "2026-03-02".parse().expect("a date");
        assert_eq!((day.days_until(later), later.days_until(day)), (2, -2));
        assert_eq!(
            Moment::from_ms(0).map(|m| m.day_utc().to_string()),
            Ok("1970-01-01".into())
        );
    }
}
