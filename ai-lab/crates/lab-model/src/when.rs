//! Days as people say them: `tomorrow`, `fri`, `+2w`, `2026-12-01`.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::Day;

/// How far from today a day may be said, in days, weeks, months or years: beyond it somebody mistyped.
const FARTHEST: i64 = 10_000;

/// A text that names no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24",
    given.escape_debug()
)]
pub struct WhenError {
    /// What was given.
    pub given: String,
}

/// The day that a text says, seen from today.
///
/// `today`, `tomorrow`, `yesterday`; a weekday, the next one that is not today; `eow`, `eom`, `eoy`, the last day of
/// this week (Sunday), month, year; a number with `d`, `w`, `m` or `y`, with `+` or `-` before it or not; `MM-DD`,
/// the next one; `YYYY-MM-DD`.
pub fn parse_day(text: &str, today: Day) -> Result<Day, WhenError> {
    let wrong = || WhenError {
        given: text.to_owned(),
    };
    if let Ok(day) = text.parse::<Day>() {
        return Ok(day);
    }
    let word = text.trim().to_ascii_lowercase();
    let from = Date::from(today);
    let found = named(&word, from)
        .or_else(|| weekday(&word).and_then(|day| from.nth_weekday(1, day).ok()))
        .or_else(|| {
            span(&word)
                .ok()
                .flatten()
                .and_then(|span| from.checked_add(span).ok())
        })
        .or_else(|| yearless(&word, from));
    found.map(Day::from).ok_or_else(wrong)
}

fn named(word: &str, from: Date) -> Option<Date> {
    match word {
        "today" | "now" => Some(from),
        "tomorrow" | "tom" => from.tomorrow().ok(),
        "yesterday" => from.yesterday().ok(),
        "eow" => {
            let left = 7 - from.weekday().to_monday_one_offset();
            from.checked_add(i32::from(left).days()).ok()
        }
        "eom" => Some(from.last_of_month()),
        "eoy" => Some(from.last_of_year()),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    // Three letters are enough, and as many more as somebody likes to write.
    days.into_iter()
        .find(|(name, _)| word.len() >= 3 && name.starts_with(word))
        .map(|(_, day)| day)
}

/// `+2w`, `3d`, `-1m`; `Ok(None)` for what has no such form.
fn span(word: &str) -> Result<Option<Span>, std::num::ParseIntError> {
    let Some(unit) = word.chars().last().filter(|unit| "dwmy".contains(*unit)) else {
        return Ok(None);
    };
    let number: i64 = word[..word.len() - 1].parse()?;
    if number.abs() > FARTHEST {
        return Ok(None);
    }
    let span = Span::new();
    Ok(match unit {
        'd' => span.try_days(number).ok(),
        'w' => span.try_weeks(number).ok(),
        'm' => span.try_months(number).ok(),
        _ => span.try_years(number).ok(),
    })
}

/// `12-24`: this year's, or next year's where that has passed.
fn yearless(word: &str, from: Date) -> Option<Date> {
    let (month, day) = word.split_once('-')?;
    let in_year = |year| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    in_year(from.year())
        .filter(|date| *date >= from)
        .or_else(|| in_year(from.year().checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_in_many_ways() {
        // A Tuesday.
        let today: Day = "2026-02-03".parse().expect("a date");
        for (text, expected) in [
            ("today", "2026-02-03"),
            ("Tomorrow", "2026-02-04"),
            ("yesterday", "2026-02-02"),
            ("wed", "2026-02-04"),
            ("fri", "2026-02-06"),
            ("friday", "2026-02-06"),
            ("tue", "2026-02-10"),
            ("mon", "2026-02-09"),
            ("eow", "2026-02-08"),
            ("eom", "2026-02-28"),
            ("eoy", "2026-12-31"),
            ("+2w", "2026-02-17"),
            ("14d", "2026-02-17"),
            ("-3d", "2026-01-31"),
            ("1m", "2026-03-03"),
            ("1y", "2027-02-03"),
            ("0d", "2026-02-03"),
            ("12-24", "2026-12-24"),
            ("02-03", "2026-02-03"),
            ("1-31", "2027-01-31"),
            ("2026-12-01", "2026-12-01"),
            ("2020-01-01", "2020-01-01"),
        ] {
            assert_eq!(
                parse_day(text, today).map(|day| day.to_string()),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "fr",
            "frix",
            "2026-02-30",
            "d",
            "+d",
            "2x",
            "99999999999999999999d",
            "20000y",
            "13-01",
            "ä",
            "2026-2-3",
            "tomorrow!",
            "--1d",
            "1.5d",
            "02-30",
        ] {
            let wrong = WhenError {
                given: text.to_owned(),
            };
            assert_eq!(parse_day(text, today), Err(wrong), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_month_stays_one() {
        let check = |today: &str, text: &str| {
            parse_day(text, today.parse().expect("a date")).map(|day| day.to_string())
        };
        assert_eq!(check("2026-01-31", "1m"), Ok("2026-02-28".to_owned()));
        assert_eq!(check("2026-02-08", "eow"), Ok("2026-02-08".to_owned()));
        assert_eq!(check("2026-02-08", "sun"), Ok("2026-02-15".to_owned()));
        assert!(check("9999-12-31", "tomorrow").is_err());
    }
}
