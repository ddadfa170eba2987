//! `calls`: who called when, without telephone numbers.

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::services;

use crate::failure;
use crate::memory::{Kept, Memory};
use crate::redact::{Names, without_numbers};
use crate::session::with_session;
use crate::surroundings::Surroundings;
use crate::table::{self, Row};

/// Which calls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// How many at most, the newest first.
    limit: Bounded<1, 200>,
    /// Only those of so many days.
    days: Option<Bounded<1, 365>>,
    /// Only missed ones.
    missed: bool,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            limit: Bounded::constant(20),
            days: None,
            missed: false,
        }
    }
}

/// Who called when.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The calls, the newest first.
    calls: Vec<Call>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// What kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Taken.
    Incoming,
    /// Not taken.
    Missed,
    /// From here.
    Outgoing,
    /// Going on now, from outside.
    ActiveIncoming,
    /// Going on now, from here.
    ActiveOutgoing,
    /// Turned away by the router.
    Rejected,
    /// None of these.
    Other,
}

impl Kind {
    fn of(number: Option<&str>) -> Self {
        match number {
            Some("1") => Self::Incoming,
            Some("2") => Self::Missed,
            Some("3") => Self::Outgoing,
            Some("9") => Self::ActiveIncoming,
            Some("10") => Self::Rejected,
            Some("11") => Self::ActiveOutgoing,
            _ => Self::Other,
        }
    }

    const fn is_outgoing(self) -> bool {
        match self {
            Self::Outgoing | Self::ActiveOutgoing => true,
            Self::Incoming | Self::Missed | Self::ActiveIncoming | Self::Rejected | Self::Other => {
                false
            }
        }
    }
}

/// A call.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Call {
    /// What kind.
    kind: Kind,
    /// When, as the router writes it: day, month, year, time.
    at: Option<String>,
    /// How long, in minutes as the router counts them.
    minutes: Option<u64>,
    /// The name in the telephone book.
    name: Option<String>,
    /// Stands for the number outside: the same number has the same name in every list. `null` if it was withheld.
    other: Option<String>,
    /// Stands for the number here.
    own: Option<String>,
    /// The telephone.
    device: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Calls(pub(crate) Surroundings);

impl Action for Calls {
    const NAME: &'static str = "calls";
    const DESCRIPTION: &'static str = "Lists the calls. A telephone number is never told; a name that stays the same stands for it.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let names = Names::new(salt(&session.memory)?);
            let answer = session.read(&services::ON_TEL, "GetCallList", &[])?;
            let address = answer.filled("CallListURL").ok_or_else(|| {
                ToolFailure::new(
                    "odd_answer",
                    "the router gives no address for its list of calls",
                )
            })?;
            let days = input
                .days
                .map(|days| format!("&days={}", days.get()))
                .unwrap_or_default();
            // Which ones were missed is only known afterwards.
            let most = if input.missed {
                String::new()
            } else {
                format!("&max={}", input.limit.get())
            };
            let list = session.router.fetch(&format!("{address}{days}{most}"));
            let (rows, _) = table::rows(&list.map_err(|error| failure::of_read(&error))?, "Call")?;
            let calls = rows.iter().map(|row| call(row, &names));
            let calls = calls.filter(|call| !input.missed || call.kind == Kind::Missed);
            Ok(Output {
                calls: calls
                    .take(usize::try_from(input.limit.get()).unwrap_or(usize::MAX))
                    .collect(),
                notes: session.notes(),
            })
        })
    }
}

fn call(row: &Row, names: &Names) -> Call {
    let kind = Kind::of(row.text("Type"));
    let (from, to) = (row.text("Caller"), row.text("Called"));
    let (other, own) = if kind.is_outgoing() {
        (to, row.text("CallerNumber").or(from))
    } else {
        (from, row.text("CalledNumber").or(to))
    };
    let shown = |name: &str| row.text(name).map(without_numbers);
    Call {
        kind,
        at: row
            .text("Date")
            .map(str::to_owned)
            .filter(|date| is_date(date)),
        minutes: row.text("Duration").and_then(minutes),
        name: shown("Name"),
        other: other.and_then(|number| names.of_number(number)),
        own: own.and_then(|number| names.of_number(number)),
        device: shown("Device"),
    }
}

/// `23.11.26 09:15` and nothing longer that could hide a number.
fn is_date(text: &str) -> bool {
    text.len() <= 17
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || ".: ".contains(letter))
        && text.contains('.')
}

/// `1:05` is an hour and five minutes.
fn minutes(text: &str) -> Option<u64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(
        hours
            .parse::<u64>()
            .ok()?
            .checked_mul(60)?
            .saturating_add(minutes.parse().ok()?),
    )
}

/// What makes names of numbers: made up once, here.
fn salt(memory: &Memory) -> Result<String, ToolFailure> {
    memory.change(Kept::Salt, |salt: &mut String| {
        if salt.is_empty() {
            *salt = tr064::made_up_name().unwrap_or_default();
        }
        salt.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_without_its_numbers() {
        let text = "<root><Call><Type>3</Type><Caller>Fon</Caller><CallerNumber>SIP0: 4930111</CallerNumber>\
                    <Called>01711234567</Called><Name>Ada 01711234567</Name><Device>Telefon 4930111</Device>\
                    <Date>23.11.26 09:15</Date><Duration>1:05</Duration></Call></root>";
        let (rows, _) = table::rows(text, "Call").expect("it is a list");
        let told = call(&rows[0], &Names::new("x".to_owned()));
        assert_eq!(
            (told.kind, told.minutes, told.at.as_deref()),
            (Kind::Outgoing, Some(65), Some("23.11.26 09:15"))
        );
        assert_eq!(
            (told.name.as_deref(), told.device.as_deref()),
            (Some("Ada [number]"), Some("Telefon [number]"))
        );
        let told = serde_json::to_string(&told).expect("it is JSON");
        assert!(!told.contains("4567") && !told.contains("30111"), "{told}");
        assert!(!is_date("01711234567") && !is_date("1.1 23456789012345678"));
        assert_eq!((minutes("x:1"), minutes("5")), (None, None));
    }

    #[test]
    fn kinds_are_those_of_the_router() {
        let kinds = ["1", "2", "3", "9", "10", "11", "12"].map(|number| Kind::of(Some(number)));
        assert_eq!(
            kinds,
            [
                Kind::Incoming,
                Kind::Missed,
                Kind::Outgoing,
                Kind::ActiveIncoming,
                Kind::Rejected,
                Kind::ActiveOutgoing,
                Kind::Other
            ]
        );
        assert!(Kind::ActiveOutgoing.is_outgoing() && !Kind::Missed.is_outgoing());
    }
}
