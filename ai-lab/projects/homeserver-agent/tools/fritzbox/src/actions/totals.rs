//! Totals of the line's traffic: in 64 bits where the router counts so, else followed from call to call.

use std::collections::BTreeMap;

use ai_lab_tool::ToolFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::Arguments;
use tr064::counter::{Certainty, Reading, unwrap_total};

use crate::clock;
use crate::memory::Kept;
use crate::session::Session;

/// How many routers' counters are remembered.
const ROUTERS: usize = 16;

/// Whether a total can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reliable {
    /// The router counts in 64 bits.
    Exact,
    /// The router's counter starts over at 4 GiB, and was followed since an earlier call.
    Followed,
    /// It may be short by multiples of 4 GiB: no earlier call, or too long ago, or a restart in between.
    Modulo4Gib,
}

impl From<Certainty> for Reliable {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Exact => Self::Exact,
            Certainty::Followed => Self::Followed,
            Certainty::Modulo => Self::Modulo4Gib,
        }
    }
}

/// A total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Total {
    /// In bytes.
    bytes: u64,
    /// Whether it can be relied on.
    reliable: Reliable,
}

/// Both totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Totals {
    /// From the internet.
    received: Option<Total>,
    /// To it.
    sent: Option<Total>,
}

/// A reading, as it is remembered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Kept32 {
    raw: u32,
    total: u64,
    at_s: u64,
    up_s: Option<u64>,
}

/// Remembered readings, by router and direction.
type Readings = BTreeMap<String, Kept32>;

/// The totals in an answer of `GetAddonInfos`, or in answers with the same names. `fastest` is the line's speed in
/// bytes a second, `up_s` how long it has been up.
pub(crate) fn totals(
    session: &mut Session,
    answer: &Arguments,
    fastest: u64,
    up_s: Option<u64>,
) -> Result<Totals, ToolFailure> {
    let total = |wide: &str, narrow: &str| -> Result<Option<Total>, ToolFailure> {
        let told = answer.number(narrow);
        // On cable the wide counter is there and stands still at 0.
        let exact = answer
            .number(wide)
            .filter(|bytes| *bytes > 0 || told == Some(0));
        if let Some(bytes) = exact {
            return Ok(Some(Total {
                bytes,
                reliable: Reliable::Exact,
            }));
        }
        let Some(raw) = told.and_then(|bytes| u32::try_from(bytes).ok()) else {
            return Ok(None);
        };
        follow(session, narrow, raw, fastest, up_s).map(Some)
    };
    Ok(Totals {
        received: total("X_AVM_DE_TotalBytesReceived64", "TotalBytesReceived")?,
        sent: total("X_AVM_DE_TotalBytesSent64", "TotalBytesSent")?,
    })
}

fn follow(
    session: &Session,
    name: &str,
    raw: u32,
    fastest: u64,
    up_s: Option<u64>,
) -> Result<Total, ToolFailure> {
    let key = format!("{} {name}", session.settings.name());
    let at_s = clock::now_s();
    let (bytes, certainty) = session.memory.change(Kept::Totals, |kept: &mut Readings| {
        let earlier = kept.get(&key).map(|kept| Reading {
            raw: kept.raw,
            total: kept.total,
            at_s: kept.at_s,
            up_s: kept.up_s,
        });
        let now = Reading {
            raw,
            total: 0,
            at_s,
            up_s,
        };
        let (total, certainty) = unwrap_total(earlier, now, fastest);
        while kept.len() >= 2 * ROUTERS {
            kept.pop_first();
        }
        kept.insert(
            key,
            Kept32 {
                raw,
                total,
                at_s,
                up_s,
            },
        );
        (total, certainty)
    })?;
    Ok(Total {
        bytes,
        reliable: certainty.into(),
    })
}
